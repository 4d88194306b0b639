"""`compile_schedule()`: frozen inputs to a schedule document. Pure and deterministic: same inputs, same bytes, on any machine.

Order of work: check slots → openings → stretches (who is on when) → loops → document. Everything that an editor should
know is a diagnostic; nothing is dropped in silence.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta

from cms.plugin_api.types import JSON, canonical, sha256
from cms.schedule import checks
from cms.schedule.calendar import Calendar, Opening
from cms.schedule.format import Schedule
from cms.schedule.inputs import Diagnostic, ScheduleInputs, SlotInput
from cms.schedule.loops import Order, Step, take_turns
from cms.schedule.programmes import members, round_of
from cms.schedule.scenes import Playable, SceneBook
from cms.schedule.steps import slot_faces, steps
from cms.schedule.timeline import Contenders, Stretch, bits, stretches

LOOKBACK_DAYS = 8
"""How far before the horizon openings are looked up, so that a segment that began earlier keeps its true start."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a loop's entry comes from: its slot, programme, item key and language."""

    slot: str
    programme: str
    item: str
    language: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a segment is as it is. `winning`: slots in it; `losing`: due, but of lower priority or with nothing to show.
    `origins` runs parallel to the segment's loop; empty when closed or fallback."""

    opening: Opening | None
    winning: tuple[str, ...]
    losing: tuple[str, ...]
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """`document`: canonical JSON (RFC 8785) of format 1; `schedule`: the same, parsed; `why[face]` runs parallel to the
    face's segments."""

    document: bytes
    schedule: Schedule
    diagnostics: tuple[Diagnostic, ...]
    why: dict[str, tuple[Why, ...]]

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
        self.playable = self._playable()
        self.slots = self._slots()
        self._orders: dict[tuple[int, frozenset[str]], Order] = {}
        self._steps: dict[tuple[int, frozenset[str]], list[Step]] = {}
        self._loops: dict[tuple[int, frozenset[str], str], tuple[str, tuple[Origin, ...]]] = {}
        self._known_names: dict[int, tuple[str, ...]] = {}
        self.turns: dict[tuple[str, int], int] = {}
        self.loops: dict[str, list[int]] = {}

    def run(self) -> Compiled:
        fallback = self.book.fallback()
        first = self.inputs.first_day - timedelta(days=LOOKBACK_DAYS)
        last = self.inputs.first_day + timedelta(days=self.inputs.days - 1)
        every = self.calendar.openings(first, last)
        start = min(self.from_ms, self.inputs.valid_from_ms)
        openings = [one for one in every if one.end > start and one.start < self.until_ms]
        closed_since = max((one.end for one in every if one.end <= start), default=self.calendar.at(first, 0))
        contenders = self._contenders()
        lines = stretches(contenders, self.inputs.items, self.calendar, openings)
        self._prepare_orders(lines)
        faces: dict[str, JSON] = {}
        power: dict[str, JSON] = {}
        why: dict[str, tuple[Why, ...]] = {}
        for face in self.cluster.geometry.faces:
            segments, reasons = self._segments(face.id, lines[face.id], closed_since, fallback)
            faces[face.id] = {"segments": segments}
            power[face.id] = _power(segments)
            why[face.id] = tuple(reasons)
        checks.outcome(self.inputs, self.slots, self.calendar, openings, lines, self.from_ms, self.diagnostics)
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
        data = written(document)
        return Compiled(data, Schedule.model_validate_json(data), checks.ordered(self.diagnostics), why)

    def _playable(self) -> dict[str, tuple[Playable, ...]]:
        """Every item's translations that can be shown, and what is missing."""
        named = {item for programme in self.inputs.programmes for item in members(self.inputs.programmes, programme)}
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
        items = round_of(self.inputs.programmes, slot.programme)
        return [item for item in items if item in self.playable and item not in invalid]

    def _contenders(self) -> Contenders:
        geometry = self.cluster.geometry
        on_face = {face.id: 0 for face in geometry.faces}
        for bit, slot in enumerate(self.slots):
            for face in slot_faces(geometry, slot.faces):
                on_face[face.id] |= 1 << bit
        return Contenders(self.slots, on_face, tuple(frozenset(self._items(slot)) for slot in self.slots))

    def _slot_steps(self, bit: int, invalid: frozenset[str]) -> list[Step]:
        slot = self.slots[bit]
        gone = invalid & frozenset(members(self.inputs.programmes, slot.programme)) if invalid else invalid
        if (bit, gone) not in self._steps:
            mode = slot.mode or self.cluster.mode
            self._steps[bit, gone] = steps(
                mode, self._items(slot, gone), self.playable, self.cluster.geometry, slot.faces
            )
        return self._steps[bit, gone]

    def _prepare_orders(self, lines: dict[str, list[Stretch]]) -> None:
        """One order of turns for each set of slots that shares faces, as long as its longest stretch needs. All faces with
        the same slots follow the same order, hence change together."""
        longest: dict[tuple[int, frozenset[str]], int] = {}
        for line in lines.values():
            for one in line:
                if one.winning:
                    key = (one.winning, one.invalid)
                    longest[key] = max(longest.get(key, 0), one.end - one.start)
        for key, limit in longest.items():
            members = bits(key[0])
            sequences = [[step.duration for step in self._slot_steps(bit, key[1])] for bit in members]
            order = take_turns(sequences, [self.slots[bit].weight for bit in members], limit)
            self._orders[key] = order
            checks.order(self.slots, members, order, limit, self.diagnostics)

    def _loop(self, stretch: Stretch, face: str) -> tuple[str, tuple[Origin, ...]]:
        key = (stretch.winning, stretch.invalid, face)
        if key not in self._loops:
            members = bits(stretch.winning)
            sequences = [self._slot_steps(bit, stretch.invalid) for bit in members]
            entries: list[tuple[str, int]] = []
            origins: list[Origin] = []
            for number, step in self._orders[stretch.winning, stretch.invalid].turns:
                slot, turn = self.slots[members[number]], sequences[number][step]
                language, scenes = turn.faces[face]
                entries.extend(scenes)
                origins.extend([Origin(slot.id, slot.programme, turn.item, language)] * len(scenes))
            self._loops[key] = self._store(entries), tuple(origins)
        return self._loops[key]

    def _names(self, mask: int) -> tuple[str, ...]:
        if mask not in self._known_names:
            self._known_names[mask] = tuple(self.slots[bit].id for bit in bits(mask))
        return self._known_names[mask]

    def _store(self, entries: list[tuple[str, int]]) -> str:
        """Loops are named by their content, so equal ones are stored once."""
        self.book.used.update(scene for scene, _ in entries)
        name = sha256(written(entries))[:16]
        if name not in self.loops:
            self.loops[name] = [self.turns.setdefault(one, len(self.turns)) for one in entries]
        return name

    def _segments(
        self, face: str, line: list[Stretch], closed_since: int, fallback: str
    ) -> tuple[list[JSON], list[Why]]:
        segments: list[JSON] = []
        reasons: list[Why] = []
        reached = closed_since
        for one in line:
            if one.start >= self.until_ms:
                break
            if one.start > reached:
                segments.append({"from": reached, "until": one.start, "kind": "closed", "loop": None})
                reasons.append(Why(None, (), (), ()))
            origins: tuple[Origin, ...] = ()
            if one.winning:
                kind, (loop, origins) = "programme", self._loop(one, face)
            else:
                kind, loop = "fallback", self._store([(fallback, self.inputs.fallback.scene.duration_ms)])
            segments.append({"from": one.start, "until": min(one.end, self.until_ms), "kind": kind, "loop": loop})
            losing = one.wanted & ~one.winning
            reasons.append(Why(one.opening, self._names(one.winning), self._names(losing), origins))
            reached = one.end
        if reached < self.until_ms:
            segments.append({"from": reached, "until": self.until_ms, "kind": "closed", "loop": None})
            reasons.append(Why(None, (), (), ()))
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
