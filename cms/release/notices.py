"""`now.json`: what acts at once – withdrawals, and what higher apps add through `register` (blackouts, alerts)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from cms.approval.services import withdrawn_ids
from cms.places.models import Cluster
from cms.plugin_api.types import canonical
from cms.programmes.live_values import told_to
from cms.release import documents
from cms.release.models import Release, Target
from cms.release.patterns import give_way
from cms.schedule.format import Notices

log = logging.getLogger(__name__)

Provider = Callable[[Cluster, int], dict[str, Any]]
_providers: list[Provider] = []
_LISTS, _MAPS = ("alerts", "blackout", "withdrawn"), ("values", "scenes", "assets")


def register(provider: Provider) -> Provider:
    """Have `provider(cluster, now_ms)` asked for a part of the notices: any of `alerts`, `blackout`, `withdrawn` (lists),
    `values`, `scenes`, `assets` (mappings), as format 1 spells them. Registering twice counts once. What raises or returns nonsense
    is logged, and what was last published of its kind stays in force: a broken provider must not light a dark face."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


@register
def live_values(cluster: Cluster, now_ms: int) -> dict[str, Any]:
    """The live values of the cluster's province."""
    return {"values": told_to(cluster)}


def unregister(provider: Provider) -> None:
    """Forget a provider (tests)."""
    if provider in _providers:
        _providers.remove(provider)


def compile_notices(cluster: Cluster, now_ms: int) -> bytes:
    """The canonical notices of a cluster at an instant. The same records give the same bytes."""
    parts: list[dict[str, Any]] = [{"withdrawn": withdrawn_ids(cluster)}]
    failed = False
    for provider in _providers:
        try:
            part = provider(cluster, now_ms)
            _merge(cluster, [part])
        except Exception:
            log.exception("%s: a provider of notices failed; what it last said stays", cluster.slug)
            failed = True
        else:
            parts.append(part)
    if failed:
        parts.append(_last_published(cluster))
    return canonical(give_way(_merge(cluster, parts)).model_dump(mode="json", by_alias=True, exclude_none=True))


def _merge(cluster: Cluster, parts: list[dict[str, Any]]) -> Notices:
    merged: dict[str, Any] = {"format": 1, "cluster": cluster.slug}
    for name in _LISTS:
        entries: list[Any] = []
        for part in parts:
            entries += [one for one in part.get(name, []) if one not in entries]
        merged[name] = sorted(entries) if name == "withdrawn" else entries
    for name in _MAPS:
        merged[name] = {key: value for part in parts for key, value in part.get(name, {}).items()}
    return Notices.model_validate(merged)


def _last_published(cluster: Cluster) -> dict[str, Any]:
    release = Release.objects.filter(cluster=cluster, target=Target.NOW, status=Release.Status.PUBLISHED).first()
    last = documents.notices(cluster.slug, release.sha256) if release else None
    if last is None:
        return {}
    part = last.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {name: part[name] for name in (*_LISTS, *_MAPS) if name != "withdrawn"}
