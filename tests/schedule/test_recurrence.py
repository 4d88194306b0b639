"""The days on which a slot airs: rules as RFC 5545 means them, bounded, and cheap for thousands of slots."""

from __future__ import annotations

import dataclasses
import itertools
import time
from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from cms.schedule.calendar import Calendar, days_between
from cms.schedule.inputs import SlotInput
from cms.schedule.recurrence import Days, airs_on, first_day, problem_of, recurrence_of, rule_days
from cms.schedule.timeline import due
from tests.schedule.builders import MONDAY, ZONE, hours, slot, span
from tests.schedule.strategies import many

FRIDAY = MONDAY + timedelta(days=4)


def days(one: SlotInput, count: int = 28, **holidays: str) -> list[int]:
    """The days of four weeks from Monday 4 January 2027 on which a slot airs, 0 the Monday."""
    known = {MONDAY + timedelta(days=int(name[1:])): kind for name, kind in holidays.items()}
    return [number for number in range(count) if airs_on(one, MONDAY + timedelta(days=number), known)]


def test_first_and_last_day_belong_to_the_slot() -> None:
    assert days(slot(date_from=MONDAY + timedelta(days=2), date_until=MONDAY + timedelta(days=4))) == [2, 3, 4]


def test_weekdays_exceptions_and_rule_must_all_hold() -> None:
    one = slot(
        date_from=MONDAY, weekdays=frozenset({0, 1}), rrule="FREQ=DAILY;INTERVAL=2",
        exceptions=frozenset({MONDAY + timedelta(days=14)}),
    )  # fmt: skip
    assert days(one) == [0, 8, 22]


@pytest.mark.parametrize(("only", "expected"), [("only", [3, 4]), ("never", [0, 1, 2, 5, 6]), ("any", list(range(7)))])
def test_holidays_only_never_or_like_any_day(only: str, expected: list[int]) -> None:
    one = dataclasses.replace(slot(), holidays=only)
    assert days(one, 7, d3="tet", d4="public") == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;INTERVAL=2", [0, 14]),
        ("FREQ=WEEKLY;BYDAY=TU,FR", [1, 4, 8, 11, 15, 18, 22, 25]),
        ("freq=monthly;bymonthday=-1", [27]),
        ("FREQ=MONTHLY;BYDAY=-1FR", [25]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2", [0]),
        ("FREQ=DAILY;COUNT=3", [0, 1, 2]),
        ("RRULE:FREQ=DAILY;UNTIL=20270106", [0, 1, 2]),
        ("BYMONTHDAY=13;FREQ=MONTHLY;BYDAY=WE", [9]),
    ],
)
def test_rules_are_counted_from_the_first_day(rule: str, expected: list[int]) -> None:
    assert days(slot(date_from=MONDAY, rrule=rule)) == expected


def test_a_count_goes_on_from_the_first_day_however_late_one_looks() -> None:
    assert rule_days("FREQ=WEEKLY;COUNT=3", MONDAY, MONDAY + timedelta(days=10), MONDAY + timedelta(days=60)) == {
        MONDAY + timedelta(days=14)
    }


def test_29_february_comes_in_leap_years_alone() -> None:
    found = rule_days("FREQ=YEARLY", date(2028, 2, 29), date(2028, 1, 1), date(2041, 1, 1))
    assert found == {date(year, 2, 29) for year in (2028, 2032, 2036, 2040)}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=SECONDLY", "rrule-too-often"),
        ("FREQ=MINUTELY;INTERVAL=30", "rrule-too-often"),
        ("FREQ=HOURLY", "rrule-too-often"),
        ("FREQ=DAILY;BYHOUR=8,9", "rrule-has-times"),
        ("FREQ=DAILY;BYMINUTE=30", "rrule-has-times"),
        ("FREQ=DAILY;BYSECOND=1", "rrule-has-times"),
        ("FREQ=DAILY;UNTIL=20270301T000000Z", "rrule-has-times"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "rrule-never"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "rrule-never"),
        ("FREQ=WEEKLY;UNTIL=20261231", "rrule-never"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6,9,11;COUNT=5", "rrule-never"),
        ("", "rrule-malformed"),
        ("daily", "rrule-malformed"),
        ("FREQ=", "rrule-malformed"),
        ("FREQ=FORTNIGHTLY", "rrule-malformed"),
        ("INTERVAL=2", "rrule-malformed"),
        ("FREQ=DAILY;FREQ=WEEKLY", "rrule-malformed"),
        ("FREQ=DAILY;INTERVAL=0", "rrule-malformed"),
        ("FREQ=DAILY;INTERVAL=-1", "rrule-malformed"),
        ("FREQ=DAILY;COUNT=0", "rrule-malformed"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270301", "rrule-malformed"),
        ("FREQ=DAILY;UNTIL=20270231", "rrule-malformed"),
        ("FREQ=DAILY;UNTIL=soon", "rrule-malformed"),
        ("FREQ=YEARLY;BYMONTH=13", "rrule-malformed"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "rrule-malformed"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "rrule-malformed"),
        ("FREQ=WEEKLY;BYDAY=2MO", "rrule-malformed"),
        ("FREQ=WEEKLY;BYDAY=XX", "rrule-malformed"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "rrule-malformed"),
        ("FREQ=MONTHLY;BYSETPOS=1", "rrule-malformed"),
        ("FREQ=YEARLY;BYEASTER=1", "rrule-malformed"),
        ("DTSTART:20270101\nRRULE:FREQ=DAILY", "rrule-malformed"),
        ("FREQ=DAILY\nFREQ=WEEKLY", "rrule-malformed"),
        ("DTSTART=20270101;FREQ=DAILY", "rrule-malformed"),
        ("FREQ=DAILY;", "rrule-malformed"),
        ("FREQ=DAILY;COUNT=٣", "rrule-malformed"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_with_its_reason(rule: str, code: str) -> None:
    assert problem_of(rule, MONDAY, None) == code
    assert days(slot(date_from=MONDAY, rrule=rule or "x")) == []


def test_a_rule_that_fires_only_after_the_last_day_never_fires() -> None:
    assert problem_of("FREQ=MONTHLY;BYMONTHDAY=31", MONDAY, date(2027, 1, 30)) == "rrule-never"
    assert problem_of("FREQ=MONTHLY;BYMONTHDAY=31", MONDAY, date(2027, 1, 31)) is None
    assert problem_of(" FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO ", MONDAY, None) is None


def test_a_rule_that_never_fires_is_found_soon() -> None:
    begin = time.process_time()
    for rhythm in ("DAILY", "DAILY;INTERVAL=3", "WEEKLY", "MONTHLY", "YEARLY"):
        day = "" if rhythm == "WEEKLY" else ";BYMONTHDAY=30"
        rule = f"FREQ={rhythm};BYMONTH=2{day};UNTIL=20270131"
        assert rule_days(rule, MONDAY, MONDAY, date(2090, 1, 1)) == frozenset()
        if day:
            assert problem_of(f"FREQ={rhythm};BYMONTH=2{day}", MONDAY, None) == "rrule-never"
    assert time.process_time() - begin < 5


NUMBERS = {"BYMONTH": (1, 12), "BYMONTHDAY": (-31, 31), "BYYEARDAY": (-366, 366), "BYWEEKNO": (-53, 53)}
FITTING = {
    "DAILY": ("BYMONTH", "BYMONTHDAY", "BYDAY"), "WEEKLY": ("BYMONTH", "BYDAY"),
    "MONTHLY": ("BYMONTH", "BYMONTHDAY", "BYDAY"), "YEARLY": ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY"),
}  # fmt: skip


@st.composite
def rules(draw: st.DrawFn) -> str:
    rhythm = draw(st.sampled_from(sorted(FITTING)))
    parts = {"FREQ": rhythm}
    for name in draw(st.lists(st.sampled_from(FITTING[rhythm]), max_size=2, unique=True)):
        if name == "BYDAY":
            values = draw(st.lists(st.sampled_from(["MO", "TU", "SU"]), min_size=1, max_size=3, unique=True))
            if rhythm in ("MONTHLY", "YEARLY") and "BYWEEKNO" not in parts and draw(st.booleans()):
                values = [f"{draw(st.sampled_from([-1, 1, 2, 5]))}{value}" for value in values]
        else:
            low, high = NUMBERS[name]
            values = [str(draw(st.integers(low, high).filter(bool)))]
        parts[name] = ",".join(values)
    if "BYWEEKNO" in parts and "BYDAY" in parts:
        parts["BYDAY"] = "MO"
    if len(parts) > 1 and draw(st.booleans()):
        parts["BYSETPOS"] = str(draw(st.sampled_from([-1, 1, 2])))
    if draw(st.booleans()):
        parts["INTERVAL"] = str(draw(st.integers(1, 5)))
    ending = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if ending == "COUNT":
        parts["COUNT"] = str(draw(st.integers(1, 9)))
    if ending == "UNTIL":
        parts["UNTIL"] = f"{MONDAY + timedelta(days=draw(st.integers(0, 900))):%Y%m%d}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


@given(rules(), st.integers(0, 800), st.integers(0, 900), st.integers(0, 60))
@many
def test_a_bounded_search_finds_the_days_that_dateutil_finds(rule: str, start: int, first: int, length: int) -> None:
    begin = date(2026, 6, 1) + timedelta(days=start)
    since = date(2026, 6, 1) + timedelta(days=first)
    until = since + timedelta(days=length)
    if problem_of(rule, begin, begin + timedelta(days=900)):
        return  # dateutil would search to the year 9999
    found = rrulestr(rule, dtstart=datetime.combine(begin, datetime.min.time()))
    whole = itertools.takewhile(lambda one: one.date() <= until, itertools.islice(found, 1000))
    assert rule_days(rule, begin, since, until) == {one.date() for one in whole if one.date() >= since}


RECURRING = st.builds(
    lambda start, length, weekdays, exceptions, holidays, rule: slot(
        date_from=MONDAY + timedelta(days=start),
        date_until=None if length is None else MONDAY + timedelta(days=start + length),
        weekdays=frozenset(weekdays), exceptions=frozenset(MONDAY + timedelta(days=n) for n in exceptions),
        holidays=holidays, rrule=rule,
    ),
    st.integers(-9, 9), st.none() | st.integers(0, 20), st.lists(st.integers(0, 6), max_size=7),
    st.lists(st.integers(0, 20), max_size=3), st.sampled_from(["any", "only", "never"]), st.just("") | rules(),
)  # fmt: skip


@given(RECURRING, st.lists(st.integers(0, 20), max_size=3), st.integers(0, 9), st.integers(0, 30))
@many
def test_days_as_bits_say_what_the_words_say(one: SlotInput, feasts: list[int], first: int, length: int) -> None:
    holidays = {MONDAY + timedelta(days=number): "public" for number in feasts}
    since = MONDAY + timedelta(days=first)
    until = since + timedelta(days=length)
    fires = rule_days(one.rrule, one.date_from, since, until) if one.rrule else None
    expected = [
        one.date_from <= day <= (one.date_until or day)
        and day.weekday() in one.weekdays
        and day not in one.exceptions
        and (one.holidays == "any" or (day in holidays) == (one.holidays == "only"))
        and (fires is None or day in fires)
        for day in days_between(since, until)
    ]
    mask = Days(since, until, holidays).mask(recurrence_of(one))
    assert [bool(mask >> number & 1) for number in range(length + 1)] == expected
    assert mask >> (length + 1) == 0


@given(RECURRING)
@many
def test_the_first_day_is_the_first_that_airs(one: SlotInput) -> None:
    anyday = dataclasses.replace(one, holidays="any")
    found = first_day(recurrence_of(one))
    if found is not None:
        assert airs_on(anyday, found)
    before = 25 if found is None else min(25, (found - one.date_from).days)
    days = Days(one.date_from, one.date_from + timedelta(days=before - 1), {})
    assert days.mask(recurrence_of(anyday)) == 0


def test_a_window_past_midnight_belongs_to_the_holiday_it_starts_on() -> None:
    calendar = Calendar(ZONE, (hours((18, 30)),), {MONDAY: "tet"})
    openings = calendar.openings(MONDAY, MONDAY + timedelta(days=2))
    night = slot(holidays="only", windows=span((22, 26)))
    assert due((night,), calendar, openings) == [(calendar.at(MONDAY, 1320), calendar.at(MONDAY, 1560), 1)]


def test_ten_thousand_slots_with_rules_of_their_own_stay_cheap() -> None:
    calendar = Calendar(ZONE, (hours((6, 23)),))
    openings = calendar.openings(MONDAY, MONDAY + timedelta(days=34))
    slots = tuple(
        slot(
            number, windows=span((8, 10)), date_from=MONDAY - timedelta(days=number % 500),
            rrule=("FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;BYDAY=1MO", "FREQ=DAILY;INTERVAL=3", "")[number % 4],
        )
        for number in range(10_000)
    )  # fmt: skip
    begin = time.process_time()
    spans = due(slots, calendar, openings)
    assert len(spans) == 36
    assert time.process_time() - begin < 5
