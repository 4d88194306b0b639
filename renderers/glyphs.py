"""Which cells of an approved atlas say a live value. Pure; mirrored in `player_web/src/core/glyphs.js`; both run the vectors of
`tests/vectors/glyphs/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from cms.plugin_api.types import Glyphs, Rect
from renderers.lunar import lunar

LARGEST = 1e15
"""Numbers from here on are not shown: JavaScript would no longer keep every digit."""
MINUS = "-"
"""The cell of the sign before a negative number."""
DAY_S = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Placed = tuple[int, str, Rect]


class Value(Protocol):
    """A live value as `now.json` gives it: what it is, since when (UTC ms), and for how long it holds (ms)."""

    @property
    def value(self) -> str | int | float: ...
    @property
    def at(self) -> int: ...
    @property
    def max_age(self) -> int: ...


def cells(glyphs: Glyphs, instant_ms: float, values: Mapping[str, Value], width: int) -> list[Placed]:
    """The row of cells in a rectangle `width` pixels wide at an instant (UTC ms), from the left: x in the rectangle, the cell's
    name, where it lies in the atlas. A countdown tells begun seconds as whole ones. A fallback that is too wide begins
    at the left; names of it that the atlas lacks are left out."""
    known = dict(glyphs.cells)
    names = _names(glyphs, instant_ms, values)
    if names is None or any(name not in known for name in names) or _wide(names, known) > width:
        names = [name for name in glyphs.fallback if name in known]
    room = width - _wide(names, known)
    x = max(0, {"left": 0, "centre": room // 2, "right": room}[glyphs.align])
    row = []
    for name in names:
        row.append((x, name, known[name]))
        x += known[name].width
    return row


def _wide(names: Sequence[str], known: Mapping[str, Rect]) -> int:
    return sum(known[name].width for name in names)


def _names(glyphs: Glyphs, instant_ms: float, values: Mapping[str, Value]) -> list[str] | None:
    """The cells that say the value; None when there is nothing to say."""
    if glyphs.of == "value":
        return _value(glyphs, instant_ms, values.get(glyphs.name))
    if glyphs.of == "countdown":
        left = -((instant_ms - glyphs.until) // 1000)
        return _filled(glyphs.pattern, _countdown(int(left))) if left > 0 else None
    return _filled(glyphs.pattern, _time(int(instant_ms // 1000) + glyphs.offset_min * 60, glyphs.pattern))


def _filled(pattern: Sequence[str], said: Mapping[str, Sequence[str]]) -> list[str]:
    return [name for token in pattern for name in said.get(token, (token,))]


def _countdown(seconds: int) -> dict[str, Sequence[str]]:
    days, rest = divmod(seconds, DAY_S)
    return {"D": str(days), "HH": f"{rest // 3600:02}", "mm": f"{rest // 60 % 60:02}", "ss": f"{rest % 60:02}"}


def _time(seconds: int, pattern: Sequence[str]) -> dict[str, Sequence[str]]:
    """What each token says at a local time, in seconds since 1970."""
    day, rest = divmod(seconds, DAY_S)
    date = EPOCH + timedelta(days=day)
    said: dict[str, Sequence[str]] = {
        "HH": f"{rest // 3600:02}", "H": str(rest // 3600), "mm": f"{rest // 60 % 60:02}", "ss": f"{rest % 60:02}",
        "dd": f"{date.day:02}", "d": str(date.day), "MM": f"{date.month:02}", "M": str(date.month),
        "yyyy": f"{date.year:04}", "weekday": [f"w{date.isoweekday()}"],
    }  # fmt: skip
    if not LUNAR.isdisjoint(pattern):
        moon = lunar(day)
        said |= {"ld": str(moon.day), "lm": str(moon.month), "leap": ["leap"] if moon.leap else []}
        said["lyear"] = [f"c{moon.cycle}"]
    return said


LUNAR = frozenset(("ld", "lm", "leap", "lyear"))


def _value(glyphs: Glyphs, instant_ms: float, value: Value | None) -> list[str] | None:
    if value is None:
        return None
    age = instant_ms - value.at
    if age > value.max_age or (glyphs.max_age_ms and age > glyphs.max_age_ms):
        return None
    if isinstance(value.value, str):
        return [value.value]
    if isinstance(value.value, bool) or not abs(value.value) < LARGEST:
        return None
    return list(_number(value.value, glyphs))


def _number(number: float, glyphs: Glyphs) -> list[str]:
    """A number's cells: rounded half away from zero, with its groups of three."""
    text = str(Decimal(number).quantize(Decimal(1).scaleb(-glyphs.decimals), ROUND_HALF_UP))
    whole, _, rest = text.lstrip("-").partition(".")
    names = [MINUS] if text.startswith("-") and (whole + rest).strip("0") else []
    for place, digit in enumerate(whole):
        if place and glyphs.group and (len(whole) - place) % 3 == 0:
            names.append(glyphs.group)
        names.append(digit)
    return [*names, glyphs.point, *rest] if rest else names
