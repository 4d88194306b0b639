"""Test patterns on the screens: whoever may black a cluster out may test it. They end by themselves, without a network too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms import clock
from cms.accounts import audit
from cms.alerts.models import PatternRun
from cms.alerts.services import may_black_out
from cms.content.assets import AssetStore
from cms.places.models import Cluster
from cms.places.services import geometry_of
from cms.release.patterns import MOST_MS, PATTERNS, entry
from cms.release.services import request_notices

MOST_MINUTES = MOST_MS // 60_000
MINUTES = 5


class PatternRefused(Exception):
    """Why no pattern was started or stopped; `code` for programs, the text for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@transaction.atomic
def start(cluster: Cluster, name: str, *, faces: Iterable[str] = (), minutes: int = MINUTES, by: Any) -> PatternRun:
    """Show a pattern on these faces (none named: all) for some minutes, outside operating hours too; alerts and blackouts
    come before it. A pattern that runs on one of them leaves it. Raises `PatternRefused` `forbidden`, `pattern`, `minutes`
    or `faces`."""
    _allowed(by, cluster)
    there, wanted = sorted(face.letter for face in cluster.faces.all()), set(faces)
    if name not in PATTERNS:
        raise PatternRefused("pattern", _("Choose a test pattern."))
    if not 1 <= minutes <= MOST_MINUTES:
        raise PatternRefused("minutes", _("A test pattern is shown for 1 to 30 minutes."))
    if not there or not wanted <= set(there):
        raise PatternRefused("faces", _("This cluster has no such face."))
    letters = sorted(wanted) or there
    now = clock.now()
    for other in running(cluster):
        rest = [one for one in other.faces if one not in letters]
        ended = {} if rest else {"stopped_at": now, "stopped_by": by}
        PatternRun.objects.filter(pk=other.pk).update(**({"faces": rest} if rest else ended))
    made = PatternRun.objects.create(
        cluster=cluster, pattern=name, faces=letters, since=now, until=now + timedelta(minutes=minutes), by=by
    )
    _tell(made, "alerts.pattern", by, minutes=minutes)
    return made


@transaction.atomic
def stop(run: PatternRun, by: Any) -> None:
    """End a pattern now. Stopping twice is once. Raises `PatternRefused` `forbidden`."""
    _allowed(by, run.cluster)
    now = clock.now()
    open_ = PatternRun.objects.filter(pk=run.pk, stopped_at__isnull=True, until__gt=now)
    stopped = open_.update(stopped_at=now, stopped_by=by)
    run.refresh_from_db()
    if stopped:
        _tell(run, "alerts.pattern_stop", by)


def running(cluster: Cluster) -> list[PatternRun]:
    """Patterns that are shown at present, oldest first."""
    found = PatternRun.objects.filter(cluster=cluster, stopped_at__isnull=True, until__gt=clock.now())
    return list(found.select_related("cluster__province", "by").order_by("since", "pk"))


def notices(cluster: Cluster, now_ms: int) -> dict[str, Any]:
    """The cluster's patterns as notices, with their pixels: they are small, and nobody is in need of them."""
    part: dict[str, Any] = {"alerts": [], "scenes": {}, "assets": {}}
    geometry = geometry_of(cluster)
    there = {face.id for face in geometry.faces}
    store = AssetStore()
    for run in running(cluster):
        faces = [one for one in run.faces if one in there]
        if run.pattern not in PATTERNS or not faces:
            continue
        name, scene, assets = entry(run.pattern, geometry, store)
        span = {"from": _ms(run.since), "until": min(_ms(run.until), _ms(run.since) + MOST_MS)}
        part["alerts"].append({"id": f"pattern-{run.pk}", "faces": faces, "scene": name, **span})
        part["scenes"][name] = scene
        part["assets"] |= {one.sha256: {"bytes": one.bytes, "type": one.type} for one in store.info(assets).values()}
    return part


def _ms(moment: Any) -> int:
    return round(moment.timestamp() * 1000)


def _allowed(by: Any, cluster: Cluster) -> None:
    if not may_black_out(by, cluster):
        raise PatternRefused(
            "forbidden", _("Only an operator or approver of this province may show test patterns on its screens.")
        )


def _tell(run: PatternRun, action: str, by: Any, **data: Any) -> None:
    """Into the audit log, and, once this is committed, to the players."""
    cluster = run.cluster
    audit.record(
        action,
        run,
        user=by,
        province=cluster.province.code,
        cluster=cluster.slug,
        pattern=run.pattern,
        faces=run.faces,
        **data,
    )
    request_notices([cluster.pk])
