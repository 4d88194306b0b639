"""Asking for releases: written down with the change, hinted at in the queue. However many clusters a change concerns, it costs
the same number of queries and one conversation with Redis."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import django_rq
from django.db import connection, transaction
from django.db.models import Case, F, Value, When
from django.db.models.expressions import RawSQL
from redis.exceptions import RedisError
from rq import Queue, Retry

from cms import clock
from cms.places.models import Cluster
from cms.release.models import Release, ReleaseRequest, Target

log = logging.getLogger(__name__)

FAILED_S = 86_400  # what fails is tried again every half minute: Redis need not remember each time for RQ's year
RESULT_S = 60
SIGNING, RENEWING = "sign", "resign"


def among(ids: Iterable[int]) -> RawSQL:
    """A subquery of these primary keys. It binds one parameter, however many they are; SQLite would refuse 32,767."""
    if connection.vendor == "postgresql":
        sql = "SELECT CAST(value AS bigint) FROM jsonb_array_elements_text(CAST(%s AS jsonb)) AS given(value)"
    else:
        sql = "SELECT value FROM json_each(%s)"
    return RawSQL(sql, [json.dumps(list(ids))])  # noqa: S611 - the ids are bound, not written in


def ask(cluster_ids: Iterable[int], target: str, *, again: bool = False, first: Iterable[int] = ()) -> None:
    """Have a document of these clusters made anew. Call it inside the transaction that changes the data, or after it; many calls
    before the job begins make one job. `again`: put it in the queue even where a job should be under way. `first`: those whose
    notices go before the others'. All rows are locked in one order, or two who withdraw at once would wait for each other."""
    ahead = frozenset(first)
    wanted = sorted({*cluster_ids, *ahead})
    if not wanted:
        return
    now = clock.now()
    with transaction.atomic():
        _make_rows(wanted, target)
        rows = ReleaseRequest.objects.filter(cluster__in=among(wanted), target=target)
        # Locked in one order, since this may be part of a longer transaction.
        known = list(rows.select_for_update().order_by("pk").values_list("cluster_id", "enqueued"))
        idle = sorted(one for one, enqueued in known if again or not enqueued)
        # When a job is under way, its own time counts: requests that never pause must not hide that it was lost.
        since = Value(now) if again else Case(When(enqueued=False, then=Value(now)), default=F("requested_at"))
        rows.update(requested=F("requested") + 1, requested_at=since, enqueued=True)
        for some in ([one for one in idle if one not in ahead], [one for one in idle if one in ahead]):
            if some:  # what comes last goes first
                transaction.on_commit(partial(_enqueue, target, some))


def _make_rows(cluster_ids: Sequence[int], target: str) -> None:
    """One statement, where Django's own would take one for every hundred and forty clusters."""
    given, to, source = among(cluster_ids), ReleaseRequest._meta.db_table, Cluster._meta.db_table
    sql = (
        f"INSERT INTO {to} (cluster_id, target, requested, handled, enqueued, error) "  # noqa: S608 - no value is in it
        f"SELECT id, %s, 0, 0, %s, '' FROM {source} WHERE id IN ({given.sql}) ORDER BY id "
        "ON CONFLICT (cluster_id, target) DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [target, False, *given.params])


def _enqueue(target: str, cluster_ids: Sequence[int]) -> None:
    """Put the jobs of one document in the `release` queue; notices go first. Without a queue the requests wait in the database
    until `extend_due` finds them."""
    from cms.release import jobs

    job = jobs.publish_notices if target == Target.NOW else jobs.publish_schedule
    if not _put("release", job, target, cluster_ids, at_front=target == Target.NOW):
        ReleaseRequest.objects.filter(cluster__in=among(cluster_ids), target=target).update(
            enqueued=False, requested_at=None
        )


def enqueue_signing(releases: Iterable[Release]) -> None:
    """Put compiled releases in the signer's queue; notices go first."""
    from cms.release import jobs

    waiting = list(releases)
    for urgent in (False, True):
        chosen = [one.pk for one in waiting if (one.target == Target.NOW) == urgent]
        _put("sign", jobs.sign, SIGNING, chosen, at_front=urgent)


def enqueue_resigning(cluster_ids: Iterable[int], *, at_front: bool = False) -> None:
    """Have the signer renew the metadata of these clusters, unless that waits in its queue already. `at_front`: before all else,
    since a former key may be in strange hands."""
    from cms.release import jobs

    waiting = set() if at_front else queued("sign")
    _put(
        "sign", jobs.resign, RENEWING, [one for one in cluster_ids if (RENEWING, one) not in waiting], at_front=at_front
    )


def _put(queue: str, job: Callable[..., Any], kind: str, keys: Sequence[int], *, at_front: bool) -> bool:
    """One job for each key; the ids of the jobs say what each is about, for `queued`."""
    if not keys:
        return True
    prepared = [
        Queue.prepare_data(
            job,
            (key,),
            job_id=f"{kind}-{key}-{secrets.token_hex(8)}",
            at_front=at_front,
            retry=Retry(max=2),
            result_ttl=RESULT_S,
            failure_ttl=FAILED_S,
        )
        for key in keys
    ]
    try:
        django_rq.get_queue(queue, commit_mode="auto").enqueue_many(prepared)
    except RedisError as error:
        log.info("The queue %s cannot be reached (%s); the work is made up later", queue, error)
        return False
    return True


def queued(queue: str) -> set[tuple[str, int]]:
    """What waits in a queue, as (kind, key): kind is a target or `RENEWING` with a cluster's key, or `SIGNING` with a
    release's. A long queue is no lost one. Empty when the queue cannot be reached."""
    try:
        ids = django_rq.get_queue(queue).get_job_ids()
    except RedisError:
        return set()
    parts = [one.split("-") for one in ids]
    return {(one[0], int(one[1])) for one in parts if len(one) == 3 and one[1].isdecimal()}
