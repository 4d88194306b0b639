"""`frame()`: what a face shows at an instant. Pure; finds its way by bisection. Mirrored in `player_web/src/core/frame.js`;
both run the vectors of `tests/vectors/frame/`.

Which schedule is in force is not its matter: it answers from the one it is given, also before its `valid_from`.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from cms.schedule.format import Alert, Blackout, Notices, Power, Scene, Schedule, Segment

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS
FOREVER = 2**53 - 1
"""The largest whole number that JavaScript keeps exactly; stands for "no end known"."""


@dataclass(frozen=True, slots=True)
class FrameResult:
    """`kind` closed, blackout → black and silent. `scene` is shown at `offset_ms` since it came in; while it comes in,
    `previous` is the scene underneath (None: black) at `previous_offset_ms` and `progress` runs 0…1, linear in time: how it
    comes in is the transition of `scene`, easing is the drawer's matter. `until` is the next instant at which anything but
    offsets changes, or at which a loop of one scene starts anew. `withdrawn` says that the fallback stands in for a
    withdrawn scene."""

    kind: Literal["programme", "fallback", "closed", "blackout", "alert"]
    scene: str | None
    offset_ms: int
    until: int
    previous: str | None = None
    previous_offset_ms: int = 0
    progress: float = 1.0
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in a loop: the entry, when it began, when it ends, its place in the loop and how many there are."""

    scene: str
    began: int
    ends: int
    number: int
    count: int


class ScheduleIndex:
    """A schedule made ready for many questions: starts of segments and ends of loop entries, each looked up by
    bisection. Loops are summed when first asked for."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}

    def segment(self, face: str, instant: int) -> int:
        """The number of the segment that holds an instant; -1 before the first. Raises `KeyError` for an unknown face."""
        if face not in self._starts:
            self._starts[face] = [one.from_ for one in self.schedule.faces[face].segments]
        return bisect_right(self._starts[face], instant) - 1

    def place(self, segment: Segment, instant: int) -> _Place:
        """The entry of a segment's loop at an instant. The place in the loop is `(instant - from) mod length`."""
        loop, turns = self.schedule.loops[segment.loop or ""], self.schedule.turns
        if segment.loop not in self._ends:
            self._ends[segment.loop or ""] = list(accumulate(turns[one][1] for one in loop))
        ends = self._ends[segment.loop or ""]
        turn, inside = divmod(instant - segment.from_, ends[-1])
        number = bisect_right(ends, inside)
        base = segment.from_ + turn * ends[-1]
        return _Place(
            turns[loop[number]][0], base + (ends[number - 1] if number else 0), base + ends[number], number, len(ends)
        )


def frame(schedule: Schedule | ScheduleIndex, notices: Notices | None, face: str, instant_ms: int) -> FrameResult:
    """What `face` shows at `instant_ms` (UTC). Blackout beats alerts, alerts beat everything else, also closing hours.
    Raises `KeyError` when the schedule has no such face."""
    index = schedule if isinstance(schedule, ScheduleIndex) else ScheduleIndex(schedule)
    if face not in index.schedule.faces:
        raise KeyError(face)
    blackouts = [one for one in notices.blackout if face in one.faces] if notices else []
    alerts = [one for one in notices.alerts if face in one.faces] if notices else []
    dark = _dark_until(blackouts, instant_ms)
    if dark is not None:
        return FrameResult("blackout", None, 0, dark)
    # What begins later ends what is shown now.
    limit = min((one.from_ for one in (*blackouts, *alerts) if one.from_ > instant_ms), default=FOREVER)
    active = [one for one in alerts if one.from_ <= instant_ms < one.until]
    if active and notices:
        return _alert(
            index.schedule, notices, max(active, key=lambda one: (one.from_, one.id)), active, instant_ms, limit
        )
    withdrawn = frozenset(notices.withdrawn) if notices else frozenset()
    if instant_ms >= index.schedule.valid_until:
        return _afterwards(index, face, instant_ms, limit)
    number = index.segment(face, instant_ms)
    segments = index.schedule.faces[face].segments
    if number < 0 or instant_ms >= segments[number].until:
        following = segments[number + 1].from_ if number + 1 < len(segments) else index.schedule.valid_until
        return FrameResult("closed", None, 0, min(following, limit))
    segment = segments[number]
    if segment.kind == "closed" or segment.loop is None:
        return FrameResult("closed", None, 0, min(segment.until, limit))
    return _playing(index, withdrawn, segments, number, instant_ms, limit)


def _playing(
    index: ScheduleIndex, withdrawn: frozenset[str], segments: list[Segment], number: int, instant: int, limit: int
) -> FrameResult:
    segment, schedule = segments[number], index.schedule
    place = index.place(segment, instant)
    shown, gone = _standing_in(schedule, withdrawn, place.scene)
    kind: Literal["programme", "fallback"] = "fallback" if shown == schedule.fallback else "programme"
    offset, until = instant - place.began, min(place.ends, segment.until, limit)
    first = place.began == segment.from_
    coming = _coming(schedule.scenes[shown], place.ends - place.began)
    if offset >= coming or (place.count == 1 and not first):
        return FrameResult(kind, shown, offset, until, withdrawn=gone)
    before = _before(index, segments, number, place)
    result = FrameResult(
        kind, shown, offset, min(until, place.began + coming), progress=offset / coming, withdrawn=gone
    )
    if before is None:
        return result
    previous, _ = _standing_in(schedule, withdrawn, before.scene)
    return FrameResult(kind, shown, offset, result.until, previous, instant - before.began, result.progress, gone)


def _before(index: ScheduleIndex, segments: list[Segment], number: int, place: _Place) -> _Place | None:
    """What was on before a loop entry came in: the entry before it, or at the start of a segment the last one of the
    segment that ran up to it; None (black) after closed."""
    segment = segments[number]
    if place.began > segment.from_:
        return index.place(segment, place.began - 1)
    if number == 0 or segments[number - 1].loop is None or segments[number - 1].until != segment.from_:
        return None
    return index.place(segments[number - 1], segment.from_ - 1)


def _standing_in(schedule: Schedule, withdrawn: frozenset[str], scene: str) -> tuple[str, bool]:
    """The scene itself, or the fallback where its item or its proof is withdrawn."""
    if withdrawn:
        known = schedule.scenes[scene]
        if known.item in withdrawn or known.proof in withdrawn:
            return schedule.fallback, True
    return scene, False


def _coming(scene: Scene, shown_ms: int) -> int:
    return 0 if scene.transition.kind == "cut" else min(scene.transition.ms, shown_ms)


def _dark_until(blackouts: list[Blackout], instant: int) -> int | None:
    """When the darkness that covers an instant ends; blackouts that follow without a gap count as one."""
    end, dark = instant, True
    while dark:
        reach = max((one.until for one in blackouts if one.from_ <= end < one.until), default=end)
        dark, end = reach > end, reach
    return end if end > instant else None


def _alert(
    schedule: Schedule, notices: Notices, alert: Alert, active: list[Alert], instant: int, limit: int
) -> FrameResult:
    """The alert that began last owns the face, at once and without a transition; its scene repeats until it ends. Black
    where nobody has its picture: what it displaces is not to be seen."""
    scene = notices.scenes.get(alert.scene) or schedule.scenes.get(alert.scene)
    if scene is None:
        return FrameResult("blackout", None, 0, min(alert.until, limit))
    turn, offset = divmod(instant - alert.from_, scene.duration) if scene.duration else (0, instant - alert.from_)
    again = alert.from_ + (turn + 1) * scene.duration if scene.duration else FOREVER
    return FrameResult("alert", alert.scene, offset, min(alert.until, again, limit))


def _week_before_end(index: ScheduleIndex, face: str, instant: int) -> int:
    """How far to go back from an instant after `valid_until` to the same time of the schedule's last week (of its last
    whole days, where it is shorter)."""
    schedule = index.schedule
    segments = schedule.faces[face].segments
    known = schedule.valid_until - segments[0].from_ if segments else 0
    period = WEEK_MS if known >= WEEK_MS else max(DAY_MS, known // DAY_MS * DAY_MS)
    return ((instant - schedule.valid_until) // period + 1) * period


def _afterwards(index: ScheduleIndex, face: str, instant: int, limit: int) -> FrameResult:
    """After `valid_until` the last week's closing hours repeat, with the fallback between them."""
    schedule, back = index.schedule, _week_before_end(index, face, instant)
    segments = schedule.faces[face].segments
    number = index.segment(face, instant - back)
    if number < 0 or instant - back >= segments[number].until:
        following = segments[number + 1].from_ if number + 1 < len(segments) else schedule.valid_until
        return FrameResult("closed", None, 0, min(following + back, limit))
    segment = segments[number]
    end = min(segment.until + back, limit)
    if segment.loop is None:
        return FrameResult("closed", None, 0, end)
    began, scene = segment.from_ + back, schedule.scenes[schedule.fallback]
    turn, offset = divmod(instant - began, scene.duration)
    until = min(began + (turn + 1) * scene.duration, end)
    after_black = number > 0 and segments[number - 1].loop is None
    coming = _coming(scene, scene.duration)
    if after_black and turn == 0 and offset < coming:
        return FrameResult("fallback", schedule.fallback, offset, min(until, began + coming), progress=offset / coming)
    return FrameResult("fallback", schedule.fallback, offset, until)


def power(schedule: Schedule | ScheduleIndex, face: str, instant_ms: int) -> Power | None:
    """The power entry of a face at an instant, shifted to it after `valid_until` like `frame`; None where none says."""
    index = schedule if isinstance(schedule, ScheduleIndex) else ScheduleIndex(schedule)
    back = _week_before_end(index, face, instant_ms) if instant_ms >= index.schedule.valid_until else 0
    entries = index.schedule.power.get(face, [])
    number = bisect_right(entries, instant_ms - back, key=lambda entry: entry.from_) - 1
    if number < 0 or instant_ms - back >= entries[number].until:
        return None
    found = entries[number]
    return found.model_copy(update={"from_": found.from_ + back, "until": found.until + back})
