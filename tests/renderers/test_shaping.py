"""No tofu and no unshaped letter: every text of the library, against the fonts' own tables."""

from __future__ import annotations

import io
import unicodedata
from functools import cache

import pytest
from fontTools.ttLib import TTFont
from icu4py.breakers import CharacterBreaker
from PIL import Image, ImageFont

from renderers.fit import Part, fit
from renderers.fonts import coverage, font, itemize, path_of
from renderers.scripts import SCRIPTS
from renderers.text import Style, ink, leading, normalise, width
from tests.renderers.library import LANGUAGES, paragraphs

COENG = "\u17d2"
DOTTED_CIRCLE = 0x25CC


@cache
def clusters(language: str) -> tuple[str, ...]:
    """The different clusters of letters of more than one character."""
    found = (one for text in paragraphs(language) for one in CharacterBreaker(text, language))
    return tuple(dict.fromkeys(one for one in found if len(one) > 1 and not one.isspace()))


@cache
def khmer_without_dotted_circle() -> ImageFont.FreeTypeFont:
    """The Khmer font as it would be without the circle that shaping puts under marks that have no letter."""
    with TTFont(path_of("khmer"), lazy=True, recalcBBoxes=False, recalcTimestamp=False) as file:
        for table in file["cmap"].tables:
            table.cmap.pop(DOTTED_CIRCLE, None)
        data = io.BytesIO()
        file.save(data, reorderTables=None)
    loaded = ImageFont.truetype(io.BytesIO(data.getvalue()), 200, layout_engine=ImageFont.Layout.RAQM)
    loaded.set_variation_by_axes([600, 100])
    return loaded


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_has_a_glyph_in_the_font_that_draws_it(language: str):
    for text in paragraphs(language):
        for family, run in itemize(text, language):
            assert {ord(char) for char in run} <= coverage(family)
            assert family in ({"km": "khmer", "lo": "lao", "zh-hans": "han"}.get(language, "latin"), "latin", "noto")


def test_shaping_puts_no_dotted_circle_into_khmer():
    plain, whole = khmer_without_dotted_circle(), font("khmer", 600, 200)
    assert whole.getlength("ា" + "ក") != plain.getlength("ា" + "ក")  # a vowel without its letter would have shown it
    for text in paragraphs("km"):
        for family, run in itemize(text, "km"):
            if family == "khmer":
                assert whole.getlength(run) == pytest.approx(plain.getlength(run), abs=0.1), run


def test_khmer_consonants_go_below_instead_of_beside():
    khmer = font("khmer", 600, 200)
    unshaped = ImageFont.truetype(str(path_of("khmer")), 200, layout_engine=ImageFont.Layout.BASIC)
    unshaped.set_variation_by_axes([600, 100])
    # Vowels of two parts are one glyph to the layout that does not shape.
    stacks = [one for one in clusters("km") if COENG in one[:-1] and not set(one) & set("ើឿៀោៅ")]
    assert len(stacks) > 150
    for stack in stacks:
        assert khmer.getlength(stack) < 0.97 * unshaped.getlength(stack), stack


def test_lao_marks_stand_on_their_consonant():
    lao = font("lao", 600, 200)
    marked = [one for one in clusters("lo") if all(unicodedata.category(mark) == "Mn" for mark in one[1:])]
    assert len(marked) > 150
    for cluster in marked:
        assert lao.getlength(cluster) == pytest.approx(lao.getlength(cluster[0]), abs=0.1), cluster
    tones = [one for one in marked if len(one) == 3]
    assert tones
    for cluster in tones:  # a tone over a vowel stands higher than over the bare consonant
        assert lao.getbbox(cluster, anchor="ls")[1] <= lao.getbbox(cluster[0] + cluster[2], anchor="ls")[1]


@pytest.mark.parametrize("language", ["km", "lo", "vi"])
def test_a_line_is_as_wide_as_its_clusters(language: str):
    """Nothing is drawn over its neighbour, and nothing is lost, wherever a text is cut between clusters."""
    style = Style(language, 200)
    for text in paragraphs(language)[:12]:
        parts = sum(width(one, style) for one in CharacterBreaker(text, language))
        assert width(text, style) == pytest.approx(parts, rel=0.03)


@pytest.mark.parametrize("language", LANGUAGES)
def test_composed_and_decomposed_texts_are_drawn_alike(language: str):
    for text in [one for one in paragraphs(language) if 60 < len(one) < 220][:6]:
        pictures = []
        for form in ("NFC", "NFD"):
            written = unicodedata.normalize(form, text)
            stack = fit([Part(written, language, (240, 236, 225), 1.0, 14, 40)], 420, 240, 14, 40)
            assert stack is not None
            image = Image.new("RGB", (420, 240), (10, 40, 36))
            stack.draw(image, 0, 0)
            pictures.append((image.tobytes(), [line.text for line in stack.lines], normalise(written)))
        assert pictures[0] == pictures[1]


def test_vietnamese_texts_really_differ_before_they_are_composed():
    assert all(unicodedata.normalize("NFD", text) != text for text in paragraphs("vi")[2:12])


@pytest.mark.parametrize(("language", "least"), [("km", 1.6), ("lo", 1.5), ("zh-hans", 1.4), ("vi", 1.3)])
def test_lines_are_as_high_as_their_script_needs(language: str, least: float):
    text = paragraphs(language)[10]
    family = itemize(text, language)[0][0]
    for size in (18, 31, 64):
        assert leading(text, Style(language, size)) >= least * SCRIPTS[family].scale * size - 1


def test_a_mixed_line_is_drawn_by_each_script_s_own_font():
    text = "Tịnh Biên ទិញបៀន 靖边 ຕິນບຽນ 07:00"
    assert [family for family, _ in itemize(text, "vi")] == ["latin", "khmer", "han", "lao", "latin"]
    style = Style("vi", 40)
    assert leading(text, style) == leading("ទិញបៀន", style)
    assert ink(text, style)[3] >= ink("ទិញបៀន", style)[3]
