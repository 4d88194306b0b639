"""Where a programme plays: its slots and the clusters that each reaches, also by the programmes that hold it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch

from cms.places.models import Cluster
from cms.programmes import nesting
from cms.programmes.models import Programme, Slot
from cms.programmes.rules import said_slot_rule


@dataclass(frozen=True, slots=True)
class Use:
    """A slot, the clusters on which it plays by name, its rule in words, and the programme by which it holds this one (None: itself)."""

    slot: Slot
    clusters: tuple[Cluster, ...]
    rule: str
    by: Programme | None


def uses_of(programme: Programme) -> list[Use]:
    """Slots of a programme and of those that hold it, active ones first. Eight queries, however many slots."""
    from cms.programmes.inputs import slot_input

    if not programme.pk:
        return []
    holding = nesting.holding([programme.pk])
    tagged = Cluster.objects.filter(active=True).select_related("province").order_by("name")
    slots = (
        Slot.objects.filter(programme__in=holding)
        .select_related("programme__province")
        .prefetch_related(
            "windows",
            "exceptions",
            Prefetch("clusters", Cluster.objects.select_related("province").order_by("name")),
            Prefetch("cluster_tags__clusters", tagged),
        )
        .order_by("-active", "-priority", "title")
    )
    return [
        Use(
            one,
            _reached(one),
            said_slot_rule(slot_input(one)),
            one.programme if one.programme_id != programme.pk else None,
        )
        for one in slots
    ]


def _reached(slot: Slot) -> tuple[Cluster, ...]:
    """As `services.clusters_of` says, from what is at hand."""
    home = slot.programme.province
    found = {one.pk: one for one in slot.clusters.all()}
    for tag in slot.cluster_tags.all():
        for one in tag.clusters.all():
            if home.national or one.province_id == home.pk:
                found.setdefault(one.pk, one)
    return tuple(found.values())


def clusters_using(found: list[Use]) -> dict[int, Cluster]:
    """The clusters on which active slots play, by primary key."""
    return {cluster.pk: cluster for use in found if use.slot.active for cluster in use.clusters}
