"""`compile_schedule()`: frozen inputs to a schedule document. Pure and deterministic: same inputs, same bytes, on any machine.

Order of work: check slots → openings → stretches (who is on when) → loops → document. Everything that an editor should
know is a diagnostic; nothing is dropped in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from cms.plugin_api.types import JSON, canonical, sha256
from cms.schedule import checks, shares
from cms.schedule.calendar import Calendar, Opening
from cms.schedule.format import Schedule
from cms.schedule.inputs import Diagnostic, ScheduleInputs, SlotInput
from cms.schedule.loops import PAUSE, Step
from cms.schedule.orders import Orders, Plan
from cms.schedule.programmes import Rounds
from cms.schedule.scenes import Playable, SceneBook
from cms.schedule.steps import gap_of, shows, slot_faces, steps
from cms.schedule.timeline import Contenders, Stretch, bits, stretches

LOOKBACK_DAYS = 8
"""How far before the horizon openings are looked up, so that a segment that began earlier keeps its true start."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a loop's entry comes from: its slot, programme, item key and language. No item: the neutral scene, held because the item
    whose turn it is lacks a language."""

    slot: str
    programme: str
    item: str
    language: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a segment is as it is. `plan`: what plays, None when closed or fallback. Slots are bits of `won` and `lost`, numbered as
    in `slots`, and named when somebody asks."""

    opening: Opening | None
    slots: tuple[SlotInput, ...] = ()
    won: int = 0
    lost: int = 0
    plan: Plan | None = None
    face: str = ""

    @property
    def winning(self) -> tuple[str, ...]:
        """Ids of the slots that take turns."""
        return tuple(self.slots[bit].id for bit in bits(self.won))

    @property
    def losing(self) -> tuple[str, ...]:
        """Ids of those that are due, but of lower priority or with nothing to show."""
        return tuple(self.slots[bit].id for bit in bits(self.lost))

    @property
    def limited(self) -> tuple[str, ...]:
        """Ids of those that a limit keeps from some of their turns."""
        return tuple(self.slots[self.plan.members[number]].id for number in self.plan.order.bound) if self.plan else ()

    @property
    def origins(self) -> tuple[Origin | None, ...]:
        """Parallel to the segment's loop: where each entry comes from, None while no slot may play."""
        if self.plan is None:
            return ()
        found: list[Origin | None] = []
        for number, step in self.plan.order.turns:
            if number == PAUSE:
                found.append(None)
                continue
            slot, turn = self.slots[self.plan.members[number]], self.plan.steps[number][step]
            language, scenes = turn.faces[self.face]
            item = turn.instead.get(self.face, turn.item)
            found.extend([Origin(slot.id, slot.programme, item, language)] * len(scenes))
        return tuple(found)

    def share(self, slot: str) -> float:
        """The part of its time (0…1) that a segment which repeats its loop gives to a slot."""
        members = [self.slots[bit].id for bit in self.plan.members] if self.plan else []
        if self.plan is None or slot not in members:
            return 0.0
        number, sequences = members.index(slot), self.plan.sequences()
        durations = self.plan.order.durations(sequences)
        turns = zip(self.plan.order.turns, durations, strict=True)
        return sum(duration for (one, _), duration in turns if one == number) / sum(durations)


@dataclass(frozen=True)
class Compiled:
    """`document`: canonical JSON (RFC 8785) of format 1; `schedule`: the same, parsed when first asked for; `why[face]` runs
    parallel to the face's segments."""

    document: bytes
    diagnostics: tuple[Diagnostic, ...]
    why: dict[str, tuple[Why, ...]]

    @cached_property
    def schedule(self) -> Schedule:
        return Schedule.model_validate_json(self.document)

    @property
    def sha256(self) -> str:
        return sha256(self.document)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key in which slot 9 comes before slot 10."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def written(document: JSON) -> bytes:
    """RFC 8785 bytes of a document without fractions. Where all is ASCII, Python's own encoder gives the same bytes, twenty
    times faster: keys then sort alike by code point and by UTF-16 unit."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode() if text.isascii() else canonical(document)


def compile_schedule(inputs: ScheduleInputs) -> Compiled:
    """The schedule of one cluster for its horizon. Raises `zoneinfo.ZoneInfoNotFoundError` for an unknown zone and `KeyError`
    when the fallback scene names an asset that the inputs do not hold; everything else that is wrong is a diagnostic."""
    return _Compiler(inputs).run()


class _Compiler:
    def __init__(self, inputs: ScheduleInputs) -> None:
        self.inputs = inputs
        self.cluster = inputs.cluster
        self.diagnostics: list[Diagnostic] = []
        self.calendar = Calendar(self.cluster.timezone, self.cluster.hours, self.cluster.holidays)
        self.book = SceneBook(inputs, self.diagnostics)
        self.from_ms = self.calendar.at(inputs.first_day, 0)
        self.until_ms = self.calendar.at(inputs.first_day + timedelta(days=inputs.days), 0)
        self.rounds = Rounds(inputs.programmes)
        self.playable = self._playable()
        self.slots = self._slots()
        self._gaps = {one.programme: gap_of(inputs, one.programme) for one in self.slots}
        self._steps: dict[tuple[int, frozenset[str]], list[Step]] = {}
        self._entries: dict[tuple[int, str], list[tuple[int, ...]]] = {}
        self._loops: dict[tuple[int, str], str] = {}
        self._by_turns: dict[tuple[int, ...], str] = {}
        self.turns: dict[tuple[str, int], int] = {}
        self.loops: dict[str, list[int]] = {}

    def run(self) -> Compiled:
        fallback = self.book.fallback()
        first = self.inputs.first_day - timedelta(days=LOOKBACK_DAYS)
        last = self.inputs.first_day + timedelta(days=self.inputs.days - 1)
        every = self.calendar.openings(first, last)
        start = min(self.from_ms, self.inputs.valid_from_ms)
        # One that ends just then is there for the fade: what goes before a scene is looked up in the segment before.
        openings = [one for one in every if one.end >= start and one.start < self.until_ms]
        closed_since = max((one.end for one in every if one.end <= start), default=self.calendar.at(first, 0))
        contenders = self._contenders()
        lines = stretches(contenders, self.inputs.items, self.calendar, openings)
        plans = Orders(self.slots, self._slot_steps, every).plan(lines)
        # Nothing is remarked of what ended before.
        yet = {face: [number for number, one in enumerate(line) if one.end > start] for face, line in lines.items()}
        coming = {face: [line[number] for number in yet[face]] for face, line in lines.items()}
        planned = {face: [plans[face][number] for number in yet[face]] for face in lines}
        shares.report(self.slots, coming, planned, self.diagnostics)
        faces: dict[str, JSON] = {}
        power: dict[str, JSON] = {}
        why: dict[str, tuple[Why, ...]] = {}
        for face in self.cluster.geometry.faces:
            segments, reasons = self._segments(face.id, lines[face.id], plans[face.id], closed_since, fallback)
            faces[face.id] = {"segments": segments}
            power[face.id] = _power(segments)
            why[face.id] = tuple(reasons)
        self.book.used.update(scene for scene, _ in self.turns)
        lit = [one for one in openings if one.end > start]
        checks.outcome(self.inputs, self.slots, self.calendar, lit, coming, self.from_ms, self.diagnostics)
        document = {
            "format": 1,
            "cluster": self.cluster.id,
            "valid_from": self.inputs.valid_from_ms,
            "valid_until": self.until_ms,
            "timezone": self.cluster.timezone,
            "controllers": _controllers(self.inputs),
            "assets": self.book.assets_json(),
            "scenes": self.book.scenes_json(),
            "turns": [list(one) for one in self.turns],
            "loops": self.loops,
            "faces": faces,
            "power": power,
            "standby": [],
            "fallback": fallback,
        }
        return Compiled(written(document), checks.ordered(self.diagnostics), why)

    def _playable(self) -> dict[str, tuple[Playable, ...]]:
        """Every item's translations that can be shown, and what is missing."""
        named = {item for programme in self.inputs.programmes for item in self.rounds.members(programme)}
        found = {}
        for key in sorted(named & set(self.inputs.items)):
            item = self.inputs.items[key]
            translations = [self.book.playable(one) for one in item.translations]
            found[key] = tuple(one for one in translations if one is not None)
        checks.items(self.inputs, found, self.diagnostics)
        return {key: translations for key, translations in found.items() if translations}

    def _slots(self) -> tuple[SlotInput, ...]:
        """The slots that make sense, in an order that does not depend on how they were gathered."""
        ordered = sorted(self.inputs.slots, key=lambda slot: natural(slot.id))
        return tuple(slot for slot in ordered if checks.slot_makes_sense(self.inputs, slot, self.diagnostics))

    def _items(self, slot: SlotInput, invalid: frozenset[str] = frozenset()) -> list[str]:
        items = self.rounds.round_of(slot.programme)
        return [item for item in items if item not in invalid and self._shown(slot, item)]

    def _shown(self, slot: SlotInput, item: str) -> bool:
        """Whether an item has a translation that the slot may show."""
        languages = tuple(one.language for one in self.playable.get(item, ()))
        if slot.languages:
            languages = tuple(one for one in languages if one in slot.languages)
        mode, rule = slot.mode or self.cluster.mode, self._gaps[slot.programme].rule
        return bool(languages) and shows(mode, languages, self.cluster.geometry, slot, rule)

    def _playable_in(self, slot: SlotInput) -> Mapping[str, tuple[Playable, ...]]:
        if not slot.languages:
            return self.playable
        return {
            item: tuple(one for one in translations if one.language in slot.languages)
            for item, translations in self.playable.items()
        }

    def _contenders(self) -> Contenders:
        geometry = self.cluster.geometry
        on_face = {face.id: 0 for face in geometry.faces}
        for bit, slot in enumerate(self.slots):
            for face in slot_faces(geometry, slot.faces):
                on_face[face.id] |= 1 << bit
        return Contenders(self.slots, on_face, tuple(frozenset(self._items(slot)) for slot in self.slots))

    def _slot_steps(self, bit: int, invalid: frozenset[str]) -> list[Step]:
        slot = self.slots[bit]
        gone = invalid & frozenset(self.rounds.members(slot.programme)) if invalid else invalid
        if (bit, gone) not in self._steps:
            mode = slot.mode or self.cluster.mode
            self._steps[bit, gone] = steps(
                mode,
                self._items(slot, gone),
                self._playable_in(slot),
                self.cluster.geometry,
                slot,
                self._gaps[slot.programme],
            )
        return self._steps[bit, gone]

    def _turn(self, scene: str, ms: int) -> int:
        """The place of a turn in the document."""
        return self.turns.setdefault((scene, ms), len(self.turns))

    def _loop(self, plan: Plan, face: str, fallback: str) -> str:
        """The loop of a face that follows a plan."""
        key = (id(plan), face)
        if key not in self._loops:
            entries: list[int] = []
            if plan.order.bound:
                self._add_limited(entries, plan, face, fallback)
            else:
                of_slot = [self._turns_of(steps, face) for steps in plan.steps]
                for number, step in plan.order.turns:
                    entries += of_slot[number][step]
            self._loops[key] = self._store(tuple(entries))
        return self._loops[key]

    def _add_limited(self, entries: list[int], plan: Plan, face: str, fallback: str) -> None:
        held = plan.order.longer
        for place, (number, step) in enumerate(plan.order.turns):
            if number == PAUSE:
                entries.append(self._turn(fallback, step))
                continue
            *scenes, (last, ms) = plan.steps[number][step].faces[face][1]
            entries.extend(self._turn(*one) for one in scenes)
            entries.append(self._turn(last, ms + held.get(place, 0)))

    def _turns_of(self, steps: list[Step], face: str) -> list[tuple[int, ...]]:
        """Each step of a slot as places of turns."""
        key = (id(steps), face)  # the lists live as long as the compiler
        if key not in self._entries:
            self._entries[key] = [tuple(self._turn(*one) for one in step.faces[face][1]) for step in steps]
        return self._entries[key]

    def _store(self, entries: tuple[int, ...]) -> str:
        """Equal loops are stored once; they are named by number, in the order in which they are first needed."""
        if entries not in self._by_turns:
            self._by_turns[entries] = name = str(len(self._by_turns))
            self.loops[name] = list(entries)
        return self._by_turns[entries]

    def _segments(
        self, face: str, line: list[Stretch], plans: list[Plan | None], closed_since: int, fallback: str
    ) -> tuple[list[JSON], list[Why]]:
        segments: list[JSON] = []
        reasons: list[Why] = []
        reached = closed_since
        for one, plan in zip(line, plans, strict=True):
            if one.start >= self.until_ms:
                break
            if one.start > reached:
                segments.append({"from": reached, "until": one.start, "kind": "closed", "loop": None})
                reasons.append(Why(None))
            if plan is not None:
                kind, loop = "programme", self._loop(plan, face, fallback)
            else:
                kind, loop = "fallback", self._store((self._turn(fallback, self.inputs.fallback.scene.duration_ms),))
            reasons.append(Why(one.opening, self.slots, one.winning, one.wanted & ~one.winning, plan, face))
            segments.append({"from": one.start, "until": min(one.end, self.until_ms), "kind": kind, "loop": loop})
            reached = one.end
        if reached < self.until_ms:
            segments.append({"from": reached, "until": self.until_ms, "kind": "closed", "loop": None})
            reasons.append(Why(None))
        return segments, reasons


def _power(segments: list[JSON]) -> list[JSON]:
    """On during operating hours, full brightness and sound; off while closed."""
    found: list[JSON] = []
    for segment in segments:
        on = segment["kind"] != "closed"
        if found and found[-1]["on"] == on and found[-1]["until"] == segment["from"]:
            found[-1]["until"] = segment["until"]
        else:
            level = 100 if on else 0
            found.append(
                {"from": segment["from"], "until": segment["until"], "on": on, "brightness": level, "volume": level}
            )
    return found


def _controllers(inputs: ScheduleInputs) -> JSON:
    document: dict[str, JSON] = {}
    for controller in inputs.cluster.controllers:
        entry: dict[str, JSON] = {
            "canvas": list(controller.canvas),
            "faces": {one.face: {"rect": list(one.rect), "rotation": one.rotation} for one in controller.placements},
        }
        if controller.audio_face:
            entry["audio"] = {"face": controller.audio_face}
        document[controller.id] = entry
    return document
