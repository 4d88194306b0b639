"""Which plugins are switched off: rows of `places`, read when the host loads."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import EntryPoint

from django.db import DatabaseError

from cms import clock
from cms.plugin_host.load import OWN_DISTRIBUTION, installed
from cms.plugin_host.problems import Problem


def switched_off() -> list[str]:
    """Codes of plugins that a probe or an administrator switched off; none before the first migration."""
    from cms.places.models import PluginActivation

    try:
        return list(PluginActivation.objects.filter(active=False).values_list("code", flat=True))
    except DatabaseError:
        return []


def record(name: str, problems: Sequence[Problem]) -> None:
    """Keep the outcome of a probe: a sound plugin is on, a failing one is off until it passes. Our own layouts stay on:
    without them nothing could be drawn at all."""
    from cms.places.models import PluginActivation

    for entry in installed():
        if name not in (entry.name, _distribution(entry)):
            continue
        try:
            PluginActivation.objects.update_or_create(
                code=entry.name,
                defaults={
                    "distribution": _distribution(entry),
                    "version": entry.dist.version if entry.dist else "",
                    "active": not problems or _distribution(entry) == OWN_DISTRIBUTION,
                    "error": "\n".join(f"{one.hook}: {one.error}" for one in problems),
                    "probed_at": clock.now(),
                },
            )
        except DatabaseError:
            return


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else ""
