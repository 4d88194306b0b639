"""Required seconds a day: how much more than its weight a slot must count for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cms.schedule.inputs import SlotInput
from cms.schedule.timeline import Stretch, bits

UNIT = 64
"""The factor that changes nothing: factors are multiples of 1/64, so that no slot gets much more than it must."""
MOST = 10_000 * UNIT
"""The largest factor; with it a slot has its stretches all but alone."""
ROUNDS = 3
"""Times that slots which ask for more are weighed against each other."""

Factors = Mapping[tuple[date, int], int]


@dataclass(frozen=True, slots=True)
class _Day:
    """One slot on one day of one face: (winning slots, ms) of the stretches it is in."""

    day: date
    bit: int
    stretches: tuple[tuple[int, int], ...]


def factors(
    slots: Sequence[SlotInput], lines: Mapping[str, Sequence[Stretch]], longest_turn: Mapping[int, int]
) -> Factors:
    """By (day of the opening, slot) what its weight must be multiplied with (in UNITs, as all weights beside it) so that every face shows it for its required time on
    that day; what needs no help is left out. `longest_turn[slot]`, ms, is added for each stretch, since a share is kept within
    one turn."""
    asking = [bit for bit, slot in enumerate(slots) if slot.required_s > 0]
    if not asking:
        return {}
    days = [one for line in lines.values() for bit in asking for one in _days(bit, line)]
    members: dict[int, tuple[int, ...]] = {}
    found: dict[tuple[date, int], int] = {}
    for _ in range(ROUNDS):
        before = dict(found)
        for one in sorted(days, key=lambda day: (day.day, day.bit)):
            needed = slots[one.bit].required_s * 1000
            found[one.day, one.bit] = max(
                found.get((one.day, one.bit), UNIT), _factor(one, needed, slots, found, members, longest_turn[one.bit])
            )
        if found == before:
            break
    return {key: factor for key, factor in found.items() if factor > UNIT}


def _days(bit: int, line: Sequence[Stretch]) -> list[_Day]:
    by_day: dict[date, list[tuple[int, int]]] = {}
    for one in line:
        if one.winning >> bit & 1:
            by_day.setdefault(one.opening.day, []).append((one.winning, one.end - one.start))
    return [_Day(day, bit, tuple(stretches)) for day, stretches in by_day.items()]


def _factor(
    one: _Day, needed: int, slots: Sequence[SlotInput], known: Factors, members: dict[int, tuple[int, ...]], turn: int
) -> int:
    """The smallest factor, in units, that gives the slot its time, or MOST."""
    rest = []
    for winning, ms in one.stretches:
        if winning not in members:
            members[winning] = tuple(bits(winning))
        others = sum(slots[bit].weight * known.get((one.day, bit), UNIT) for bit in members[winning] if bit != one.bit)
        rest.append((others, ms))
    weight = slots[one.bit].weight

    def given(factor: int) -> int:
        mine = weight * factor
        return sum(ms if not others else max(0, ms * mine // (mine + others) - turn) for others, ms in rest)

    if given(MOST) < needed:
        return MOST
    low, high = UNIT, MOST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if given(middle) >= needed else (middle + 1, high)
    return low
