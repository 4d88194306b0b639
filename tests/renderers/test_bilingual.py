from __future__ import annotations

import pytest

from cms.plugin_api.types import Card
from renderers.cards.base import EASY
from renderers.cards.bilingual import Half, Page, _attempts, set_bilingual
from renderers.errors import RenderError
from renderers.furniture import Furniture
from renderers.legibility import least_size
from tests.renderers.stage import Folder, face, render


def card(text: str, other: str, language: str = "km") -> Card:
    fields = (("other_language", language), ("other_title", ""), ("other_text", other))
    return Card("bilingual", text=text, fields=fields)


@pytest.mark.parametrize("size", [(512, 256), (1024, 256), (256, 768), (1920, 120)])
def test_each_script_keeps_its_own_minimum_and_the_first_is_the_larger(size: tuple[int, int], national):
    page = Page(Half("vi", "Cửa khẩu Tịnh Biên", ""), Half("km", "ច្រកទ្វារទិញបៀន", ""))
    sheet = set_bilingual(page, face(*size), national, Furniture("vi", "Tỉnh An Giang"), EASY)
    assert sheet is not None
    sizes = {line.style.language: line.style.size for placed in sheet.stacks for line in placed.stack.lines}
    assert sizes["vi"] >= sizes["km"] * 0.95 or size[0] < size[1]
    assert all(sizes[language] >= least_size(face(*size), language) for language in sizes)
    first, other = sheet.stacks
    if size[0] >= 4 * size[1]:
        assert first.x + first.stack.width <= other.x
    else:
        assert first.y + first.stack.height <= other.y


def test_long_texts_turn_together_or_one_after_the_other(sink: Folder, national):
    long = " ".join(["Hành khách xuất trình hộ chiếu tại quầy kiểm soát."] * 6)
    english = " ".join(["Please show your passport at the control desk."] * 6)
    scenes = render(sink, national, card(long, english, "en")).scenes
    assert 1 < len(scenes) <= 8


def test_a_half_without_words_is_said(sink: Folder, national):
    with pytest.raises(RenderError) as refused:
        render(sink, national, card("Chào", ""))
    assert refused.value.code == "empty"


def test_both_halves_of_a_page_say_the_same_sentences():
    first = Half("vi", "", "Xin xếp hàng. Hãy chuẩn bị hộ chiếu của quý khách. Chúc quý khách thượng lộ bình an.")
    other = Half("en", "", "Queue. Have your passport ready. We wish you a safe journey.")
    pages = next(pages for comfort, pages in _attempts(first, other) if len(pages) == 3)
    assert [(page.first.text, page.other.text) for page in pages] == [
        ("Xin xếp hàng.", "Queue."),
        ("Hãy chuẩn bị hộ chiếu của quý khách.", "Have your passport ready."),
        ("Chúc quý khách thượng lộ bình an.", "We wish you a safe journey."),
    ]
