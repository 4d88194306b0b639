"""Writes `tests/vectors/frame/*.json`: instants and what a face shows then, for Python and JavaScript alike.

    python -m tests.schedule.make_frame_vectors

The cases named in `tests/schedule/test_frame.py` are written by hand; these pin the whole function down, and a change of any
answer shows in the diff.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cms.plugin_api.types import Transition
from cms.schedule.calendar import Calendar
from cms.schedule.compile import compile_schedule
from cms.schedule.format import Notices, Schedule
from cms.schedule.frame import WEEK_MS, ScheduleIndex, frame
from cms.schedule.inputs import PRIORITY, URGENT, ScheduleInputs
from tests.schedule.builders import MONDAY, ZONE, geometry, hours, inputs, item, slot, span

FOLDER = Path(__file__).parents[1] / "vectors" / "frame"


def at(day: int, minutes: float) -> int:
    """UTC ms of so many minutes after local midnight, `day` days after the first Monday."""
    return Calendar(ZONE).at(MONDAY + timedelta(days=day), 0) + round(minutes * 60_000)


def rotating() -> ScheduleInputs:
    faces = geometry(3, ("vi", "en", "zh-hans"))
    items = (
        item("luat", faces, ("vi", "en", "zh-hans"), (8000,)),
        item("thac", faces, ("vi", "en", "zh-hans"), (6000, 4500)),
    )
    return inputs(
        faces,
        items=items,
        programmes={"ngay": ("luat", "thac"), "sang": ("thac",)},
        slots=(slot(1, "ngay"), slot(2, "sang", weight=2, windows=span((8, 9.5)), weekdays=frozenset({0, 2, 4}))),
        opening=(hours((7.5, 11), (13.5, 18), sat=((8, 11),), sun=()),),
    )


def mirrored() -> ScheduleInputs:
    faces = geometry(2, ("vi", "en", "km"))
    items = (
        item("lua", faces, ("vi", "en", "km"), (10_000,)),
        item("cho", faces, ("vi", "en"), (12_000,)),
        item("khan", faces, ("vi",), (5000,)),
        item("tam", faces, ("vi", "en"), (7000,), valid_until=MONDAY + timedelta(days=1)),
    )
    return inputs(
        faces,
        mode="mirror",
        items=items,
        programmes={"ngay": ("lua", "cho", "tam"), "khan": ("khan",), "toi": ("cho",)},
        slots=(
            slot(1, "ngay", windows=span((7, 17))),
            slot(2, "khan", priority=URGENT, windows=span((9, 9.25)), faces=("b",)),
            slot(3, "toi", priority=PRIORITY, windows=span((22, 26))),
        ),
        opening=(hours((7, 11), (14, 25.5)),),
        holidays=frozenset({date(2027, 1, 7)}),
    )


NOW_MIRRORED: dict[str, Any] = {
    "format": 1,
    "cluster": "thu",
    "alerts": [
        {"id": "lu", "faces": ["a", "b"], "from": at(1, 480), "until": at(1, 490), "scene": "alert:lu"},
        {"id": "chay", "faces": ["b"], "from": at(1, 485), "until": at(1, 500), "scene": "alert:chay"},
        {"id": "dem", "faces": ["a"], "from": at(1, 180), "until": at(1, 185), "scene": "alert:lu"},
    ],
    "blackout": [
        {"faces": ["a"], "from": at(1, 488), "until": at(1, 495)},
        {"faces": ["a", "b"], "from": at(1, 495), "until": at(1, 497)},
        {"faces": ["b"], "from": at(2, 600), "until": 4_102_444_800_000},
    ],
    "scenes": {
        name: {
            "item": name, "language": "vi", "proof": "theme", "duration": ms, "transition": {"kind": "fade", "ms": 500},
            "faces": {face: [{"kind": "image", "asset": "ab" * 32, "rect": [0, 0, 64, 32]}] for face in "ab"},
        }
        for name, ms in (("alert:lu", 8000), ("alert:chay", 5000))
    },
    "assets": {"ab" * 32: {"bytes": 10, "type": "image/png"}},
}  # fmt: skip


def coming_in(source: ScheduleInputs, *kinds: Transition) -> ScheduleInputs:
    """The same inputs with these transitions, taking turns."""
    turns = itertools.cycle(kinds)
    text = {
        key: dataclasses.replace(
            one,
            translations=tuple(
                dataclasses.replace(t, scenes=tuple(dataclasses.replace(s, transition=next(turns)) for s in t.scenes))
                for t in one.translations
            ),
        )
        for key, one in source.items.items()
    }
    return dataclasses.replace(source, items=text)


def single() -> ScheduleInputs:
    faces = geometry(1, ("vi",))
    return inputs(
        faces,
        mode="independent",
        items=(item("mot", faces, ("vi",), (1000,), fade=1500),),
        slots=(slot(1, windows=span((8, 9))),),
        opening=(hours((7, 12)),),
        days=3,
    )


def expect(result: Any) -> dict[str, Any]:
    return dataclasses.asdict(result)


def cases(schedule: Schedule, notices: Notices | None, named: list[int], count: int, seed: int) -> list[dict[str, Any]]:
    index, rng = ScheduleIndex(schedule), random.Random(seed)  # noqa: S311
    instants = list(named)
    for timeline in schedule.faces.values():
        for segment in rng.sample(timeline.segments, min(6, len(timeline.segments))):
            instants += [segment.from_ - 1, segment.from_, segment.from_ + 1, segment.from_ + 250]
    instants += [rng.randrange(schedule.valid_from, schedule.valid_until + 3 * WEEK_MS) for _ in range(count // 3)]
    instants += [rng.randrange(schedule.valid_from, schedule.valid_until) for _ in range(count)]
    for timeline in schedule.faces.values():  # within fades
        lit = [one for one in timeline.segments if one.loop]
        for _ in range(count // 6 if lit else 0):
            segment = rng.choice(lit)
            loop = schedule.loops[segment.loop or ""]
            turn = rng.randrange(len(loop))
            instants.append(segment.from_ + sum(schedule.turns[one][1] for one in loop[:turn]) + rng.randrange(0, 700))
    return [
        {"face": face, "at": instant, "expect": expect(frame(index, notices, face, instant))}
        for instant in sorted(set(instants))
        for face in schedule.faces
    ]


def build() -> dict[str, dict[str, Any]]:
    """Every vector file's content by its name."""
    made: dict[str, dict[str, Any]] = {}

    def add(name: str, source: ScheduleInputs, notices: dict[str, Any] | None, named: list[int], count: int) -> None:
        compiled = compile_schedule(source)
        now = Notices.model_validate(notices or {"format": 1, "cluster": "thu"})
        made[name] = {
            "name": name,
            "schedule": json.loads(compiled.document),
            "notices": notices or {"format": 1, "cluster": "thu"},
            "cases": cases(compiled.schedule, now, named, count, len(made) + 1),
        }

    edges = [
        at(day, minute) + more
        for day in (0, 5, 6)
        for minute in (450, 480, 570, 660, 810, 1080)
        for more in (-1, 0, 499, 500)
    ]
    beyond = [
        at(7 + extra, minute) + more
        for extra in (0, 5, 6, 13)
        for minute in (450, 660, 1080)
        for more in (-1, 0, 250, 500)
    ]
    add("rotate_three_faces", rotating(), None, edges + beyond, 90)
    lit = [at(0, 420) + 100 * n for n in range(60)]
    add(
        "mirror_overnight_urgent",
        mirrored(),
        None,
        [*lit, at(0, 540), at(0, 555), at(1, 0), at(1, 89.99), at(1, 90), at(7, 60)],
        60,
    )
    around = [
        one[key] + more
        for one in [*NOW_MIRRORED["alerts"], *NOW_MIRRORED["blackout"]]
        for key in ("from", "until")
        for more in (-1, 0, 1, 5000)
    ]
    add("alerts_and_blackout", mirrored(), NOW_MIRRORED, [*around, at(9, 600)], 40)
    proof = compile_schedule(mirrored()).schedule
    gone = next(one.proof for one in proof.scenes.values() if one.item == "cho:en")
    withdrawn = {"format": 1, "cluster": "thu", "withdrawn": ["lua:vi", gone]}
    add("withdrawn_by_item_and_proof", mirrored(), withdrawn, lit + [at(0, 420) + 500 * n for n in range(120, 240)], 30)
    add("cuts_without_fades", coming_in(rotating(), Transition("cut", 0)), None, edges, 30)
    add(
        "one_scene_shorter_than_its_fade",
        single(),
        None,
        [at(0, 480) + 50 * n for n in range(-4, 20)] + [at(3, 420), at(5, 719.9)],
        30,
    )
    moving = coming_in(rotating(), Transition("slide", 700), Transition("wipe", 400), Transition("cut", 500))
    add("slides_wipes_and_cuts", moving, None, edges, 20)
    return made


def text(document: dict[str, Any]) -> str:
    """One case a line, so that a diff shows which answers changed."""
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in document["cases"])
    head = json.dumps(
        {key: value for key, value in document.items() if key != "cases"}, sort_keys=True, separators=(",", ":")
    )
    return f'{head[:-1]},"cases":[\n{lines}\n]}}\n'


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, document in build().items():
        (FOLDER / f"{name}.json").write_text(text(document), encoding="utf-8")
