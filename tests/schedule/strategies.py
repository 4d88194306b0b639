"""Inputs of every kind for the property tests. Hypothesis chooses the sizes, so that what fails shrinks to few slots and items, and a
seed for the rest: drawing each value by itself takes six times as long as compiling them all."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cms.plugin_api.types import Geometry, Window
from cms.schedule.inputs import Entry, ItemInput, ProgrammeInput, ScheduleInputs, SlotInput
from tests.schedule.builders import MONDAY, geometry, hours, inputs, item, slot

EXAMPLES = int(os.environ.get("BANGTIN_EXAMPLES", "500" if os.environ.get("CI") else "60"))
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

LANGUAGES = ("vi", "en", "km")
MISSING = ("next", "leave", "vietnamese", "theme")
RULES: dict[str, Callable[[date, date], bool]] = {
    "": lambda day, start: True,
    "FREQ=DAILY;INTERVAL=2": lambda day, start: (day - start).days % 2 == 0,
    "FREQ=WEEKLY;BYDAY=TU,SA": lambda day, start: day.weekday() in (1, 5),
    "FREQ=MONTHLY;BYMONTHDAY=5": lambda day, start: day.day == 5,
}


def schedules() -> st.SearchStrategy[ScheduleInputs]:
    return st.builds(
        made,
        faces=st.integers(1, 4),
        items=st.integers(1, 4),
        slots=st.integers(0, 6),
        days=st.integers(1, 7),
        seed=st.integers(0, 2**32 - 1),
    )


def made(faces: int, items: int, slots: int, days: int, seed: int) -> ScheduleInputs:
    """Inputs of these sizes; all else is chance, the same for the same seed."""
    chance = Chance(seed)
    place = geometry(faces, LANGUAGES, ring=chance.one((True, False)))
    shown = tuple(chance.item(f"i{number}", place) for number in range(items))
    keys = tuple(one.key for one in shown)
    programmes: dict[str, Any] = {f"p{number}": chance.some(keys, 0, 4, again=True) for number in range(2)}
    programmes["p2"] = ProgrammeInput(
        "p2",
        "Chương trình p2",
        (Entry(programme="p0", take=chance.number(0, 2)), Entry(feed=keys[:2], take=chance.number(0, 1))),
        chance.one(("listed", "shuffle")),
        "hạt",
    )
    opening = chance.one(
        (((0.0, 24.0),), *[tuple((w.start_min / 60, w.end_min / 60) for w in chance.windows()) for _ in range(7)])
    )
    return inputs(
        place,
        items=shown,
        programmes=programmes,
        slots=tuple(chance.slot(number, place) for number in range(slots)),
        opening=(hours(*opening),),
        holidays=chance.days(0, 6, most=2),
        days=days,
    )


class Chance:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def number(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def one(self, values: tuple[Any, ...]) -> Any:
        return self._random.choice(values)

    def some(self, values: tuple[Any, ...], least: int, most: int, *, again: bool = False) -> tuple[Any, ...]:
        count = self.number(least, most if again else min(most, len(values)))
        return tuple(self._random.choices(values, k=count) if again else self._random.sample(values, count))

    def day(self, low: int, high: int) -> date:
        return MONDAY + timedelta(days=self.number(low, high))

    def days(self, low: int, high: int, *, most: int) -> frozenset[date]:
        return frozenset(self.day(low, high) for _ in range(self.number(0, most)))

    def windows(self) -> tuple[Window, ...]:
        found = []
        for _ in range(self.number(0, 2)):
            start, length = self.number(0, 47), self.number(1, 30)
            found.append(Window(start * 30, (start + length) * 30))
        return tuple(found)

    def item(self, key: str, place: Geometry) -> ItemInput:
        return item(
            key,
            place,
            self.some(LANGUAGES, 1, 3),
            tuple(self.number(1, 40) * 500 for _ in range(self.number(1, 3))),
            valid_from=self.one((None, self.day(0, 3))),
            valid_until=self.one((None, self.day(2, 6))),
            grace_days=self.one((0, 0, 2)),
        )

    def slot(self, number: int, place: Geometry) -> SlotInput:
        return slot(
            number,
            self.one(("p0", "p1", "p2")),
            date_from=self.day(-3, 3),
            date_until=self.one((None, self.day(2, 6))),
            weekdays=frozenset(self.some(tuple(range(7)), 1, 7)),
            windows=self.windows(),
            faces=self.some(tuple(face.id for face in place.faces), 0, 2),
            mode=self.one((None, "mirror", "rotate", "independent", "span")),
            priority=self.number(0, 2),
            weight=self.number(1, 5),
            exceptions=self.days(0, 6, most=2),
            holidays=self.one(("any", "any", "only", "never")),
            rrule=self.one(("", *RULES)),
            languages=self.some(LANGUAGES, 0, 1),
            max_per_hour=self.one((0, 0, 1, 4, 40)),
            spacing_s=self.one((0, 0, 3, 30, 600)),
            required_s=self.one((0, 0, 600, 20_000)),
        )
