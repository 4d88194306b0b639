"""The player's `frame()` beside `@xiboplayer/schedule` 0.5.20, the schedule engine of another signage player, on equal work.

    python -m benchmarks.frames

**Equal work.** Both are given the same 10,000 events of one display over 35 days – half of them on one day each, half every week
on chosen weekdays, 15 minutes to two hours long, in three priorities – and both are asked what is on at the same random instants. The
peer answers with its own `ScheduleManager.getLayoutsAtTime(date)`, which it calls itself to predict what will play: every
event of the highest priority that is due. Ours answers with `frame()`, which also says which of them is on screen at that millisecond, for how long,
and what it fades from. Before anything is timed, both answers are compared: the events due and of the highest priority must be the same
at every one of 300 instants, and the one that ours shows must be among them.

**Fair.** The peer's events carry ISO texts (ready `Date` objects make it no quicker), the dates asked are made before the clock runs, its
log is off. Reading the document and compiling are timed on neither side: a player reads its schedule once and asks all day. Both
are warmed up; then nine rounds, in turn; the median counts. One process of Node, its zone set to the cluster's.

The peer (AGPL-3.0) is installed for this measurement alone, by `npm ci` into `build/`, from `benchmarks/package-lock.json`.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from cms.plugin_api.types import Window
from cms.schedule.calendar import Calendar
from cms.schedule.compile import compile_schedule
from cms.schedule.inputs import ScheduleInputs, SlotInput
from tests.schedule.builders import MONDAY, ZONE, geometry, hours, inputs, item, slot

HERE = Path(__file__).parent
FOLDER = HERE.parent / "build" / "benchmarks"
EVENTS, DAYS, INSTANTS, GOAL = 10_000, 35, 5_000, 1_000
PEER = "@xiboplayer/schedule"


def events(seed: int = 1) -> list[SlotInput]:
    """Events on the quarter hour, each with an item of its own."""
    rng = random.Random(seed)  # noqa: S311
    found = []
    for number in range(EVENTS):
        start = rng.randrange(6 * 4, 22 * 4) * 15
        window = Window(start, min(start + rng.randrange(1, 9) * 15, 1440))
        priority = rng.choices((0, 1, 2), (97, 2, 1))[0]
        days: dict[str, Any]
        if number % 2:
            day = MONDAY + timedelta(days=rng.randrange(DAYS))
            days = {"date_from": day, "date_until": day}
        else:
            days = {"weekdays": frozenset(rng.sample(range(7), rng.choice((1, 1, 2))))}
        found.append(slot(number, f"p{number}", windows=(window,), priority=priority, **days))
    return found


def ours(slots: list[SlotInput]) -> ScheduleInputs:
    """One face, open all day, an item of four seconds for each event: all that are due fit into a quarter of an hour."""
    face = geometry(1, ("vi",))
    items = tuple(item(f"i{one.id}", face, ("vi",), (4000,)) for one in slots)
    return inputs(
        face,
        items=items,
        programmes={one.programme: (f"i{one.id}",) for one in slots},
        slots=tuple(slots),
        opening=(hours((0, 24)),),
        days=DAYS,
    )


def peers(slots: list[SlotInput], default: str) -> dict[str, Any]:
    """The same events as the peer's parser gives them to its engine. Its ends are inclusive and whole seconds."""
    layouts = []
    for one in slots:
        (window,) = one.windows
        day = one.date_from if one.date_until else MONDAY
        event: dict[str, Any] = {
            "id": int(one.id),
            "file": f"i{one.id}:vi",
            "priority": one.priority,
            "fromdt": f"{local(day, window.start_min):%Y-%m-%dT%H:%M:%S}",
            "todt": f"{local(day, window.end_min) - timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}",
        }
        if not one.date_until:
            event |= {
                "recurrenceType": "Week",
                "recurrenceRepeatsOn": ",".join(str(n + 1) for n in sorted(one.weekdays)),
            }
        layouts.append(event)
    return {"default": default, "layouts": layouts, "campaigns": []}


def local(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def instants(seed: int = 2) -> list[int]:
    """Whole seconds of the horizon: between two of them the peer knows no difference."""
    rng = random.Random(seed)  # noqa: S311
    first = Calendar(ZONE).at(MONDAY, 0)
    return [first + rng.randrange(DAYS * 86_400) * 1000 for _ in range(INSTANTS)]


def installed() -> str:
    """Brings the peer in; says why it could not be."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, FOLDER / name)
    try:
        done = subprocess.run(
            ["npm", "ci", "--loglevel=error", "--no-progress", "--ignore-scripts"],  # noqa: S607
            cwd=FOLDER,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{PEER} could not be installed: {error}"
    said = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return f"{PEER} could not be installed by npm: {' '.join(said[-3:])[-300:]}" if done.returncode else ""


def measured() -> dict[str, Any]:
    """Both rates, from one process. Raises `CalledProcessError` when it fails."""
    slots = events()
    compiled = compile_schedule(ours(slots))
    (FOLDER / "schedule.json").write_bytes(compiled.document)
    default = compiled.schedule.scenes[compiled.schedule.fallback].item
    (FOLDER / "peer.json").write_text(json.dumps(peers(slots, default)), encoding="utf-8")
    (FOLDER / "instants.json").write_text(json.dumps(instants()), encoding="utf-8")
    done = subprocess.run(  # noqa: S603
        ["node", str(HERE / "frames.mjs"), str(FOLDER)],  # noqa: S607
        env={**os.environ, "TZ": ZONE},
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])  # the peer greets first
    return found


def main() -> None:
    line: dict[str, Any] = {
        "name": "schedule.frame.javascript",
        "value": None,
        "unit": "per second",
        "goal": f">= {GOAL} x {PEER} with {EVENTS} events, same answers",
        "holds": False,
    }
    problem = installed()
    if problem:
        line["note"] = problem
    else:
        found = measured()
        ratio, same = found["ours"] / found["peer"], found["agreed"] == found["asked"]
        line |= {
            "value": round(found["ours"]),
            "holds": same and ratio >= GOAL,
            "peer ratio": round(ratio, 1),
            "peer": f"{PEER} {found['version']}: {found['peer']:.1f} per second",
            "same answers": f"{found['agreed']} of {found['asked']}",
        }
    print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
