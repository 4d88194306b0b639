"""Live values: which cells of an atlas say a time, a countdown, a number or a word, and when the fallback stands in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.plugin_api.types import Glyphs
from renderers.glyphs import cells
from tests.renderers.make_glyphs_vectors import FULL, Live, atlas

NEW_YEARS_EVE = round(datetime(2026, 12, 31, 16, 59, 58, tzinfo=UTC).timestamp() * 1000)
"""23:59:58 in Vietnam."""
HOUR = 3_600_000


def said(glyphs: Glyphs, instant: float = NEW_YEARS_EVE, width: int = 900, **values: Live) -> str:
    return " ".join(name for _, name, _ in cells(glyphs, instant, values, width))


def time(*pattern: str, **more) -> Glyphs:
    return Glyphs("time", FULL, pattern, fallback=("–",), **more)


def test_a_clock_tells_the_wall_clock_of_its_zone_to_the_second():
    clock = time("HH", ":", "mm", ":", "ss")
    assert said(clock) == "2 3 : 5 9 : 5 8"
    assert said(clock, NEW_YEARS_EVE + 1999) == "2 3 : 5 9 : 5 9"
    assert said(clock, NEW_YEARS_EVE + 2000) == "0 0 : 0 0 : 0 0"
    assert said(replace(clock, offset_min=0)) == "1 6 : 5 9 : 5 8"
    assert said(time("H"), NEW_YEARS_EVE + 2000) == "0"


def test_a_date_is_told_with_its_weekday():
    assert said(time("weekday", "dd", "/", "MM", "/", "yyyy")) == "w4 3 1 / 1 2 / 2 0 2 6"
    assert said(time("weekday", "d", "/", "M"), NEW_YEARS_EVE + 2000) == "w5 1 / 1"
    sunday = round(datetime(2027, 1, 3, 5, tzinfo=UTC).timestamp() * 1000)
    assert said(time("weekday"), sunday) == "w7"


def test_the_lunar_date_is_that_of_the_day_in_vietnam():
    tet = round(datetime(2027, 2, 5, 17, tzinfo=UTC).timestamp() * 1000)
    day = time("ld", "/", "lm", "leap", "lyear")
    assert said(day, tet) == "1 / 1 c43"  # Đinh Mùi
    assert said(day, tet - 1) == "2 9 / 1 2 c42"  # Bính Ngọ
    leap = round(datetime(2028, 6, 23, 5, tzinfo=UTC).timestamp() * 1000)
    assert said(day, leap) == "1 / 5 leap c44"


def test_a_countdown_tells_begun_seconds_and_says_when_it_is_over():
    until = NEW_YEARS_EVE + 2 * 86_400_000
    countdown = Glyphs("countdown", FULL, ("D", "–", "HH", ":", "mm", ":", "ss"), fallback=("over",), until=until)
    assert said(countdown, until - 2 * 86_400_000) == "2 – 0 0 : 0 0 : 0 0"
    assert said(countdown, until - 2 * 86_400_000 + 1) == "2 – 0 0 : 0 0 : 0 0"
    assert said(countdown, until - 3_661_000) == "0 – 0 1 : 0 1 : 0 1"
    assert said(countdown, until - 1) == "0 – 0 0 : 0 0 : 0 1"
    assert said(countdown, until) == "over"


@pytest.mark.parametrize(
    ("number", "decimals", "shown"),
    [(25480, 0, "2 5 . 4 8 0"), (1_234_567.5, 1, "1 . 2 3 4 . 5 6 7 , 5"), (-3.25, 1, "- 3 , 3"), (-0.04, 1, "0 , 0"),
     (0, 0, "0"), (2.5, 0, "3"), (999.996, 2, "1 . 0 0 0 , 0 0"), (1e15, 0, "–"), (float("nan"), 0, "–")],
)  # fmt: skip
def test_a_number_is_written_as_vietnamese_write_it(number, decimals, shown):
    rate = Glyphs("value", FULL, name="usd", decimals=decimals, fallback=("–",))
    assert said(rate, usd=Live(number, NEW_YEARS_EVE, HOUR)) == shown


def test_a_word_is_shown_only_when_the_atlas_has_it():
    gate = Glyphs("value", FULL, name="gate", fallback=("closed",))
    assert said(gate, gate=Live("open", NEW_YEARS_EVE, HOUR)) == "open"
    assert said(gate, gate=Live("a sentence nobody approved", NEW_YEARS_EVE, HOUR)) == "closed"
    assert said(gate, gate=Live(True, NEW_YEARS_EVE, HOUR)) == "closed"


def test_what_is_missing_or_too_old_shows_the_fallback():
    rate = Glyphs("value", FULL, name="usd", fallback=("–", "–"), max_age_ms=HOUR)
    assert said(rate) == "– –"
    assert said(rate, usd=Live(7, NEW_YEARS_EVE - HOUR, 2 * HOUR)) == "7"
    assert said(rate, usd=Live(7, NEW_YEARS_EVE - HOUR - 1, 2 * HOUR)) == "– –"  # the card's limit
    assert said(rate, usd=Live(7, NEW_YEARS_EVE - 501, 500)) == "– –"  # the value's own
    assert said(rate, usd=Live(7, NEW_YEARS_EVE + 500, 0)) == "7"  # a clock a little behind


def test_what_does_not_fit_or_has_no_cell_shows_the_fallback():
    clock = Glyphs("time", FULL, ("HH", ":", "mm"), fallback=("–",))
    width = sum(rect.width for _, _, rect in cells(clock, NEW_YEARS_EVE, {}, 900))
    assert said(clock, width=width) == "2 3 : 5 9"
    assert said(clock, width=width - 1) == "–"
    assert said(replace(clock, cells=atlas("0", "1", "2", ":", "–"))) == "–"
    assert said(replace(clock, pattern=("HH", "no such cell"), fallback=("no such cell", "–"))) == "–"


def test_rows_are_aligned_in_their_rectangle():
    glyphs = Glyphs("time", FULL, ("HH",))
    (_, _, first), (_, _, second) = cells(glyphs, NEW_YEARS_EVE, {}, 100)
    wide = first.width + second.width
    for align, x in (("left", 0), ("centre", (101 - wide) // 2), ("right", 101 - wide)):
        row = cells(replace(glyphs, align=align), NEW_YEARS_EVE, {}, 101)
        assert [one[0] for one in row] == [x, x + first.width]


@given(st.integers(946_684_800_000, 4_102_444_799_999))
def test_the_wall_clock_agrees_with_the_calendar(instant):
    local = datetime.fromtimestamp(instant // 1000, UTC) + timedelta(hours=7)
    expected = " ".join(f"{local:%H}") + " : " + " ".join(f"{local:%M}") + " " + " ".join(f"{local:%d%m%Y}")
    assert said(time("HH", ":", "mm", "dd", "MM", "yyyy"), instant) == expected


@given(
    st.sampled_from(["left", "centre", "right"]),
    st.integers(1, 200),
    st.one_of(st.integers(), st.floats(), st.text(max_size=3)),
)
def test_nothing_but_cells_of_the_atlas_within_the_rectangle_is_ever_shown(align, width, value):
    glyphs = Glyphs("value", FULL, align=align, name="x", decimals=2, fallback=("–",))
    row = cells(glyphs, 1000, {"x": Live(value, 0, 5000)}, width)
    known = dict(FULL)
    assert all(known[name] == rect for _, name, rect in row)
    assert row
    assert row[0][0] >= 0
    if row[-1][1] != "–":
        assert row[-1][0] + row[-1][2].width <= width
