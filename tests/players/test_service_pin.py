"""The PIN of a controller: seen and renewed by those who operate it, told to its player as a slow hash."""

from __future__ import annotations

import hashlib

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from cms.accounts.models import AuditEntry
from cms.players import service_pin
from tests.players.device import heartbeat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_server")]


def page(controller) -> str:
    return reverse("players:controller", args=(controller.pk,))


def test_who_operates_the_controller_sees_the_pin_and_its_player_gets_only_a_slow_hash(
    device, player, controller, operator, client_for
):
    assert device.report("heartbeat", heartbeat()).json()["service_pin"] is None
    shown = client_for(operator).get(page(controller)).content.decode()
    pin = service_pin.ensure(controller)
    digits = service_pin.digits(pin)
    assert f"{digits[:3]} {digits[3:]}" in shown
    assert len(digits) == 6
    told = device.report("heartbeat", heartbeat(sent_at=2)).json()["service_pin"]
    assert told == {"salt": pin.salt, "hash": pin.hash, "iterations": service_pin.ITERATIONS}
    assert told["iterations"] >= 200_000
    slow = hashlib.pbkdf2_hmac("sha256", digits.encode(), bytes.fromhex(told["salt"]), told["iterations"])
    assert slow.hex() == told["hash"]
    assert digits not in str(vars(pin)), "the database does not hold it"


def test_it_stays_until_somebody_renews_it_and_that_is_written_down(controller, operator, client_for):
    client = client_for(operator)
    client.get(page(controller))
    before = service_pin.ensure(controller).salt
    client.get(page(controller))
    assert service_pin.ensure(controller).salt == before
    assert client.post(reverse("players:service_pin", args=(controller.pk,))).status_code == 302
    assert service_pin.ensure(controller).salt != before
    assert AuditEntry.objects.get(action="player.service_pin").user == operator


@pytest.mark.parametrize("who", ["contributor", "editor", "outsider"])
def test_others_neither_see_nor_renew_it(who, request, controller, operator, client_for):
    person = request.getfixturevalue(who)
    digits = service_pin.digits(service_pin.ensure(controller))
    client = client_for(person)
    answer = client.get(page(controller))
    assert f"{digits[:3]} {digits[3:]}" not in answer.content.decode()
    client.post(reverse("players:service_pin", args=(controller.pk,)))
    assert service_pin.digits(service_pin.ensure(controller)) == digits
    with pytest.raises(PermissionDenied):
        service_pin.renew(controller, person)


def test_another_secret_key_makes_another_pin(controller, settings):
    before = service_pin.ensure(controller).salt
    settings.SECRET_KEY = "restored elsewhere"
    assert service_pin.ensure(controller).salt != before
