"""A schedule is compiled only when something changed that it depends on, and only where it does."""

from __future__ import annotations

import json
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from cms import clock
from cms.places.models import Cluster, HolidayOverride, Province
from cms.programmes.inputs import gather
from cms.programmes.models import Slot
from cms.release import jobs
from cms.release.documents import read_document
from cms.release.models import Release, ReleaseRequest
from cms.release.services import current, request_schedule
from cms.schedule.compile import compile_schedule
from cms.schedule.fingerprint import fingerprint

from .made import HOUR, approve, offered, put_asset, scene_of, show

pytestmark = pytest.mark.usefixtures("settled")


@pytest.fixture
def compiled(monkeypatch) -> list[str]:
    """The clusters whose schedules were compiled, in order."""
    done: list[str] = []
    compile_schedule = jobs.compile_schedule

    def counting(inputs):
        done.append(inputs.cluster.id)
        return compile_schedule(inputs)

    monkeypatch.setattr(jobs, "compile_schedule", counting)
    return done


@pytest.fixture
def neighbour(province, cluster):
    """Another cluster of the province, whose one face is smaller."""
    from cms.places.models import Face

    made = Cluster.objects.create(slug="vinh-xuong", province=province, name="Vĩnh Xương", gaps_mm=[])
    Face.objects.create(cluster=made, letter="a", width=128, height=96, pitch_mm=5, distance_m=15, languages=["vi"])
    ReleaseRequest.objects.all().delete()
    return made


def asked(target: str = "schedule") -> set[str]:
    """Slugs of the clusters for which a document is asked for."""
    return set(ReleaseRequest.objects.filter(target=target).values_list("cluster__slug", flat=True))


def test_what_nobody_changed_is_not_compiled_again(air, item, cluster, compiled):
    air(lambda: request_schedule([cluster.pk]))
    air(lambda: request_schedule([cluster.pk]))
    assert compiled == ["tinh-bien"]
    release = Release.objects.get(target="schedule")
    assert len(release.inputs) == 64
    row = ReleaseRequest.objects.get(cluster=cluster, target="schedule")
    assert (row.requested, row.handled, row.enqueued, row.error) == (2, 2, False, "")


def edit(item, cluster, administrator, *, duration_ms: int) -> None:
    """Another picture of the item is approved in place of the one that airs."""
    from cms.approval.models import Approval
    from cms.approval.signals import announce_approvals

    Approval.objects.update(revoked_at=clock.now())
    scene = scene_of(put_asset(b"new hours"), duration_ms=duration_ms)
    approve(cluster.province, cluster, administrator, scene, item_key=item.translation_key)
    announce_approvals([cluster.province_id], [item.translation_key])


def test_what_takes_longer_is_compiled(air, item, cluster, administrator, compiled):
    air(lambda: request_schedule([cluster.pk]))
    air(lambda: edit(item, cluster, administrator, duration_ms=9000))
    assert compiled == ["tinh-bien"] * 2
    assert Release.objects.filter(target="schedule", status=Release.Status.PUBLISHED).count() == 2


def test_another_picture_is_put_in_the_place_of_the_old_one(air, item, cluster, administrator, compiled):
    air(lambda: request_schedule([cluster.pk]))
    first = current(cluster, "schedule")
    air(lambda: edit(item, cluster, administrator, duration_ms=8000))
    assert compiled == ["tinh-bien"]
    second = current(cluster, "schedule")
    assert second.pk > first.pk
    assert second.diagnostics == first.diagnostics
    document = read_document("tinh-bien", "schedule", second.sha256)
    inputs = gather(
        Cluster.objects.get(),
        first_day=second.made_at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date(),
        valid_from_ms=json.loads(document)["valid_from"],
    )
    assert document == compile_schedule(inputs).document


def test_a_change_that_shows_nowhere_is_compiled_once_and_makes_no_release(air, item, cluster, compiled):
    air(lambda: request_schedule([cluster.pk]))

    def rename():
        slot = Slot.objects.get()
        slot.title = "Suốt ngày"
        slot.save()

    air(rename)
    air(lambda: request_schedule([cluster.pk]))
    assert compiled == ["tinh-bien"] * 2
    assert Release.objects.filter(target="schedule").count() == 1


def test_what_is_remarked_follows_the_inputs_though_the_document_stays(air, item, province, cluster):
    air(lambda: request_schedule([cluster.pk]))
    before = current(cluster, "schedule").diagnostics
    air(lambda: show(province, [cluster], "Chưa duyệt"))
    assert Release.objects.filter(target="schedule").count() == 1
    assert current(cluster, "schedule").diagnostics != before


def test_a_new_day_is_compiled_and_a_later_hour_is_not(air, item, cluster, compiled, monkeypatch):
    local = clock.now() + timedelta(hours=7)
    left = timedelta(days=1) - timedelta(hours=local.hour, minutes=local.minute)
    air(lambda: request_schedule([cluster.pk]))
    if left > timedelta(minutes=10):
        monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(int((left / 2).total_seconds() * 1000)))
        air(lambda: request_schedule([cluster.pk]))
    assert compiled == ["tinh-bien"]
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(25 * HOUR))
    air(lambda: request_schedule([cluster.pk]))
    assert compiled == ["tinh-bien"] * 2


def test_a_lost_file_is_published_again_though_nothing_changed(air, item, cluster, instance, compiled):
    air(lambda: request_schedule([cluster.pk]))
    before = offered(cluster)
    (instance / "public" / "releases" / "tinh-bien" / "metadata" / "timestamp.json").unlink()
    air(lambda: request_schedule([cluster.pk]))
    assert {**offered(cluster), "valid_from": 0} == {**before, "valid_from": 0}
    assert compiled == ["tinh-bien"], "the kept document is enough"


def test_two_gatherings_have_the_same_fingerprint(item, cluster):
    first, second = (
        gather(Cluster.objects.get(pk=cluster.pk), first_day=date(2027, 1, 4), valid_from_ms=number)
        for number in (1, 2)
    )
    assert fingerprint(first) == fingerprint(second)


def test_an_approval_asks_only_where_the_item_is_shown(item, province, cluster, neighbour):
    from cms.approval.signals import announce_approvals

    announce_approvals([province.pk], [item.translation_key])
    assert asked() == {"tinh-bien"}
    assert asked("now") == set()


def test_a_withdrawal_is_told_everywhere_and_asks_for_schedules_only_where_the_item_is_shown(
    item, province, cluster, neighbour, operator
):
    from cms.approval.services import withdraw

    withdraw(item, province=province, by=operator, reason="Sai giờ")
    assert asked("now") == {"tinh-bien", "vinh-xuong"}
    assert asked() == {"tinh-bien"}


@pytest.mark.parametrize(
    ("approved", "of", "concerned"),
    [
        ("lotus", "tinh-bien", {"tinh-bien"}),
        ("lotus", "vinh-xuong", {"vinh-xuong"}),
        ("national", "tinh-bien", {"tinh-bien"}),
        ("mountains", "tinh-bien", set()),
    ],
)
def test_a_theme_asks_only_where_its_pictures_may_be_shown(province, cluster, neighbour, approved, of, concerned):
    from cms.approval.signals import announce_theme
    from cms.places.services import geometry_of

    Province.objects.filter(pk=province.pk).update(theme="lotus")
    announce_theme(approved, [geometry_of(Cluster.objects.get(slug=of)).id])
    assert asked() == concerned


def test_the_national_theme_concerns_nobody_who_has_an_approved_one(theme, province, cluster):
    from cms.approval.models import ThemeApproval
    from cms.approval.signals import announce_theme
    from cms.places.services import geometry_of

    Province.objects.filter(pk=province.pk).update(theme="lotus")
    ThemeApproval.objects.update(theme="lotus")
    announce_theme("national", [geometry_of(cluster).id])
    assert asked() == set()


def test_a_holiday_decision_asks_for_all_clusters_of_its_province(cluster, neighbour, province, other_province):
    Cluster.objects.create(slug="ta-lung", province=other_province, name="Tà Lùng", gaps_mm=[])
    ReleaseRequest.objects.all().delete()
    HolidayOverride.objects.create(province=province, day=date(2027, 5, 3))
    assert asked() == {"tinh-bien", "vinh-xuong"}
    HolidayOverride.objects.create(province=None, day=date(2027, 5, 4))
    assert asked() == {"tinh-bien", "vinh-xuong", "ta-lung"}
