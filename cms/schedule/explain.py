"""Why a face shows what it shows at an instant: the slots, the programme, the item, the clause of the operating hours, and
who else wanted the place. Pure; the sentences are made in `cms.programmes.explanations`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cms.plugin_api.types import HoursSpec
from cms.schedule.calendar import Calendar
from cms.schedule.compile import Compiled, Origin
from cms.schedule.frame import FrameResult, ScheduleIndex, frame
from cms.schedule.inputs import ItemInput, ProgrammeInput, ScheduleInputs, SlotInput


@dataclass(frozen=True, slots=True)
class Rival:
    """A slot that is due as well. `reason`: `priority` (a higher one has the place), `nothing` (it has nothing to show now),
    `shares` (it takes turns with the slot on screen)."""

    slot: SlotInput
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`frame`: what is on screen. `since`, `until` (UTC ms): the segment. `next_change`: when the segment gives way to another.
    `closed_reason`: `outside-hours`, `no-window-today` or `no-hours` when black. `hours`: the version in force on `day`."""

    face: str
    instant: int
    frame: FrameResult
    since: int
    until: int
    day: date
    holiday: bool
    hours: HoursSpec | None
    closed_reason: str = ""
    slot: SlotInput | None = None
    programme: ProgrammeInput | None = None
    item: ItemInput | None = None
    language: str = ""
    proof: str = ""
    rivals: tuple[Rival, ...] = ()


def explain(inputs: ScheduleInputs, compiled: Compiled, face: str, instant_ms: int) -> Explanation:
    """Explains an instant within the horizon of `compiled`, which was compiled from `inputs`. Raises `KeyError` for an unknown face
    and `ValueError` for an instant that the schedule does not cover."""
    schedule = compiled.schedule
    index = ScheduleIndex(schedule)
    shown = frame(index, None, face, instant_ms)
    number = index.segment(face, instant_ms)
    if number < 0 or instant_ms >= schedule.valid_until:
        raise ValueError(f"The schedule does not cover {instant_ms}.")
    segment, why = schedule.faces[face].segments[number], compiled.why[face][number]
    calendar = Calendar(inputs.cluster.timezone, inputs.cluster.hours, inputs.cluster.holidays)
    day = why.opening.day if why.opening else calendar.day_of(instant_ms)
    hours = calendar.version(day)
    closed = ""
    if segment.kind == "closed":
        closed = "no-hours" if hours is None else "outside-hours" if calendar.windows(day) else "no-window-today"
    origin = None
    if segment.loop and why.origins:
        origin = why.origins[index.place(segment, instant_ms).number]
    slots = {one.id: one for one in inputs.slots}
    return Explanation(
        face=face,
        instant=instant_ms,
        frame=shown,
        since=segment.from_,
        until=segment.until,
        day=day,
        holiday=day in inputs.cluster.holidays,
        hours=hours,
        closed_reason=closed,
        slot=slots[origin.slot] if origin else None,
        programme=inputs.programmes[origin.programme] if origin else None,
        item=inputs.items[origin.item] if origin else None,
        language=origin.language if origin else "",
        proof=schedule.scenes[shown.scene].proof if shown.scene else "",
        rivals=_rivals(why.winning, why.losing, slots, origin),
    )


def _rivals(
    winning: tuple[str, ...], losing: tuple[str, ...], slots: dict[str, SlotInput], origin: Origin | None
) -> tuple[Rival, ...]:
    found = [Rival(slots[one], "shares") for one in winning if origin is None or one != origin.slot]
    highest = max((slots[one].priority for one in winning), default=-1)
    found += [Rival(slots[one], "priority" if slots[one].priority < highest else "nothing") for one in losing]
    return tuple(found)
