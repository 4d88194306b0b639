"""People of a commune that is bound to its cluster see and change that cluster and what the commune supplies."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from cms.content.models import ItemPage
from cms.places.confinement import bounds_of, own_items, supplier_for, today
from cms.places.models import Cluster, Membership, Organisation
from tests.content.makers import *  # noqa: F403

pytestmark = pytest.mark.django_db
SHUT = (302, 403, 404)


def supplied(item: ItemPage, organisation: Organisation | None) -> ItemPage:
    item.supplier = organisation
    item.save()
    return item


def test_whoever_belongs_to_no_unit_is_confined_to_nothing(editor, administrator):
    assert bounds_of(editor) is None
    assert bounds_of(administrator) is None


def test_a_member_is_confined_as_long_as_the_membership_lasts(villager, commune, cluster):
    bounds = bounds_of(villager)
    assert (set(bounds.organisations), set(bounds.clusters)) == ({commune.pk}, {cluster.pk})
    assert supplier_for(villager) == commune
    Membership.objects.update(valid_until=today() - timedelta(days=1))
    del villager.__dict__["_bangtin_bounds"]
    assert bounds_of(villager) is None


@pytest.mark.parametrize(("level", "bound"), [("province", True), ("commune", False)])
def test_a_second_unit_that_is_not_bound_frees_its_people(villager, province, level, bound, cluster):
    other = Organisation.objects.create(province=province, code="so", name="Sở VHTTDL", level=level)
    if bound:
        other.clusters.set([cluster])
        other.save()
    Membership.objects.create(user=villager, organisation=other, valid_from=date(2020, 1, 1))
    assert bounds_of(villager) is None


def test_the_clusters_of_others_are_neither_listed_nor_opened(villager, cluster, elsewhere, client_for):
    client = client_for(villager)
    page = client.get(reverse("wagtailsnippets_places_cluster:list")).content.decode()
    assert "Tịnh Biên" in page
    assert "Vĩnh Xương" not in page
    for name in ("home:cluster", "alerts:blackout", "programmes:preview_cluster", "programmes:calendar_cluster"):
        assert client.get(reverse(name, args=[elsewhere.slug])).status_code in SHUT, name
        assert client.get(reverse(name, args=[cluster.slug])).status_code == 200, name
    assert client.post(reverse("alerts:blackout", args=[elsewhere.slug]), {"reason": "x"}).status_code in SHUT


def test_items_that_others_supply_are_neither_opened_nor_changed(villager, commune, make_item, contributor, client_for):
    own, theirs = supplied(make_item("Của phường"), commune), supplied(make_item("Của sở", by=contributor), None)
    client = client_for(villager)
    assert set(own_items(ItemPage.objects.all(), villager)) == {own}
    for name in ("wagtailadmin_pages:edit", "content:proofs", "approval:review", "wagtailadmin_pages:history"):
        assert client.get(reverse(name, args=[theirs.pk])).status_code in SHUT, name
    assert client.get(reverse("wagtailadmin_pages:edit", args=[own.pk])).status_code == 200
    client.post(f"/admin/bulk/wagtailcore/page/delete/?id={theirs.pk}")
    assert ItemPage.objects.filter(pk=theirs.pk).exists()
    assert "Của sở" not in client.get(reverse("wagtailadmin_explore", args=[theirs.get_parent().pk])).content.decode()


def test_a_slot_that_also_plays_elsewhere_is_not_theirs_to_change(villager, province, cluster, elsewhere, client_for):
    from cms.programmes.models import Programme, Slot

    programme = Programme.objects.create(province=province, title="Buổi sáng")
    slot = Slot.objects.create(programme=programme, title="Mỗi sáng", date_from=today())
    slot.clusters.set([cluster, elsewhere])
    slot.save()
    client = client_for(villager)
    edit = reverse("wagtailsnippets_programmes_slot:edit", args=[slot.pk])
    assert client.get(edit).status_code in SHUT
    slot.clusters.set([cluster])
    slot.save()
    assert client.get(edit).status_code == 200


@pytest.mark.parametrize("as_request_has_it", [False, True])
def test_the_question_costs_one_query_a_request(villager, django_assert_num_queries, as_request_has_it):
    asking = SimpleLazyObject(lambda: villager) if as_request_has_it else villager
    with django_assert_num_queries(1):
        bounds_of(asking)
        bounds_of(asking)


def test_only_a_district_or_commune_is_bound_and_to_clusters_of_its_province(
    client_for, administrator, province, cluster, other_province
):
    foreign = Cluster.objects.create(slug="ta-lung", province=other_province, name="Tà Lùng")
    rows = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    data = {"province": province.pk, "name": "Sở", "name_en": "", "code": "so", "successor": ""}
    data |= {f"roles-{key}": value for key, value in rows.items()}
    add, client = reverse("wagtailsnippets_places_organisation:add"), client_for(administrator)
    for level, clusters in (("province", [cluster.pk]), ("commune", [foreign.pk])):
        assert client.post(add, {**data, "level": level, "clusters": clusters}).status_code == 200
    assert client.post(add, {**data, "level": "commune", "clusters": [cluster.pk]}).status_code == 302
    assert list(Organisation.objects.get(code="so").clusters.all()) == [cluster]
