"""The compiler's `frame()` and the player's give the same answer: ten thousand random instants of schedules of many shapes.

Each seed is one schedule with its notices. A failure names the seed, the face and the instant; `ask(case(seed))` repeats it.
"""

from __future__ import annotations

import dataclasses
import json
import random
import subprocess
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cms.plugin_api.types import Window
from cms.schedule.compile import compile_schedule
from cms.schedule.format import Notices, Schedule
from cms.schedule.frame import WEEK_MS, ScheduleIndex, frame, power
from cms.schedule.inputs import Entry, ItemInput, ScheduleInputs, SlotInput
from tests.schedule.builders import MONDAY, ZONE, geometry, hours, inputs, item, scene, slot

SCRIPT = Path(__file__).with_name("agree.mjs")
SEEDS = range(60)
INSTANTS = 170
"""Of each seed, every one asked of every face: 60 × 170 = 10,200 instants."""
AFTER_MS = 3 * WEEK_MS
LANGUAGES = ("vi", "en", "km", "lo", "zh-hans")
# Zones with a missing and a repeated hour within the horizon, beside the clusters' own.
ZONES = ((ZONE, MONDAY), ("Europe/Berlin", date(2027, 3, 26)), ("America/New_York", date(2027, 11, 4)))

Ask = tuple[str, int]


@dataclasses.dataclass(frozen=True)
class Case:
    """A schedule, what is announced on top of it, and what is asked."""

    seed: int
    document: bytes
    schedule: Schedule
    notices: dict[str, Any] | None
    asks: list[Ask]


def windows(rng: random.Random, most: int) -> tuple[Window, ...]:
    """Up to so many windows of a day, some past midnight."""
    starts = [rng.randrange(48) * 30 for _ in range(rng.randint(0, most))]
    return tuple(Window(start, start + rng.randint(1, 30) * 30) for start in starts)


def some_item(rng: random.Random, number: int, faces: Any, first: date) -> ItemInput:
    made = item(
        f"i{number}",
        faces,
        tuple(rng.sample(LANGUAGES, rng.randint(1, 3))),
        tuple(rng.randint(1, 40) * rng.choice((500, 333)) for _ in range(rng.randint(1, 3))),
        valid_from=rng.choice((None, None, first + timedelta(days=rng.randint(0, 3)))),
        valid_until=rng.choice((None, None, first + timedelta(days=rng.randint(1, 8)))),
        grace_days=rng.choice((0, 0, 1)),
    )
    fade = rng.choice((0, 250, 500, 1500))
    kind: Any = "fade" if fade else "cut"
    return dataclasses.replace(
        made,
        translations=tuple(
            dataclasses.replace(
                one,
                scenes=tuple(
                    dataclasses.replace(s, transition=dataclasses.replace(s.transition, kind=kind, ms=fade))
                    for s in one.scenes
                ),
            )
            for one in made.translations
        ),
    )


def some_slot(rng: random.Random, number: int, programmes: list[str], letters: list[str], first: date) -> SlotInput:
    return slot(
        number,
        rng.choice(programmes),
        date_from=first + timedelta(days=rng.randint(-20, 4)),
        date_until=rng.choice((None, None, first + timedelta(days=rng.randint(3, 9)))),
        weekdays=frozenset(rng.sample(range(7), rng.randint(2, 7))),
        windows=windows(rng, 2),
        faces=tuple(sorted(rng.sample(letters, rng.randint(0, len(letters))))),
        mode=rng.choice((None, "mirror", "rotate", "independent", "span")),
        priority=rng.choices((0, 1, 2), (70, 20, 10))[0],
        weight=rng.randint(1, 5),
        holidays=rng.choice(("any", "any", "only", "never")),
        rrule=rng.choice(("", "", "", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO,TH")),
        languages=tuple(rng.sample(LANGUAGES, rng.choice((0, 0, 0, 2)))),
        max_per_hour=rng.choice((0, 0, 0, 4)),
        spacing_s=rng.choice((0, 0, 0, 90)),
        required_s=rng.choice((0, 0, 0, 1200)),
    )


def source_of(rng: random.Random) -> ScheduleInputs:
    zone, first = rng.choice(ZONES)
    faces = geometry(rng.randint(1, 4), tuple(rng.sample(LANGUAGES, rng.randint(1, 4))), ring=rng.random() < 0.5)
    letters = [face.id for face in faces.faces]
    items = tuple(some_item(rng, number, faces, first) for number in range(rng.randint(1, 6)))
    keys = [one.key for one in items]
    programmes = {f"p{number}": tuple(rng.choices(keys, k=rng.randint(0, 4))) for number in range(3)}
    opening = [(one.start_min / 60, one.end_min / 60) for one in windows(rng, 3)] or [(7, 11), (14, 18)]
    source = inputs(
        faces,
        items=items,
        programmes=programmes,
        slots=tuple(some_slot(rng, number, sorted(programmes), letters, first) for number in range(rng.randint(0, 9))),
        opening=(hours(*opening, sun=rng.choice(((), ((8, 10),)))),),
        holidays=[first + timedelta(days=rng.randint(0, 9)) for _ in range(rng.randint(0, 2))],
        mode=rng.choice(("mirror", "rotate", "independent", "span")),
        first_day=first,
        days=rng.randint(1, 10),
        zone=zone,
    )
    outer = dataclasses.replace(
        source.programmes["p0"],
        entries=(*source.programmes["p0"].entries, Entry(programme="p1", take=1), Entry(feed=tuple(keys[:2]))),
        order=rng.choice(("listed", "shuffle")),
        seed=str(rng.random()),
    )
    return dataclasses.replace(source, programmes={**source.programmes, "p0": outer})


def span_near(rng: random.Random, schedule: Schedule) -> dict[str, int]:
    """A span that begins within the horizon or the three weeks after it; some last until somebody ends them."""
    begin = rng.randrange(schedule.valid_from - 3_600_000, schedule.valid_until + AFTER_MS)
    return {"from": begin, "until": rng.choice((begin + rng.randint(1, 90) * 60_000, 253_402_300_799_000))}


def notices_of(rng: random.Random, schedule: Schedule, faces: Any) -> dict[str, Any] | None:
    letters = sorted(schedule.faces)
    if rng.random() < 0.25:
        return None

    def some_faces() -> list[str]:
        return sorted(rng.sample(letters, rng.randint(1, len(letters))))

    pictures = {
        f"alert:{number}": {"item": f"alert:{number}", "language": "vi", "proof": "theme"}
        | scene(f"alert {number}", faces, rng.choice((700, 5000, 8000))).to_json()
        for number in range(2)
    }
    shown = [one for one in schedule.scenes.values() if one.proof != "theme"]
    gone = rng.sample(shown, min(len(shown), rng.randint(0, 3)))
    alerts: list[dict[str, Any]] = [
        {"id": f"t{number}", "faces": some_faces(), "scene": rng.choice(sorted(pictures)), **span_near(rng, schedule)}
        for number in range(rng.randint(0, 4))
    ]
    if alerts and rng.random() < 0.5:  # two that begin together
        alerts.append({**alerts[0], "id": "t9", "scene": "alert:1"})
    blackout = [{"faces": some_faces(), **span_near(rng, schedule)} for _ in range(rng.randint(0, 2))]
    if blackout and rng.random() < 0.5:  # one that follows without a gap
        blackout.append({**blackout[0], "from": blackout[0]["until"], "until": blackout[0]["until"] + 60_000})
    return {
        "format": 1,
        "cluster": schedule.cluster,
        "alerts": alerts,
        "blackout": blackout,
        "withdrawn": [rng.choice((one.item, one.proof)) for one in gone],
        "scenes": pictures,
        "assets": {
            layer["asset"]: {"bytes": 9, "type": "image/png"}
            for one in pictures.values()
            for layers in one["faces"].values()
            for layer in layers
        },
    }


def instants_of(rng: random.Random, schedule: Schedule, notices: dict[str, Any] | None) -> list[int]:
    """Half anywhere, from before the first segment to three weeks after the last; half just around a border."""
    segments = [one for face in schedule.faces.values() for one in face.segments]
    first = min((one.from_ for one in segments), default=schedule.valid_from)
    borders = [one.from_ for one in segments] + [schedule.valid_until, schedule.valid_until + WEEK_MS]
    for one in [*notices["alerts"], *notices["blackout"]] if notices else []:
        borders += [one["from"], min(one["until"], schedule.valid_until + AFTER_MS)]
    for segment in rng.sample(segments, min(len(segments), 8)):
        if segment.loop:
            turns = schedule.loops[segment.loop]
            before = sum(schedule.turns[one][1] for one in turns[: rng.randrange(len(turns) + 1)])
            borders.append(segment.from_ + before)
    found = [rng.randrange(first - 86_400_000, schedule.valid_until + AFTER_MS) for _ in range(INSTANTS // 2)]
    near = (-1, 0, 1, 249, 250, 499, 500, 1499, 1500, 20_000)
    return found + [rng.choice(borders) + rng.choice(near) for _ in range(INSTANTS - len(found))]


@cache
def case(seed: int) -> Case:
    rng = random.Random(seed)  # noqa: S311
    source = source_of(rng)
    compiled = compile_schedule(source)
    notices = notices_of(rng, compiled.schedule, source.cluster.geometry)
    asks = [
        (face, instant)
        for instant in instants_of(rng, compiled.schedule, notices)
        for face in sorted(compiled.schedule.faces)
    ]
    return Case(seed, compiled.document, compiled.schedule, notices, asks)


def ask(*cases: Case) -> list[list[Any]]:
    """The player's answers, from one node process."""
    lines = (
        f'{{"schedule":{one.document.decode()},"notices":{json.dumps(one.notices)},"asks":{json.dumps(one.asks)}}}\n'
        for one in cases
    )
    done = subprocess.run(
        ["node", str(SCRIPT)],
        input="".join(lines), capture_output=True, text=True, timeout=60, check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@cache
def ours_of(seed: int) -> list[list[Any]]:
    return ours(case(seed))


def ours(one: Case) -> list[list[Any]]:
    index = ScheduleIndex(one.schedule)
    notices = Notices.model_validate(one.notices) if one.notices else None
    answers = []
    for face, instant in one.asks:
        level = power(index, face, instant)
        shown = dataclasses.asdict(frame(index, notices, face, instant))
        answers.append([shown, level.model_dump(by_alias=True) if level else None])
    return answers


def test_compiler_and_player_agree_on_ten_thousand_random_instants() -> None:
    cases = [case(seed) for seed in SEEDS]
    assert len(SEEDS) * INSTANTS >= 10_000
    theirs = ask(*cases)
    assert len(theirs) == len(cases)
    for one, answers in zip(cases, theirs, strict=True):
        for (face, instant), mine, yours in zip(one.asks, ours_of(one.seed), answers, strict=True):
            assert mine == yours, f"seed {one.seed}, face {face}, instant {instant}"


def test_the_instants_meet_everything_that_a_face_can_do() -> None:
    """Else the agreement would say little."""
    answers = [answer for seed in SEEDS for answer in ours_of(seed)]
    assert {shown["kind"] for shown, _ in answers} == {"programme", "fallback", "closed", "blackout", "alert"}
    assert sum(shown["previous"] is not None for shown, _ in answers) > 500
    assert sum(shown["withdrawn"] for shown, _ in answers) > 100
    assert sum(shown["progress"] < 1 and shown["previous"] is None for shown, _ in answers) > 100
    assert {level and level["on"] for _, level in answers} == {True, False, None}


def test_an_alert_without_its_picture_is_dark_on_both() -> None:
    """It cannot be shown, and what it displaces must not be."""
    one = case(3)
    begin = one.schedule.valid_from
    told = {
        "format": 1,
        "cluster": one.schedule.cluster,
        "alerts": [{"id": "t", "faces": ["a"], "scene": "lost", "from": begin, "until": begin + 9000}],
    }
    asked = dataclasses.replace(one, notices=told, asks=[("a", begin + 10)])
    assert ask(asked)[0] == ours(asked)
    assert ours(asked)[0][0]["kind"] == "blackout"
