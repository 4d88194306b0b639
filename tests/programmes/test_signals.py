"""Which clusters a change concerns: told within its transaction, for every way in which a cluster comes to show something."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.db import transaction

from cms.places.models import Cluster, ClusterTag
from cms.programmes.models import ProgrammeEntry, SlotException, SlotWindow
from cms.programmes.services import clusters_showing
from cms.programmes.signals import slots_changed, together
from tests.programmes.conftest import make_programme


@pytest.fixture
def after():
    """`after(change)`: the clusters that were told of."""
    heard: set[int] = set()

    def hear(sender, cluster_ids, **_):
        heard.update(cluster_ids)

    def told(change) -> set[int]:
        heard.clear()
        with transaction.atomic():
            change()
            return set(heard)

    slots_changed.connect(hear)
    yield told
    slots_changed.disconnect(hear)


@pytest.fixture
def border(province):
    return ClusterTag.objects.create(province=province, name="Cửa khẩu đường bộ")


@pytest.fixture
def elsewhere(other_province):
    """A cluster of another province."""
    return Cluster.objects.create(slug="ta-lung", province=other_province, name="Tà Lùng")


def tag(cluster, *tags) -> None:
    cluster.tags = tags
    cluster.save()


def test_changes_of_a_slot_are_told(slot, cluster, write, after):
    page = write("Thêm")
    mine = {cluster.pk}
    assert after(lambda: ProgrammeEntry.objects.create(programme=slot.programme, item=page, sort_order=9)) == mine
    slot.weight = 3
    assert after(slot.save) == mine
    assert after(lambda: SlotWindow.objects.create(slot=slot, start=time(7), end=time(8))) == mine
    assert after(lambda: SlotException.objects.create(slot=slot, day=date(2027, 1, 1))) == mine
    assert after(lambda: slot.exceptions.get(pk=SlotException.objects.get().pk).delete()) == mine
    slot.clusters = []
    assert after(slot.save) == mine, "a cluster that a slot leaves is concerned too"
    slot.clusters = [cluster]
    assert after(slot.save) == mine
    assert after(slot.delete) == mine


def test_a_programme_tells_the_clusters_of_those_that_hold_it(slot, cluster, province, write, after):
    inner = make_programme(province, [write("Trong")], title="Trong")
    middle = make_programme(province, [], title="Giữa")
    ProgrammeEntry.objects.create(programme=middle, nested=inner)
    assert after(inner.save) == set()
    entry = ProgrammeEntry(programme=slot.programme, nested=middle, sort_order=5)
    assert after(entry.save) == {cluster.pk}
    assert after(inner.save) == {cluster.pk}
    assert after(lambda: ProgrammeEntry.objects.create(programme=inner, kind="border")) == {cluster.pk}
    assert after(entry.delete) == {cluster.pk}
    assert after(inner.save) == set()


def test_groups_of_clusters_tell_whom_they_bring(slot, cluster, province, border, after):
    slot.clusters = []
    slot.save()
    assert after(lambda: tag(cluster, border)) == {cluster.pk}
    slot.cluster_tags = [border]
    assert after(slot.save) == {cluster.pk}
    assert after(slot.programme.save) == {cluster.pk}
    assert after(lambda: tag(cluster)) == {cluster.pk}, "a cluster that leaves the group is concerned too"
    tag(cluster, border)
    slot.cluster_tags = []
    assert after(slot.save) == {cluster.pk}
    slot.cluster_tags = [border]
    slot.save()
    assert after(border.delete) == {cluster.pk}
    assert after(slot.save) == set()


def test_a_programme_that_moves_to_another_province_tells_both(
    slot, cluster, elsewhere, border, province, other_province, after
):
    border.province = None
    border.save()
    tag(cluster, border)
    tag(elsewhere, border)
    slot.clusters, slot.cluster_tags = [], [border]
    slot.save()
    slot.programme.province = other_province
    assert after(slot.programme.save) == {cluster.pk, elsewhere.pk}


def test_many_changes_are_told_once(slot, cluster):
    heard: list[set[int]] = []

    def hear(sender, cluster_ids, **_):
        heard.append(set(cluster_ids))

    slots_changed.connect(hear)
    try:
        with together():
            slot.windows = [SlotWindow(start=time(7), end=time(8))]
            slot.save()
            slot.programme.save()
            assert heard == []
        assert heard == [{cluster.pk}]
    finally:
        slots_changed.disconnect(hear)


def keys(programme) -> list[str]:
    return [entry.item.translation_key for entry in programme.entries.all() if entry.item]


def test_the_clusters_that_show_an_item_are_found(slot, cluster):
    assert list(clusters_showing(keys(slot.programme))) == [cluster]
    slot.active = False
    slot.save()
    assert not clusters_showing(keys(slot.programme))


def test_a_group_brings_its_active_clusters_within_reach(slot, cluster, elsewhere, border):
    border.province = None
    border.save()
    slot.clusters, slot.cluster_tags = [], [border]
    slot.save()
    tag(cluster, border)
    tag(elsewhere, border)
    assert list(clusters_showing(keys(slot.programme))) == [cluster]
    slot.programme.province.national = True
    slot.programme.province.save()
    assert set(clusters_showing(keys(slot.programme))) == {cluster, elsewhere}
    elsewhere.active = False
    elsewhere.save()
    assert list(clusters_showing(keys(slot.programme))) == [cluster]


def test_an_item_that_a_nested_programme_or_a_filter_shows_is_found(slot, cluster, province, write, approved):
    page = write("Qua cửa khẩu", kind="border")
    assert not clusters_showing([page.translation_key])
    inner = make_programme(province, [page], title="Trong")
    ProgrammeEntry.objects.create(programme=slot.programme, nested=inner)
    assert list(clusters_showing([page.translation_key])) == [cluster]
    found = write("Nếp sống", kind="border")
    approved(found)
    ProgrammeEntry.objects.create(programme=inner, kind="tourism")
    assert not clusters_showing([found.translation_key])
    ProgrammeEntry.objects.create(programme=inner, kind="border")
    assert list(clusters_showing([found.translation_key])) == [cluster]


def test_an_item_that_a_filter_found_before_is_found_after_it_was_revoked(slot, cluster, write, approved):
    page = write("Nếp sống", kind="border")
    approved(page, revoked=True)
    ProgrammeEntry.objects.create(programme=slot.programme, kind="border")
    assert list(clusters_showing([page.translation_key])) == [cluster]
    page.latest_revision.delete()
    page.delete()
    assert list(clusters_showing([page.translation_key])) == [cluster], "nobody knows any more; better once too often"


def test_the_question_costs_the_same_however_much_there_is(
    slot, cluster, province, write, approved, django_assert_num_queries
):
    pages = [write(f"Tin {number}", kind="border") for number in range(8)]
    for page in pages:
        approved(page)
    ProgrammeEntry.objects.create(programme=slot.programme, kind="border")
    with django_assert_num_queries(6):
        assert len(clusters_showing([pages[0].translation_key])) == 1
    outer = slot.programme
    for number in range(6):
        deeper = make_programme(province, [pages[number]], title=f"Tầng {number}")
        ProgrammeEntry.objects.create(programme=outer, nested=deeper)
        ProgrammeEntry.objects.create(programme=deeper, kind="tourism")
        outer = deeper
    with django_assert_num_queries(6):
        assert len(clusters_showing([page.translation_key for page in pages])) == 1
