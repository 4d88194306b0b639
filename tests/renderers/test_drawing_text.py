"""Letters on pixels: light that adds, edges of one bit, and what may be seen through."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from renderers.blend import linear_of
from renderers.colour import RGB
from renderers.fit import Part, fit
from renderers.text import Style, coverage, draw_line, ink
from tests.renderers.library import LANGUAGES, paragraphs

LIGHT, DARK = (240, 236, 225), (10, 40, 36)
WORDS = {"vi": "Cửa khẩu Ấp Ậm", "en": "Border gate", "km": "ស្ត្រី ទិញបៀន", "lo": "ທີ່ ນ້ຳ ກັ້ນ", "zh-hans": "靖边国际口岸"}


def drawn(text: str, style: Style, colour: RGB, ground: tuple[int, ...]) -> Image.Image:
    left, top, right, bottom = ink(text, style)
    image = Image.new("RGBA" if len(ground) == 4 else "RGB", (right - left + 8, bottom - top + 8), ground)
    draw_line(image, 4 - left, 4 - top, text, style, colour)
    return image


@pytest.mark.parametrize("language", LANGUAGES)
def test_half_covered_pixels_give_half_the_light(language: str):
    style = Style(language, 24)
    image = np.asarray(drawn(WORDS[language], style, (255, 255, 255), (0, 0, 0)))[..., 1]
    covered = coverage(WORDS[language], style)[0]
    assert linear_of(image).sum() == pytest.approx((covered / 255).sum(), rel=0.01)


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_weigh_the_same_light_on_dark_and_dark_on_light(language: str):
    style = Style(language, 22)
    white, black = (255, 255, 255), (0, 0, 0)
    added = linear_of(np.asarray(drawn(WORDS[language], style, white, black))).sum()
    taken = (1 - linear_of(np.asarray(drawn(WORDS[language], style, black, white)))).sum()
    assert added == pytest.approx(taken, rel=0.01)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [15, 22, 40])
def test_a_coarse_panel_gets_letters_of_one_bit(language: str, size: int):
    hard = drawn(WORDS[language], Style(language, size, smooth=False), LIGHT, DARK)
    soft = drawn(WORDS[language], Style(language, size), LIGHT, DARK)
    assert {colour for _, colour in hard.getcolors()} == {LIGHT, DARK}
    assert len(soft.getcolors()) > 8
    lit = sum(count for count, colour in hard.getcolors() if colour == LIGHT)
    covered = (coverage(WORDS[language], Style(language, size))[0] / 255).sum()
    assert lit == pytest.approx(covered, rel=0.25)


def test_a_stack_is_drawn_with_the_edges_it_was_fitted_for():
    part = Part("Cửa khẩu quốc tế Tịnh Biên", "vi", LIGHT, 1.0, 14, 60)
    for smooth, colours in ((False, 2), (True, 40)):
        stack = fit([part], 300, 120, 14, 60, smooth=smooth)
        assert stack is not None
        image = Image.new("RGB", (300, 120), DARK)
        stack.draw(image, 0, 0)
        found = len(image.getcolors(100_000))
        assert found == 2 if not smooth else found > colours


@pytest.mark.parametrize("ground", [DARK, (90, 90, 90), (200, 30, 40)])
def test_an_opaque_overlay_looks_as_the_picture_would(ground: RGB):
    style = Style("vi", 26)
    plain = drawn("Cửa khẩu", style, LIGHT, ground)
    overlay = drawn("Cửa khẩu", style, LIGHT, (*ground, 255))
    assert overlay.getchannel("A").getextrema() == (255, 255)
    assert overlay.convert("RGB").tobytes() == plain.tobytes()


@pytest.mark.parametrize(("colour", "below"), [(LIGHT, (0, 0, 0)), ((8, 8, 20), (255, 255, 255))])
def test_a_clear_overlay_gives_the_right_light_over_a_clip(colour: RGB, below: RGB):
    style = Style("vi", 26)
    wanted = np.asarray(drawn("Cửa khẩu", style, colour, below)).astype(int)
    overlay = drawn("Cửa khẩu", style, colour, (0, 0, 0, 0))
    canvas = Image.new("RGB", overlay.size, below)
    canvas.paste(overlay, (0, 0), overlay)
    assert np.abs(np.asarray(canvas).astype(int) - wanted).max() <= 8
    assert overlay.getchannel("A").getextrema() == (0, 255)


def test_what_lies_under_an_overlay_s_letters_is_never_less_opaque_after():
    scrim = Image.fromarray(
        np.dstack([np.full((60, 240, 3), 20), np.tile(np.arange(240), (60, 1))]).astype(np.uint8), "RGBA"
    )
    before = np.asarray(scrim)[..., 3].copy()
    draw_line(scrim, 4, 44, "Cửa khẩu quốc tế", Style("vi", 28), LIGHT)
    after = np.asarray(scrim)[..., 3]
    assert (after >= before).all()
    assert (after > before).any()


def test_letters_that_leave_the_picture_are_cut_at_its_edge():
    image = Image.new("RGB", (40, 20), DARK)
    for place in ((-30, 15), (30, 15), (5, -4), (5, 30), (500, 500)):
        draw_line(image, *place, "Cửa khẩu", Style("vi", 24), LIGHT)
    assert image.size == (40, 20)
    with pytest.raises(ValueError, match="RGB"):
        draw_line(Image.new("P", (40, 20)), 2, 15, "Cửa", Style("vi", 20), LIGHT)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("smooth", [True, False])
def test_ink_lies_in_its_box(language: str, smooth: bool):
    for index, text in enumerate(paragraphs(language)[8:20]):
        size = (13, 15, 18, 21, 26, 33, 47, 64)[index % 8]
        style = Style(language, size, (600, 700, 800)[index % 3], smooth=smooth)
        covered, left, top = coverage(text[:36].strip(), style)
        rows, columns = np.nonzero(covered)
        box = ink(text[:36].strip(), style)
        assert box[0] <= left + columns.min()
        assert box[1] <= top + rows.min()
        assert left + columns.max() < box[2]
        assert top + rows.max() < box[3]
