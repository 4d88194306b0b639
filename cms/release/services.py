"""What other parts ask of releases: have a cluster's documents made anew, and say what is in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from cms import clock
from cms.accounts.audit import record
from cms.places.models import Cluster, Province
from cms.plugin_api.types import sha256
from cms.release import documents, keys
from cms.release.keys import root_json
from cms.release.models import Release, Target
from cms.release.requests import ask
from cms.schedule.format import Schedule

__all__ = ["current", "ensure_province_keys", "request_notices", "request_schedule", "root_json", "schedule_in_force"]


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
    ask(cluster_ids, Target.SCHEDULE)


def request_notices(cluster_ids: Iterable[int], *, first: Iterable[int] = ()) -> None:
    """Have the notices of these clusters published, ahead of everything else in the queue; those of `first` before the others."""
    ask(cluster_ids, Target.NOW, first=first)


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
