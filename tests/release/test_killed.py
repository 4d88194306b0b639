"""Publishing killed at random steps: never a mix, and nothing left behind that tidying does not find. `make bench NAME=publishes`
does the same ten thousand times."""

from __future__ import annotations

import pytest

from benchmarks.publishes import Trial

PUBLISHES = 100


@pytest.mark.django_db
def test_publishes_killed_at_random_steps_leave_no_mix_and_no_orphan(desk):
    trial = Trial(desk.cluster, seed=2027)
    for number in range(PUBLISHES):
        trial.publish(b"content %d" % number)
        if number % 50 == 49:
            trial.tidy()
    assert trial.killed > PUBLISHES / 2
    assert set(trial.steps) == set(trial.STEPS), "every step was the last one now and then"
    assert trial.mixed == []
    assert trial.orphans == []
    assert trial.removed > PUBLISHES / 3
