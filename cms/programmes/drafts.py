"""A programme as the form holds it, not saved yet: what the page of a programme sends to be reckoned with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from cms.programmes import choices
from cms.programmes.models import Programme, ProgrammeEntry

MOST_ROWS = 2000
PREFIX = "entries"


class NoDraft(ValueError):
    """What was sent is no programme of the person's provinces."""


def draft_of(asked: QueryDict, user: Any) -> Programme:
    """The programme that a form says, unsaved, its rows in the order in which they stand; those without content too, so that places
    stay the same. `programme`: its primary key, empty for a new one (0). What the person may not choose is left out of its row.
    Three queries, four with a known programme. Raises NoDraft."""
    known = _known(asked.get("programme", ""), user)
    mine = choices.provinces(user)
    chosen = _number(asked.get("province", ""))
    province = next((one for one in mine if one.pk == (chosen or getattr(known, "province_id", 0))), None)
    province = province or mine.first()
    if province is None:
        raise NoDraft
    made = Programme(
        pk=known.pk if known else 0,
        title=asked.get("title", "") or "…",
        province=province,
        order=_one_of(asked.get("order", ""), Programme.Order.values),
        seed=asked.get("seed", ""),
        missing=_one_of(asked.get("missing", ""), Programme.Missing.values),
    )
    made.entries = _entries(rows_of(asked), user, made)
    return made


def rows_of(asked: QueryDict) -> list[dict[str, Any]]:
    """The rows of the form's table in order, without those taken out."""
    total = min(_number(asked.get(f"{PREFIX}-TOTAL_FORMS", "")), MOST_ROWS)
    found = []
    for number in range(total):
        prefix = f"{PREFIX}-{number}-"
        if asked.get(f"{prefix}DELETE"):
            continue
        row = {name: asked.get(f"{prefix}{name}", "") for name in ("item", "nested", "kind", "most", "take", "ORDER")}
        found.append({**row, "tags": asked.getlist(f"{prefix}tags"), "number": number})
    return sorted(found, key=lambda row: _number(row["ORDER"]))


def _entries(rows: Iterable[Mapping[str, Any]], user: Any, programme: Programme) -> list[ProgrammeEntry]:
    rows = list(rows)
    items = _by_key(choices.items(user), (row["item"] for row in rows))
    nested = _by_key(choices.nestable(user).exclude(pk=programme.pk), (row["nested"] for row in rows))
    kinds = {kind for kind, _name in ProgrammeEntry.KINDS}
    return [
        ProgrammeEntry(
            pk=-1 - row["number"],
            item=items.get(_number(row["item"])),
            nested=nested.get(_number(row["nested"])),
            kind=row["kind"] if row["kind"] in kinds else "",
            tags=[_number(one) for one in row["tags"]],
            most=_number(row["most"]),
            take=_number(row["take"]),
            sort_order=place,
        )
        for place, row in enumerate(rows)
    ]


def _by_key(found: Any, named: Iterable[str]) -> dict[int, Any]:
    keys = {number for one in named if (number := _number(one))}
    return {one.pk: one for one in found.filter(pk__in=keys)} if keys else {}


def _known(pk: str, user: Any) -> Programme | None:
    number = _number(pk)
    if not number:
        return None
    found = choices.programmes(user).filter(pk=number).first()
    if found is None:
        raise NoDraft
    return found


def _number(text: Any) -> int:
    """A whole number from 0 on; 0 for what is none."""
    return int(text) if str(text).isdecimal() and len(str(text)) < 12 else 0


def _one_of(text: str, values: Iterable[str]) -> str:
    known = list(values)
    return text if text in known else known[0]
