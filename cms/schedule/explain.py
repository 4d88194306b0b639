"""Why a face shows what it shows at an instant: the slots, the programme, the item, the rule and the clause of the operating hours,
who else wanted the place and why they lost it, and when it changes. Pure; the sentences are made in `cms.programmes.explanations`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from cms.plugin_api.types import HoursSpec, Window
from cms.schedule.calendar import Calendar, Opening, merged
from cms.schedule.compile import Compiled, Origin, Why
from cms.schedule.format import Alert, Blackout, Notices, Schedule, Segment
from cms.schedule.frame import FrameResult, ScheduleIndex, frame
from cms.schedule.inputs import ItemInput, ProgrammeInput, ScheduleInputs, SlotInput
from cms.schedule.programmes import members
from cms.schedule.recurrence import airs_on
from cms.schedule.steps import shows
from cms.schedule.timeline import valid_on

Reason = Literal["shares", "priority", "limited", "empty", "unapproved", "language", "missing", "outdated", "unfit"]


@dataclass(frozen=True, slots=True)
class Rival:
    """A slot that is due as well. `reason`: it `shares` the time (`share`, 0…1; `limited`: its limit keeps it from some turns); a
    higher `priority` has the place; or it has nothing to show: its programme is `empty`, nothing is approved (`unapproved`), not
    in the slot's languages (`language`), what is approved is left out where the faces' languages are `missing`, all is out of date
    (`outdated`), or the pictures do not fit (`unfit`)."""

    slot: SlotInput
    reason: Reason
    share: float = 0.0
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """What makes a slot due: the day its rule names (an overnight window belongs to the day it starts) and the window; None: the
    whole of that day's operating hours."""

    day: date
    window: Window | None


@dataclass(frozen=True, slots=True)
class Following:
    """What comes at `at` (UTC ms): the next item within the arrangement, or the slots of the next arrangement. `kind` closed: black."""

    at: int
    kind: Literal["programme", "closed", "fallback"]
    item: ItemInput | None = None
    language: str = ""
    slots: tuple[SlotInput, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Times are UTC ms. `frame`: what is on screen. Everything else is what the schedule says, also where a notice covers it:

    - `since`, `until`: the arrangement (segment); `turn`: the next item in it, None where the picture stays; `after`: the arrangement
      after it, None where the schedule ends; `lit_until`: end of the operating hours, `lit_from`: when they begin again (None: not
      within the schedule, which knows the days before `known_until`).
    - `closed_reason`: `outside-hours`, `no-window-today` or `no-hours` when black; `hours`: the version in force on `day`,
      `windows` those of that day, `holiday` its kind, empty on other days.
    - `slot`, `due`, `way` (the slot's programme and those within it down to the item's; `found`: by a filter), `item`, `language`,
      `translation` (`<item>:<language>`) and `proof`. None of them at the neutral picture; `paused`: slots are due, but their limits
      let none of them play now; `held`: the slot whose item lacks the language that is due, so that its programme holds the neutral
      picture. `share`: the slot's part of the time; `limited`: a limit keeps it from some turns; `graced`: the
      item is out of date, within its days of grace.
    - `notice_since`, `notice_until`: the blackout or the alert on screen; None where neither is."""

    face: str
    instant: int
    frame: FrameResult
    since: int
    until: int
    known_until: int
    day: date
    holiday: str
    hours: HoursSpec | None
    windows: tuple[Window, ...]
    closed_reason: str = ""
    slot: SlotInput | None = None
    due: Due | None = None
    way: tuple[ProgrammeInput, ...] = ()
    found: bool = False
    item: ItemInput | None = None
    language: str = ""
    translation: str = ""
    proof: str = ""
    share: float = 0.0
    limited: bool = False
    graced: bool = False
    paused: bool = False
    held: SlotInput | None = None
    rivals: tuple[Rival, ...] = ()
    turn: Following | None = None
    after: Following | None = None
    lit_until: int | None = None
    lit_from: int | None = None
    notice_since: int | None = None
    notice_until: int | None = None

    @property
    def programme(self) -> ProgrammeInput | None:
        """The slot's programme."""
        return self.way[0] if self.way else None


def explain(
    inputs: ScheduleInputs, compiled: Compiled, face: str, instant_ms: int, notices: Notices | None = None
) -> Explanation:
    """Explains an instant within the horizon of `compiled`, which was compiled from `inputs`. Raises `KeyError` for an unknown face
    and `ValueError` for an instant that the schedule does not cover."""
    return _Explainer(inputs, compiled, face, instant_ms, notices).run()


def due_at(slot: SlotInput, calendar: Calendar, opening: Opening, instant_ms: int) -> Due | None:
    """What makes a slot due at an instant of an opening; None when it is not."""
    if not slot.windows:
        return Due(opening.day, None) if airs_on(slot, opening.day, calendar.holidays) else None
    today = calendar.day_of(instant_ms)
    for day in (today, today - timedelta(days=1)):
        for window in merged(slot.windows):
            inside = calendar.at(day, window.start_min) <= instant_ms < calendar.at(day, window.end_min)
            if inside and airs_on(slot, day, calendar.holidays):
                return Due(day, window)
    return None


def way_to(
    programmes: Mapping[str, ProgrammeInput], programme: str, item: str
) -> tuple[tuple[ProgrammeInput, ...], bool]:
    """The shortest way from a programme through those within it to the one that holds an item, and whether a filter found it."""
    ways: list[tuple[ProgrammeInput, ...]] = [(programmes[programme],)]
    seen = {programme}
    for way in ways:
        for entry in way[-1].entries:
            if entry.item == item:
                return way, False
            if item in entry.feed:
                return way, True
            if entry.programme in programmes and entry.programme not in seen:
                seen.add(entry.programme)
                ways.append((*way, programmes[entry.programme]))
    return ways[0], False


class _Explainer:
    def __init__(
        self, inputs: ScheduleInputs, compiled: Compiled, face: str, instant: int, notices: Notices | None
    ) -> None:
        self.inputs, self.face, self.instant, self.notices = inputs, face, instant, notices
        self.schedule: Schedule = compiled.schedule
        self.index = ScheduleIndex(self.schedule)
        self.number = self.index.segment(face, instant)
        if self.number < 0 or instant >= self.schedule.valid_until:
            raise ValueError(f"The schedule does not cover {instant}.")
        self.segments: Sequence[Segment] = self.schedule.faces[face].segments
        self.reasons: Sequence[Why] = compiled.why[face]
        self.calendar = Calendar(inputs.cluster.timezone, inputs.cluster.hours, inputs.cluster.holidays)
        self.slots = {one.id: one for one in inputs.slots}

    def run(self) -> Explanation:
        segment, why = self.segments[self.number], self.reasons[self.number]
        day = why.opening.day if why.opening else self.calendar.day_of(self.instant)
        hours, windows = self.calendar.version(day), self.calendar.windows(day)
        closed = ""
        if segment.kind == "closed":
            closed = "no-hours" if hours is None else "outside-hours" if windows else "no-window-today"
        return Explanation(
            face=self.face,
            instant=self.instant,
            frame=frame(self.index, self.notices, self.face, self.instant),
            since=segment.from_,
            until=segment.until,
            known_until=self.schedule.valid_until,
            day=day,
            holiday=self.inputs.cluster.holidays.get(day, ""),
            hours=hours,
            windows=windows,
            closed_reason=closed,
            after=self._after(),
            lit_until=None if closed else self._lit_until(),
            lit_from=self._lit_from() if closed else None,
            **self._notice(),
            **self._shown(segment, why),
        )

    def _shown(self, segment: Segment, why: Why) -> dict[str, Any]:
        """What the schedule shows and who else wanted the place."""
        if why.opening is None or segment.loop is None:
            return {}
        place = self.index.place(segment, self.instant)
        scene = self.schedule.scenes[place.scene]
        origins = why.origins
        origin = origins[place.number] if origins else None
        rivals = self._rivals(why, why.opening, origin)
        if origin is None:
            turn = self._turn(segment, place.ends, place.count, origins)
            return {
                "translation": scene.item, "proof": scene.proof, "rivals": rivals, "turn": turn, "paused": bool(origins)
            }  # fmt: skip
        slot = self.slots[origin.slot]
        if not origin.item:
            turn = self._turn(segment, place.ends, place.count, origins)
            return {"translation": scene.item, "proof": scene.proof, "rivals": rivals, "turn": turn, "held": slot}
        item = self.inputs.items[origin.item]
        way, found = way_to(self.inputs.programmes, slot.programme, origin.item)
        today = self.calendar.day_of(self.instant)
        return {
            "slot": slot,
            "due": due_at(slot, self.calendar, why.opening, self.instant),
            "way": way,
            "found": found,
            "item": item,
            "language": origin.language,
            "translation": scene.item,
            "proof": scene.proof,
            "share": why.share(slot.id),
            "limited": slot.id in why.limited,
            "graced": item.valid_until is not None and item.valid_until < today,
            "rivals": rivals,
            "turn": self._turn(segment, place.ends, place.count, origins),
        }

    def _turn(self, segment: Segment, ends: int, count: int, origins: Sequence[Origin | None]) -> Following | None:
        """The turn after the present one; None where the loop has but one, or the arrangement ends first."""
        if count == 1 or ends >= segment.until:
            return None
        origin = origins[self.index.place(segment, ends).number]
        if origin is None or not origin.item:
            return Following(ends, "fallback")
        return Following(ends, "programme", self.inputs.items[origin.item], origin.language, (self.slots[origin.slot],))

    def _after(self) -> Following | None:
        """The arrangement after this one."""
        if self.number + 1 >= len(self.segments):
            return None
        following = self.segments[self.number + 1]
        slots = tuple(self.slots[one] for one in self.reasons[self.number + 1].winning)
        return Following(following.from_, following.kind, slots=slots)

    def _lit_until(self) -> int:
        """The end of the operating hours around the instant; windows that follow each other without a gap count as one."""
        number = self.number
        while number + 1 < len(self.segments) and self.segments[number + 1].kind != "closed":
            number += 1
        opening = self.reasons[number].opening
        return max(self.segments[number].until, opening.end if opening else 0)

    def _lit_from(self) -> int | None:
        following = (one.from_ for one in self.segments[self.number + 1 :] if one.kind != "closed")
        return next(following, None)

    def _notice(self) -> dict[str, Any]:
        """Since when and until when the blackout (or the alert, where none) that covers the instant is in force."""
        if self.notices is None:
            return {}
        shown = frame(self.index, self.notices, self.face, self.instant)
        every: list[Blackout | Alert] = [*self.notices.blackout, *self.notices.alerts]
        told = [one for one in every if self.face in one.faces]
        covering = [one for one in told if one.from_ <= self.instant < one.until]
        if shown.kind == "blackout":
            begun = [one.from_ for one in covering if isinstance(one, Blackout)] or [one.from_ for one in covering]
            return {"notice_since": min(begun), "notice_until": shown.until}
        if shown.kind == "alert":
            # Its scene starts anew again and again; what ends it is its end, or what begins after it.
            alert = max((one for one in covering if isinstance(one, Alert)), key=lambda one: (one.from_, one.id))
            later = [one.from_ for one in told if one.from_ > self.instant]
            return {"notice_since": alert.from_, "notice_until": min([alert.until, *later])}
        return {}

    def _rivals(self, why: Why, opening: Opening, origin: Origin | None) -> tuple[Rival, ...]:
        """The other slots that are due at this very instant: those that share first, the larger share before the smaller."""
        limited = set(why.limited)
        winning = [self.slots[one] for one in why.winning if origin is None or one != origin.slot]
        found = [Rival(one, "shares", why.share(one.id), one.id in limited) for one in winning]
        if origin is None:
            found = [Rival(one.slot, "limited", one.share, True) for one in found]
        found.sort(key=lambda one: -one.share)
        highest = max((self.slots[one].priority for one in why.winning), default=-1)
        losing = [self.slots[one] for one in why.losing]
        losing.sort(key=lambda one: -one.priority)
        for slot in losing:
            # An arrangement may go on while slots that lose anyway come and go.
            if due_at(slot, self.calendar, opening, self.instant) is not None:
                found.append(Rival(slot, self._nothing(slot) or ("priority" if slot.priority < highest else "unfit")))
        return tuple(found)

    def _nothing(self, slot: SlotInput) -> Reason | None:
        """Why a slot has nothing to show; None when it has something, as far as the records say."""
        keys = members(self.inputs.programmes, slot.programme)
        items = [self.inputs.items[key] for key in keys if key in self.inputs.items]
        if not keys:
            return "empty"
        approved = [one for one in items if one.translations]
        if not approved:
            return "unapproved"
        spoken = [
            one
            for one in approved
            if not slot.languages or any(text.language in slot.languages for text in one.translations)
        ]
        if not spoken:
            return "language"
        if not any(self._comes_up(slot, one) for one in spoken):
            return "missing"
        today = self.calendar.day_of(self.instant)
        return None if any(valid_on(one, today) for one in spoken) else "outdated"

    def _comes_up(self, slot: SlotInput, item: ItemInput) -> bool:
        """Whether an item has a language that is due on some face, or the slot's programme shows it in another."""
        cluster = self.inputs.cluster
        spoken = (one.language for one in item.translations)
        languages = tuple(one for one in spoken if not slot.languages or one in slot.languages)
        rule = self.inputs.programmes[slot.programme].missing
        return shows(slot.mode or cluster.mode, languages, cluster.geometry, slot, rule)
