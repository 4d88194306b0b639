"""Every kind of card × theme × language × shape of face, on real paragraphs of 20 to 1,200 characters: nothing clipped, nothing over
something else, no missing glyph, no torn cluster, contrast of 7:1 on the very pixels.

Every run draws every kind × language × size for the national theme, and for each other theme every language and every size, crossed
so that each pair of theme and language and of theme and size is met with half of the kinds; lengths of text take turns. BANGTIN_FULL=1 draws the whole product.
"""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from cms.plugin_api.types import Face, Geometry, ItemTranslation, RenderRequest, ThemeSource
from renderers.cards import bundled
from renderers.contact_sheet import SIZES, by_night, draw_sheets, size
from renderers.drawn import Drawn, collecting
from renderers.errors import RenderError
from renderers.frames import frame_of
from renderers.samples import LANGUAGES, Media, cards, paint_pictures, paragraph, texts
from renderers.scene import scenes_of
from renderers.text import Style, draw_line
from renderers.themes import load
from tests.renderers.stage import THEMES
from tests.renderers.witness import Witness, letters

LENGTHS = (20, 100, 300, 600, 1080)
OTHERS = (100, 500)
UNDER = ("picture", "panel")
FULL = bool(os.environ.get("BANGTIN_FULL"))
ALWAYS_SHOWN = 300
"""Up to so many characters of running text no face of the sheet may refuse; a longer one may be too much for a small face."""


def combinations_to_draw() -> list[tuple[str, str, tuple[int, int]]]:
    """(theme, language, size)."""
    found = []
    for place, theme in enumerate(sorted(THEMES, key=lambda code: code != "national")):
        for row, language in enumerate(LANGUAGES):
            for column, one in enumerate(SIZES):
                if place == 0 or FULL or (row + column + place) % len(SIZES) == 0:
                    found.append((theme, language, one))
    return found


def lengths_of(kind: str, turn: int) -> tuple[int, ...]:
    """How long the texts of a kind are: all lengths in turn, or all at once with BANGTIN_FULL."""
    lengths = LENGTHS if kind == "text" else OTHERS
    return lengths if FULL else lengths[turn % 2 :: 2]


class Nowhere:
    """A sink that keeps nothing."""

    def put(self, data: bytes, type: str) -> str:
        return "0" * 64

    def put_file(self, path: Path, type: str) -> str:
        return "0" * 64


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return paint_pictures(tmp_path_factory.mktemp("pictures"), 0.4)


@pytest.mark.parametrize(("code", "language", "dimensions"), combinations_to_draw())
def test_nothing_is_clipped_covered_torn_missing_or_pale(
    code: str, language: str, dimensions: tuple[int, int], media: Media
):
    theme = load(THEMES[code])
    face = Face("a", *dimensions, pitch_mm=5.0, distance_m=15.0)
    margin = min(frame_of(face).margin_x, frame_of(face).margin_y) - 2
    faults = []
    for place, kind in enumerate(bundled.TEMPLATES):
        if code != "national" and not FULL and (place + SIZES.index(dimensions)) % 2:
            continue  # the other half of the kinds, drawn on the sizes beside this one
        for length in lengths_of(kind, LANGUAGES.index(language) + SIZES.index(dimensions) + place):
            for card in cards(kind, language, media, length):
                item = ItemTranslation("sample", language, (card,), source=texts()[language]["source"])
                witness = Witness()
                with witness.watching(), collecting() as drawn:
                    try:
                        scenes_of(RenderRequest(Geometry((face,)), item, theme, Nowhere()), card)
                    except RenderError as error:
                        if len(card.text) <= ALWAYS_SHOWN:
                            faults.append(f"{kind} {length}: refused: {error.en}")
                        continue
                found = witness.faults(dimensions, margin) + crossings(drawn, dimensions)
                lost = letters("".join((card.kicker, card.title, card.text, card.caption))) - witness.said()
                if lost:
                    found.append(f"lost: {lost}")
                faults += [f"{kind} {length}: {one}" for one in found]
    assert not faults, "\n".join(faults)


def crossings(drawn: list[Drawn], face: tuple[int, int]) -> list[str]:
    """Boxes that cards tell of: outside the picture, or over each other."""
    found = []
    for picture in drawn:
        wide, high = picture.size
        boxes = [(name, box) for name, box in picture.boxes if box[0] < box[2] and box[1] < box[3]]
        for name, (left, top, right, bottom) in boxes:
            if name not in UNDER and (left < 0 or top < 0 or right > wide or bottom > high):
                found.append(f"{name} outside: {(left, top, right, bottom)} of {picture.size}")
        for (one, a), (other, b) in combinations((pair for pair in boxes if pair[0] not in UNDER), 2):
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
                found.append(f"{one} {a} over {other} {b}")
    return found


def test_the_witness_sees_what_is_wrong():
    style = Style("vi", 24, 600)
    for x, y, words, colour, says in (
        (40, 60, "Cửa khẩu", (255, 255, 255), None),
        (1, 60, "Cửa khẩu", (255, 255, 255), "outside"),
        (40, 126, "gypq", (255, 255, 255), "outside"),
        (40, 60, "Cửa khẩu", (90, 90, 90), "pale"),
        (40, 60, "\u17d2ក", (255, 255, 255), "torn"),
    ):
        witness, image = Witness(), Image.new("RGB", (256, 128))
        with witness.watching():
            draw_line(image, x, y, words, Style("km", 24, 600) if says == "torn" else style, colour)
        found = witness.faults((256, 128), 8)
        assert [one.partition(":")[0] for one in found] == ([says] if says else [])
    witness, image = Witness(), Image.new("RGB", (256, 128))
    with witness.watching():
        draw_line(image, 40, 60, "Cửa khẩu", style, (255, 255, 255))
        draw_line(image, 45, 66, "Tịnh Biên", style, (255, 255, 255))
    assert any(one.startswith("over each other") for one in witness.faults((256, 128), 8))
    assert witness.said() == letters("Cửa khẩu Tịnh Biên")


@pytest.mark.parametrize("language", LANGUAGES)
def test_samples_are_whole_sentences_of_about_the_length_asked_for(language: str):
    for length in LENGTHS:
        made = paragraph(language, length)
        assert made[-1] in ".。។"
        assert 0.6 * length <= len(made) <= 1.2 * length + 5
    kinds = [kind for kind in bundled.TEMPLATES if kind != "video"]
    assert all(cards(kind, language, Media((Path("a.png"),)), 100) for kind in kinds if kind in ("title", "text", "qr"))


def test_sheets_are_written_with_an_index_and_tell_what_could_not_be_shown(tmp_path: Path):
    told: list[str] = []
    written = draw_sheets(
        tmp_path, [ThemeSource("lang_son", THEMES["lang_son"])], languages=["vi", "lo"], sizes=[(256, 128), (32, 16)],
        kinds=["title"], scale=1.0, tell=told.append,
    )  # fmt: skip
    assert [path.name for path in written] == ["lang_son.vi.png", "lang_son.lo.png"]
    for path in written:
        assert Image.open(path).width == 256 + 32 + 3 * 12
        assert path.name in (tmp_path / "index.html").read_text()
    assert any("title 32×16" in line for line in told)


def test_a_sheet_by_night_is_darker(tmp_path: Path):
    source = [ThemeSource("national", THEMES["national"])]
    pictures = [
        draw_sheets(tmp_path, source, languages=["vi"], sizes=[(256, 128)], kinds=["title"], night=night, tell=len)[0]
        for night in (False, True)
    ]
    day, night = (np.asarray(Image.open(path)).mean() for path in pictures)
    assert night < day
    assert by_night(load(THEMES["national"])).key != load(THEMES["national"]).key


def test_the_command_draws_an_installed_theme_and_names_an_unknown_one(tmp_path: Path):
    out = tmp_path / "sheets"
    call_command("contact_sheet", out=out, theme=["cao_bang"], language=["en"], size=[(256, 128)], card=["title"])
    assert (out / "cao_bang.en.png").is_file()
    with pytest.raises(CommandError, match="atlantis"):
        call_command("contact_sheet", out=out, theme=["atlantis"])


def test_a_size_is_read_from_words():
    assert size("1024x256") == (1024, 256)
    for wrong in ("1024", "8x8", "1x2x3", "81920x1024"):
        with pytest.raises(ValueError, match=r"1024|8x8|unpack"):
            size(wrong)
