from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from cms.plugin_api.types import Card, Layer, Live
from renderers.atlas import draw_atlas, measure, words_of
from renderers.cards.base import EASY
from renderers.cards.stage import item_of, set_live
from renderers.draw import draw
from renderers.errors import RenderError
from renderers.furniture import Furniture
from renderers.glyphs import cells
from renderers.text import Style
from tests.renderers.stage import Folder, face, render

LANGUAGES = ("vi", "en", "km", "lo", "zh-hans")
NOW = int(datetime(2027, 2, 5, 1, 30, tzinfo=UTC).timestamp() * 1000)
EVERY = (
    Live("clock"),
    Live("date"),
    Live("lunar"),
    Live("countdown", until=NOW + 86_400_000 * 12),
    Live("value", label="USD", name="usd", unit="đ", decimals=2),
)


class Rate:
    value, at, max_age = 26345.5, NOW, 1000


def names(layer: Layer, values: dict[str, Rate] | None = None, at: int = NOW) -> list[str]:
    assert layer.glyphs is not None
    return [name for _, name, _ in cells(layer.glyphs, at, values or {}, layer.rect.width)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("live", EVERY, ids=lambda live: live.of)
def test_cells_are_as_high_as_the_layer_and_digits_equally_wide(live: Live, language: str):
    words = words_of(live, language)
    measured = measure(words, Style(language, 40, 700), live.decimals)
    image, found = draw_atlas(measured, (240, 240, 230))
    rects = dict(found)
    assert {name for name, _ in words.cells} == set(rects)
    assert len({rects[digit].width for digit in "0123456789"}) == 1
    for rect in rects.values():
        assert rect.height == measured.height
        assert 0 <= rect.x < rect.x + rect.width <= image.width
        assert 0 <= rect.y < rect.y + rect.height <= image.height
    boxes = list(rects.values())
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            assert one.x + one.width < other.x or other.x + other.width < one.x or one.y != other.y
    assert image.tobytes() == draw_atlas(measured, (240, 240, 230))[0].tobytes()


@pytest.mark.parametrize(
    ("language", "size"),
    [
        ("vi", (512, 256)), ("vi", (256, 768)), ("vi", (1920, 120)), ("en", (1024, 256)), ("km", (256, 768)),
        ("lo", (512, 256)), ("zh-hans", (1920, 120)),
    ],
)  # fmt: skip
def test_the_player_finds_a_cell_for_all_it_has_to_say(language: str, size: tuple[int, int], sink: Folder, national):
    scenes = render(sink, national, Card("live", live=EVERY), faces=(face(*size),), language=language).scenes
    layers = [layer for scene in scenes for layer in scene.faces["a"] if layer.kind == "glyphs"]
    assert len(layers) == len(EVERY)
    clock, date, lunar, countdown, value = (names(layer, {"usd": Rate()}) for layer in layers)
    assert clock == ["0", "8", ":", "3", "0"]
    assert ("w5" in date) is (size[0] >= size[1])  # narrow faces say the day without its name, and larger
    assert [one for one in date if one.isdigit()].count("2") >= 2
    assert "–" not in lunar + countdown + value
    assert "".join(value) == ("26,345.50" if language in ("en", "zh-hans") else "26.345,50")
    assert names(layers[4]) == ["–"]
    # A leap month in the year with the longest name fits, too.
    leap = int(datetime(2025, 8, 10, tzinfo=UTC).timestamp() * 1000)
    assert "leap" in names(layers[2], at=leap)
    for layer in layers:
        rect = layer.rect
        assert 0 <= rect.x < rect.x + rect.width <= size[0]
        assert 0 <= rect.y < rect.y + rect.height <= size[1]


def test_what_is_drawn_is_the_value(sink: Folder, national):
    (scene,) = render(sink, national, Card("live", live=EVERY[:1]), faces=(face(),)).scenes
    one, other = (
        np.asarray(draw(512, 256, scene.faces["a"], 0, asset_path=sink.path, instant_ms=at))
        for at in (NOW, NOW + 60_000)
    )
    rect = scene.faces["a"][1].rect
    changed = np.nonzero((one != other).any(axis=2))
    assert changed[0].min() >= rect.y
    assert changed[0].max() < rect.y + rect.height
    assert changed[1].min() >= rect.x + rect.width * 0.7  # the last digit alone
    with Image.open(sink.path(scene.faces["a"][1].asset)) as atlas:
        assert atlas.mode == "RGBA"


def test_equal_values_share_their_atlas(sink: Folder, national):
    faces = (face(512, 256, "a"), face(512, 256, "b"))
    (scene,) = render(sink, national, Card("live", live=EVERY[:1]), faces=faces).scenes
    assert scene.faces["a"] == scene.faces["b"]


@pytest.mark.parametrize("live", [Live("countdown"), Live("value"), Live("weather")])
def test_a_value_that_says_too_little_is_refused(live: Live, sink: Folder, national):
    with pytest.raises(RenderError) as refused:
        render(sink, national, Card("live", live=(live,)))
    assert refused.value.code == "live"
    with pytest.raises(RenderError) as refused:
        render(sink, national, Card("live"))
    assert refused.value.code == "empty"


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_ribbon_labels_and_values_stand_on_two_lines(language: str, national):
    items = tuple(item_of(live, language) for live in (Live("clock"), Live("date"), Live("lunar")))
    ribbon = face(1920, 120)
    setting = set_live("", items, ribbon, national, Furniture(language, ""), EASY)
    assert setting is not None
    assert len({placed.y for placed in setting.sheet.stacks}) == 1
    assert len({value.rect.y + value.cells.ascent for value in setting.values}) == 1
