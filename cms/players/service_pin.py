"""The PIN of a controller, with which a technician opens the page on the spot: 6 digits for those who operate it, a slow hash for its player.

The digits are not stored: they follow from the salt and the instance's secret key, so a copy of the database gives none away. The page is
worth a look at the player's state and test patterns for minutes; it changes nothing and shows nothing secret."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_POST

from cms import clock
from cms.accounts import audit
from cms.places.models import Controller
from cms.players import formats, services
from cms.players.access import seen_controllers
from cms.players.models import Player, ServicePin

DIGITS = 6
ITERATIONS = 250_000
"""Of PBKDF2 with SHA-256: a tenth of a second on the server, half a second on a small controller."""


def digits(pin: ServicePin) -> str:
    """What a technician types in."""
    number = int(salted_hmac("cms.players.service_pin", pin.salt, algorithm="sha256").hexdigest(), 16)
    return f"{number % 10**DIGITS:0{DIGITS}}"


def ensure(controller: Controller) -> ServicePin:
    """The PIN of a controller, made when there is none, and anew when the instance's secret key is another one."""
    pin = ServicePin.objects.filter(controller=controller).first()
    if pin is not None and constant_time_compare(_hash(pin), pin.hash):
        return pin
    return _made(controller, None)


@transaction.atomic
def renew(controller: Controller, by: Any) -> ServicePin:
    """Another PIN; its player takes it with its next heartbeat. Raises PermissionDenied for whoever does not operate it."""
    if not services.may_operate(by, controller):
        raise PermissionDenied
    pin = _made(controller, by)
    cluster = controller.cluster
    audit.record("player.service_pin", controller, user=by, province=cluster.province.code, cluster=cluster.slug)
    return pin


def told(player: Player) -> formats.ServicePin | None:
    """What the player's next answer says. Without a query when the controller's PIN was read with it."""
    pin: ServicePin | None = getattr(player.controller, "service_pin", None)
    return formats.ServicePin(salt=pin.salt, hash=pin.hash, iterations=pin.iterations) if pin else None


def context(controller: Controller) -> dict[str, Any]:
    """For the page of a controller, whose reader operates it: the digits in two groups."""
    pin = ensure(controller)
    shown = digits(pin)
    return {"service_pin": pin, "service_digits": f"{shown[:3]} {shown[3:]}"}


@require_POST
def renew_view(request: HttpRequest, controller_id: int) -> HttpResponse:
    """The button on the page of a controller."""
    controller = get_object_or_404(seen_controllers(request.user), pk=controller_id)
    renew(controller, request.user)
    return redirect("players:controller", controller.pk)


def _made(controller: Controller, by: Any) -> ServicePin:
    pin = ServicePin(controller=controller, salt=secrets.token_hex(16), iterations=ITERATIONS)
    values = {"salt": pin.salt, "iterations": pin.iterations, "hash": _hash(pin)}
    made, _new = ServicePin.objects.update_or_create(
        controller=controller, defaults={**values, "renewed_at": clock.now(), "renewed_by": by}
    )
    return made


def _hash(pin: ServicePin) -> str:
    return hashlib.pbkdf2_hmac("sha256", digits(pin).encode(), bytes.fromhex(pin.salt), pin.iterations).hex()
