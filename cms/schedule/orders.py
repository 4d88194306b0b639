"""Who plays when within each stretch: one order of turns for all faces that play the same slots at the same time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cms.schedule import requirements
from cms.schedule.calendar import Opening
from cms.schedule.inputs import SlotInput
from cms.schedule.limits import Limit, ready_after, take_limited_turns
from cms.schedule.loops import PAUSE, Order, Step, take_turns
from cms.schedule.timeline import Stretch, bits

Gone = frozenset[str]
StepsOf = Callable[[int, Gone], list[Step]]
Key = tuple[int, Gone, tuple[tuple[int, int], ...]]
"""The slots that win, the items out of date, and by slot the factors of required time (`requirements`); those are mostly none."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What plays in a stretch: the slots that share it, each one's steps, and the order of their turns."""

    members: tuple[int, ...]
    steps: tuple[list[Step], ...]
    order: Order

    def sequences(self) -> list[list[int]]:
        return [[step.duration for step in steps] for steps in self.steps]

    def shown_ms(self, number: int, length: int) -> int:
        """How long a member (its place in `members`) is on within a stretch of `length` ms."""
        durations = self.order.durations(self.sequences())
        period, at, got, first = sum(durations), 0, 0, 0
        for (slot, _), duration in zip(self.order.turns, durations, strict=True):
            if slot == number:
                got += duration
                first += max(0, min(duration, length % period - at))
            at += duration
        return length // period * got + first


class Orders:
    """Plans for all stretches of all faces. Faces with the same slots in the same stretch follow the same plan, hence change
    together. Stretches that ask for the same are given the same plan, so that the document holds it once."""

    def __init__(self, slots: Sequence[SlotInput], steps_of: StepsOf, openings: Sequence[Opening]) -> None:
        """`openings`: also those before the first stretch."""
        self._slots, self._steps_of = slots, steps_of
        self._limits = [Limit.of(slot) for slot in slots]
        self._limited = sum(1 << bit for bit, limit in enumerate(self._limits) if limit.rest)
        self._ended = {later.start: earlier.end for earlier, later in pairwise(openings)}
        self._members: dict[int, tuple[int, ...]] = {}
        self._plans: dict[Key, Plan] = {}
        self._limited_plans: dict[tuple[Key, tuple[int, ...], int], Plan] = {}

    def plan(self, lines: Mapping[str, Sequence[Stretch]]) -> dict[str, list[Plan | None]]:
        """A plan for every stretch, parallel to `lines`; None where nothing wins."""
        factors = self._factors(lines)
        longest: dict[Key, int] = {}
        keys: dict[str, list[Key | None]] = {}
        together: dict[tuple[int, int, int, Gone], list[tuple[str, int]]] = {}
        for face, line in lines.items():
            keys[face] = []
            for number, one in enumerate(line):
                key = None
                if one.winning & self._limited:
                    together.setdefault((one.start, one.end, one.winning, one.invalid), []).append((face, number))
                elif one.winning:
                    key = self._key(one, factors)
                    longest[key] = max(longest.get(key, 0), one.end - one.start)
                keys[face].append(key)
        found: dict[str, list[Plan | None]] = {
            face: [None if key is None else self._unlimited(key, longest[key]) for key in of_face]
            for face, of_face in keys.items()
        }
        ready: dict[str, dict[int, int]] = {face: {} for face in lines}
        for _, places in sorted(together.items(), key=lambda pair: (pair[0][0], pair[0][1], pair[1])):
            self._limited_plan(lines, places, ready, factors, found)
        return found

    def _factors(self, lines: Mapping[str, Sequence[Stretch]]) -> requirements.Factors:
        asking = {bit for bit, slot in enumerate(self._slots) if slot.required_s > 0}
        longest = {bit: max((step.duration for step in self._steps_of(bit, frozenset())), default=0) for bit in asking}
        return requirements.factors(self._slots, lines, longest)

    def _key(self, one: Stretch, factors: requirements.Factors) -> Key:
        raised = [(bit, one.opening.day) for bit in self._of(one.winning)] if factors else []
        return one.winning, one.invalid, tuple((bit, factors[day, bit]) for bit, day in raised if (day, bit) in factors)

    def _of(self, winning: int) -> tuple[int, ...]:
        if winning not in self._members:
            self._members[winning] = tuple(bits(winning))
        return self._members[winning]

    def _shares(self, members: Sequence[int], factors: Sequence[tuple[int, int]]) -> list[int]:
        if not factors:
            return [self._slots[bit].weight for bit in members]
        times = dict(factors)
        return [self._slots[bit].weight * times.get(bit, requirements.UNIT) for bit in members]

    def _unlimited(self, key: Key, length: int) -> Plan:
        if key not in self._plans:
            members, steps, sequences = self._parts(key)
            order = take_turns(sequences, self._shares(members, key[2]), length)
            self._plans[key] = Plan(members, steps, order)
        return self._plans[key]

    def _parts(self, key: Key) -> tuple[tuple[int, ...], tuple[list[Step], ...], list[list[int]]]:
        members = self._of(key[0])
        steps = tuple(self._steps_of(bit, key[1]) for bit in members)
        return members, steps, [[step.duration for step in of_slot] for of_slot in steps]

    def _limited_plan(
        self,
        lines: Mapping[str, Sequence[Stretch]],
        places: Sequence[tuple[str, int]],
        ready: dict[str, dict[int, int]],
        factors: requirements.Factors,
        found: dict[str, list[Plan | None]],
    ) -> None:
        """One plan for the faces that share a stretch. Where a slot played shortly before on one of them, it waits on all."""
        one = lines[places[0][0]][places[0][1]]
        members, length = self._of(one.winning), one.end - one.start
        limits = [self._limits[bit] for bit in members]
        waits = tuple(
            max(0, self._opens(one, limit), *(ready[face].get(bit, 0) - one.start for face, _ in places))
            if limit.rest
            else 0
            for bit, limit in zip(members, limits, strict=True)
        )
        key = self._key(one, factors)
        if (key, waits, length) not in self._limited_plans:
            _, steps, sequences = self._parts(key)
            order = take_limited_turns(sequences, self._shares(members, key[2]), limits, waits, length)
            self._limited_plans[key, waits, length] = Plan(members, steps, order)
        plan = self._limited_plans[key, waits, length]
        after = ready_after(plan.order, plan.sequences(), limits, length)
        for face, number in places:
            found[face][number] = plan
            for place, wait in after.items():
                if limits[place].rest:
                    ready[face][members[place]] = one.end + wait

    def _opens(self, one: Stretch, limit: Limit) -> int:
        """How long after the beginning of a stretch a slot rests because the opening before this one may have shown it to its
        end. What really was on then does not count: else a schedule would depend on the day it is compiled."""
        ended = self._ended.get(one.opening.start)
        return 0 if ended is None else ended + limit.rest - one.start


def pauses_ms(plan: Plan, length: int) -> int:
    """How long no slot may play within a stretch of `length` ms."""
    return plan.shown_ms(PAUSE, length)
