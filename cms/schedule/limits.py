"""Turns of slots of which some may not play as often as they like. Pure.

A slot of at most n turns an hour begins at most every 1/n hour: then no hour, wherever it is laid, holds more than n beginnings,
and the turns come evenly instead of in a burst.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cms.schedule.inputs import SlotInput
from cms.schedule.loops import PAUSE, SHARE_MS, Order

SHORTEST_PAUSE_MS = 5000
"""A shorter wait is bridged by the turn before it, where it is for another slot: the neutral picture must not flash up."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`every`: ms between the beginnings of two turns; `spacing`: ms between the end of one and the beginning of the next."""

    every: int = 0
    spacing: int = 0

    @property
    def rest(self) -> int:
        """After so many ms without a turn the slot may begin whatever was before."""
        return max(self.every, self.spacing)

    @classmethod
    def of(cls, slot: SlotInput) -> Limit:
        return cls(-(-SHARE_MS // slot.max_per_hour) if slot.max_per_hour > 0 else 0, max(0, slot.spacing_s) * 1000)


def take_limited_turns(
    sequences: Sequence[Sequence[int]],
    weights: Sequence[int],
    limits: Sequence[Limit],
    waits: Sequence[int],
    length: int,
) -> Order:
    """Weighted turns as `loops.take_turns` gives them, for one stretch of `length` ms, in which slot s begins no turn before
    `waits[s]` and keeps `limits[s]`. A slot that may not play now gives way without saving up its time: the others share by their
    weights, and it takes its next turn as soon as it may and its share asks for it. Where no slot may play, the neutral picture
    pauses. The order closes when it may be repeated without breaking a limit; else it is as long as the stretch."""
    count = len(sequences)
    ready = list(waits)  # when each slot may begin again
    tags = [0.0] * count  # virtual time at which each slot's next turn is deserved
    position, rounds = [0] * count, [0] * count
    first: dict[int, int] = {}
    turns: list[tuple[int, int]] = []
    longer: dict[int, int] = {}
    late: set[int] = set()  # who deserves a turn and may not have it
    bound: set[int] = set()
    elapsed, virtual, whole = 0, 0.0, sum(weights)
    while elapsed < length:
        free = [s for s in range(count) if ready[s] <= elapsed]
        for s in range(count):
            if ready[s] > elapsed and tags[s] <= virtual:
                late.add(s)
            elif s in late:
                late.remove(s)
                tags[s] = max(tags[s], virtual)
        if not free:
            gap = min(ready) - elapsed
            bound.update(range(count))
            elapsed += gap
            last = turns[-1][0] if turns else PAUSE
            # Held longer, a turn ends later, and its slot rests from then on; somebody else must be ready.
            if (
                gap < SHORTEST_PAUSE_MS
                and last != PAUSE
                and any(ready[s] <= elapsed for s in range(count) if s != last)
            ):
                longer[len(turns) - 1] = longer.get(len(turns) - 1, 0) + gap
                ready[last] = max(ready[last], elapsed + limits[last].spacing)
            else:
                turns.append((PAUSE, gap))
            continue
        bound |= late
        virtual = max(virtual, min(tags[s] for s in free))
        chosen = min(
            (s for s in free if tags[s] <= virtual), key=lambda s: (tags[s] + sequences[s][position[s]] / weights[s], s)
        )
        step = position[chosen]
        duration = sequences[chosen][step]
        first.setdefault(chosen, elapsed)
        turns.append((chosen, step))
        virtual += duration / (whole - sum(weights[s] for s in late))
        tags[chosen] += duration / weights[chosen]
        ready[chosen] = max(elapsed + limits[chosen].every, elapsed + duration + limits[chosen].spacing)
        elapsed += duration
        position[chosen] = (step + 1) % len(sequences[chosen])
        rounds[chosen] += position[chosen] == 0
        if elapsed >= SHARE_MS and not any(position) and all(rounds) and _repeats(elapsed, ready, first, length):
            return Order(tuple(turns), True, (), longer, tuple(sorted(bound)))
    unfinished = tuple(s for s in range(count) if rounds[s] == 0)
    return Order(tuple(turns), False, unfinished, longer, tuple(sorted(bound)))


def _repeats(elapsed: int, ready: Sequence[int], first: dict[int, int], length: int) -> bool:
    """Whether the turns so far may come again at once: each slot is ready by the time of its first turn."""
    return elapsed < length and all(ready[slot] - elapsed <= begin for slot, begin in first.items())


def ready_after(
    order: Order, sequences: Sequence[Sequence[int]], limits: Sequence[Limit], length: int
) -> dict[int, int]:
    """When, counted from the end of a stretch of `length` ms, each slot that had a turn in it may begin again (≤ 0: at once)."""
    durations = order.durations(sequences)
    period = sum(durations)
    found: dict[int, int] = {}
    # The last two rounds hold every slot's last turn.
    for again in range(max(0, length // period - 1), length // period + 1) if order.closed else (0,):
        at = again * period
        for (slot, _), duration in zip(order.turns, durations, strict=True):
            if at >= length:
                break
            if slot != PAUSE:
                end = min(at + duration, length)
                found[slot] = max(at + limits[slot].every, end + limits[slot].spacing) - length
            at += duration
    return found
