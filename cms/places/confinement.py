"""People of a district or commune that is bound to its clusters see and change those alone, and the items that it supplies.

Two units may share a province, and a cluster (CB 8.6), each answering for its own content. Roles say what somebody does; this
narrows where. It holds for whoever belongs to such organisations and to no other on the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from cms import clock
from cms.places.models import Membership, Organisation

LEVELS = (Organisation.Level.DISTRICT, Organisation.Level.COMMUNE)
_Model = TypeVar("_Model", bound=Model)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Primary keys of the organisations that somebody belongs to and of the clusters that these are bound to."""

    organisations: frozenset[int]
    clusters: frozenset[int]


def today() -> date:
    """The day by which memberships count."""
    return timezone.localdate(clock.now())


def valid_on(day: date) -> Q:
    """Memberships (and roles of organisations) that hold on a day, both ends included."""
    return Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gte=day))


def bounds_of(user: Any) -> Bounds | None:
    """Where a person is confined to; None for everybody else, superusers too. One query per request."""
    if user.is_anonymous or user.is_superuser:
        return None
    day = today()
    cached = getattr(user, "_bangtin_bounds", None)  # `request.user` is a proxy, whose __dict__ is its own
    if cached is None or cached[0] != day:
        user._bangtin_bounds = cached = (day, _read(user, day))
    found: Bounds | None = cached[1]
    return found


def _read(user: Any, day: date) -> Bounds | None:
    rows = list(
        Membership.objects.filter(valid_on(day), user=user).values_list(
            "organisation", "organisation__level", "organisation__clusters"
        )
    )
    if not rows or any(level not in LEVELS or cluster is None for _pk, level, cluster in rows):
        return None
    return Bounds(frozenset(pk for pk, _level, _c in rows), frozenset(cluster for _pk, _level, cluster in rows))


def own_clusters(found: QuerySet[_Model], user: Any, path: str = "pk") -> QuerySet[_Model]:
    """Of these rows those of a person's clusters, where the person is confined; `path` leads to the cluster."""
    bounds = bounds_of(user)
    if bounds is None:
        return found
    there = found.model._default_manager.filter(**{f"{path}__in": bounds.clusters})
    return found.filter(pk__in=there.values("pk"))  # once, however many of the clusters a slot names


def own_items(found: QuerySet[_Model], user: Any) -> QuerySet[_Model]:
    """Of these items those that a person's organisations supply, where the person is confined, and what they wrote themselves."""
    bounds = bounds_of(user)
    if bounds is None:
        return found
    return found.filter(Q(supplier__in=bounds.organisations) | Q(owner=user))


def may_use_cluster(user: Any, cluster_id: int | None) -> bool:
    """Whether this cluster lies within a person's bounds."""
    bounds = bounds_of(user)
    return bounds is None or cluster_id in bounds.clusters


def may_use_item(user: Any, item: Any) -> bool:
    """Whether this item lies within a person's bounds."""
    bounds = bounds_of(user)
    return bounds is None or item.supplier_id in bounds.organisations or (item.owner_id and item.owner_id == user.pk)


def supplier_for(user: Any) -> Organisation | None:
    """The organisation in whose name a confined person writes: the one they joined first; None for everybody else."""
    bounds = bounds_of(user)
    if bounds is None:
        return None
    rows = Membership.objects.filter(valid_on(today()), user=user).select_related("organisation")
    return next((one.organisation for one in rows.order_by("valid_from", "pk")), None)
