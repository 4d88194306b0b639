"""Editors of a commune that is bound to its cluster handle what the commune sends, and learn of nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from cms.places.models import Membership, Organisation
from cms.requests.access import editors_of, seen
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


def test_what_their_own_unit_sends_is_theirs_and_the_provinces(villager, editor, sent):
    own = sent()
    ContentRequest.objects.update(organisation=villager.memberships.get().organisation)
    own.refresh_from_db()
    assert list(seen(villager)) == [own]
    assert waiting_for(villager).new == 1
    assert set(editors_of(own)) == {villager, editor}
