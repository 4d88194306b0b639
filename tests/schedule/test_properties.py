"""What holds for every schedule, whatever the inputs."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cms.schedule.calendar import Calendar
from cms.schedule.compile import compile_schedule
from cms.schedule.inputs import ItemInput, ScheduleInputs, SlotInput
from cms.schedule.languages import neighbours, turns
from cms.schedule.programmes import members
from tests.schedule.builders import ZONE
from tests.schedule.strategies import RULES, many, schedules


@given(schedules())
@many
def test_segments_cover_the_horizon_without_overlap(source: ScheduleInputs) -> None:
    schedule = compile_schedule(source).schedule
    for letter, timeline in schedule.faces.items():
        segments = timeline.segments
        assert segments[0].from_ <= schedule.valid_from
        assert segments[-1].until == schedule.valid_until
        assert all(one.until == other.from_ for one, other in itertools.pairwise(segments))
        assert all(one.from_ < one.until for one in segments)
        power = schedule.power[letter]
        assert (power[0].from_, power[-1].until) == (segments[0].from_, segments[-1].until)
        assert all(one.until == other.from_ for one, other in itertools.pairwise(power))


def airs(one: SlotInput, calendar: Calendar, day: date) -> bool:
    """Straight from the words: is a slot due on a day?"""
    holidays = {"any": True, "only": day in calendar.holidays, "never": day not in calendar.holidays}[one.holidays]
    dates = one.date_from <= day and (one.date_until is None or day <= one.date_until)
    days = day.weekday() in one.weekdays and day not in one.exceptions
    return dates and days and holidays and RULES[one.rrule](day, one.date_from)


def due(one: SlotInput, calendar: Calendar, instant: int, opening_day: date) -> bool:
    """Straight from the words: is a slot due at an instant of an opening that belongs to `opening_day`?"""
    if not one.windows:
        return airs(one, calendar, opening_day)
    local = calendar.day_of(instant)
    for back in (0, 1):
        day = local - timedelta(days=back)
        for window in one.windows:
            if airs(one, calendar, day) and calendar.at(day, window.start_min) <= instant < calendar.at(
                day, window.end_min
            ):
                return True
    return False


def valid(shown: ItemInput, day: date) -> bool:
    last = shown.valid_until and shown.valid_until + timedelta(days=shown.grace_days)
    return (shown.valid_from or day) <= day <= (last or day)


def speaks(shown: ItemInput, asking: SlotInput) -> bool:
    return not asking.languages or any(one.language in asking.languages for one in shown.translations)


@given(schedules(), st.integers(0, 10**9))
@many
def test_only_what_is_due_is_shown_and_the_highest_priority_first(source: ScheduleInputs, seed: int) -> None:
    compiled = compile_schedule(source)
    schedule, calendar = (
        compiled.schedule,
        Calendar(source.cluster.timezone, source.cluster.hours, source.cluster.holidays),
    )
    slots = {one.id: one for one in source.slots}
    for letter, timeline in schedule.faces.items():
        for segment, why in zip(timeline.segments, compiled.why[letter], strict=True):
            instant = segment.from_ + seed % (segment.until - segment.from_)
            if segment.kind == "closed":
                assert segment.loop is None
                continue
            opening = why.opening
            assert opening is not None
            assert opening.start <= segment.from_
            assert segment.until <= opening.end
            day = calendar.day_of(instant)
            ready = {
                one.id
                for one in source.slots
                if (not one.faces or letter in one.faces)
                and due(one, calendar, instant, opening.day)
                and any(
                    valid(source.items[key], day) and speaks(source.items[key], one)
                    for key in members(source.programmes, one.programme)
                )
            }
            highest = max((slots[one].priority for one in ready), default=None)
            assert set(why.winning) == {one for one in ready if slots[one].priority == highest}
            for origin in filter(None, why.origins):
                shown, asking = source.items[origin.item], slots[origin.slot]
                assert origin.item in members(source.programmes, origin.programme)
                assert valid(shown, day)
                assert not asking.languages or origin.language in asking.languages


@given(schedules())
@many
def test_the_same_inputs_give_the_same_bytes_in_whatever_order_they_come(source: ScheduleInputs) -> None:
    again = dataclasses.replace(
        source,
        slots=source.slots[::-1],
        items=dict(reversed(list(source.items.items()))),
        programmes=dict(reversed(list(source.programmes.items()))),
    )
    assert compile_schedule(source).document == compile_schedule(again).document


@given(schedules())
@many
def test_only_what_is_used_is_in_the_document(source: ScheduleInputs) -> None:
    schedule = compile_schedule(source).schedule
    loops = {one.loop for face in schedule.faces.values() for one in face.segments if one.loop}
    assert loops == set(schedule.loops)
    assert {turn for loop in schedule.loops.values() for turn in loop} == set(range(len(schedule.turns)))
    scenes = {scene for scene, _ in schedule.turns} | {schedule.fallback}
    assert scenes == set(schedule.scenes)
    layers = {layer.asset for one in schedule.scenes.values() for face in one.faces.values() for layer in face}
    assert layers == set(schedule.assets)


@given(schedules(), st.integers(1, 5))
@many
def test_compiling_later_agrees_where_both_know(source: ScheduleInputs, later: int) -> None:
    from cms.schedule.frame import ScheduleIndex, frame

    calendar = Calendar(ZONE)
    first = source.first_day + timedelta(days=later)
    early = compile_schedule(dataclasses.replace(source, days=7)).schedule
    late = compile_schedule(
        dataclasses.replace(source, first_day=first, days=7, valid_from_ms=calendar.at(first, 0))
    ).schedule
    one, other = ScheduleIndex(early), ScheduleIndex(late)
    for minute in range(0, (7 - later) * 1440 - 1, 97):
        instant = calendar.at(first, 0) + minute * 60_000 + minute * 37
        for letter in early.faces:
            before, after = frame(one, None, letter, instant), frame(other, None, letter, instant)
            assert before == dataclasses.replace(after, until=min(after.until, early.valid_until))


@given(
    st.lists(st.lists(st.sampled_from("vekzl"), min_size=1, max_size=4, unique=True), min_size=1, max_size=4),
    st.booleans(),
)
@many
def test_neighbours_differ_while_there_are_languages_enough(lists: list[list[str]], ring: bool) -> None:
    pairs = neighbours(len(lists), ring)
    for choice in turns(tuple(tuple(one) for one in lists), pairs):
        clashes = sum(choice[a] == choice[b] for a, b in pairs)
        assert clashes == fewest(tuple(tuple(one) for one in lists), pairs)
        assert all(language in own for language, own in zip(choice, lists, strict=True))


def fewest(lists: tuple[tuple[str, ...], ...], pairs: tuple[tuple[int, int], ...]) -> int:
    from itertools import product

    return min(sum(choice[a] == choice[b] for a, b in pairs) for choice in product(*lists))


@given(st.integers(1, 4), st.integers(1, 5), st.booleans())
@many
def test_with_equal_languages_every_face_shows_every_language(faces: int, count: int, ring: bool) -> None:
    languages = tuple("vekzl"[:count])
    passes = turns((languages,) * faces, neighbours(faces, ring))
    assert len(passes) == count
    for face in range(faces):
        assert {one[face] for one in passes} == set(languages)
