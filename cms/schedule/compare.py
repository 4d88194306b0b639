"""Where two schedules of one cluster differ: spans in which a face shows other items, other pictures, or the same at other
times. Pure; the words are made in `cms.programmes.differences`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from cms.schedule.format import Schedule, Segment
from cms.schedule.frame import ScheduleIndex

Kind = Literal["programme", "fallback", "closed"]
Change = Literal["items", "pictures", "order"]


@dataclass(frozen=True, slots=True)
class Showing:
    """What a face shows during a span: the item translations (`<key>:<language>`) of the loop and their proofs. Nothing while
    closed."""

    kind: Kind
    proofs: frozenset[tuple[str, str]] = frozenset()

    @property
    def items(self) -> frozenset[str]:
        return frozenset(item for item, _proof in self.proofs)


CLOSED = Showing("closed")


@dataclass(frozen=True, slots=True)
class Difference:
    """`change`: other `items` (or lit instead of closed), the same items in other `pictures`, or the same pictures in another
    `order`, share or phase. Spans are UTC ms, half open."""

    from_: int
    until: int
    face: str
    change: Change
    before: Showing
    after: Showing


@dataclass(frozen=True, slots=True)
class _Round:
    """One pass through a loop on a face. `turns`: (item, proof, layers, ms)."""

    turns: tuple[Any, ...]
    length: int
    showing: Showing


class _Side:
    """A schedule that is asked what its segments show on a face."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.index = ScheduleIndex(schedule)
        self._rounds: dict[tuple[str, str], _Round] = {}

    def segment(self, face: str, instant: int) -> Segment | None:
        """The segment that holds an instant; None where the face is not lit or not known."""
        if face not in self.schedule.faces:
            return None
        number = self.index.segment(face, instant)
        found = self.schedule.faces[face].segments[number] if number >= 0 else None
        return found if found and found.loop is not None and instant < found.until else None

    def bounds(self, face: str, start: int, end: int) -> Iterator[int]:
        for one in self.schedule.faces[face].segments if face in self.schedule.faces else ():
            yield from (at for at in (one.from_, one.until) if start < at < end)

    def round(self, face: str, segment: Segment) -> _Round:
        key = segment.loop or "", face
        if key not in self._rounds:
            schedule = self.schedule
            turns = []
            for place in schedule.loops[key[0]]:
                name, ms = schedule.turns[place]
                scene = schedule.scenes[name]
                turns.append((scene.item, scene.proof, tuple(scene.faces.get(face, ())), ms))
            proofs = frozenset((item, proof) for item, proof, _layers, _ms in turns)
            showing = Showing("fallback" if segment.kind == "fallback" else "programme", proofs)
            self._rounds[key] = _Round(tuple(turns), sum(one[3] for one in turns), showing)
        return self._rounds[key]


def common_span(before: Schedule, after: Schedule, from_ms: int, until_ms: int) -> tuple[int, int]:
    """The part of [from, until) that both schedules cover; empty (from ≥ until) when there is none."""
    starts = [line.segments[0].from_ for one in (before, after) for line in one.faces.values() if line.segments]
    return max([from_ms, *starts]), min(until_ms, before.valid_until, after.valid_until)


def differences(before: Schedule, after: Schedule, from_ms: int, until_ms: int) -> tuple[Difference, ...]:
    """What changes in [from, until), as far as both cover it, when `after` takes the place of `before`. In order of time, then of
    faces; neighbouring spans with the same change are one."""
    start, end = common_span(before, after, from_ms, until_ms)
    sides = _Side(before), _Side(after)
    found = [
        one
        for face in sorted({*before.faces, *after.faces})
        for one in _joined(_on_face(sides[0], sides[1], face, start, end))
    ]
    return tuple(sorted(found, key=lambda one: (one.from_, one.face)))


def _on_face(before: _Side, after: _Side, face: str, start: int, end: int) -> Iterator[Difference]:
    if start >= end:
        return
    bounds = sorted({start, end, *before.bounds(face, start, end), *after.bounds(face, start, end)})
    for from_, until in pairwise(bounds):
        old, new = before.segment(face, from_), after.segment(face, from_)
        was = before.round(face, old) if old else None
        now = after.round(face, new) if new else None
        showing = was.showing if was else CLOSED, now.showing if now else CLOSED
        change: Change | None = None
        if showing[0].kind != showing[1].kind or showing[0].items != showing[1].items:
            change = "items"
        elif was and now and old and new:
            if showing[0].proofs != showing[1].proofs:
                change = "pictures"
            elif was.turns != now.turns or (len(was.turns) > 1 and (old.from_ - new.from_) % was.length):
                change = "order"
        if change:
            yield Difference(from_, until, face, change, *showing)


def _joined(found: Iterator[Difference]) -> list[Difference]:
    joined: list[Difference] = []
    for one in found:
        last = joined[-1] if joined else None
        if last and last.until == one.from_ and replace(last, from_=one.from_, until=one.until) == one:
            joined[-1] = replace(last, until=one.until)
        else:
            joined.append(one)
    return joined
