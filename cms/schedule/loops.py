"""Slots to loops: each slot's steps through its programme, and the order in which slots take turns. Pure.

A **step** is one turn of an item: on each face of the slot a list of (scene, ms) of equal total length, so that faces which
play the same slots change together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

SHARE_MS = 3_600_000
"""Shares are kept within one item over any span of this length."""
GRID_MS = 1000
"""Turns last whole seconds, so that faces change together also where they play different slots."""
SHORTER_MS = 100
"""What a turn may lose to end on the grid: less than anybody sees."""
PAUSE = -1
"""Stands for a slot where none may play; its "step" is the length of the pause in ms."""


@dataclass(frozen=True, slots=True)
class Step:
    """One turn of an item. `faces[letter]` = (language, ((scene id, ms), …)); all faces take `duration` ms. `instead`: faces that show
    another item meanwhile, or the neutral scene (""), as the programme's rule for missing languages says."""

    item: str
    faces: dict[str, tuple[str, tuple[tuple[str, int], ...]]]
    duration: int
    instead: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """Turns as (number of the slot among those that share, number of its step); (PAUSE, ms) where none may play. `closed` says
    that the loop may start anew after its last turn; else it was cut, because nothing longer is needed. `unfinished`: numbers of
    the slots that could not show all their items; `bound`: of those that a limit kept from a turn. `longer`: ms by which a turn
    (by its place) is held beyond its length."""

    turns: tuple[tuple[int, int], ...]
    closed: bool
    unfinished: tuple[int, ...]
    longer: Mapping[int, int] = field(default_factory=dict)
    bound: tuple[int, ...] = ()

    def durations(self, sequences: Sequence[Sequence[int]]) -> list[int]:
        """How long each turn lasts, ms; `sequences` as for `take_turns`."""
        return [
            (step if slot == PAUSE else sequences[slot][step]) + self.longer.get(place, 0)
            for place, (slot, step) in enumerate(self.turns)
        ]


def on_grid(ms: int) -> int:
    """A length that ends on the grid: a little shorter, else longer; never nothing."""
    down = ms // GRID_MS * GRID_MS
    return down if down and ms - down <= SHORTER_MS else down + GRID_MS * (ms > down)


def stretched(scenes: Sequence[tuple[str, int, bool]], total: int) -> tuple[tuple[str, int], ...]:
    """Scenes (id, ms, whether it moves) made to last `total` ms. What is still waits longer, in proportion; only when all scenes
    are videos the last one waits. What a total lacks is taken from the longest."""
    missing = total - sum(ms for _, ms, _ in scenes)
    if missing < 0:
        longest = max(range(len(scenes)), key=lambda number: scenes[number][1])
        return tuple((scene, ms + missing * (number == longest)) for number, (scene, ms, _) in enumerate(scenes))
    still = [number for number, (_, _, moves) in enumerate(scenes) if not moves] or [len(scenes) - 1]
    weight = sum(scenes[number][1] for number in still)
    extra = {number: missing * scenes[number][1] // weight for number in still}
    extra[still[-1]] += missing - sum(extra.values())
    return tuple((scene, ms + extra.get(number, 0)) for number, (scene, ms, _) in enumerate(scenes))


def in_step(faces: dict[str, Sequence[tuple[str, int, bool]]]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Makes the faces of one step equally long: page by page where they have equally many pages, else in total."""
    if len({len(scenes) for scenes in faces.values()}) == 1:
        pages = [on_grid(max(ms for _, ms, _ in page)) for page in zip(*faces.values(), strict=True)]
        return {
            face: tuple((scene, ms) for (scene, _, _), ms in zip(scenes, pages, strict=True))
            for face, scenes in faces.items()
        }
    total = on_grid(max(sum(ms for _, ms, _ in scenes) for scenes in faces.values()))
    return {face: stretched(scenes, total) for face, scenes in faces.items()}


def take_turns(sequences: Sequence[Sequence[int]], weights: Sequence[int], limit_ms: int) -> Order:
    """Smooth weighted round robin by time. `sequences[s]` holds the durations (ms) of slot s's steps, which it goes through
    again and again; `weights[s]` its share. Among the slots that have had no more than their share so far, the one goes
    next whose step would soonest be due (earliest virtual deadline), which keeps every slot within one step of its share at every
    moment. The loop closes when every slot has finished whole rounds and its share is kept over an hour of repeating; after
    an hour it closes as soon as every item was shown (then its repeats keep the shares too); at the latest it is cut at
    `limit_ms`."""
    if len(sequences) == 1:
        return _alone(sequences[0], limit_ms)
    whole, count = sum(weights), len(sequences)
    position, rounds, received = [0] * count, [0] * count, [0] * count
    longest, lengths = [max(one) for one in sequences], [len(one) for one in sequences]
    # (when a slot has no more than its share, slot) and (when its next step is due, slot), in virtual time
    waiting: list[tuple[float, int]] = []
    eligible = [(sequence[0] / weights[slot], slot) for slot, sequence in enumerate(sequences)]
    heapify(eligible)
    turns: list[tuple[int, int]] = []
    elapsed, midway, complete = 0, 0, 0
    while elapsed < limit_ms:
        while waiting and received[waiting[0][1]] * whole <= weights[waiting[0][1]] * elapsed:
            slot = heappop(waiting)[1]
            heappush(eligible, ((received[slot] + sequences[slot][position[slot]]) / weights[slot], slot))
        slot = heappop(eligible)[1]
        step = position[slot]
        turns.append((slot, step))
        duration = sequences[slot][step]
        elapsed += duration
        received[slot] += duration
        heappush(waiting, (received[slot] / weights[slot], slot))
        if step == 0 and lengths[slot] > 1:
            midway += 1
        if step + 1 < lengths[slot]:
            position[slot] = step + 1
            continue
        position[slot] = 0
        midway -= lengths[slot] > 1
        complete += rounds[slot] == 0
        rounds[slot] += 1
        # A loop can end only where some slot ends a round.
        if complete == count and (midway == 0 or elapsed >= SHARE_MS):
            # What a repetition adds to the deviation within an hour: little for each of many, some for the only one.
            per_hour = 8 * max(SHARE_MS, elapsed)
            if elapsed >= 3 * SHARE_MS or all(
                abs(weights[s] * elapsed - received[s] * whole) * per_hour <= longest[s] * elapsed * whole
                for s in range(count)
            ):
                return Order(tuple(turns), True, ())
    return Order(tuple(turns), False, tuple(s for s in range(count) if rounds[s] == 0))


def _alone(sequence: Sequence[int], limit_ms: int) -> Order:
    elapsed = 0
    turns: list[tuple[int, int]] = []
    for step, duration in enumerate(sequence):
        if elapsed >= limit_ms:
            return Order(tuple(turns), False, (0,))
        turns.append((0, step))
        elapsed += duration
    return Order(tuple(turns), True, ())
