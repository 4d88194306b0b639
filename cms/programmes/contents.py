"""What programmes hold for a cluster: items, other programmes, and what their filters find. The number of queries does not
depend on how much there is, nor on how deep programmes lie in each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from cms.content.models import ItemPage
from cms.content.services import SOURCE_LANGUAGE
from cms.places.models import Cluster
from cms.programmes import filters, nesting
from cms.programmes.models import Programme, ProgrammeEntry
from cms.programmes.supposed import NOTHING, Supposed
from cms.schedule import inputs as core

Found = Mapping[int, Sequence[UUID]]
"""What each filter found, item keys by the primary key of its entry."""


def programmes_of(slots_programmes: Iterable[int]) -> Sequence[Programme]:
    """These programmes and all that they hold, entries in order. Three queries."""
    entries = ProgrammeEntry.objects.order_by("sort_order", "pk").select_related("item")
    return list(
        Programme.objects.filter(pk__in=nesting.held_by(slots_programmes))
        .order_by("pk")
        .prefetch_related(Prefetch("entries", entries))
    )


def found_by(
    cluster: Cluster,
    programmes: Iterable[Programme],
    geometry: str,
    day: date,
    withdrawn: Collection[str],
    supposed: Supposed = NOTHING,
) -> Found:
    """What the filters of these programmes find for a cluster: what can be shown there and is not over on a day, newest approval
    first, as many as the entry wants. Three queries, none without filters."""
    asked = {
        entry: one for programme in programmes for entry in programme.entries.all() if (one := filters.filter_of(entry))
    }
    if not asked:
        return {}
    drawn = filters.drawn(cluster.province_id, cluster.slug, geometry, withdrawn)
    drawn |= supposed.drawn(geometry)
    recorded = filters.candidates(cluster.province_id, cluster.slug)
    every = [*supposed.facts.items(), *((key, facts) for key, facts in recorded if key not in supposed.facts)]
    known = [(key, facts) for key, facts in every if key in drawn and not facts.over(day)]
    found = {entry: [key for key, facts in known if one.finds(facts)] for entry, one in asked.items()}
    return {entry.pk: keys[: entry.most] if entry.most else keys for entry, keys in found.items()}


def pages_of(programmes: Iterable[Programme], found: Found) -> dict[UUID, ItemPage]:
    """The items of these programmes and those found, in their source language, by key. One query."""
    pages = {
        entry.item.translation_key: entry.item
        for programme in programmes
        for entry in programme.entries.all()
        if entry.item is not None
    }
    more = {key for keys in found.values() for key in keys} - pages.keys()
    pages.update((one.translation_key, one) for one in _sources(more))
    return pages


def inputs_of(programmes: Iterable[Programme], found: Found) -> dict[str, core.ProgrammeInput]:
    """Programmes as the compiler takes them."""
    return {
        str(one.pk): core.ProgrammeInput(
            id=str(one.pk),
            title=one.title,
            entries=tuple(_entry(entry, found) for entry in one.entries.all()),
            order="shuffle" if one.order == Programme.Order.SHUFFLE else "listed",
            seed=one.seed,
            missing=_missing(one.missing),
        )
        for one in programmes
    }


def _missing(value: str) -> Any:
    return str(value)


def _entry(entry: ProgrammeEntry, found: Found) -> core.Entry:
    if entry.item is not None:
        return core.Entry(item=str(entry.item.translation_key))
    if entry.nested_id is not None:
        return core.Entry(programme=str(entry.nested_id), take=entry.take)
    return core.Entry(feed=tuple(str(key) for key in found.get(entry.pk, ())), take=entry.take)


def first_of(programmes: Collection[Programme]) -> dict[int, ItemPage]:
    """The item that each programme shows first, by primary key of the programme: its own, of a programme that it holds, or what a
    filter finds in its province. Four queries, and two for each province whose filters are asked."""
    held = {one.pk: list(one.entries.all()) for one in programmes_of(one.pk for one in programmes)}
    known: dict[int, list[tuple[UUID, filters.Facts]]] = {}

    def matching(province: int, asked: filters.Filter) -> UUID | None:
        if province not in known:
            known[province] = filters.candidates(province, None)
        return next((key for key, facts in known[province] if asked.finds(facts)), None)

    def first(programme: Programme) -> ItemPage | UUID | None:
        waiting, seen = [programme.pk], set()
        while waiting:
            pk = waiting.pop(0)
            if pk in seen:
                continue
            seen.add(pk)
            for entry in held.get(pk, []):
                if entry.item is not None:
                    return entry.item
                if entry.nested_id is not None:
                    waiting.append(entry.nested_id)
                elif (asked := filters.filter_of(entry)) and (key := matching(programme.province_id, asked)):
                    return key
        return None

    firsts = {one.pk: found for one in programmes if (found := first(one))}
    keys = {found for found in firsts.values() if isinstance(found, UUID)}
    pages = {one.translation_key: one for one in _sources(keys)} if keys else {}
    every = {pk: pages.get(found) if isinstance(found, UUID) else found for pk, found in firsts.items()}
    return {pk: page for pk, page in every.items() if page}


def _sources(keys: Iterable[UUID]) -> QuerySet[ItemPage]:
    """Items by key, in their source language."""
    return ItemPage.objects.filter(alias_of=None, locale__language_code=SOURCE_LANGUAGE, translation_key__in=list(keys))
