"""From a change in the database to signed files: requests, queues, compiler, signer, on a real Redis."""

from __future__ import annotations

import json
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from cms import clock
from cms.release import jobs, notices, services
from cms.release.models import Release, ReleaseRequest
from cms.release.repository import ClusterRepository
from cms.release.services import current, request_notices, request_schedule, schedule_in_force
from cms.release.timing import notice_ms

from .made import approve, approve_theme, put_asset, scene_of

HOUR = 3_600_000


@pytest.fixture(autouse=True)
def settled(cluster):
    """What making the cluster asked for is no part of a test: its transaction never commits, so nothing was queued."""
    ReleaseRequest.objects.all().delete()


@pytest.fixture
def theme(instance, cluster, administrator):
    return approve_theme(cluster, administrator, put_asset(b"neutral picture"))


@pytest.fixture
def air(queues, django_capture_on_commit_callbacks):
    """`air(change)`: make a change as a request does, then let the queues work until nothing is left."""

    def run(change=lambda: None) -> None:
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            change()
        queues.run()
        assert queues.failed() == []

    return run


@pytest.fixture
def item(province, cluster, theme, administrator):
    """An approved item in a programme with a slot on Tịnh Biên, every day."""
    from wagtail.models import Locale, Page

    from cms.content.models import ItemPage, ProvincePage
    from cms.programmes.models import Programme, ProgrammeEntry, Slot

    locale, _ = Locale.objects.get_or_create(language_code="vi")
    root = Page.get_first_root_node() or Page.add_root(title="Root", locale=locale)
    shelf = root.add_child(instance=ProvincePage(title="An Giang", slug="an-giang", province=province, locale=locale))
    page = shelf.add_child(instance=ItemPage(title="Giờ mở cửa", slug="gio", locale=locale, body=[]))
    picture = put_asset(b"picture of the opening hours")
    approve(province, cluster, administrator, scene_of(picture), item_key=page.translation_key)
    programme = Programme.objects.create(province=province, title="Hằng ngày")
    ProgrammeEntry.objects.create(programme=programme, item=page)
    slot = Slot.objects.create(programme=programme, title="Cả ngày", date_from=date(2020, 1, 1))
    slot.clusters.set([cluster])
    slot.save()
    ReleaseRequest.objects.all().delete()
    return page


def offered(cluster, target: str = "schedule") -> dict | None:
    data = ClusterRepository(cluster.slug, cluster.province.code).read_target(target)
    return json.loads(data) if data else None


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


def test_a_change_made_while_the_job_runs_makes_another(queues, item, cluster):
    request_schedule([cluster.pk])
    jobs._begin(cluster.pk, "schedule")
    request_schedule([cluster.pk])
    row = ReleaseRequest.objects.get(cluster=cluster, target="schedule")
    assert row.enqueued
    assert row.requested > row.handled


def test_a_slow_job_does_not_bring_back_what_a_later_one_took_away(air, queues, theme, cluster):
    """Two workers: the first one gathers, then the faces are darkened, and the second is done before the first."""
    dark = {"faces": ["a"], "from": 0, "until": 4_000_000_000_000}
    held: list[dict] = []

    def provider(cluster, now_ms):
        before = list(held)
        if not held:
            held.append(dark)
            request_notices([cluster.pk])
            jobs.publish_notices(cluster.pk)
        return {"blackout": before}

    notices.register(provider)
    try:
        air(lambda: request_notices([cluster.pk]))
    finally:
        notices.unregister(provider)
    assert offered(cluster, "now")["blackout"] == [dark]


def test_requests_without_a_pause_do_not_hide_a_lost_job(
    queues, item, cluster, django_capture_on_commit_callbacks, monkeypatch
):
    import django_rq

    with django_capture_on_commit_callbacks(execute=True):
        request_schedule([cluster.pk])
    django_rq.get_queue("release").empty()
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", "30000")
    with django_capture_on_commit_callbacks(execute=True):
        request_schedule([cluster.pk])
        jobs.extend_due()
    queues.run()
    assert current(cluster, "schedule") is not None


def test_one_job_is_queued_for_many_requests(queues, item, cluster, django_capture_on_commit_callbacks):
    queues.run()
    ReleaseRequest.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            request_schedule([cluster.pk])
    assert queues.count("release") == 1
    queues.run()
    row = ReleaseRequest.objects.get(cluster=cluster, target="schedule")
    assert row.requested == row.handled == 5
    assert not row.enqueued


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
        announce_withdrawals([province.pk])
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
        announce_withdrawals([province.pk])

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


def test_what_a_lost_queue_forgot_is_made_up(queues, item, cluster, django_capture_on_commit_callbacks, monkeypatch):
    import django_rq

    with django_capture_on_commit_callbacks(execute=True):
        request_schedule([cluster.pk])
    django_rq.get_queue("release").empty()
    queues.run()
    assert current(cluster, "schedule") is None
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", "30000")
    with django_capture_on_commit_callbacks(execute=True):
        jobs.extend_due()
    queues.run()
    assert current(cluster, "schedule") is not None


def test_a_change_whose_request_died_with_its_process_is_found_within_minutes(
    queues, item, cluster, django_capture_on_commit_callbacks, monkeypatch
):
    from cms.programmes.models import Slot

    jobs.publish_schedule(cluster.pk)
    queues.run()
    first = current(cluster, "schedule")
    Slot.objects.update(active=False)  # no signal, no request
    ReleaseRequest.objects.update(requested=0, handled=0)
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(11 * 60_000))
    with django_capture_on_commit_callbacks(execute=True):
        jobs.extend_due()
    queues.run()
    assert current(cluster, "schedule").fingerprint != first.fingerprint


def test_a_release_given_up_for_one_that_was_never_made_is_compiled_again(
    queues, item, cluster, django_capture_on_commit_callbacks
):
    Release.objects.filter(pk=jobs.publish_schedule(cluster.pk)).update(status=Release.Status.SUPERSEDED)
    queues.run()
    assert current(cluster, "schedule") is None
    with django_capture_on_commit_callbacks(execute=True):
        ReleaseRequest.objects.update(requested=0, handled=0, checked_at=clock.now())
        jobs.extend_due()
    queues.run()
    assert current(cluster, "schedule") is not None


def test_a_forgotten_signature_is_made_up(queues, item, cluster, django_capture_on_commit_callbacks, monkeypatch):
    import django_rq

    jobs.publish_schedule(cluster.pk)
    django_rq.get_queue("sign").empty()
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", "30000")
    with django_capture_on_commit_callbacks(execute=True):
        jobs.extend_due()
    queues.run()
    assert current(cluster, "schedule") is not None


def test_without_a_queue_a_change_is_kept_and_nobody_is_disturbed(
    instance, item, cluster, settings, django_capture_on_commit_callbacks
):
    settings.RQ_QUEUES = {name: {"URL": "unix:///nowhere/redis.sock"} for name in settings.RQ_QUEUES}
    with django_capture_on_commit_callbacks(execute=True):
        request_schedule([cluster.pk])
    row = ReleaseRequest.objects.get(cluster=cluster, target="schedule")
    assert row.requested > row.handled
    assert not row.enqueued, "the next tick asks again at once"


def test_everything_missing_is_published_once_and_the_horizon_moves_with_the_day(
    queues, item, cluster, django_capture_on_commit_callbacks, monkeypatch
):
    def tick() -> int:
        with django_capture_on_commit_callbacks(execute=True):
            asked = jobs.extend_due()
        queues.run()
        return asked

    ReleaseRequest.objects.all().delete()
    assert tick() == 2
    first = current(cluster, "schedule")
    assert current(cluster, "now") is not None
    assert tick() == 0
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(26 * HOUR))
    assert tick() > 0
    second = current(cluster, "schedule")
    assert second.pk > first.pk
    assert (
        offered(cluster)["valid_until"]
        > json.loads((services.documents.document_path(cluster.slug, "schedule", first.sha256)).read_bytes())[
            "valid_until"
        ]
    )
    assert tick() == 0
    assert schedule_in_force(cluster) is not None


def test_a_public_tree_that_was_lost_is_published_again(
    queues, item, cluster, instance, django_capture_on_commit_callbacks
):
    import shutil

    def tick():
        with django_capture_on_commit_callbacks(execute=True):
            jobs.extend_due()
        queues.run()

    tick()
    before = offered(cluster)
    shutil.rmtree(instance / "public" / "releases")
    assert offered(cluster) is None
    tick()
    after = offered(cluster)
    assert after["scenes"] == before["scenes"]
    assert offered(cluster, "now") is not None


def test_the_schedule_in_force_is_the_newest_whose_time_has_come(air, item, cluster, monkeypatch):
    air(lambda: request_schedule([cluster.pk]))
    assert schedule_in_force(cluster) is None, "its time has not come"
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", "60000")
    first = schedule_in_force(cluster)
    assert first.valid_from == offered(cluster)["valid_from"]
    air(lambda: cluster.hours.get().windows.first().delete())
    assert offered(cluster)["valid_from"] > first.valid_from
    assert schedule_in_force(cluster) == first


def test_signatures_that_end_soon_are_renewed_by_the_signer(air, queues, item, cluster, monkeypatch):
    air(lambda: request_schedule([cluster.pk]))
    assert jobs.resign_due() == 0
    before = ClusterRepository(cluster.slug, "an_giang").state()
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(4 * 24 * HOUR))
    assert jobs.resign_due() == 1
    assert queues.count("sign") == 1
    queues.run()
    after = ClusterRepository(cluster.slug, "an_giang").state()
    assert after.timestamp == before.timestamp + 1
    assert after.targets == before.targets


def test_a_clock_set_back_makes_a_release_for_the_new_present(air, item, cluster, monkeypatch):
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(2 * HOUR))
    air(lambda: request_schedule([cluster.pk]))
    ahead = offered(cluster)["valid_from"]
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", "0")
    air(lambda: request_schedule([cluster.pk]))
    assert offered(cluster)["valid_from"] < ahead
