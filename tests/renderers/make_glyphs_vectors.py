"""Writes `tests/vectors/glyphs/*.json`: live values, lunar days and motion, for Python and JavaScript alike.

    python -m tests.renderers.make_glyphs_vectors

The cases named in `tests/renderers/test_glyphs.py`, `test_lunar.py` and `test_motion.py` are written by hand; these pin the
functions down, and a change of any answer shows in the diff.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cms.plugin_api.types import Glyphs, Rect, Strip
from renderers.glyphs import cells
from renderers.lunar import lunar, new_moon_day
from renderers.motion import corners, eased, edge

FOLDER = Path(__file__).parents[1] / "vectors" / "glyphs"
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Live:
    value: str | int | float
    at: int
    max_age: int


def atlas(*names: str) -> tuple[tuple[str, Rect], ...]:
    """Cells 30 pixels high of widths that differ, one beside the other."""
    made, x = [], 0
    for place, name in enumerate(names):
        made.append((name, Rect(x, 0, 9 + place % 5, 30)))
        x += 14
    return tuple(sorted(made))


DIGITS = tuple("0123456789")
WORDS = (":", "/", " ", ",", ".", "-", "–", "đ", "leap", "over", "open", "closed", *(f"w{n}" for n in range(1, 8)))
FULL = atlas(*DIGITS, *WORDS, *(f"c{n}" for n in range(60)))
MODELS = (
    Glyphs("time", FULL, ("HH", ":", "mm", ":", "ss"), "centre"),
    Glyphs("time", FULL, ("H", ":", "mm", " ", "weekday", " ", "d", "/", "M"), "right", offset_min=-330),
    Glyphs("time", FULL, ("weekday", " ", "dd", "/", "MM", "/", "yyyy"), fallback=("–",)),
    Glyphs("time", FULL, ("ld", "/", "lm", "leap", " ", "lyear"), "centre", fallback=("–",)),
    Glyphs("time", atlas(*DIGITS), ("HH", ":", "mm"), fallback=("0", "missing", "1")),
    Glyphs("countdown", FULL, ("D", " ", "HH", ":", "mm", ":", "ss"), "right", ("over",), until=1_798_700_000_123),
    Glyphs("countdown", FULL, ("D",), fallback=("–", "–"), until=1_900_000_000_000),
    Glyphs("value", FULL, name="usd", decimals=0, fallback=("–",), align="right"),
    Glyphs("value", FULL, name="usd", decimals=2, fallback=("–",), max_age_ms=600_000),
    Glyphs("value", FULL, name="usd", decimals=3, group="", point=".", align="centre"),
    Glyphs("value", FULL, name="gate", fallback=("closed",)),
)
NUMBERS = (
    0,
    5,
    -3,
    999,
    1000,
    25_480,
    26_105.5,
    -0.004,
    1.005,
    2.5,
    -2.5,
    0.125,
    1_234_567.891,
    1e15,
    -999_999.9995,
    1e-9,
)


def glyph_cases() -> list[dict[str, Any]]:
    rng = random.Random(4)  # noqa: S311
    instants = [1_798_700_000_123 + n for n in (-86_400_000 * 100, -1001, -1000, -999, -1, 0, 1)]
    instants += [round(datetime(2027, 2, 5, 16, 59, 59, 999_000, UTC).timestamp() * 1000) + n for n in (0, 1)]
    instants += [rng.randrange(946_684_800_000, 4_102_444_800_000) for _ in range(25)]
    made = []
    for glyphs in MODELS:
        tries: list[tuple[int, dict[str, Live]]] = [(instant, {}) for instant in instants]
        if glyphs.of == "value":
            at = 1_798_700_000_000
            said = ["open", "elsewhere", "", *NUMBERS] if glyphs.name == "gate" else NUMBERS
            tries = [(at + 1000, {glyphs.name: Live(one, at, 3_600_000)}) for one in said]
            tries += [
                (at + age, {glyphs.name: Live(7, at, most)})
                for age in (-5000, 0, 600_000, 600_001, 3_600_000, 3_600_001)
                for most in (0, 3_600_000)
            ]
            tries.append((at, {}))
        for instant, values in tries:
            width = rng.choice((320, 320, 320, 60))
            row = cells(glyphs, instant, values, width)
            made.append(
                {
                    "glyphs": MODELS.index(glyphs),
                    "at": instant,
                    "values": {name: vars(one) for name, one in values.items()},
                    "width": width,
                    "expect": [[x, name, rect.as_list()] for x, name, rect in row],
                }
            )
    return made


def lunar_cases() -> list[list[Any]]:
    """Day since 1970, then the lunar day, month, leap, year and place in the cycle of sixty."""
    rng = random.Random(5)  # noqa: S311
    first, last = date(1900, 2, 1).toordinal() - EPOCH, date(2100, 12, 31).toordinal() - EPOCH
    days = {new_moon_day(number) + more for number in range(-125, 760) for more in (-1, 0)}
    days |= {rng.randrange(first, last) for _ in range(300)} | {first, last, -11_452, -11_422, -909, -908}
    return [
        [day, moon.day, moon.month, moon.leap, moon.year, moon.cycle]
        for day, moon in ((day, lunar(day)) for day in sorted(days))
    ]


def motion_cases() -> list[dict[str, Any]]:
    rng = random.Random(6)  # noqa: S311
    made: list[dict[str, Any]] = [
        {
            "kind": kind,
            "progress": progress,
            "width": width,
            "eased": eased(kind, progress),
            "edge": edge(kind, progress, width),
        }
        for kind in ("fade", "slide", "wipe")
        for width in (1, 513, 1024)
        for progress in (0, 1 / 3, 0.5, 0.9999, 1, *(rng.randrange(0, 600) / 600 for _ in range(8)))
    ]
    strips = [
        Strip((512, 4), (-60, 0), (0, 0)),
        Strip((512, 0), (-120, 0), (700, 0)),
        Strip((0, 0), (7, -3), (90, 50)),
        Strip((-5, 3), (0, 0), (64, 64)),
    ]
    for strip in strips:
        for _ in range(30):
            offset = rng.choice((0, rng.randrange(0, 90_000), rng.randrange(0, 90_000_000) / 1000))
            seen = corners(strip, offset, (600, 80), (512, 64))
            made.append({"strip": strip.to_json(), "offset": offset, "expect": [list(one) for one in seen]})
    return made


def lines(cases: list[Any]) -> str:
    return ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases)


def build() -> dict[str, str]:
    """Every file's text by its name."""
    return {
        "values.json": f'{{"glyphs":[\n{lines([one.to_json() for one in MODELS])}\n],"cases":[\n{lines(glyph_cases())}\n]}}\n',
        "lunar.json": f"[\n{lines(lunar_cases())}\n]\n",
        "motion.json": f"[\n{lines(motion_cases())}\n]\n",
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in build().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
