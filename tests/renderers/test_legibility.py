"""What a traveller can read: sizes, times, contrast measured on the pixels, and what the editor is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cms.plugin_api.types import Card, Legibility
from renderers.cards.base import collecting
from renderers.colour import MIN_CONTRAST, contrast, contrast_on
from renderers.drawn import recording, write
from renderers.errors import RenderError
from renderers.fit import Part, fit
from renderers.legibility import Reading, Seen, assess, least_size, reading_ms, reading_of
from renderers.pictures import scrim_need
from renderers.text import Style
from tests.renderers.stage import Folder, face, render

STYLE = Style("vi", 30)


def line(text: str, top: int, *, left: int = 0, style: Style = STYLE, looked_up: bool = False) -> Seen:
    return Seen(text, style, (left, top, left + 100, top + 30), looked_up)


def codes(reading: Reading, shown_ms: int = 30_000, **more: object) -> dict[str, int]:
    _, reasons = assess(face(), reading, shown_ms, **more)
    return {reason.code: reason.points for reason in reasons}


def judged(sink: Folder, theme: object, *cards: Card, **more: object) -> list[Legibility]:
    found: list[Legibility] = []
    render(sink, theme, *cards, judge=found.append, **more)
    return found


def test_a_short_headline_is_read_at_once(sink: Folder, national):
    (one,) = judged(sink, national, Card("title", title="Cửa khẩu quốc tế Tịnh Biên"))
    assert (one.score, one.reasons, one.card, one.page, one.faces) == (100, (), 0, 0, ("a",))


def test_every_scene_of_every_card_is_judged_and_equal_faces_together(sink: Folder, national, photo: Path):
    faces = (face(512, 256, "a"), face(512, 256, "b"), face(256, 768, "c"))
    text = "Hành khách xuất trình hộ chiếu tại quầy kiểm soát biên phòng. " * 6
    cards = (Card("title", title="Chào mừng"), Card("text", text=text), Card("beside", media=photo, text=text))
    found = judged(sink, national, *cards, faces=faces)
    for index in range(3):
        pages = [one for one in found if one.card == index]
        assert {name for one in pages for name in one.faces} == {"a", "b", "c"}
        assert sorted({one.page for one in pages}) == list(range(1 + max(one.page for one in pages)))
        assert all(("a" in one.faces) == ("b" in one.faces) for one in pages)
    assert max(one.page for one in found) > 0


def test_letters_near_the_limit_cost_points_and_below_it_nothing_is_drawn():
    far = face(distance_m=60)
    clear, limit = least_size(far, "vi"), least_size(far, "vi", limit=True)
    assert assess(far, Reading(smallest=(("vi", clear),)), 9000)[0] == 100
    scores = [assess(far, Reading(smallest=(("vi", em),)), 9000)[0] for em in range(limit, clear)]
    assert scores == sorted(scores)
    assert scores[-1] < 100
    assert scores[0] <= 75
    with pytest.raises(RenderError) as refused:
        assess(far, Reading(smallest=(("vi", limit - 1),)), 9000)
    assert refused.value.code == "illegible"
    assert "60 m" in refused.value.vi


def test_a_set_time_that_is_short_costs_points_and_a_third_of_it_is_refused(sink: Folder, national):
    card = Card("text", text="Hành khách xuất trình hộ chiếu và giấy thông hành tại quầy kiểm soát.")
    needs = reading_ms(card.text, "vi")
    (scene,) = render(sink, national, replace(card, duration_ms=needs // 2)).scenes
    assert scene.duration_ms == needs // 2
    (one,) = judged(sink, national, replace(card, duration_ms=needs // 2))
    assert "short" in {reason.code for reason in one.reasons}
    assert one.score < 90
    with pytest.raises(RenderError) as refused:
        render(sink, national, replace(card, duration_ms=needs // 4))
    assert refused.value.code == "illegible"
    assert "giây" in refused.value.vi
    assert "longer time" in refused.value.en


def test_many_lines_many_pages_torn_words_and_narrow_columns_are_said():
    many = reading_of([line("một dòng chữ không dài", 40 * index) for index in range(8)], torn=2)
    assert set(codes(many, pages=5)) == {"lines", "pages", "torn", "long"}
    narrow = reading_of([line("ngắn", 40 * index) for index in range(6)])
    assert "narrow" in codes(narrow)
    assert codes(reading_of([line("Chào", 0)])) == {}


def test_lines_side_by_side_count_once_and_cells_are_looked_up():
    columns = [line("một cột chữ", 40 * index, left=left) for index in range(4) for left in (0, 300, 600)]
    assert reading_of(columns).lines == 4
    cells = [replace(one, looked_up=True) for one in columns]
    assert reading_of(cells).lines == 0
    assert reading_of(cells).needs_ms < reading_of(columns).needs_ms


def test_every_reason_says_in_both_languages_what_to_do():
    worst = Reading(7.1, 12, (("vi", 400),), (("vi", least_size(face(distance_m=60), "vi", limit=True)),), 5, 12)
    score, reasons = assess(face(distance_m=60), worst, 1000, pages=8)
    assert score == 0
    assert {one.code for one in reasons} == {
        "small", "short", "long", "lines", "pages", "contrast", "torn", "narrow",
    }  # fmt: skip
    assert [one.points for one in reasons] == sorted((one.points for one in reasons), reverse=True)
    assert all(one.text.vi and one.text.en and one.text.vi != one.text.en for one in reasons)


@given(
    st.floats(7.0, 21.0), st.integers(0, 20), st.integers(0, 600), st.integers(15, 90), st.integers(1, 8),
    st.integers(1000, 60_000),
)  # fmt: skip
def test_a_score_is_what_its_reasons_leave_of_a_hundred(
    ratio: float, lines: int, characters: int, em: int, pages: int, shown_ms: int
):
    reading = Reading(ratio, lines, (("vi", characters),), (("vi", em),))
    score, reasons = assess(face(), reading, shown_ms, pages=pages)
    assert score == max(0, 100 - sum(one.points for one in reasons))
    assert all(one.points > 0 for one in reasons)
    assert Reading.from_json(reading.to_json()) == reading


def test_contrast_is_that_of_the_worst_pixel_behind_the_ink():
    image = Image.new("RGB", (100, 50), (0, 0, 0))
    image.putpixel((60, 20), (90, 90, 90))
    white = (255, 255, 255)
    assert contrast_on(image, (0, 0, 50, 50), white) == pytest.approx(21)
    assert contrast_on(image, (50, 0, 100, 50), white) == pytest.approx(contrast(white, (90, 90, 90)))
    assert contrast_on(image, (0, 0, 100, 50), (60, 60, 60)) == 1  # darker than one, lighter than another


def test_text_without_contrast_is_never_drawn():
    stack = fit([Part("Sông Hậu", "vi", (255, 255, 255), 1.0, 20, 40)], 300, 100, 20, 40)
    assert stack is not None
    grey = Image.new("RGB", (300, 100), (130, 130, 130))
    with pytest.raises(RenderError) as refused:
        write(grey, stack, 0, 10)
    assert refused.value.code == "illegible"
    assert len(grey.getcolors() or ()) == 1


@given(
    st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=40),
    st.tuples(*[st.integers(0, 60)] * 3),
)
def test_a_scrim_is_enough_for_every_pixel(pixels: list[tuple[int, int, int]], ground: tuple[int, int, int]):
    text = (246, 242, 230)
    need = scrim_need(np.array([pixels], dtype=np.uint8), ground, text)
    for pixel in pixels:
        mixed = tuple(round(a + (b - a) * need) for a, b in zip(pixel, ground, strict=True))
        assert contrast(text, mixed) >= MIN_CONTRAST - 0.05


@pytest.mark.parametrize("kind", ["picture", "gallery"])
def test_on_a_white_photograph_every_letter_has_seven_to_one(kind: str, sink: Folder, national, tmp_path: Path):
    from cms.plugin_api.types import Picture

    Image.new("RGB", (900, 600), (255, 255, 255)).save(tmp_path / "white.png")
    pictures = tuple(Picture(tmp_path / "white.png", "f" * 64, caption="Chợ nổi Long Xuyên") for _ in range(2))
    card = Card(kind, title="Sông Hậu", caption="Mùa nước nổi", media=tmp_path / "white.png", pictures=pictures)
    found = judged(sink, national, card, faces=(face(960, 540),))
    assert {reason.code for one in found for reason in one.reasons} >= {"contrast"}


def test_what_was_drawn_where_is_told(sink: Folder, national, photo: Path):
    with collecting() as drawn:
        render(sink, national, Card("beside", media=photo, title="Sông Hậu", text="Mùa nước nổi năm nay."))
    (one,) = drawn
    assert one.size == (512, 256)
    assert {name for name, _ in one.boxes} == {"picture", "rule", "text", "tag", "source"}
    with recording() as record:
        pass
    assert record.boxes == []
