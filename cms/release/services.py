"""What other parts ask of releases: have a cluster's documents made anew, and say what is in force."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial

import django_rq
from django.db import transaction
from django.db.models import F
from redis.exceptions import RedisError
from rq import Retry

from cms import clock
from cms.accounts.audit import record
from cms.places.models import Cluster, Province
from cms.plugin_api.types import sha256
from cms.release import documents, keys
from cms.release.keys import root_json
from cms.release.models import Release, ReleaseRequest, Target
from cms.schedule.format import Schedule

__all__ = ["current", "ensure_province_keys", "request_notices", "request_schedule", "root_json", "schedule_in_force"]

log = logging.getLogger(__name__)

FAILED_S = 86_400  # what fails is tried again every half minute: Redis need not remember each time for RQ's year


def ensure_province_keys(province: Province) -> bytes:
    """Make the province's keys unless it has them, and put that on record; returns the bytes of its root."""
    new = not keys.root_versions(province)
    root = keys.ensure_province_keys(province)
    if new:
        record("keys.create", province.name, province=province.code, root_sha256=sha256(root))
    return root


def request_schedule(cluster_ids: Iterable[int]) -> None:
    """Have the schedules of these clusters compiled, and published if they changed. Call it inside the transaction that changes
    the data, or after it; many calls before the job begins make one job, and none is lost, even without a queue."""
    _request(cluster_ids, Target.SCHEDULE)


def request_notices(cluster_ids: Iterable[int]) -> None:
    """Have the notices of these clusters published, ahead of everything else in the queue."""
    _request(cluster_ids, Target.NOW)


def _request(cluster_ids: Iterable[int], target: Target) -> None:
    wanted = sorted(set(cluster_ids))
    if not wanted:
        return
    with transaction.atomic():
        ReleaseRequest.objects.bulk_create(
            [ReleaseRequest(cluster_id=one, target=target) for one in wanted], ignore_conflicts=True
        )
        rows = ReleaseRequest.objects.filter(cluster__in=wanted, target=target)
        # Locked in one order, since this may be part of a longer transaction.
        waiting = dict(rows.select_for_update().order_by("pk").values_list("cluster_id", "enqueued"))
        idle = sorted(one for one, enqueued in waiting.items() if not enqueued)
        rows.update(requested=F("requested") + 1)
        # When a job is under way, its own time counts: requests that never pause must not hide that it was lost.
        rows.filter(cluster__in=idle).update(requested_at=clock.now())
        rows.filter(cluster__in=idle).update(enqueued=True)
        transaction.on_commit(partial(_enqueue_all, target, idle))


def _enqueue_all(target: Target, cluster_ids: list[int]) -> None:
    for cluster_id in cluster_ids:
        enqueue(target, cluster_id)


def enqueue(target: str, cluster_id: int) -> None:
    """Put the job of one document in the `release` queue; notices go first. Without a queue the request waits in the
    database until `extend_due` finds it."""
    from cms.release import jobs

    if target == Target.NOW:
        done = _put("release", jobs.publish_notices, cluster_id, at_front=True)
    else:
        done = _put("release", jobs.publish_schedule, cluster_id)
    if not done:
        ReleaseRequest.objects.filter(cluster=cluster_id, target=target).update(enqueued=False, requested_at=None)


def enqueue_signing(release: Release) -> None:
    """Put a compiled release in the signer's queue; notices go first."""
    from cms.release import jobs

    _put("sign", jobs.sign, release.pk, at_front=release.target == Target.NOW)


def _put(queue: str, job: Callable[..., object], *args: int, at_front: bool = False) -> bool:
    try:
        django_rq.get_queue(queue, commit_mode="auto").enqueue(
            job, *args, at_front=at_front, retry=Retry(max=2), failure_ttl=FAILED_S
        )
    except RedisError as error:
        log.info("The queue %s cannot be reached (%s); the work is made up later", queue, error)
        return False
    return True


def current(cluster: Cluster, target: str) -> Release | None:
    """The release of a target that players are offered now; None before the first."""
    return Release.objects.filter(cluster=cluster, target=target, status=Release.Status.PUBLISHED).first()


def schedule_in_force(cluster: Cluster) -> Schedule | None:
    """The schedule that players with a good connection obey at this instant: the newest published one whose `valid_from` has
    come. None when there is none."""
    release = (
        Release.objects.filter(
            cluster=cluster,
            target=Target.SCHEDULE,
            status=Release.Status.PUBLISHED,
            valid_from__lte=clock.now() + timedelta(milliseconds=1),
        )
        .order_by("-id")
        .first()
    )
    return documents.schedule(cluster.slug, release.sha256) if release else None
