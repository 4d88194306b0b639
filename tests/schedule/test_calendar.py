"""Named cases of the calendar: leap day, missing and repeated hour, overnight, holidays, decisions, a far year."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import UTC, date, datetime

import pytest

from cms.plugin_api.types import HoursSpec
from cms.schedule.calendar import Calendar
from cms.schedule.compile import compile_schedule
from cms.schedule.frame import frame
from tests.schedule.builders import MONDAY, ZONE, hours, inputs, slot, span

BERLIN = "Europe/Berlin"


def utc(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc]


def test_operating_hours_are_local_time() -> None:
    calendar = Calendar(ZONE, (hours((7, 11), (14, 18)),))
    found = calendar.openings(MONDAY, MONDAY)
    assert [(one.start, one.end) for one in found] == [
        (utc(2027, 1, 4, 0), utc(2027, 1, 4, 4)),
        (utc(2027, 1, 4, 7), utc(2027, 1, 4, 11)),
    ]


def test_29_february_is_a_day_like_any_other() -> None:
    source = inputs(
        slots=(slot(1, date_from=date(2028, 2, 29), date_until=date(2028, 2, 29)),), first_day=date(2028, 2, 28), days=3
    )
    schedule, calendar = compile_schedule(source).schedule, Calendar(ZONE)
    kinds = [frame(schedule, None, "a", calendar.at(date(2028, 2, 28), 480 + 1440 * n)).kind for n in range(3)]
    assert kinds == ["fallback", "programme", "fallback"]
    assert schedule.valid_until == calendar.at(date(2028, 3, 2), 0)


def test_a_window_in_the_missing_hour_is_empty_and_one_around_it_is_an_hour_shorter() -> None:
    spring = date(2027, 3, 28)  # clocks go from 02:00 to 03:00
    assert Calendar(BERLIN, (hours((2.25, 2.75)),)).openings(spring, spring) == []
    (night,) = Calendar(BERLIN, (hours((1, 4)),)).openings(spring, spring)
    assert night.end - night.start == 2 * 3_600_000
    (late,) = Calendar(BERLIN, (hours((2.5, 4)),)).openings(spring, spring)
    assert late.start == utc(2027, 3, 28, 1)


def test_a_window_around_the_repeated_hour_is_an_hour_longer_and_neighbours_still_meet() -> None:
    autumn = date(2027, 10, 31)  # clocks go from 03:00 back to 02:00
    (night,) = Calendar(BERLIN, (hours((1, 4)),)).openings(autumn, autumn)
    assert night.end - night.start == 4 * 3_600_000
    one, other = Calendar(BERLIN, (hours((1, 2.49), (2.5, 4)),)).openings(autumn, autumn)
    assert one.end <= other.start
    calendar = Calendar(BERLIN)
    assert calendar.at(autumn, 150) == utc(2027, 10, 31, 0, 30)  # its first coming


def test_days_across_a_clock_change_are_covered_without_a_gap() -> None:
    source = inputs(zone=BERLIN, opening=(hours((0, 24)),), slots=(slot(1),), first_day=date(2027, 3, 27), days=3)
    segments = compile_schedule(source).schedule.faces["a"].segments
    lit = [one for one in segments if one.kind == "programme"]
    assert [(one.until - one.from_) // 3_600_000 for one in lit][-3:] == [24, 23, 24]


def test_an_overnight_window_belongs_to_the_day_it_starts() -> None:
    friday_only = hours(mon=(), tue=(), wed=(), thu=(), fri=((20, 26),), sat=(), sun=())
    (night,) = Calendar(ZONE, (friday_only,)).openings(MONDAY, date(2027, 1, 10))
    assert night.day == date(2027, 1, 8)
    assert night.end == Calendar(ZONE).at(date(2027, 1, 9), 120)
    evening = slot(1, weekdays=frozenset({4}), windows=span((22, 26)))
    schedule = compile_schedule(inputs(opening=(friday_only,), slots=(evening,))).schedule
    calendar = Calendar(ZONE)
    assert frame(schedule, None, "a", calendar.at(date(2027, 1, 9), 60)).kind == "programme"
    assert frame(schedule, None, "a", calendar.at(date(2027, 1, 8), 21 * 60)).kind == "fallback"
    assert frame(schedule, None, "a", calendar.at(date(2027, 1, 9), 121)).kind == "closed"


def test_the_whole_friday_includes_the_night_that_starts_on_it() -> None:
    evenings = hours((20, 26))
    schedule = compile_schedule(inputs(opening=(evenings,), slots=(slot(1, weekdays=frozenset({4})),))).schedule
    calendar = Calendar(ZONE)
    assert frame(schedule, None, "a", calendar.at(date(2027, 1, 9), 60)).kind == "programme"
    assert frame(schedule, None, "a", calendar.at(date(2027, 1, 8), 60)).kind == "fallback"


def test_an_evening_that_runs_into_the_next_days_hours_gives_way_without_overlap() -> None:
    found = Calendar(ZONE, (hours((18, 32)),)).openings(MONDAY, date(2027, 1, 5))
    assert found[0].end <= found[1].start
    endless = Calendar(ZONE, (hours((6, 31)),)).openings(MONDAY, date(2027, 1, 6))
    assert all(one.end == other.start for one, other in itertools.pairwise(endless))


@pytest.mark.parametrize(("rule", "windows"), [(None, [(7, 11)]), ((), []), (((8, 18),), [(8, 18)])])
def test_holidays_follow_their_own_rule_or_their_weekday(rule: object, windows: list[tuple[int, int]]) -> None:
    calendar = Calendar(ZONE, (hours((7, 11), holiday=rule),), {MONDAY: "public"})
    assert [(one.start_min // 60, one.end_min // 60) for one in calendar.windows(MONDAY)] == windows


def test_hours_of_a_kind_of_holiday_go_before_those_of_holidays() -> None:
    tet, feast, swapped = (date(2027, 1, day) for day in (5, 6, 7))
    known = {tet: "tet", feast: "public", swapped: "substitute"}
    rule = dataclasses.replace(
        hours((7, 11), holiday=((8, 9),)), by_kind=(("tet", span((0, 2), (20, 24))), ("substitute", ()))
    )
    calendar = Calendar(ZONE, (rule,), known)
    found = {day: [one.start_min // 60 for one in calendar.windows(day)] for day in (MONDAY, *known)}
    assert found == {MONDAY: [7], tet: [0, 20], feast: [8], swapped: []}
    plain = Calendar(ZONE, (dataclasses.replace(rule, holiday=None),), known)
    assert plain.windows(feast) == plain.windows(MONDAY)
    assert [one.holiday for one in calendar.openings(MONDAY, feast)] == [False, True, True, True]


def test_a_new_decision_counts_from_its_day_on() -> None:
    new = hours((9, 10), since=date(2027, 1, 6))
    calendar = Calendar(ZONE, (new, hours((7, 11))))
    assert [calendar.windows(date(2027, 1, day))[0].start_min for day in (5, 6)] == [420, 540]


def test_without_a_decision_the_faces_stay_black_and_an_editor_is_told() -> None:
    later = HoursSpec(date(2030, 1, 1), hours((7, 11)).weekly, None, "x")
    compiled = compile_schedule(inputs(opening=(later,), slots=(slot(1),)))
    assert {one.kind for one in compiled.schedule.faces["a"].segments} == {"closed"}
    assert "no-operating-hours" in {one.code for one in compiled.diagnostics}


def test_the_year_2038_is_no_obstacle() -> None:
    schedule = compile_schedule(inputs(slots=(slot(1),), first_day=date(2038, 1, 18), days=4)).schedule
    assert frame(schedule, None, "a", Calendar(ZONE).at(date(2038, 1, 20), 480)).kind == "programme"
