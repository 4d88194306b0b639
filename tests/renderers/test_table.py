from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.plugin_api.types import Card
from renderers.cards.base import EASY
from renderers.cards.grid import Table, measure
from renderers.cards.table import set_table, split, table_of
from renderers.drawn import collecting
from renderers.errors import RenderError
from renderers.figures import FigureStack, figures_width, halves, is_figures, is_number
from renderers.furniture import Furniture
from renderers.text import Style
from tests.renderers.stage import Folder, face, render

RATES = Card(
    "table",
    title="Tỷ giá tham khảo",
    head=True,
    rows=(("Ngoại tệ", "Mua vào"), ("USD", "26.110,00"), ("KHR", "6,25"), ("JPY", "171,5"), ("Vàng", "–")),
)


def test_decimal_points_stand_in_one_line_and_numbers_end_at_the_right(national):
    table = table_of(RATES, "vi")
    sheet = set_table("", "", table, split(4, 1)[0], face(), national, Furniture("vi", ""), EASY)
    assert sheet is not None
    numbers = [placed for placed in sheet.cells if isinstance(placed.stack, FigureStack)]
    points = set()
    for placed in numbers:
        line = placed.stack.lines[0]
        before, after = halves(line.text, "vi")
        if after:
            points.add(placed.x + round(figures_width(before, line.style)))
    assert len(numbers) == 4
    assert max(points) - min(points) <= 1


def test_figures_are_tabular():
    style = Style("vi", 40, 600)
    assert len({round(figures_width(digit, style), 3) for digit in "0123456789"}) == 1


@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [
        ("26.345,50", "vi", ("26.345", ",50")),
        ("26,345.50", "en", ("26,345", ".50")),
        ("26.345", "vi", ("26.345", "")),
        ("26.345", "en", ("26", ".345")),
        ("1.234.567", "vi", ("1.234.567", "")),
        ("6,25 %", "vi", ("6", ",25 %")),
        ("12%", "vi", ("12", "%")),
        ("–", "vi", ("–", "")),
    ],
)
def test_a_number_is_cut_at_its_decimal_point(text: str, language: str, parts: tuple[str, str]):
    found = halves(text, language)
    assert "".join(found) == text
    if any(char.isdigit() for char in text):
        assert found == parts


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_cutting_a_number_loses_nothing(number):
    text = f"{number:,.2f}"
    assert halves(text, "en") == (text[:-3], text[-3:])
    assert is_number(text)
    assert is_figures(text)


def test_times_are_figures_and_words_are_not():
    assert is_figures("07:30–11:00")
    assert not is_number("07:30–11:00")
    assert not is_figures("cả ngày")


def test_columns_are_as_wide_as_what_they_hold():
    table = Table(("", ""), (("Ngắn", "1"), ("Một tên dài hơn nhiều", "2")), "vi")
    measures = measure(table, 24, 15, 600, 1)
    assert measures is not None
    first, second = measures.columns
    assert first.width > 3 * second.width
    assert measure(table, 24, 15, 120, 1) is None


def test_too_many_rows_become_pages_with_the_head_repeated(sink: Folder, national):
    rows = (("Quầy", "Giờ"), *((f"Quầy số {number}", f"{number:02}:00–18:00") for number in range(1, 19)))
    with collecting() as drawn:
        scenes = render(sink, national, Card("table", title="Giờ mở cửa", head=True, rows=rows)).scenes
    assert 1 < len(scenes) <= 8
    assert len(drawn) == len(scenes)
    assert split(18, 4)[0].per == 5
    assert [page.stop - page.start for page in split(18, 4)] == [5, 5, 4, 4]


def test_every_shape_of_face_shows_a_table(sink: Folder, national):
    faces = tuple(
        face(*size, letter) for size, letter in zip(((512, 256), (256, 768), (1920, 120)), "abc", strict=True)
    )
    for scene in render(sink, national, RATES, faces=faces).scenes:
        assert set(scene.faces) == {"a", "b", "c"}


@pytest.mark.parametrize("rows", [(), (("Tên", "Giá"),), (("Tên", "Giá"), ("", " "))])
def test_a_table_without_rows_is_said(rows: tuple[tuple[str, ...], ...], sink: Folder, national):
    with pytest.raises(RenderError) as refused:
        render(sink, national, Card("table", head=True, rows=rows))
    assert refused.value.code == "empty"


HOURS = Card(
    "table",
    title="ម៉ោងធ្វើការ",
    head=True,
    fields=(("note", "រាល់ថ្ងៃ រួមទាំងថ្ងៃបុណ្យ"),),
    rows=(("ទីកន្លែង", "ព្រឹក", "រសៀល"), *((("ត្រួតពិនិត្យលិខិតឆ្លងដែន", "07:00–11:30", "13:30–18:00"),) * 8)),
)


def test_a_small_face_shows_rows_together_behind_a_page_with_the_headline(sink: Folder, national):
    with collecting() as drawn:
        scenes = render(sink, national, HOURS, language="km").scenes
    assert len(scenes) == 3
    cells = [sum(name == "cell" for name, _ in picture.boxes) for picture in drawn]
    assert cells == [0, 15, 15]  # the head and four rows of three


def test_a_table_without_headline_and_note_has_no_page_for_them(sink: Folder, national):
    bare = replace(HOURS, title="", fields=())
    with collecting() as drawn:
        render(sink, national, bare, language="km")
    assert all(any(name == "cell" for name, _ in picture.boxes) for picture in drawn)
