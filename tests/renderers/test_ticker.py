from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from cms.plugin_api.types import Card
from renderers.cards.ticker import LONGEST
from renderers.draw import draw
from renderers.errors import RenderError
from renderers.motion import corners
from tests.renderers.stage import Folder, face, render

TEXT = "Cửa khẩu mở cửa từ 06:00 đến 22:00 hằng ngày, kể cả ngày lễ.\nKính chào quý khách."


def ticker(text: str = TEXT, speed: str = "60", title: str = "Thông báo") -> Card:
    return Card("ticker", title=title, text=text, fields=(("speed", speed),))


@pytest.mark.parametrize("speed", ["60", "120"])
@pytest.mark.parametrize("size", [(512, 256), (256, 768), (1920, 120)])
def test_words_come_in_at_the_right_edge_and_have_passed_at_the_end(
    size: tuple[int, int], speed: str, sink: Folder, national
):
    (scene,) = render(sink, national, ticker(speed=speed), faces=(face(*size),)).scenes
    ground, band = scene.faces["a"]
    assert (ground.kind, band.kind) == ("image", "strip")
    assert band.strip is not None
    assert band.strip.speed == (-int(speed), 0)
    with Image.open(sink.path(band.asset)) as strip:
        assert strip.mode == "RGBA"
        assert strip.height == band.rect.height
        assert strip.width <= LONGEST
        wide = strip.size
    room = (band.rect.width, band.rect.height)
    assert corners(band.strip, 0, wide, room) == []
    assert corners(band.strip, 1000, wide, room) == [(band.rect.width - int(speed), 0)]
    assert corners(band.strip, scene.duration_ms, wide, room) == []
    assert corners(band.strip, scene.duration_ms - 1500, wide, room) != []


def test_letters_move_over_a_ground_that_stands(sink: Folder, national):
    (scene,) = render(sink, national, ticker(), faces=(face(),)).scenes
    one, other = (
        np.asarray(draw(512, 256, scene.faces["a"], offset, asset_path=sink.path)).astype(int)
        for offset in (5000, 6000)
    )
    band = scene.faces["a"][1].rect
    inside = slice(band.y, band.y + band.height)
    assert np.array_equal(one[: band.y], other[: band.y])
    bright = (one[inside].sum(axis=2) > 450, other[inside].sum(axis=2) > 450)
    # The ground under soft edges differs by a step or two.
    assert (bright[0][:, 60:] == bright[1][:, :-60]).mean() > 0.995
    assert bright[0].any()


def test_the_shorter_of_two_faces_repeats_until_the_longer_has_passed(sink: Folder, national):
    (scene,) = render(sink, national, ticker(), faces=(face(512, 256, "a"), face(1920, 120, "b"))).scenes
    lasts = {one: scene.faces[one][1].strip for one in "ab"}
    assert sorted(strip.repeat[0] > 0 for strip in lasts.values() if strip) == [False, True]


def test_a_very_long_text_becomes_strips_that_browsers_hold(sink: Folder, national):
    text = "\n".join(["Hành khách xuất trình hộ chiếu và giấy thông hành tại quầy kiểm soát biên phòng."] * 10)
    scenes = render(sink, national, ticker(text), faces=(face(1920, 120),)).scenes
    assert len(scenes) > 1
    for scene in scenes:
        with Image.open(sink.path(scene.faces["a"][1].asset)) as strip:
            assert strip.width <= LONGEST


def test_a_ticker_without_words_is_said(sink: Folder, national):
    with pytest.raises(RenderError) as refused:
        render(sink, national, ticker("\u200b"))
    assert refused.value.code == "empty"
