"""Share of voice: every slot gets the part of every hour that its weight says, within one item."""

from __future__ import annotations

import random
from bisect import bisect_right
from itertools import accumulate, pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from cms.schedule.loops import take_turns
from tests.schedule.strategies import many

HOUR = 3_600_000
Slots = list[tuple[int, list[int]]]  # weight, ms of its items
SLOTS = st.lists(
    st.tuples(st.integers(1, 9), st.lists(st.integers(1, 60).map(lambda s: s * 1000), min_size=1, max_size=4)),
    min_size=2,
    max_size=6,
)


def deviations(slots: Slots, stretch: int, begins: int) -> list[float]:
    """By how many of the longest items slots deviate from their share in hours that begin at turns of a stretch, cut to the
    millisecond, also across the places where the loop starts anew."""
    weights, sequences = [weight for weight, _ in slots], [steps for _, steps in slots]
    order = take_turns(sequences, weights, stretch)
    once = [(slot, sequences[slot][step]) for slot, step in order.turns]
    turns = once * (stretch // sum(ms for _, ms in once) + 1)
    starts = [0, *accumulate(ms for _, ms in turns)]
    longest = max(ms for steps in sequences for ms in steps)
    found = []
    for number, (weight, _) in enumerate(slots):
        got = [0, *accumulate(ms if slot == number else 0 for slot, ms in turns)]

        def until(instant: int, got: list[int] = got, number: int = number) -> int:
            place = bisect_right(starts, instant) - 1
            return got[place] + (instant - starts[place] if turns[place][0] == number else 0)

        for begin in starts[:: max(1, len(starts) // begins)]:
            if begin + HOUR <= stretch:
                wanted = HOUR * weight / sum(weights)
                found.append(abs(until(begin + HOUR) - until(begin) - wanted) / longest)
    return found


@given(SLOTS)
@example([(1, [60_000]), (1, [1000]), (9, [59_000, 2000])])
@many
def test_no_hour_deviates_by_more_than_an_item_at_either_end(slots: Slots) -> None:
    assert max(deviations(slots, 4 * HOUR, 12)) <= 2


def test_of_ten_thousand_hours_all_but_a_few_are_within_one_item_and_none_far_off() -> None:
    rng = random.Random(7)  # noqa: S311
    found: list[float] = []
    while len(found) < 10_000:
        slots = [
            (rng.randint(1, 9), [rng.randint(1, 60) * 1000 for _ in range(rng.randint(1, 4))])
            for _ in range(rng.randint(2, 8))
        ]
        found += deviations(slots, 4 * HOUR, 20)
    assert sum(one > 1 for one in found) <= len(found) * 5 / 1000
    assert max(found) <= 1.5


@given(SLOTS)
@many
def test_from_the_beginning_on_every_slot_is_within_one_item_of_its_share_at_every_moment(slots: Slots) -> None:
    weights, sequences = [weight for weight, _ in slots], [steps for _, steps in slots]
    longest, elapsed, got = max(ms for steps in sequences for ms in steps), 0, [0] * len(slots)
    for slot, step in take_turns(sequences, weights, 4 * HOUR).turns:
        elapsed += sequences[slot][step]
        got[slot] += sequences[slot][step]
        for number, weight in enumerate(weights):
            assert abs(got[number] - elapsed * weight / sum(weights)) <= longest


def test_small_slots_come_between_the_turns_of_a_large_one_and_not_in_a_row() -> None:
    order = take_turns([[10_000]] * 21, [1] * 20 + [20], 4 * HOUR)
    large = [slot == 20 for slot, _ in order.turns]
    assert not any(one and other for one, other in pairwise(large))
    assert len(large) == 40


@given(SLOTS, st.integers(1, 4))
@many
def test_every_item_of_every_slot_comes_up_where_there_is_time(slots: Slots, hours: int) -> None:
    weights, sequences = [weight for weight, _ in slots], [steps for _, steps in slots]
    order = take_turns(sequences, weights, hours * HOUR)
    shown = set(order.turns)
    for slot, steps in enumerate(sequences):
        missing = [step for step in range(len(steps)) if (slot, step) not in shown]
        assert bool(missing) == (slot in order.unfinished)
