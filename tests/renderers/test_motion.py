"""Strips, live values and transitions as `draw()` draws them: whole pixels, nothing beyond a layer's rectangle."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cms.plugin_api.types import Glyphs, Layer, Rect, Strip
from cms.schedule import format as fmt
from renderers import draw as drawing
from renderers.draw import draw
from renderers.encode import png
from renderers.motion import corners, eased, edge

WIDTH, HEIGHT = 60, 20


def noise(width: int, height: int, seed: int = 1) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8))


@pytest.fixture
def put(sink):
    return lambda image: sink.put(png(image), "image/png")


@pytest.fixture
def ground(put):
    return Layer("image", put(noise(WIDTH, HEIGHT, 7)), Rect(0, 0, WIDTH, HEIGHT))


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


def test_a_strip_moves_by_whole_pixels_under_its_rectangle(sink, put, ground):
    picture = noise(100, 8)
    layer = Layer("strip", put(picture), Rect(10, 5, 40, 10), strip=Strip((40, 1), (-60, 0)))
    still = pixels(draw(WIDTH, HEIGHT, [ground], 0, asset_path=sink.path))
    for offset, x in ((0, 40), (16, 40), (17, 39), (500, 10), (1000, -20), (2000, -80), (2400, -104)):
        shown = pixels(draw(WIDTH, HEIGHT, [ground, layer], offset, asset_path=sink.path))
        expected = still.copy()
        for column in range(40):
            if 0 <= column - x < 100:
                expected[6:14, 10 + column] = pixels(picture)[:, column - x]
        assert (shown == expected).all(), offset


def test_a_strip_that_repeats_is_followed_by_itself_but_led_by_nothing():
    once = Strip((40, 0), (-60, 0), (50, 0))
    assert corners(once, 0, (45, 8), (40, 8)) == []
    assert corners(once, 100, (45, 8), (40, 8)) == [(34, 0)]
    assert corners(once, 1000, (45, 8), (40, 8)) == [(-20, 0), (30, 0)]
    assert corners(Strip((0, 0), (60, 0), (50, 0)), 500, (45, 8), (40, 8)) == [(-20, 0), (30, 0)]
    assert corners(Strip((3, 0), (0, 0), (10, 0)), 0, (10, 8), (20, 8)) == [(-7, 0), (3, 0), (13, 0)]


@given(
    st.integers(-300, 300), st.integers(-240, 240), st.integers(0, 90), st.integers(0, 60_000), st.integers(1, 200), st.integers(1, 99)
)  # fmt: skip
def test_exactly_what_is_seen_of_a_strip_is_drawn(start, speed, repeat, offset, size, room):
    at = start + int(speed * offset / 1000)
    far = 2 + (abs(at) + size + room) // repeat if repeat else 0
    numbers = range(0 if speed < 0 else -far, (0 if speed > 0 else far) + 1) if repeat else range(1)
    expected = [at + n * repeat for n in numbers if -size < at + n * repeat < room]
    found = corners(Strip((start, 0), (speed, 0), (repeat, 0)), offset, (size, 1), (room, 1))
    assert [x for x, _ in found] == expected


def test_live_values_are_pasted_from_the_atlas_with_its_transparency(sink, put, ground):
    atlas = Image.new("RGBA", (30, 10), (255, 255, 255, 0))
    atlas.paste((255, 255, 255, 128), (0, 0, 10, 10))
    atlas.paste((255, 0, 0, 255), (10, 0, 30, 10))
    glyphs = Glyphs(
        "value", (("2", Rect(10, 0, 20, 10)), ("1", Rect(0, 0, 10, 10))), name="x", align="right", fallback=("2",)
    )
    layer = Layer("glyphs", put(atlas), Rect(20, 4, 32, 10), glyphs=glyphs)
    values = {"x": fmt.Value(value=12, at=0, max_age=1000)}
    still = pixels(draw(WIDTH, HEIGHT, [ground], 0, asset_path=sink.path))
    shown = pixels(draw(WIDTH, HEIGHT, [ground, layer], 0, instant_ms=500, values=values, asset_path=sink.path))
    assert (shown[4:14, 32:52] == (255, 0, 0)).all()
    half = shown[4:14, 22:32]
    assert np.abs(half - (still[4:14, 22:32] * 127 + 255 * 128) / 255).max() <= 1
    shown[4:14, 22:52] = still[4:14, 22:52]
    assert (shown == still).all()
    late = pixels(draw(WIDTH, HEIGHT, [ground, layer], 0, instant_ms=1001, values=values, asset_path=sink.path))
    assert (late[4:14, 32:52] == (255, 0, 0)).all()
    assert (late[4:14, 22:32] == still[4:14, 22:32]).all()


def test_a_schedules_layer_is_drawn_like_the_proofs(sink, put):
    """What the player reads is what was approved."""
    asset = put(noise(64, 16))
    cells = tuple((str(n), Rect(6 * n, 0, 6, 16)) for n in range(10))
    for layer in (
        Layer("strip", asset, Rect(0, 0, 40, 16), strip=Strip((9, 0), (-30, 0), (70, 0))),
        Layer("glyphs", asset, Rect(0, 0, 40, 16), glyphs=Glyphs("time", cells, ("HH", "mm"), "centre")),
        Layer("glyphs", asset, Rect(0, 0, 40, 16), glyphs=Glyphs("value", cells, name="x", fallback=("1", "2"))),
    ):
        read = fmt.Layer.model_validate(layer.to_json())
        assert read.model_dump(mode="json", exclude_none=True) == {
            "sound": False,
            "unverified": False,
            **layer.to_json(),
        }
        assert Layer.from_json(layer.to_json()) == layer
        one, other = (draw(WIDTH, HEIGHT, [a], 700, instant_ms=45_296_000, asset_path=sink.path) for a in (layer, read))
        assert one.tobytes() == other.tobytes()


def test_a_slide_pushes_the_scene_before_out_to_the_left(sink, put):
    one, other = noise(WIDTH, HEIGHT, 1), noise(WIDTH, HEIGHT, 2)
    layers = [[Layer("image", put(image), Rect(0, 0, WIDTH, HEIGHT))] for image in (one, other)]
    for progress in (0.001, 0.2, 0.5, 0.77, 0.9999):
        shown = pixels(
            draw(WIDTH, HEIGHT, layers[1], 0, previous=layers[0], progress=progress, transition="slide", asset_path=sink.path)
        )  # fmt: skip
        x = edge("slide", progress, WIDTH)
        assert (shown == np.hstack((pixels(one)[:, WIDTH - x :], pixels(other)[:, : WIDTH - x]))[:, :WIDTH]).all()


def test_a_wipe_uncovers_the_incoming_scene_from_the_left(sink, put):
    one, other = noise(WIDTH, HEIGHT, 1), noise(WIDTH, HEIGHT, 2)
    layers = [[Layer("image", put(image), Rect(0, 0, WIDTH, HEIGHT))] for image in (one, other)]
    for progress in (0, 0.2, 0.5, 0.77, 1):
        shown = pixels(
            draw(WIDTH, HEIGHT, layers[1], 0, previous=layers[0], progress=progress, transition="wipe", asset_path=sink.path)
        )  # fmt: skip
        x = edge("wipe", progress, WIDTH)
        assert (shown == np.hstack((pixels(other)[:, :x], pixels(one)[:, x:]))).all()


@given(st.sampled_from(["slide", "wipe", "fade"]), st.floats(0, 1), st.floats(0, 1), st.integers(1, 4000))
def test_a_transition_begins_at_one_end_goes_one_way_and_arrives(kind, before, after, width):
    before, after = sorted((before, after))
    assert eased(kind, before) <= eased(kind, after) + 1e-12
    assert (eased(kind, 0), eased(kind, 1)) == (0, 1)
    ends = (width, 0) if kind == "slide" else (0, width)
    assert (edge(kind, 0, width), edge(kind, 1, width)) == ends
    step = edge(kind, after, width) - edge(kind, before, width)
    assert step <= 0 if kind == "slide" else step >= 0


def test_pictures_stay_decoded_within_a_number_of_bytes(sink, put):
    kept = drawing._Pictures(3 * 4 * 100)
    paths = [sink.path(put(noise(10, 10, seed))) for seed in range(5)]
    first = kept.get(paths[0])
    assert kept.get(paths[0]) is first
    for path in paths:
        kept.get(path)
    assert kept.bytes == 3 * 4 * 100
    assert kept.get(paths[4]) is kept.get(paths[4])
    assert kept.get(paths[0]) is not first
    os.remove(paths[0])
    with pytest.raises(OSError, match=paths[0].name):
        kept.get(paths[0])
