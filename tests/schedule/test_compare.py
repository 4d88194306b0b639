"""What publishing changes: spans in which two schedules of a cluster differ."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cms.plugin_api.types import Window
from cms.schedule.compare import common_span, differences
from cms.schedule.compile import compile_schedule
from cms.schedule.format import Schedule
from cms.schedule.frame import frame
from cms.schedule.inputs import ScheduleInputs
from tests.schedule.builders import geometry, inputs, item, slot
from tests.schedule.strategies import many, schedules

HOUR = 3_600_000
FACES = geometry()
A, B = item("a", FACES), item("b", FACES)


def made(*slots: Any, **more: Any) -> Schedule:
    programmes = {"p": ("a",), "q": ("b",), "both": ("a", "b")}
    return compile_schedule(inputs(FACES, slots=slots, items=(A, B), programmes=programmes, **more)).schedule


def day(schedule: Schedule) -> tuple[int, int]:
    return schedule.valid_from, schedule.valid_from + 24 * HOUR


def told(before: Schedule, after: Schedule) -> list[tuple[Any, ...]]:
    """(first hour, last hour, face, change, items before, items after) of the first day."""
    start, end = day(before)
    return [
        (
            (one.from_ - start) / HOUR, (one.until - start) / HOUR, one.face, one.change,
            sorted({name[0] for name in one.before.items}), sorted({name[0] for name in one.after.items}),
        )
        for one in differences(before, after, start, end)
    ]  # fmt: skip


def test_a_slot_in_the_middle_of_the_day_differs_for_its_hours_and_faces_alone():
    before = made(slot(1, "p"))
    after = made(slot(1, "p"), slot(2, "q", windows=(Window(600, 660),), priority=1, faces=("a",)))
    assert told(before, after)[0] == (10.0, 11.0, "a", "items", ["a"], ["b"])
    assert {one[2] for one in told(before, after)} == {"a"}


def test_other_hours_differ_where_only_one_is_lit():
    from tests.schedule.builders import hours

    before, after = made(slot(1, "p"), opening=(hours((7, 11)),)), made(slot(1, "p"), opening=(hours((8, 11)),))
    first = told(before, after)[0]
    assert first == (7.0, 8.0, "a", "items", ["a"], [])
    start, end = day(before)
    assert differences(before, after, start, end)[0].after.kind == "closed"


def test_a_new_proof_of_the_same_item_is_told_as_such():
    before = made(slot(1, "p"))
    scenes = {
        name: one.model_copy(update={"proof": "f" * 64} if one.item.startswith("a:") else {})
        for name, one in before.scenes.items()
    }
    assert {one[3] for one in told(before, before.model_copy(update={"scenes": scenes}))} == {"pictures"}


def test_the_same_items_in_another_share_are_told_as_another_order():
    before = made(slot(1, "p", weight=1), slot(2, "q", weight=1))
    after = made(slot(1, "p", weight=3), slot(2, "q", weight=1))
    assert {one[3] for one in told(before, after)} == {"order"}


def test_only_what_both_cover_is_compared():
    before, after = made(slot(1, "p"), days=1), made(slot(1, "q"), days=3)
    start = before.valid_from
    span = common_span(before, after, start, start + 48 * HOUR)
    assert span == (start, before.valid_until)
    assert all(one.until <= before.valid_until for one in differences(before, after, start, start + 48 * HOUR))
    assert differences(before, after, before.valid_until, before.valid_until + HOUR) == ()


@given(schedules())
@many
def test_equal_schedules_have_no_differences(source: ScheduleInputs) -> None:
    schedule, again = compile_schedule(source).schedule, compile_schedule(source).schedule
    assert differences(schedule, again, schedule.valid_from, schedule.valid_until) == ()


def on(schedule: Schedule, face: str, instant: int) -> Any:
    """What can be seen: the item, its proof and its layers."""
    if face not in schedule.faces:
        return None
    shown = frame(schedule, None, face, instant).scene
    scene = schedule.scenes[shown] if shown else None
    return (scene.item, scene.proof, scene.faces.get(face)) if scene else None


@given(schedules(), schedules(), st.data())
@many
def test_where_no_difference_is_told_the_faces_show_the_same(
    one: ScheduleInputs, other: ScheduleInputs, data: st.DataObject
) -> None:
    before, after = compile_schedule(one).schedule, compile_schedule(other).schedule
    start, end = common_span(before, after, before.valid_from, before.valid_until)
    if start >= end:
        return
    found = differences(before, after, start, end)
    backwards = differences(after, before, start, end)
    assert [(x.from_, x.until, x.face, x.change) for x in found] == [
        (x.from_, x.until, x.face, x.change) for x in backwards
    ]
    for face in {*before.faces, *after.faces}:
        spans = [x for x in found if x.face == face]
        assert all(left.until <= right.from_ for left, right in pairwise(spans))
        for _ in range(5):
            instant = data.draw(st.integers(start, end - 1))
            if not any(x.from_ <= instant < x.until for x in spans):
                assert on(before, face, instant) == on(after, face, instant)
