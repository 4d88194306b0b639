"""Wagtail's pages of an action on many: they name whatever is in the address, and `all` is everything there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from cms.content.models import ItemPage
from cms.places.confinement import today
from cms.places.models import Membership, Organisation
from cms.programmes.models import Programme, Slot
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def many(model: str, action: str, ids: Any, **more: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in {"id": ids, **more}.items())
    return f"{reverse('wagtail_bulk_action', args=[*model.split('.'), action])}?{query}"


@pytest.mark.parametrize(
    ("model", "key"),
    [
        ("wagtailcore.page", "page_id"),
        ("programmes.slot", "pk@wagtailsnippets_programmes_slot"),
        ("programmes.programme", "pk@wagtailsnippets_programmes_programme"),
        ("places.cluster", "pk@wagtailsnippets_places_cluster:"),
        ("content.picture", "image_id"),
        ("accounts.user", "user_id"),
    ],
)
def test_nobody_of_another_province_is_told_a_title(things, stranger, client_for, model, key):
    client = client_for(stranger)
    kept = ItemPage.objects.count(), Slot.objects.count(), Programme.objects.count()
    wanted = [things[key]] if model in ("content.picture", "accounts.user") else [things[key], "all"]
    for ids in wanted:
        address = many(model, "delete", ids)
        assert client.get(address).status_code in (302, 403, 404), ids
        client.post(address)
    assert (ItemPage.objects.count(), Slot.objects.count(), Programme.objects.count()) == kept


def test_all_of_a_list_is_deleted_by_whoever_sees_all_of_it(things, editor, client_for):
    page = client_for(editor).get(many("programmes.slot", "delete", "all"))
    assert page.status_code == 200
    assert "Mỗi sáng" in page.content.decode()


def test_all_items_of_a_shelf_are_not_those_of_a_commune(things, province, cluster, client_for):
    """What the department supplies is not deleted by somebody of the commune, however it is named."""
    commune = Organisation.objects.create(province=province, code="xa", name="UBND xã", level="commune")
    commune.clusters.set([cluster])
    commune.save()
    villager = make_user("villager", "an_giang", "editor")
    Membership.objects.create(user=villager, organisation=commune, valid_from=today() - timedelta(days=1))
    client = client_for(villager)
    for ids in (things["page_id"], "all"):
        for action in ("delete", "move", "unpublish"):
            address = many("wagtailcore.page", action, ids, childOf=things["shelf_id"])
            assert client.get(address).status_code in (302, 403), (ids, action)
            client.post(address)
    assert ItemPage.objects.filter(pk=things["page_id"]).exists()
