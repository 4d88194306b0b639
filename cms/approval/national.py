"""National items before a province: which wait for its own approval, and for which of its clusters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from cms.accounts.services import has_role
from cms.approval.models import Approval
from cms.content.proofs import targets_on
from cms.places.models import Cluster, Province

Keys = frozenset[tuple[str, str, bool]]
"""Proofs that are wanted or approved: geometry, theme, whether across the faces."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A national item in a province. `given`: its approval there that is in force. `current`: it is of the version that the national
    level approved, with proofs for all clusters that the province has by now."""

    province: Province
    given: Approval | None
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A national approval and how it stands in a person's provinces."""

    approval: Approval
    standings: tuple[Standing, ...]

    @property
    def waiting(self) -> list[Province]:
        return [one.province for one in self.standings if not one.current]

    @property
    def current(self) -> list[Approval]:
        return [one.given for one in self.standings if one.current and one.given]


def provinces_for(user: Any) -> list[Province]:
    """The provinces in which a person approves national items, by role; the step's own organisation is asked for when they do."""
    found = Province.objects.filter(active=True, national=False).order_by("name")
    return [one for one in found if has_role(user, one.code, "approver")]


def approved_nationally() -> QuerySet[Approval]:
    """The approvals of the national level that are in force, of pages that there are, newest first."""
    found = Approval.objects.filter(revoked_at__isnull=True, province__national=True, page__isnull=False)
    return found.select_related("province").order_by("-approved_at", "-pk")


def rows_for(provinces: Sequence[Province]) -> list[Row]:
    """What the national level offers these provinces; what waits in one of them comes first. As many queries for one item as for a
    thousand; what names clusters of other provinces only is left out."""
    rows = rows_of(list(approved_nationally()), provinces)
    return sorted(rows, key=lambda row: not row.waiting)


def rows_of(approvals: Sequence[Approval], provinces: Sequence[Province]) -> list[Row]:
    """These national approvals as they stand in these provinces, in their order."""
    wanted = _Wanted(provinces)
    theirs = Approval.objects.filter(province__in=provinces, revoked_at__isnull=True)
    given = {
        (one.item, one.province_id): one
        for one in theirs.filter(item__in=approved_nationally().order_by().values("item"))
        .select_related("province", "approved_by")
        .prefetch_related("approved_proofs")
    }
    rows = []
    for approval in approvals:
        standings = []
        for province in provinces:
            keys, here = wanted.keys(approval, province), given.get((approval.item, province.pk))
            if keys or here is not None:
                standings.append(Standing(province, here, _is_current(here, approval, keys)))
        if standings:
            rows.append(Row(approval, tuple(standings)))
    return rows


def _is_current(here: Approval | None, national: Approval, keys: Keys) -> bool:
    if here is None or here.revision != national.revision:
        return False
    return {(one.geometry, one.theme, one.span) for one in here.approved_proofs.all()} >= keys


class _Wanted:
    """The proofs that items need in provinces, worked out once for each choice of clusters."""

    def __init__(self, provinces: Iterable[Province]) -> None:
        self._clusters: dict[int, list[Cluster]] = {}
        clusters = Cluster.objects.filter(active=True, province__in=list(provinces)).order_by("pk")
        for one in clusters.prefetch_related("faces"):
            self._clusters.setdefault(one.province_id, []).append(one)
        self._known: dict[tuple[int, str, tuple[str, ...]], Keys] = {}

    def keys(self, national: Approval, province: Province) -> Keys:
        key = (province.pk, national.province.theme, tuple(national.clusters))
        if key not in self._known:
            chosen = [
                one
                for one in self._clusters.get(province.pk, ())
                if not national.clusters or one.slug in national.clusters
            ]
            self._known[key] = frozenset(one.key for one in targets_on(chosen, national.province.theme))
        return self._known[key]
