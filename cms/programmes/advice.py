"""What an editor is told after saving: not wrong, but probably not as meant."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from cms import clock
from cms.approval.models import Approval
from cms.programmes.diagnostics import say
from cms.programmes.models import Programme, Slot
from cms.programmes.previews import compile_at
from cms.schedule.inputs import Diagnostic

MOST_CLUSTERS = 4
MOST_LINES = 8
DAYS = 35
OF_ITEMS = {
    "item-not-approved",
    "item-lacks-language",
    "item-in-no-language-of-face",
    "item-expired",
    "item-not-drawn-for-span",
}


def for_slot(slot: Slot) -> list[str]:
    """Compiles the slot's first clusters for the weeks from now, or from the slot's first day, and says what concerns the
    slot and its programme."""
    if not slot.active:
        return []
    items = {f"item:{key}" for key in slot.programme.entries.values_list("item__translation_key", flat=True)}
    subjects = {f"slot:{slot.pk}", f"programme:{slot.programme_id}"}

    def concerns(one: Diagnostic) -> bool:
        if one.level == "info":
            return False
        return one.subject in subjects or (one.code in OF_ITEMS and one.subject in items)

    lines: dict[str, None] = {}
    for cluster in slot.clusters.select_related("province").prefetch_related("faces")[:MOST_CLUSTERS]:
        begins = datetime.combine(slot.date_from, time(12), ZoneInfo(cluster.timezone))
        for one in compile_at(cluster, max(clock.now(), begins), days=DAYS).compiled.diagnostics:
            if concerns(one):
                lines.setdefault(f"{cluster}: {say(one).text}")
    return list(lines)[:MOST_LINES]


def for_programme(programme: Programme) -> list[str]:
    """Items that are not approved in the programme's province, or that none is."""
    entries = list(programme.entries.select_related("item"))
    approved = set(
        Approval.objects.filter(
            province=programme.province,
            revoked_at__isnull=True,
            item_key__in=[one.item.translation_key for one in entries],
        ).values_list("item_key", flat=True)
    )
    missing = [one.item for one in entries if one.item.translation_key not in approved]
    title = {"title": programme.title}
    if missing and len(missing) == len(entries):
        return [say(Diagnostic("programme-without-approved-items", "error", "", title)).text]
    return [
        say(Diagnostic("item-not-approved-in-province", "warning", "", {"title": one.title})).text for one in missing
    ][:MOST_LINES]
