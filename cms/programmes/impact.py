"""What a change does to the screens, before it is made: the clusters that it touches are compiled as things are and as they would
be, and compared. Nothing is written.

Time is bounded: clusters are looked at in order until it is up; those that were not reached are named as such."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from cms import clock
from cms.content.models import ItemPage
from cms.places.models import Cluster
from cms.programmes.inputs import gather
from cms.programmes.previews import local_day, local_midnight_ms, millis
from cms.programmes.supposed import NOTHING, Supposed
from cms.schedule.compare import Difference, differences
from cms.schedule.compile import compile_schedule
from cms.schedule.fingerprint import fingerprint
from cms.schedule.inputs import ScheduleInputs

DAYS = 14
"""Days that are compared."""
BUDGET_S = 6.0
"""No further cluster is begun after so long; one takes well under a second."""


@dataclass(frozen=True, slots=True)
class ClusterImpact:
    """A cluster whose screens change. `first_ms`: when the first face does (UTC ms), at the earliest now; `came`, `gone`: titles of
    items that its faces then show in some language and did not, or no longer do."""

    cluster: Cluster
    faces: tuple[str, ...]
    first_ms: int
    came: tuple[str, ...]
    gone: tuple[str, ...]
    kinds: frozenset[str]


@dataclass(slots=True)
class Impact:
    """`changed` clusters, first difference first; `same`: those that were looked at and do not change; `unseen`: those for which
    there was no time."""

    changed: list[ClusterImpact] = field(default_factory=list)
    same: list[Cluster] = field(default_factory=list)
    unseen: list[Cluster] = field(default_factory=list)
    days: int = DAYS

    @property
    def faces(self) -> int:
        return sum(len(one.faces) for one in self.changed)

    @property
    def first(self) -> ClusterImpact | None:
        return self.changed[0] if self.changed else None

    @property
    def at_once(self) -> bool:
        """Whether the first change comes as soon as it is released."""
        return self.first is not None and self.first.first_ms <= clock.now_ms() + 60_000

    def said(self) -> bool:
        """Whether there is anything to ask about before saving."""
        return bool(self.changed or self.unseen)


def impact_of(clusters: Iterable[Cluster], changes: dict[int, Supposed], budget_s: float = BUDGET_S) -> Impact:
    """What the screens of these clusters would show otherwise. `changes`: what is supposed of each, by primary key."""
    found, until = Impact(), time.monotonic() + budget_s
    for cluster in clusters:
        if time.monotonic() > until:
            found.unseen.append(cluster)
            continue
        one = _of_cluster(cluster, changes.get(cluster.pk, NOTHING))
        if one is None:
            found.same.append(cluster)
        else:
            found.changed.append(one)
    found.changed.sort(key=lambda one: (one.first_ms, one.cluster.name))
    return found


def _of_cluster(cluster: Cluster, supposed: Supposed) -> ClusterImpact | None:
    before, after = _inputs(cluster, NOTHING), _inputs(cluster, supposed)
    if fingerprint(before) == fingerprint(after):
        return None
    now = millis(clock.now())
    end = local_midnight_ms(cluster, before.first_day + timedelta(days=DAYS))
    compiled = compile_schedule(before).schedule, compile_schedule(after).schedule
    found = differences(*compiled, now, end)
    if not found:
        return None
    faces = tuple(sorted({one.face for one in found}))
    came, gone = _items(found)
    titles = _titles(came | gone)
    return ClusterImpact(
        cluster,
        faces,
        min(one.from_ for one in found),
        tuple(sorted(titles[key] for key in came if key in titles)),
        tuple(sorted(titles[key] for key in gone if key in titles)),
        frozenset(one.change for one in found),
    )


def _inputs(cluster: Cluster, supposed: Supposed) -> ScheduleInputs:
    first = local_day(cluster, clock.now())
    at = local_midnight_ms(cluster, first)
    return gather(cluster, first_day=first, days=DAYS, valid_from_ms=at, supposed=supposed)


def _items(found: Iterable[Difference]) -> tuple[set[str], set[str]]:
    """Keys of items that some face shows where it did not, and of those that it no longer shows anywhere."""
    before: dict[str, set[str]] = {}
    after: dict[str, set[str]] = {}
    for one in found:
        before.setdefault(one.face, set()).update(item.partition(":")[0] for item in one.before.items)
        after.setdefault(one.face, set()).update(item.partition(":")[0] for item in one.after.items)
    came = {key for face, keys in after.items() for key in keys - before.get(face, set())}
    gone = {key for face, keys in before.items() for key in keys - after.get(face, set())}
    return came, gone


def _titles(keys: set[str]) -> dict[str, str]:
    """Titles of items by key; the neutral picture of a theme is none."""
    uuids = [one for one in keys if one != "theme"]
    rows = ItemPage.objects.filter(translation_key__in=uuids).order_by("-pk").values_list("translation_key", "title")
    return {str(key): title for key, title in rows}
