"""What of programmes and slots lies within the bounds of people of a commune (`cms.places.confinement`): they see what plays on
their clusters, and change what plays nowhere else. A programme plays where a slot plays it or one that holds it, active or not;
while it plays nowhere it belongs to those whose unit began it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import ModelLogEntry

from cms.places.confinement import Bounds, bounds_of
from cms.places.models import Cluster
from cms.programmes import nesting
from cms.programmes.models import Programme, Slot


@dataclass(frozen=True, slots=True)
class Planned:
    """Primary keys of the slots and programmes that somebody sees, and of those that they change."""

    slots: frozenset[int]
    own_slots: frozenset[int]
    programmes: frozenset[int]
    own_programmes: frozenset[int]

    def seen(self, model: type[Programme] | type[Slot]) -> frozenset[int]:
        return self.programmes if model is Programme else self.slots

    def changed(self, model: type[Programme] | type[Slot]) -> frozenset[int]:
        return self.own_programmes if model is Programme else self.own_slots


def planned_by(user: Any) -> Planned | None:
    """None for whoever is not confined. Six queries, once per request."""
    bounds = bounds_of(user)
    if bounds is None:
        return None
    known = getattr(user, "_bangtin_planned", None)
    if known is None or known[0] != bounds:
        user._bangtin_planned = known = (bounds, _read(user, bounds))
    found: Planned = known[1]
    return found


def _read(user: Any, bounds: Bounds) -> Planned:
    here = dict(reaching(Cluster.objects.filter(pk__in=bounds.clusters)).values_list("pk", "programme"))
    there = dict(reaching(Cluster.objects.exclude(pk__in=bounds.clusters)).values_list("pk", "programme"))
    down = nesting.edges()[0]
    seen = nesting.reachable(here.values(), down) | _begun(user, bounds)
    return Planned(
        frozenset(here),
        frozenset(here.keys() - there.keys()),
        frozenset(seen),
        frozenset(seen - nesting.reachable(there.values(), down)),
    )


def reaching(clusters: QuerySet[Cluster]) -> QuerySet[Slot]:
    """Slots that play on one of these clusters, active or not: `services.slots_on` for many."""
    named = Slot.clusters.through._default_manager.filter(cluster__in=clusters.values("pk")).values("slot")
    tagged = clusters.filter(active=True, tags__slots=OuterRef("pk"))
    at_home = Exists(tagged.filter(province=OuterRef("programme__province")))
    return Slot.objects.filter(Q(pk__in=named) | at_home | (Q(programme__province__national=True) & Exists(tagged)))


def _begun(user: Any, bounds: Bounds) -> set[int]:
    """Programmes that this person made, or others of their organisations."""
    by = Q(user=user) | Q(user__memberships__organisation__in=bounds.organisations)
    made = ModelLogEntry.objects.filter(
        by, content_type=ContentType.objects.get_for_model(Programme), action="wagtail.create"
    )
    return {int(pk) for pk in made.values_list("object_id", flat=True)}
