"""Filters of programmes: what is approved of a kind or with tags. Kind and tags are those of the approved revision of an item's
source language; an edit that nobody approved changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from wagtail.models import Revision

from cms.approval.models import Approval, ApprovedProof
from cms.content.services import SOURCE_LANGUAGE
from cms.programmes.models import ProgrammeEntry


@dataclass(frozen=True, slots=True)
class Facts:
    """What filters go by, and the last day on which the item is shown, days of grace included."""

    kind: str
    tags: frozenset[int]
    until: date | None = None

    def over(self, day: date) -> bool:
        return self.until is not None and self.until < day


@dataclass(frozen=True, slots=True)
class Filter:
    """A kind (`ProgrammeEntry.ANY`: every one) and tags of which an item has all."""

    kind: str
    tags: frozenset[int]

    def finds(self, facts: Facts) -> bool:
        return self.kind in ("", ProgrammeEntry.ANY, facts.kind) and self.tags <= facts.tags


def filter_of(entry: ProgrammeEntry) -> Filter | None:
    """What an entry gathers; None when it names an item or a programme."""
    return filter_by(entry.kind, entry.tags) if entry.item_id is None and entry.nested_id is None else None


def filter_by(kind: str, tags: Iterable[int]) -> Filter | None:
    """None where neither a kind nor a tag is given: that gathers nothing."""
    return Filter(kind, frozenset(tags)) if kind or tags else None


FIELDS = ("kind", "tagged_items", "valid_until", "grace_days")


def facts_of(revisions: Any) -> dict[int, Facts]:
    """What revisions (ids or a query of ids) say, by revision. One query."""
    rows = Revision.objects.filter(pk__in=revisions).values_list("pk", *(f"content__{name}" for name in FIELDS))
    return {
        pk: Facts(
            kind or "",
            frozenset(int(one["tag"]) for one in tagged or () if one.get("tag")),
            date.fromisoformat(until) + timedelta(days=grace or 0) if until else None,
        )
        for pk, kind, tagged, until, grace in rows
    }


def candidates(province: int, cluster: str | None) -> list[tuple[UUID, Facts]]:
    """Items whose source language is approved in a province for a cluster (slug; None: for any), the newest approval first.
    Two queries."""
    approvals = Approval.objects.filter(province=province, revoked_at__isnull=True, language=SOURCE_LANGUAGE)
    facts = facts_of(approvals.order_by().values("revision"))
    rows = approvals.order_by("-approved_at", "-pk").values_list("item_key", "revision", "clusters")
    return [(key, facts[revision]) for key, revision, slugs in rows if revision in facts and _meant(slugs, cluster)]


def drawn(province: int, cluster: str, geometry: str, withdrawn: Collection[str]) -> set[UUID]:
    """Items of which an approval for a cluster names a proof for its geometry, in any language. One query."""
    rows = ApprovedProof.objects.filter(
        geometry=geometry, span=False, approval__province=province, approval__revoked_at__isnull=True
    ).values_list("approval__item_key", "approval__item", "approval__clusters", "proof")
    return {
        key
        for key, item, slugs, proof in rows
        if _meant(slugs, cluster) and item not in withdrawn and proof not in withdrawn
    }


def _meant(slugs: Collection[str], cluster: str | None) -> bool:
    return not slugs or cluster is None or cluster in slugs


def programmes_finding(item_keys: Collection[UUID | str]) -> set[int]:
    """Primary keys of programmes with a filter that finds one of these items, by any approval that it has or had. An item whose
    revision is gone with its page may have been found by every filter. Three queries, two where there are no filters."""
    entries = ProgrammeEntry.objects.filter(item__isnull=True, nested__isnull=True)
    filters = {
        (programme, found)
        for programme, kind, tags in entries.order_by().values_list("programme", "kind", "tags")
        if (found := filter_by(kind, tags))
    }
    if not filters:
        return set()
    approvals = Approval.objects.filter(item_key__in=list(item_keys), language=SOURCE_LANGUAGE)
    revisions = list(approvals.order_by().values_list("revision", flat=True))
    facts: Mapping[int, Facts] = facts_of(revisions)
    if set(revisions) - facts.keys():
        return {programme for programme, _ in filters}
    return {programme for programme, one in filters if any(one.finds(known) for known in facts.values())}
