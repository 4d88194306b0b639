"""Which clusters a change touches, and what is then supposed of each: a programme's, a slot's, an approval's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.db.models import Q, QuerySet
from wagtail.models import Revision

from cms.approval.models import Approval, ApprovedProof
from cms.content.models import ItemPage
from cms.content.proofs import ready_jobs
from cms.places.models import Cluster, ClusterTag, Province
from cms.programmes import filters, nesting
from cms.programmes.inputs import slot_input
from cms.programmes.models import Programme, ProgrammeEntry, Slot
from cms.programmes.services import clusters_of, clusters_showing
from cms.programmes.supposed import Supposed, approved

Touched = tuple[list[Cluster], dict[int, Supposed]]
"""The clusters in order of their names, and what is supposed of each, by primary key."""


def by_programme(draft: Programme) -> Touched:
    """A programme saved with these entries (at hand): wherever an active slot plays it, or a programme that holds it."""
    if not draft.pk:
        return [], {}
    slots = Slot.objects.filter(active=True, programme__in=nesting.holding([draft.pk]))
    clusters = _ready(clusters_of(slots))
    return clusters, {one.pk: Supposed(programmes={draft.pk: draft}) for one in clusters}


def by_slot(made: Slot, clusters: Collection[Cluster], tags: Collection[ClusterTag]) -> Touched:
    """A slot saved like this (its hours and exceptions at hand) on these clusters and groups: those that it reaches, and those
    that it leaves."""
    home = made.programme.province
    reach = Q() if home.national else Q(province=home)
    wanted = Q(pk__in=[one.pk for one in clusters]) | (Q(active=True, tags__in=[one.pk for one in tags]) & reach)
    after = set(Cluster.objects.filter(wanted).values_list("pk", flat=True)) if made.active else set()
    left = (
        set(clusters_of(Slot.objects.filter(pk=made.pk, active=True)).values_list("pk", flat=True))
        if made.pk
        else set()
    )
    name = str(made.pk or 0)
    there, gone = Supposed(slots={name: replace(slot_input(made), id=name)}), Supposed(slots={name: None})
    every = _ready(Cluster.objects.filter(pk__in=after | left))
    return every, {one.pk: there if one.pk in after else gone for one in every}


def by_approval(page: ItemPage, revision: Revision, province: Province) -> Touched | None:
    """An approval of this revision for a province; None while its proofs are not ready."""
    jobs = ready_jobs(page, revision, None if province == page.province else province)
    if not jobs:
        return None
    made = Approval.of(page, revision, province)
    proofs: Sequence[ApprovedProof] = [
        ApprovedProof(proof=job.proof, geometry=job.geometry, theme=job.theme, span=job.span) for job in jobs
    ]
    supposed = approved([(made, proofs)])
    finding = clusters_of(Slot.objects.filter(active=True, programme__in=_gathering(supposed)))
    found = clusters_showing([page.translation_key]).filter(province=province)
    clusters = _ready(
        Cluster.objects.filter(Q(pk__in=found.values("pk")) | Q(pk__in=finding.filter(province=province).values("pk")))
    )
    return clusters, {one.pk: supposed for one in clusters}


def _gathering(supposed: Supposed) -> set[int]:
    """Programmes with a filter that finds what is approved now for the first time, and those that hold them."""
    entries = ProgrammeEntry.objects.filter(item__isnull=True, nested__isnull=True).order_by()
    found = {
        programme
        for programme, kind, tags in entries.values_list("programme", "kind", "tags")
        if (one := filters.filter_by(kind, tags)) and any(one.finds(facts) for facts in supposed.facts.values())
    }
    return nesting.holding(found) if found else set()


def _ready(clusters: QuerySet[Cluster]) -> list[Cluster]:
    found = clusters.filter(active=True).select_related("province").prefetch_related("faces")
    return list(found.order_by("name", "pk").distinct())
