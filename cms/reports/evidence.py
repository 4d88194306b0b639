"""What serves an obligation: a registry of evidence by code. Higher apps register theirs; the words say what can be shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.accounts.audit_views import may_read_audit


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the system keeps that proves a duty was done, the page (URL name, "" = none) where it is seen, and by whom."""

    words: str | Promise
    url_name: str = ""
    may_see: Callable[[Any], bool] = lambda user: True


_EVIDENCE: dict[str, Evidence] = {
    "hours": Evidence(_("operating hours and play log"), "wagtailsnippets_places_cluster:list"),
    "approvals": Evidence(_("appraisals and approvals on record"), "accounts:audit", may_read_audit),
    "audit": Evidence(_("the audit log"), "accounts:audit", may_read_audit),
    "languages": Evidence(_("translations and their approvals"), "content:items"),
    "play_log": Evidence(_("the play log"), "players:play_log"),
    "releases": Evidence(_("signed releases")),
    "backup": Evidence(_("backups of the instance")),
    "blackout": Evidence(_("blackouts and who ordered them"), "accounts:audit", may_read_audit),
    "clusters": Evidence(_("clusters and faces as recorded"), "wagtailsnippets_places_cluster:list"),
    "items": Evidence(_("items with their suppliers and revisions"), "content:items"),
    "events": Evidence(_("events that players reported"), "players:play_log"),
    "players": Evidence(_("players, their keys and their health")),
    "organisations": Evidence(_("organisations and their roles"), "wagtailsnippets_places_organisation:list"),
}


def register(code: str, evidence: Evidence) -> None:
    """Add the evidence that a higher app keeps; the code is the one the plugins' obligations name."""
    _EVIDENCE[code] = evidence


def evidence_for(code: str) -> Evidence | None:
    """The evidence of an obligation; None when it names none or nobody keeps it yet."""
    return _EVIDENCE.get(code) if code else None
