"""Compile of 1,000 slots × 4 faces × 35 days (24 distinct daily windows), growth to 10,000 slots, and `frame()`.

    python -m benchmarks.schedule

One JSON line per result: name, value, unit, goal, holds.
"""

from __future__ import annotations

import json
import random
import time
from datetime import timedelta
from typing import Any

from cms.plugin_api.types import Window
from cms.schedule.compile import Compiled, compile_schedule
from cms.schedule.frame import ScheduleIndex, frame
from cms.schedule.incremental import reproof, shape
from cms.schedule.inputs import ScheduleInputs
from tests.schedule.builders import MONDAY, geometry, hours, inputs, item, slot
from tests.schedule.test_incremental import redrawn

GOAL_MS, GOAL_BYTES = 500, 2_000_000


def load(slots: int, seed: int = 1) -> ScheduleInputs:
    """Slots of all priorities over 24 daily windows, ten programmes of five items in three languages."""
    rng = random.Random(seed)  # noqa: S311
    faces = geometry(4, ("vi", "en", "km"))
    items = tuple(
        item(f"{n:08x}-0000-4000-8000-000000000000", faces, ("vi", "en", "km"), (8000, 6000)) for n in range(50)
    )
    windows = [(Window(start, start + rng.choice((60, 120, 240))),) for start in range(360, 1320, 40)]
    return inputs(
        faces,
        items=items,
        programmes={f"p{n}": tuple(one.key for one in items[n * 5 : n * 5 + 5]) for n in range(10)},
        opening=(hours((6, 23)),),
        days=35,
        slots=tuple(
            slot(
                n, f"p{rng.randrange(10)}", windows=windows[n % 24], weight=rng.choice((1, 1, 2, 5)),
                priority=rng.choices((0, 1, 2), (90, 8, 2))[0],
                weekdays=frozenset(rng.sample(range(7), rng.choice((2, 5, 7)))),
                date_from=MONDAY + timedelta(days=rng.choice((-30, -7, 0, 7, 20))),
                faces=rng.choice(((), (), ("a",), ("b", "c"))),
            )
            for n in range(slots)
        ),
    )  # fmt: skip


def timed(source: ScheduleInputs) -> tuple[Compiled, float]:
    """The compiled schedule and the best of three times, ms."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        compiled = compile_schedule(source)
        times.append((time.perf_counter() - begin) * 1000)
    return compiled, min(times)


def changed(compiled: Compiled) -> float:
    """The best of three times, ms, from new inputs, in which one item looks otherwise, to the document."""
    new, times = redrawn(load(1000), f"{7:08x}-0000-4000-8000-000000000000", "vi"), []
    for _ in range(3):
        begin = time.perf_counter()
        shape(new)
        found = reproof(compiled.document, new)
        times.append((time.perf_counter() - begin) * 1000)
        if found != compile_schedule(new).document:
            raise RuntimeError("the short way leads elsewhere")
    return min(times)


def report(name: str, value: float, unit: str, goal: str, holds: bool | None) -> None:
    line: dict[str, Any] = {"name": name, "value": round(value, 3), "unit": unit, "goal": goal, "holds": holds}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def main() -> None:
    compiled, ms = timed(load(1000))
    report("schedule.compile.1000x4x35", ms, "ms", f"<= {GOAL_MS} (reach)", ms <= GOAL_MS)
    size = len(compiled.document)
    report("schedule.document.1000x4x35", size, "bytes", f"<= {GOAL_BYTES}", size <= GOAL_BYTES)
    one_item = changed(compiled)
    report("schedule.change-of-one-item.1000x4x35", one_item, "ms", "<= 50 (reach)", one_item <= 50)
    _, small = timed(load(100))
    _, large = timed(load(10_000))
    report("schedule.growth.100-10000", large / small, "times", "<= 200 (n·log n)", large / small <= 200)
    index = ScheduleIndex(compiled.schedule)
    rng = random.Random(2)  # noqa: S311
    instants = [rng.randrange(compiled.schedule.valid_from, compiled.schedule.valid_until) for _ in range(20_000)]
    begin = time.perf_counter()
    for instant in instants:
        frame(index, None, "a", instant)
    rate = len(instants) / (time.perf_counter() - begin)
    report("schedule.frame.python", rate, "per second", ">= 1000", rate >= 1000)


if __name__ == "__main__":
    main()
