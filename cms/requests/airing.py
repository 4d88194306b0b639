"""Where and when the item of a request is shown: from its approvals and the slots that play now, never from drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from cms import clock
from cms.approval.models import Approval
from cms.places.models import Cluster
from cms.programmes.services import clusters_of, slots_showing
from cms.requests.models import ContentRequest


@dataclass(frozen=True, slots=True)
class Airing:
    """Gates whose programmes hold the approved item, in slots of today or later, its languages, and its first and last day (None:
    open). `now`: today it is shown at one of them. `over`: its last day has passed."""

    clusters: tuple[Cluster, ...]
    languages: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    now: bool
    over: bool


def airing_of(request: ContentRequest) -> Airing | None:
    """None while nothing of the item is approved in the request's province."""
    if request.item_key is None:
        return None
    approvals = list(
        Approval.objects.filter(item_key=request.item_key, province=request.province_id, revoked_at=None).order_by("pk")
    )
    return _airing(request, approvals) if approvals else None


def _airing(request: ContentRequest, approvals: list[Approval]) -> Airing:
    today = timezone.localdate(clock.now())
    starts, ends = [one.valid_from for one in approvals], [one.valid_until for one in approvals]
    first = None if None in starts else min(one for one in starts if one)
    last = None if None in ends else max(one for one in ends if one)
    clusters, playing = _clusters(request, approvals, today)
    begun = (first is None or first <= today) and (last is None or today <= last)
    languages = tuple(dict.fromkeys(one.language for one in approvals))
    return Airing(clusters, languages, first, last, playing and begun, last is not None and last < today)


def _clusters(request: ContentRequest, approvals: list[Approval], today: date) -> tuple[tuple[Cluster, ...], bool]:
    """Gates of slots that play today or later, and whether one plays today."""
    slots = slots_showing([str(request.item_key)]).filter(Q(date_until=None) | Q(date_until__gte=today))
    mine = Cluster.objects.filter(province=request.province_id, active=True)
    if all(one.clusters for one in approvals):
        mine = mine.filter(slug__in={slug for one in approvals for slug in one.clusters})
    coming = mine.filter(pk__in=clusters_of(slots).values("pk")).order_by("name")
    today_on = mine.filter(pk__in=clusters_of(slots.filter(date_from__lte=today)).values("pk"))
    return tuple(coming), today_on.exists()
