"""Editors of a commune that is bound to its cluster handle what the commune sends, and learn of nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from cms.places.models import Membership, Organisation
from cms.requests.access import editors_of, seen
from cms.requests.errors import RequestRefused
from cms.requests.links import make_link, revoke_link, seen_links
from cms.requests.models import ContentRequest
from cms.requests.waiting import waiting_for
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def villager(province, cluster, today) -> Any:
    commune = Organisation.objects.create(province=province, code="xa", name="UBND xã An Phú", level="commune")
    commune.clusters.set([cluster])
    commune.save()
    person = make_user("villager", "an_giang", "editor")
    Membership.objects.create(user=person, organisation=commune, valid_from=today)
    return person


def test_requests_of_other_units_are_not_there(villager, editor, sent, client_for):
    theirs = sent()
    assert list(seen(villager)) == []
    assert waiting_for(villager).new == 0
    assert client_for(villager).get(reverse("content_requests:detail", args=[theirs.pk])).status_code == 404
    assert list(editors_of(theirs)) == [editor]


def test_personal_links_of_other_units_are_not_theirs_to_see_to_make_or_to_revoke(villager, editor, unit, client_for):
    theirs = make_link(unit, name="Tâm", email="tam@example.vn", days=30, by=editor)
    client = client_for(villager)
    assert "tam@example.vn" not in client.get(reverse("content_requests:links")).content.decode()
    assert client.post(reverse("content_requests:link_revoke", args=[theirs.pk])).status_code == 404
    made = {"organisation": unit.pk, "name": "Tôi", "email": "", "days": 30}
    assert client.post(reverse("content_requests:link_make"), made).status_code == 422
    for refused in (
        lambda: make_link(unit, name="Tôi", email="", days=30, by=villager),
        lambda: revoke_link(theirs, by=villager),
    ):
        with pytest.raises(RequestRefused):
            refused()
    own = villager.memberships.get().organisation
    assert make_link(own, name="Thôn", email="", days=30, by=villager) in seen_links(villager)
    assert theirs in seen_links(editor)


def test_what_their_own_unit_sends_is_theirs_and_the_provinces(villager, editor, sent):
    own = sent()
    ContentRequest.objects.update(organisation=villager.memberships.get().organisation)
    own.refresh_from_db()
    assert list(seen(villager)) == [own]
    assert waiting_for(villager).new == 1
    assert set(editors_of(own)) == {villager, editor}
