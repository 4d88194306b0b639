"""From a change in the database to signed files: requests, queues, compiler, signer, on a real Redis."""

from __future__ import annotations

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from cms import clock
from cms.release import jobs, notices
from cms.release.models import Release, ReleaseRequest
from cms.release.services import current, request_notices, request_schedule, schedule_in_force
from cms.release.timing import notice_ms

from .made import HOUR, approve, offered, put_asset, scene_of

pytestmark = pytest.mark.usefixtures("settled")


def test_a_first_release_is_compiled_signed_and_published(air, item, cluster):
    before = clock.now_ms()
    air(lambda: request_schedule([cluster.pk]))
    release = current(cluster, "schedule")
    schedule = offered(cluster)
    assert release.status == Release.Status.PUBLISHED
    assert release.version == 1
    assert any(scene.startswith(str(item.translation_key)) for scene in schedule["scenes"]), release.diagnostics
    assert schedule["valid_from"] >= before + notice_ms()
    assert schedule["valid_from"] - int(release.published_at.timestamp() * 1000) >= notice_ms()


def test_the_same_inputs_make_no_new_release(air, item, cluster):
    air(lambda: request_schedule([cluster.pk]))
    air(lambda: request_schedule([cluster.pk]))
    air(lambda: request_notices([cluster.pk]))
    air(lambda: request_notices([cluster.pk]))
    assert Release.objects.count() == 2


def test_an_approved_edit_reaches_the_release_by_its_signal(air, item, province, cluster, administrator):
    from cms.approval.models import Approval
    from cms.approval.signals import announce_approvals

    air(lambda: request_schedule([cluster.pk]))
    first = current(cluster, "schedule")

    def edit():
        Approval.objects.update(revoked_at=clock.now())
        approve(province, cluster, administrator, scene_of(put_asset(b"new hours")), item_key=item.translation_key)
        announce_approvals([province.pk], [item.translation_key])

    air(edit)
    second = current(cluster, "schedule")
    assert second.version > first.version
    assert second.sha256 != first.sha256


def test_a_withdrawal_reaches_the_notices_and_the_next_schedule(air, item, province, cluster, administrator):
    from cms.approval.models import Approval, Withdrawal
    from cms.approval.signals import announce_approvals, announce_withdrawals

    air(lambda: (request_schedule([cluster.pk]), request_notices([cluster.pk])))
    assert offered(cluster, "now")["withdrawn"] == []

    def withdraw():
        approval = Approval.objects.get()
        approval.revoked_at = clock.now()
        approval.save()
        Withdrawal.objects.create(
            item=approval.item, title="", province=province, at=clock.now(), by=administrator, reason="Sai giờ"
        )
        announce_withdrawals([province.pk], [item.translation_key])
        announce_approvals([province.pk], [item.translation_key])

    air(withdraw)
    assert offered(cluster, "now")["withdrawn"] == [item.item_id]
    assert list(offered(cluster)["scenes"]) == ["theme:national#0@theme"]
    assert not Release.objects.filter(status=Release.Status.REFUSED).exists()


def test_a_withdrawal_reaches_the_screens_of_a_cluster_that_is_out_of_operation(
    air, item, province, cluster, administrator
):
    from cms.approval.models import Withdrawal
    from cms.approval.signals import announce_withdrawals

    air(lambda: (request_schedule([cluster.pk]), request_notices([cluster.pk])))
    type(cluster).objects.update(active=False)

    def withdraw():
        Withdrawal.objects.create(
            item=item.item_id, title="", province=province, at=clock.now(), by=administrator, reason="Sai giờ"
        )
        announce_withdrawals([province.pk], [item.translation_key])

    air(withdraw)
    assert offered(cluster, "now")["withdrawn"] == [item.item_id]


def test_a_change_of_the_operating_hours_makes_a_new_release(air, item, cluster):
    air(lambda: request_schedule([cluster.pk]))
    first = current(cluster, "schedule")
    air(lambda: cluster.hours.get().windows.first().delete())
    assert current(cluster, "schedule").sha256 != first.sha256


def test_a_provider_adds_to_the_notices_and_a_broken_one_lights_no_dark_face(air, theme, cluster):
    dark = {"faces": ["a"], "from": 0, "until": 4_000_000_000_000}

    def provider(cluster, now_ms):
        if broken:
            raise RuntimeError("broken")
        return {"blackout": [dark]}

    notices.register(provider)
    try:
        broken = False
        air(lambda: request_notices([cluster.pk]))
        assert offered(cluster, "now")["blackout"] == [dark]
        broken = True
        air(lambda: request_notices([cluster.pk]))
        assert offered(cluster, "now")["blackout"] == [dark]
    finally:
        notices.unregister(provider)


def test_a_release_that_the_busy_signer_finds_late_takes_effect_later(queues, item, cluster, monkeypatch):
    queues.run()
    ReleaseRequest.objects.all().delete()
    release = Release.objects.get(pk=jobs.publish_schedule(cluster.pk))
    planned = release.valid_from
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", "15000")
    queues.run()
    release = current(cluster, "schedule")
    assert release.valid_from > planned
    assert release.valid_from - release.published_at >= timedelta(milliseconds=notice_ms())
    assert jobs.publish_schedule(cluster.pk) is None, "it still counts as the same"


def test_the_stamped_document_is_what_the_compiler_makes_for_that_instant(queues, item, cluster):
    from cms.programmes.inputs import gather
    from cms.release.documents import read_document
    from cms.schedule.compile import compile_schedule

    release = Release.objects.get(pk=jobs.publish_schedule(cluster.pk))
    stamped = read_document(cluster.slug, "schedule", release.sha256)
    valid_from = json.loads(stamped)["valid_from"]
    first_day = release.made_at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    assert compile_schedule(gather(cluster, first_day=first_day, valid_from_ms=valid_from)).document == stamped


def test_a_cluster_without_an_approved_theme_waits_and_says_why(air, cluster, queues):
    air(lambda: request_schedule([cluster.pk]))
    row = ReleaseRequest.objects.get(cluster=cluster, target="schedule")
    assert "national" in row.error
    assert not Release.objects.exists()


def test_the_schedule_in_force_is_the_newest_whose_time_has_come(air, item, cluster, monkeypatch):
    air(lambda: request_schedule([cluster.pk]))
    assert schedule_in_force(cluster) is None, "its time has not come"
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", "60000")
    first = schedule_in_force(cluster)
    assert first.valid_from == offered(cluster)["valid_from"]
    air(lambda: cluster.hours.get().windows.first().delete())
    assert offered(cluster)["valid_from"] > first.valid_from
    assert schedule_in_force(cluster) == first


def test_a_clock_set_back_makes_a_release_for_the_new_present(air, item, cluster, monkeypatch):
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(2 * HOUR))
    air(lambda: request_schedule([cluster.pk]))
    ahead = offered(cluster)["valid_from"]
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", "0")
    air(lambda: request_schedule([cluster.pk]))
    assert offered(cluster)["valid_from"] < ahead
