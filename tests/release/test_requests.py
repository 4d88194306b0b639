"""What was asked for is made once, and never lost: not by a queue, not by a process."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models import F

from cms import clock
from cms.release import due, jobs, notices
from cms.release.models import ReleaseRequest
from cms.release.services import current, request_notices, request_schedule

from .made import make_clusters, offered

pytestmark = pytest.mark.usefixtures("settled")


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


def test_a_job_that_finds_nothing_new_is_not_undone_by_an_older_one(air, queues, theme, cluster, monkeypatch):
    """Two workers; faces were darkened, lifted and darkened again. The one that saw the lifting is done just when the other has
    found that what players are offered is right."""
    dark = {"faces": ["a"], "from": 0, "until": 4_000_000_000_000}
    now = [dark]

    def provider(cluster, now_ms):
        return {"blackout": list(now)}

    stands = jobs._stands

    def meanwhile(last, cluster, valid_from):
        monkeypatch.setattr(jobs, "_stands", stands)
        now.clear()
        jobs.publish_notices(cluster.pk)
        now.append(dark)
        return True

    notices.register(provider)
    try:
        air(lambda: request_notices([cluster.pk]))
        assert offered(cluster, "now")["blackout"] == [dark]
        monkeypatch.setattr(jobs, "_stands", meanwhile)
        air(lambda: request_notices([cluster.pk]))
    finally:
        notices.unregister(provider)
    assert jobs._stands is stands
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


def test_without_a_queue_a_change_is_kept_and_nobody_is_disturbed(
    instance, item, cluster, settings, django_capture_on_commit_callbacks
):
    settings.RQ_QUEUES = {name: {"URL": "unix:///nowhere/redis.sock"} for name in settings.RQ_QUEUES}
    with django_capture_on_commit_callbacks(execute=True):
        request_schedule([cluster.pk])
    row = ReleaseRequest.objects.get(cluster=cluster, target="schedule")
    assert row.requested > row.handled
    assert not row.enqueued, "the next tick asks again at once"


def test_a_forgotten_signature_is_made_up(queues, item, cluster, django_capture_on_commit_callbacks, monkeypatch):
    import django_rq

    jobs.publish_schedule(cluster.pk)
    django_rq.get_queue("sign").empty()
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", "30000")
    with django_capture_on_commit_callbacks(execute=True):
        jobs.extend_due()
    queues.run()
    assert current(cluster, "schedule") is not None


def test_a_change_and_its_request_are_committed_together(item, cluster):
    from cms.programmes.models import Slot

    with transaction.atomic():
        Slot.objects.get().save()
        assert ReleaseRequest.objects.filter(requested__gt=F("handled")).exists()
        transaction.set_rollback(True)
    assert not ReleaseRequest.objects.exists()
    Slot.objects.get().save()
    # No callback has run, as after a crash right after the commit: the next tick finds what to do.
    assert set(due.lagging(clock.now() + due.STUCK)) == {("schedule", cluster.pk)}


def test_a_long_queue_is_not_taken_for_a_lost_one(
    queues, item, cluster, django_capture_on_commit_callbacks, monkeypatch
):
    with django_capture_on_commit_callbacks(execute=True):
        request_schedule([cluster.pk])
        request_notices([cluster.pk])
    for minutes in (1, 2, 10):
        monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(minutes * 60_000))
        with django_capture_on_commit_callbacks(execute=True):
            assert jobs.extend_due() == 0
    assert queues.count("release") == 2


def test_a_signature_that_waits_its_turn_is_asked_for_once(
    queues, item, cluster, django_capture_on_commit_callbacks, monkeypatch
):
    jobs.publish_schedule(cluster.pk)
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", "30000")
    with django_capture_on_commit_callbacks(execute=True):
        jobs.extend_due()
    assert queues.count("sign") == 1


def test_a_backlog_of_schedules_does_not_delay_a_withdrawal(
    queues, item, province, cluster, django_capture_on_commit_callbacks
):
    import django_rq

    from cms.approval.signals import announce_withdrawals

    others = make_clusters(province, 300)
    with django_capture_on_commit_callbacks(execute=True):
        request_schedule(others)
    with django_capture_on_commit_callbacks(execute=True):
        announce_withdrawals([province.pk], [item.translation_key])
    waiting = django_rq.get_queue("release").jobs
    assert [one.func_name.rsplit(".")[-1] for one in waiting] == ["publish_notices"] * 301 + ["publish_schedule"] * 300
    assert waiting[0].args == (cluster.pk,), "where the item is shown comes first"
