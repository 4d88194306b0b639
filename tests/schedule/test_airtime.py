"""How long a schedule shows what: the same as asking `frame()` again and again."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cms.schedule.airtime import airtime
from cms.schedule.compile import compile_schedule
from cms.schedule.frame import ScheduleIndex, frame
from cms.schedule.inputs import ScheduleInputs
from tests.schedule.builders import geometry, inputs, item, slot
from tests.schedule.make_frame_vectors import at
from tests.schedule.strategies import many, schedules

STEP = 500
"""All scenes of these schedules last whole half seconds."""


@given(schedules(), st.integers(0, 2 * 24 * 3600), st.integers(0, 1200))
@many
def test_time_is_counted_as_frame_tells_it(source: ScheduleInputs, start_s: int, length_s: int) -> None:
    schedule = compile_schedule(source).schedule
    start = schedule.valid_from + start_s * 1000
    end = min(start + length_s * 1000, schedule.valid_until)
    index = ScheduleIndex(schedule)
    found = airtime(schedule, start, end)
    for face in schedule.faces:
        told: Counter[tuple[str, str]] = Counter()
        for instant in range(start, end, STEP):
            if scene := frame(index, None, face, instant).scene:
                one = schedule.scenes[scene]
                told[one.item, one.language] += STEP
        assert {key: ms for key, ms in found[face].items() if ms} == dict(told)


def test_a_day_of_two_equal_items_is_halved() -> None:
    faces = geometry(1, ("vi",))
    source = inputs(faces, items=(item("a", faces, ("vi",)), item("b", faces, ("vi",))), slots=(slot(1),))
    schedule = compile_schedule(source).schedule
    found = airtime(schedule, at(0, 0), at(1, 0))
    assert found == {"a": Counter({("a:vi", "vi"): 4 * 3_600_000, ("b:vi", "vi"): 4 * 3_600_000})}
