"""What publishing changes, in words: differences between the schedule in force and the one that present records make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cms.content.models import ItemPage
from cms.programmes.explanations import clock_time
from cms.programmes.words import language_name, some_of
from cms.schedule.compare import Difference, Showing, differences
from cms.schedule.format import Schedule

NAMED = 3
"""So many items are named; the others are counted."""


def said(before: Schedule, after: Schedule, from_ms: int, until_ms: int) -> list[dict[str, Any]]:
    """The changes in [from, until) in order of time: `from` and `until` (UTC ms), `faces`, `change` and `text`. Faces that change
    alike share a line."""
    found = differences(before, after, from_ms, until_ms)
    titles = _titles(item for one in found for item in one.before.items | one.after.items)
    lines: dict[tuple[int, int, str], list[Difference]] = {}
    for one in found:
        lines.setdefault((one.from_, one.until, _what(one, titles)), []).append(one)
    return [
        {
            "from": from_,
            "until": until,
            "faces": [one.face for one in same],
            "change": same[0].change,
            "text": _("%(from)s–%(until)s: face %(faces)s: %(what)s")
            % {
                "from": _hour(from_, after.timezone),
                "until": _hour(until, after.timezone, last=True),
                "faces": ", ".join(one.face.upper() for one in same),
                "what": what,
            },
        }
        for (from_, until, what), same in lines.items()
    ]


def _hour(instant_ms: int, zone: str, *, last: bool = False) -> str:
    text = clock_time(instant_ms, zone).removesuffix(":00")
    return "24:00" if last and text == "00:00" else text


def _what(one: Difference, titles: Mapping[str, str]) -> str:
    if one.change == "pictures":
        redrawn = {item for item, _proof in one.before.proofs ^ one.after.proofs}
        return _("new pictures of %(items)s") % {"items": _named(redrawn, titles)}
    if one.change == "order":
        return _("the same items in another order, share or at other times")
    if one.before.kind == one.after.kind == "programme":
        return _items(one.before.items, one.after.items, titles)
    return _("%(after)s instead of %(before)s") % {
        "after": _shown(one.after, titles),
        "before": _shown(one.before, titles),
    }


def _items(before: frozenset[str], after: frozenset[str], titles: Mapping[str, str]) -> str:
    """Items that come and go; the languages of an item only where just these change."""
    keys = {_key(one) for one in before}, {_key(one) for one in after}
    whole = keys[0] != keys[1]
    if whole:
        came = {one for one in after if _key(one) not in keys[0]}
        gone = {one for one in before if _key(one) not in keys[1]}
    else:
        came, gone = set(after - before), set(before - after)
    words = {"came": _named(came, titles, languages=not whole), "gone": _named(gone, titles, languages=not whole)}
    if came and gone:
        return _("%(came)s instead of %(gone)s") % words
    if came:
        return _("%(came)s as well") % words
    return _("only %(left)s, no longer %(gone)s") % {**words, "left": _named(after, titles)}


def _shown(showing: Showing, titles: Mapping[str, str]) -> str:
    if showing.kind == "closed":
        return _("black")
    if showing.kind == "fallback":
        return _("the neutral picture")
    return _named(showing.items, titles)


def _named(items: Iterable[str], titles: Mapping[str, str], *, languages: bool = False) -> str:
    names = []
    for item in items:
        name = "“{}”".format(titles.get(_key(item)) or _("an item that is gone"))
        names.append(f"{name} ({language_name(item.partition(':')[2])})" if languages else name)
    return some_of(sorted(set(names)), NAMED)


def _key(item: str) -> str:
    return item.partition(":")[0]


def _titles(items: Iterable[str]) -> dict[str, str]:
    """Titles by item key, in one query: of the oldest page of each, which is the source."""
    keys = {_key(one) for one in items}
    uuids = [one for one in keys if _is_uuid(one)]
    if not uuids:
        return {}
    rows = ItemPage.objects.filter(translation_key__in=uuids).order_by("-pk").values_list("translation_key", "title")
    return {str(key): title for key, title in rows}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
