"""What the compiler is given: approvals in force and nothing else, with as many queries for fifty items as for one."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.programmes.inputs import gather
from cms.programmes.previews import local_midnight_ms
from cms.schedule.compile import compile_schedule
from tests.programmes.conftest import make_programme

MONDAY = date(2027, 1, 4)


def gathered(cluster, days=7):
    return gather(cluster, first_day=MONDAY, days=days, valid_from_ms=local_midnight_ms(cluster, MONDAY))


def queries(cluster) -> int:
    from cms.places.models import Cluster

    fresh = Cluster.objects.select_related("province").get(pk=cluster.pk)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        gathered(fresh)
    return len(captured)


def test_the_number_of_queries_is_the_same_for_one_item_and_for_fifty(
    cluster, slot, province, write, approved, theme_approval, django_assert_num_queries
):
    from cms.places.models import Cluster
    from cms.programmes.models import ProgrammeEntry, Slot, SlotWindow

    gathered(cluster)  # what is remembered for the process
    few = queries(cluster)
    for number in range(50):
        page = write(f"Tin {number}")
        approved(page, "vi", "en", "km")
        ProgrammeEntry.objects.create(programme=slot.programme, item=page, sort_order=number + 10)
        more = Slot(programme=slot.programme, title=f"Lịch {number}", date_from=date(2026, 1, 1))
        more.clusters = [cluster]
        more.windows = [SlotWindow(start=time(7), end=time(8))]
        more.save()
    fresh = Cluster.objects.select_related("province").get(pk=cluster.pk)
    with django_assert_num_queries(few):
        found = gathered(fresh)
    assert len(found.items) == 52
    assert len(found.slots) == 51


def test_approved_translations_come_in_the_order_of_the_provinces_languages(cluster, slot, write, approved):
    page = slot.programme.entries.first().item
    approved(page, "km")
    found = gathered(cluster)
    assert [one.language for one in found.items[str(page.translation_key)].translations] == ["vi", "en", "km"]


def test_what_is_not_approved_or_was_revoked_is_not_there(cluster, slot, province, write, approved):
    draft, revoked = write("Nháp"), write("Thu hồi")
    approved(revoked, "vi", revoked=True)
    slot.programme = make_programme(province, [draft, revoked])
    slot.save()
    found = gathered(cluster)
    assert {key: one.translations for key, one in found.items.items()} == {
        str(draft.translation_key): (),
        str(revoked.translation_key): (),
    }
    codes = {one.code for one in compile_schedule(found).diagnostics}
    assert "programme-without-approved-items" in codes


def test_a_withdrawn_item_is_left_out(cluster, slot, approver):
    from django.utils import timezone

    from cms.approval.models import Withdrawal

    key = str(slot.programme.entries.first().item.translation_key)
    Withdrawal.objects.create(
        item=f"{key}:vi", title="x", proofs=[], province=cluster.province, at=timezone.now(), by=approver, reason="sai"
    )
    assert [one.language for one in gathered(cluster).items[key].translations] == ["en"]


def test_an_edit_that_nobody_approved_changes_nothing(cluster, slot, theme_approval):
    before = compile_schedule(gathered(cluster)).document
    page = slot.programme.entries.first().item
    page.title, page.valid_until = "Sửa", date(2026, 12, 1)
    page.save_revision()
    assert compile_schedule(gathered(cluster)).document == before


def test_days_of_validity_are_those_of_the_approved_revision(cluster, slot, province, write, approved):
    page = write("Hội chợ", valid_from=date(2027, 1, 5), valid_until=date(2027, 1, 6))
    page.save_revision()
    slot.programme = make_programme(province, [page], approved)
    slot.save()
    found = gathered(cluster).items[str(page.translation_key)]
    assert (found.valid_from, found.valid_until) == (date(2027, 1, 5), date(2027, 1, 6))


def test_an_approval_for_other_clusters_does_not_count_here(cluster, slot):
    from cms.approval.models import Approval

    key = str(slot.programme.entries.first().item.translation_key)
    Approval.objects.filter(item=f"{key}:vi").update(clusters=["chau-doc"])
    Approval.objects.filter(item=f"{key}:en").update(clusters=["chau-doc", cluster.slug])
    assert [one.language for one in gathered(cluster).items[key].translations] == ["en"], "the signer refuses the rest"


def test_a_geometry_without_proofs_shows_nothing(cluster, slot):
    cluster.faces.filter(letter="b").update(width=300)
    assert not any(one.translations for one in gathered(cluster).items.values())


def test_the_fallback_is_the_approved_theme(cluster, slot, theme_approval):
    found = gathered(cluster)
    assert found.fallback.item == "theme:national"
    assert found.fallback.scene.to_json() == theme_approval.scene


def test_a_theme_that_nobody_approved_leaves_the_faces_black(cluster, slot):
    assert not any(gathered(cluster).fallback.scene.faces.values())


def test_inactive_slots_and_other_clusters_slots_do_not_count(cluster, slot):
    slot.active = False
    slot.save()
    assert gathered(cluster).slots == ()


def test_overnight_hours_belong_to_the_day_they_start(cluster, slot):
    from cms.programmes.models import SlotWindow

    SlotWindow.objects.create(slot=slot, start=time(22), end=time(2))
    assert [(one.start_min, one.end_min) for one in gathered(cluster).slots[0].windows] == [(1320, 1560)]


@pytest.mark.parametrize("size", [100, (1 << 20) + 5])
def test_long_assets_have_a_manifest(cluster, slot, size, tmp_path):
    from cms.content.assets import AssetStore
    from cms.plugin_api.types import canonical, sha256
    from cms.programmes.manifests import manifest_of

    data = bytes(range(256)) * (size // 256 + 1)
    data = data[:size]
    asset = AssetStore().put(data, "video/mp4")
    cuts = [sha256(data[start : start + (1 << 20)]) for start in range(0, size, 1 << 20)]
    assert manifest_of(AssetStore().path(asset), asset) == sha256(canonical({"chunks": cuts}))
    (tmp_path / "manifests" / asset[:2] / asset).write_text("")  # a power cut
    assert manifest_of(AssetStore().path(asset), asset) == sha256(canonical({"chunks": cuts}))
    assert manifest_of(AssetStore().path("0" * 64), "0" * 64) is None


def tagged(page, *names):
    """The item with these tags, in a new revision."""
    page.tags.add(*names)
    page.save()
    page.save_revision()
    return page


def tag_ids(*names) -> list[int]:
    from taggit.models import Tag

    return sorted(Tag.objects.filter(name__in=names).values_list("pk", flat=True))


def feed_of(cluster, slot) -> list[str]:
    found = gathered(cluster)
    (entry,) = [one for one in found.programmes[str(slot.programme.pk)].entries if not one.item]
    return [found.items[key].title for key in entry.feed]


def test_everything_that_a_slot_says_reaches_the_compiler(cluster, slot):
    from cms.programmes.models import SlotException

    slot.holidays, slot.rrule, slot.languages = "never", "FREQ=MONTHLY;BYDAY=-1FR", ["km", "vi"]
    slot.max_per_hour, slot.spacing_s, slot.required_s = 6, 300, 900
    slot.exceptions = [SlotException(day=date(2027, 1, 8), note="Bảo trì")]
    slot.save()
    (one,) = gathered(cluster).slots
    assert (one.holidays, one.rrule, one.languages) == ("never", "FREQ=MONTHLY;BYDAY=-1FR", ("km", "vi"))
    assert (one.max_per_hour, one.spacing_s, one.required_s) == (6, 300, 900)
    assert one.exceptions == {date(2027, 1, 8)}


def test_slots_come_by_groups_of_clusters_too(cluster, slot, province):
    from cms.places.models import ClusterTag

    border = ClusterTag.objects.create(province=province, name="Cửa khẩu")
    slot.clusters, slot.cluster_tags = [], [border]
    slot.save()
    assert gathered(cluster).slots == ()
    cluster.tags = [border]
    cluster.save()
    assert [one.id for one in gathered(cluster).slots] == [str(slot.pk)]


def test_nested_programmes_come_with_all_that_they_hold(cluster, slot, province, write, approved):
    from cms.programmes.models import ProgrammeEntry

    page = write("Sâu")
    inner = make_programme(province, [page], approved, title="Trong")
    inner.order, inner.seed = "shuffle", "hat giong"
    inner.save()
    middle = make_programme(province, [], title="Giữa")
    ProgrammeEntry.objects.create(programme=middle, nested=inner)
    ProgrammeEntry.objects.create(programme=slot.programme, nested=middle, take=2, sort_order=9)
    found = gathered(cluster)
    last = found.programmes[str(slot.programme.pk)].entries[-1]
    assert (last.programme, last.take, last.item) == (str(middle.pk), 2, "")
    assert (found.programmes[str(inner.pk)].order, found.programmes[str(inner.pk)].seed) == ("shuffle", "hat giong")
    assert str(page.translation_key) in found.items


def test_a_filter_finds_what_is_approved_newest_first(cluster, slot, other_province, write, approved):
    from cms.programmes.models import ProgrammeEntry

    first, second, third = (write(title, kind="border") for title in ("Một", "Hai", "Ba"))
    write("Nháp", kind="border")
    for page in (first, third, second):
        approved(page)
    approved(write("Thu hồi", kind="border"), revoked=True)
    approved(write("Chùa", kind="culture"))
    entry = ProgrammeEntry.objects.create(programme=slot.programme, kind="border", sort_order=9)
    assert feed_of(cluster, slot) == ["Hai", "Ba", "Một"]
    entry.most, entry.take = 2, 1
    entry.save()
    assert feed_of(cluster, slot) == ["Hai", "Ba"]
    assert gathered(cluster).programmes[str(slot.programme.pk)].entries[-1].take == 1
    entry.kind = "any"
    entry.most = 0
    entry.save()
    assert set(feed_of(cluster, slot)) == {"Hai", "Ba", "Một", "Chùa", "Giờ mở cửa khẩu", "Chợ nổi"}


def test_a_filter_goes_by_all_of_its_tags_as_approved(cluster, slot, write, approved):
    from cms.programmes.models import ProgrammeEntry

    both, one = tagged(write("Hội chợ Tết"), "Tết", "hội chợ"), tagged(write("Chợ hoa"), "Tết")
    approved(both)
    approved(one)
    entry = ProgrammeEntry.objects.create(programme=slot.programme, tags=tag_ids("Tết"), sort_order=9)
    assert feed_of(cluster, slot) == ["Chợ hoa", "Hội chợ Tết"]
    entry.tags = tag_ids("Tết", "hội chợ")
    entry.save()
    assert feed_of(cluster, slot) == ["Hội chợ Tết"]
    both.tags.clear()
    both.save()
    both.save_revision()
    assert feed_of(cluster, slot) == ["Hội chợ Tết"], "a draft that nobody approved takes nothing off the screens"


def test_what_is_over_takes_no_place_among_the_newest(cluster, slot, write, approved):
    from cms.programmes.models import ProgrammeEntry

    current = write("Còn", kind="tourism")
    over = write("Hết", kind="tourism", valid_until=date(2027, 1, 2))
    grace = write("Gia hạn", kind="tourism", valid_until=date(2027, 1, 2), grace_days=2)
    for page in (current, grace, over):
        page.save_revision()
        approved(page)
    ProgrammeEntry.objects.create(programme=slot.programme, kind="tourism", most=2, sort_order=9)
    assert feed_of(cluster, slot) == ["Gia hạn", "Còn"]


def test_what_cannot_be_shown_here_takes_no_place_among_the_newest(cluster, slot, approver, write, approved):
    from django.utils import timezone

    from cms.approval.models import Approval, Withdrawal
    from cms.programmes.models import ProgrammeEntry

    old, undrawn, elsewhere, withdrawn = (
        write(title, kind="tourism") for title in ("Cũ", "Chưa vẽ", "Nơi khác", "Rút")
    )
    for page in (old, undrawn, elsewhere, withdrawn):
        approved(page)
    Approval.objects.get(item_key=undrawn.translation_key).approved_proofs.update(geometry="0" * 64)
    Approval.objects.filter(item_key=elsewhere.translation_key).update(clusters=["chau-doc"])
    Withdrawal.objects.create(
        item=withdrawn.item_id, title="Rút", province=cluster.province, at=timezone.now(), by=approver, reason="sai"
    )
    ProgrammeEntry.objects.create(programme=slot.programme, kind="tourism", most=1, sort_order=9)
    assert feed_of(cluster, slot) == ["Cũ"]


def test_days_of_grace_are_those_of_the_approved_revision(cluster, slot, province, write, approved):
    page = write("Hội chợ", valid_until=date(2027, 1, 6), grace_days=3)
    page.save_revision()
    slot.programme = make_programme(province, [page], approved)
    slot.save()
    page.grace_days = 9
    page.save()
    assert gathered(cluster).items[str(page.translation_key)].grace_days == 3


def test_holidays_come_with_their_kinds(cluster, slot):
    from cms.places.models import HolidayOverride

    HolidayOverride.objects.create(day=date(2027, 1, 6), name="Ngày hội", kind="substitute")
    assert gathered(cluster).cluster.holidays == {date(2027, 1, 1): "public", date(2027, 1, 6): "substitute"}


def test_the_number_of_queries_depends_neither_on_depth_nor_on_filters_and_exceptions(
    cluster, slot, province, write, approved, theme_approval
):
    from cms.programmes.models import ProgrammeEntry, SlotException

    def deepen(outer, number):
        inner = make_programme(province, [write(f"Tin {number}", kind="border")], approved, title=f"Tầng {number}")
        ProgrammeEntry.objects.create(programme=outer, nested=inner, sort_order=90)
        ProgrammeEntry.objects.create(programme=inner, kind="border", sort_order=91)
        SlotException.objects.create(slot=slot, day=date(2027, 2, 1 + number))
        return inner

    inner = deepen(slot.programme, 0)
    gathered(cluster)
    few = queries(cluster)
    for number in range(1, 12):
        inner = deepen(inner, number)
    assert queries(cluster) == few
    assert len(gathered(cluster).programmes) == 13
