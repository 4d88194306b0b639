"""What should be published and is not. The number of queries does not grow with the clusters, nor, when all is well, the work:
what costs something for each cluster is done for some of them at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from cms.places.models import Cluster, Face
from cms.release.keys import KeysMissing
from cms.release.models import Release, ReleaseRequest, Target
from cms.release.repository import ClusterRepository, Damaged, State

STUCK = timedelta(seconds=20)
AFTER_ERROR = timedelta(minutes=5)
AFTER_REFUSAL = timedelta(minutes=10)  # an asset may have been restored
RECHECK = timedelta(hours=6)  # for what nobody announced, as a plugin whose holidays changed
TICK = timedelta(seconds=30)
TICKS_A_ROUND = 60
FEW, AT_ONCE = 50, 200

Wanted = tuple[str, int]
"""A target and a cluster's primary key."""


def served() -> QuerySet[Cluster]:
    """Clusters in operation that have faces."""
    return Cluster.objects.filter(Exists(Face.objects.filter(cluster=OuterRef("pk"))), active=True)


def unsigned(now: datetime) -> list[Release]:
    """Compiled releases whose signature is not on its way."""
    waiting = Release.objects.filter(status=Release.Status.COMPILED).exclude(made_at__range=(now - STUCK, now))
    return list(waiting.order_by("pk").only("pk", "target"))


def lagging(now: datetime) -> list[Wanted]:
    """What was asked for and is not being made: the job was lost, or failed some minutes ago. A withdrawal is tried all the
    time, also where the cluster is out of operation: its screens may still show the last schedule."""
    late = Q(requested_at__isnull=True) | Q(requested_at__gt=now) | Q(requested_at__lte=now - STUCK)
    patient = Q(requested_at__isnull=True) | Q(requested_at__gt=now) | Q(requested_at__lte=now - AFTER_ERROR)
    rows = ReleaseRequest.objects.filter(requested__gt=F("handled")).filter(
        Q(late, target=Target.NOW) | Q(late, error="", cluster__active=True) | Q(patient, cluster__active=True)
    )
    return list(rows.order_by("requested_at", "pk").values_list("target", "cluster_id"))


def never_asked() -> list[Wanted]:
    """Documents of clusters that nobody has asked for yet."""
    rows = served()
    for target in Target:
        row = ReleaseRequest.objects.filter(cluster=OuterRef("pk"), target=target)
        rows = rows.annotate(**{f"asked_{target.value}": Exists(row)})
    found = rows.filter(reduce(or_, (Q(**{f"asked_{target.value}": False}) for target in Target)))
    return [
        (target.value, one.pk)
        for one in found.only("pk").order_by("pk")
        for target in Target
        if not getattr(one, f"asked_{target.value}")
    ]


def _settled() -> Combinable:
    """Of a release: nothing is asked for that is not done, or failed; that has its own time (`lagging`)."""
    row = ReleaseRequest.objects.filter(cluster=OuterRef("cluster"), target=OuterRef("target"))
    return ~Exists(row.filter(requested__gt=F("handled")))


def unmade(now: datetime) -> list[Wanted]:
    """Documents whose newest release was given up or refused, with none made since."""
    newer = Release.objects.filter(cluster=OuterRef("cluster"), target=OuterRef("target"), pk__gt=OuterRef("pk"))
    refused = Q(status=Release.Status.REFUSED) & ~Q(made_at__range=(now - AFTER_REFUSAL, now))
    ended = refused | Q(status=Release.Status.SUPERSEDED)
    rows = Release.objects.filter(ended, ~Exists(newer), _settled(), cluster__in=served())
    return list(rows.order_by("pk").values_list("target", "cluster_id"))


def outdated(now: datetime, most: int) -> list[Wanted]:
    """At most so many documents that were looked at too long ago, the oldest first: schedules on an earlier day of the
    cluster's, so that the horizon moves on; all after some hours; and where the clock was set back."""
    zones = Cluster.objects.order_by().values_list("timezone", flat=True).distinct()
    yesterday = [Q(cluster__timezone=zone, checked_at__lt=_midnight(zone, now)) for zone in zones]
    old = Q(checked_at__isnull=True) | Q(checked_at__gt=now) | Q(checked_at__lte=now - RECHECK)
    rows = ReleaseRequest.objects.filter(
        reduce(or_, yesterday, Q(pk__in=[])) & Q(target=Target.SCHEDULE) | old,
        cluster__in=served(),
        requested__lte=F("handled"),
    )
    return list(rows.order_by(F("checked_at").asc(nulls_first=True), "pk").values_list("target", "cluster_id")[:most])


def _midnight(zone: str, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def in_turn(now: datetime) -> list[Cluster]:
    """The clusters whose public files are to be read in this half minute: all where there are few, else each once in a
    round of half an hour."""
    count = served().count()
    size = max(FEW, -(-count // TICKS_A_ROUND))
    slices = max(1, -(-count // size))
    first = int(now.timestamp() // TICK.total_seconds()) % slices * size
    return list(served().select_related("province").order_by("pk")[first : first + size])


def state_of(cluster: Cluster) -> State | None:
    """What players of a cluster are offered; None where it does not verify."""
    try:
        return ClusterRepository(cluster.slug, cluster.province.code).state()
    except (Damaged, KeysMissing):
        return None


def missing_in_public(clusters: Iterable[Cluster]) -> list[Wanted]:
    """What was published for these clusters, but is not what their public files offer."""
    looked_at = {one.pk: one for one in clusters}
    newest = (
        Release.objects.filter(_settled(), cluster__in=list(looked_at), status=Release.Status.PUBLISHED)
        .order_by()
        .values("cluster", "target")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    published: dict[int, dict[str, str]] = {}
    for cluster, target, digest in Release.objects.filter(pk__in=newest).values_list("cluster_id", "target", "sha256"):
        published.setdefault(cluster, {})[target] = digest
    found: list[Wanted] = []
    for key, digests in published.items():
        files = (state_of(looked_at[key]) or State()).files
        for target, digest in digests.items():
            file = files.get(f"{looked_at[key].slug}/{target}.json")
            if file is None or file.hashes["sha256"] != digest:
                found.append((target, key))
    return found
