"""Who belongs to which organisation, on the page of the organisation."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.places.confinement import today
from cms.places.models import Membership, Organisation
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(province) -> Organisation:
    return Organisation.objects.create(province=province, code="so", name="Sở VHTTDL", level="province")


def joined(number: int, unit: Organisation) -> None:
    person = make_user(f"person-{number}", "an_giang", "contributor")
    Membership.objects.create(user=person, organisation=unit, valid_from=today())


def test_the_page_asks_as_often_however_many_belong_to_it(unit, administrator, client_for):
    client, address = client_for(administrator), reverse("places:members_of", args=[unit.pk])
    joined(0, unit)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(1, 6):
        joined(number, unit)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


def test_a_member_is_chosen_and_written_down(unit, administrator, editor, outsider, client_for):
    client, address = client_for(administrator), reverse("places:members_of", args=[unit.pk])
    rows = {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0}
    row = {"memberships-0-valid_from": today().isoformat(), "memberships-0-valid_until": ""}
    assert client.post(address, {**rows, **row, "memberships-0-user": outsider.pk}).status_code == 200
    assert client.post(address, {**rows, **row, "memberships-0-user": editor.pk}).status_code == 302
    assert list(Membership.objects.values_list("user", "organisation")) == [(editor.pk, unit.pk)]
