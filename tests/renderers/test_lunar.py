"""The Vietnamese lunar calendar against what is known of it, and against an independent package."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from renderers.lunar import lunar
from tests.renderers import make_glyphs_vectors as vectors

EPOCH = date(1970, 1, 1)


def of(day: date):
    return lunar((day - EPOCH).days)


def new_years() -> dict[int, date]:
    found, day = {}, date(1901, 1, 1)
    while day < date(2101, 1, 1):
        moon = of(day)
        if (moon.day, moon.month, moon.leap) == (1, 1, False):
            found[day.year] = day
            day += timedelta(days=340)
        day += timedelta(days=1)
    return found


@pytest.mark.parametrize(
    "day",
    ["1968-01-29", "1985-01-21", "2007-02-17", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26",
     "2029-02-13", "2030-02-02", "2033-01-31"],
)  # fmt: skip
def test_tet_falls_on_the_days_it_did_and_will_in_vietnam(day):
    """Also in 1968, 1985, 2007 and 2030, when China's new year is another day."""
    moon = of(date.fromisoformat(day))
    assert (moon.day, moon.month, moon.leap, moon.year) == (1, 1, False, int(day[:4]))
    before = of(date.fromisoformat(day) - timedelta(days=1))
    assert (before.day in (29, 30), before.month, before.year) == (True, 12, int(day[:4]) - 1)


def test_two_centuries_of_tet_agree_with_an_independent_package():
    ours = new_years()
    assert len(ours) == 200
    known = holidays.country_holidays("VN", years=range(1901, 2101))
    assert [day for day in ours.values() if "Lunar New Year" not in known.get(day, "")] == []


@pytest.mark.parametrize(
    ("year", "month"),
    [(1984, 0), (1999, 0), (1985, 2), (2020, 4), (2023, 2), (2025, 6), (2028, 5), (2031, 3), (2033, 11)],
)
def test_leap_months_are_the_known_ones(year, month):
    days = [of(date(year, 1, 1) + timedelta(days=n)) for n in range(31, 420)]
    leap = {one.month for one in days if one.leap and one.year == year}
    assert leap == ({month} if month else set())


def test_years_have_their_names():
    assert [of(date(year, 6, 1)).cycle for year in (1984, 2024, 2026, 2027, 2044)] == [
        0,
        40,
        42,
        43,
        0,
    ]  # Giáp Tý, Giáp Thìn …


def test_every_day_follows_the_one_before():
    before = of(date(1990, 1, 1))
    for number in range(1, 25_000):
        moon = of(date(1990, 1, 1) + timedelta(days=number))
        if moon.day != 1:
            assert moon.day == before.day + 1
            assert (moon.month, moon.leap, moon.year) == (before.month, before.leap, before.year)
        else:
            assert before.day in (29, 30)
            assert moon.leap or moon.month == before.month % 12 + 1
            assert moon.year == before.year + (moon.month == 1 and not moon.leap)
        before = moon


def test_the_committed_vectors_are_those_that_the_generator_writes():
    for name, text in vectors.build().items():
        committed = (vectors.FOLDER / name).read_text(encoding="utf-8")
        assert committed == text, "run: python -m tests.renderers.make_glyphs_vectors"
