"""What an editor is told after saving: not wrong, but probably not as meant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cms import clock
from cms.approval.models import Approval
from cms.programmes import contents, filters
from cms.programmes.choices import tag_names
from cms.programmes.diagnostics import say
from cms.programmes.models import Programme, ProgrammeEntry, Slot
from cms.programmes.previews import compile_at
from cms.programmes.services import clusters_of
from cms.schedule.inputs import Diagnostic

MOST_CLUSTERS = 4
MOST_LINES = 8
DAYS = 35
OF_ITEMS = {
    "item-not-approved",
    "item-lacks-language",
    "item-in-no-language-of-face",
    "item-held-on-face",
    "item-left-out-on-face",
    "item-expired",
    "item-in-grace",
    "item-not-drawn-for-span",
}


def for_slot(slot: Slot) -> list[str]:
    """Compiles the slot's first clusters for the weeks from now, or from the slot's first day, and says what concerns the
    slot and its programme."""
    if not slot.active:
        return []
    held = contents.programmes_of([slot.programme_id])
    items = {f"item:{entry.item.translation_key}" for one in held for entry in one.entries.all() if entry.item}
    subjects = {f"slot:{slot.pk}", *(f"programme:{one.pk}" for one in held)}

    def concerns(one: Diagnostic) -> bool:
        if one.level == "info":
            return False
        return one.subject in subjects or (one.code in OF_ITEMS and one.subject in items)

    lines: dict[str, None] = {}
    clusters = clusters_of(Slot.objects.filter(pk=slot.pk)).select_related("province").prefetch_related("faces")
    if not clusters:
        return [
            _(
                "Not on any cluster yet: no cluster in operation belongs to the chosen groups. Add clusters to them under Places."
            )
        ]
    for cluster in clusters[:MOST_CLUSTERS]:
        begins = datetime.combine(slot.date_from, time(12), ZoneInfo(cluster.timezone))
        for one in compile_at(cluster, max(clock.now(), begins), days=DAYS).compiled.diagnostics:
            if concerns(one):
                lines.setdefault(f"{cluster}: {say(one).text}")
    return list(lines)[:MOST_LINES]


def for_programme(programme: Programme) -> list[str]:
    """Items that are not approved in the programme's province, or that none is, and filters that find nothing."""
    entries = list(programme.entries.select_related("item"))
    items = [entry.item for entry in entries if entry.item]
    approved = set(
        Approval.objects.filter(
            province=programme.province, revoked_at__isnull=True, item_key__in=[one.translation_key for one in items]
        ).values_list("item_key", flat=True)
    )
    missing = [one for one in items if one.translation_key not in approved]
    title = {"title": programme.title}
    if missing and len(missing) == len(entries):
        return [say(Diagnostic("programme-without-approved-items", "error", "", title)).text]
    lines = [
        say(Diagnostic("item-not-approved-in-province", "warning", "", {"title": one.title})).text for one in missing
    ]
    return [*lines, *_empty_filters(programme, entries)][:MOST_LINES]


def _empty_filters(programme: Programme, entries: Iterable[ProgrammeEntry]) -> Iterable[str]:
    asked = [(entry, found) for entry in entries if (found := filters.filter_of(entry))]
    known = filters.candidates(programme.province_id, None) if asked else []
    for entry, one in asked:
        if not any(one.finds(facts) for _key, facts in known):
            yield _("The filter for “%(filter)s” finds no approved item in the province yet.") % {
                "filter": ", ".join([*([entry.get_kind_display()] if entry.kind else []), *tag_names(one.tags)])
            }
