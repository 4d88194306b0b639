"""Test patterns prove size, crop, order, colours and motion, on faces of any shape."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cms.plugin_api.types import Face, Geometry
from renderers.draw import draw
from renderers.patterns import BLOCK, LIMIT, LINE, MOST_MS, PATTERNS, scene_of
from tests.renderers.stage import Folder

SIZES = ((512, 256), (1024, 256), (256, 768), (1920, 120), (61, 37))


def pixels(name: str, size: tuple[int, int], sink: Folder, offset_ms: int = 0) -> np.ndarray:
    face = Face("a", *size, 5.0, 15.0)
    scene = scene_of(name, Geometry((face,)), sink)
    return np.asarray(draw(*size, scene.faces["a"], offset_ms, asset_path=sink.path)).astype(int)


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_fills_every_face_and_is_the_same_twice(name, sink: Folder):
    faces = tuple(Face(letter, *size, 5.0, 15.0) for letter, size in zip("abcd", SIZES, strict=False))
    one = scene_of(name, Geometry(faces), sink)
    assert one == scene_of(name, Geometry(faces), sink)
    assert (one.duration_ms, one.transition.kind) == (MOST_MS, "cut")
    for face in faces:
        picture = draw(face.width, face.height, one.faces[face.id], 1000, asset_path=sink.path)
        assert picture.convert("L").getextrema()[1] > 10
        first = one.faces[face.id][0].rect
        assert (first.x, first.y, first.width, first.height) == (0, 0, face.width, face.height)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["border", "grid", "letters"])
def test_the_outermost_pixels_are_lit(name, size, sink: Folder):
    drawn = pixels(name, size, sink)
    for edge in (drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]):
        assert edge.min() == 255


def test_bars_and_ramps_are_exact(sink: Folder):
    drawn = pixels("bars", (512, 240), sink)
    assert [tuple(drawn[10, 32 + 64 * bar]) for bar in (0, 1, 5, 7)] == [
        (191,) * 3,
        (191, 191, 0),
        (191, 0, 0),
        (0,) * 3,
    ]
    assert [tuple(drawn[150, 32 + 64 * bar]) for bar in (0, 3, 6)] == [(255,) * 3, (0, 255, 0), (0, 0, 255)]
    assert sorted(set(drawn[230, :, 0])) == [round(25.5 * step) for step in range(11)]
    ramps = pixels("gradients", (256, 64), sink)
    for row, channel in ((0, 0), (20, 1), (40, 2), (60, 0), (60, 2)):
        assert list(ramps[row, :, channel]) == list(range(256))


def test_fields_stay_below_the_limit(sink: Folder):
    for name, colour in (("white", (1, 1, 1)), ("red", (1, 0, 0)), ("green", (0, 1, 0)), ("blue", (0, 0, 1))):
        drawn = pixels(name, (64, 32), sink)
        assert (drawn == np.array(colour) * LIMIT).all()


def test_lines_move_by_a_pixel_in_each_picture_and_come_again(sink: Folder):
    size = (320, 96)
    for frame in (0, 1, 50, 319, 320, 700):
        drawn = pixels("lines", size, sink, offset_ms=-(-frame * 1000 // LINE))
        lit = np.flatnonzero((drawn[(frame + 40) % 96] == 255).all(axis=-1))
        assert sorted(lit) == sorted({frame % 320, (frame + 1) % 320} if frame else {0, 1})
        rows = np.flatnonzero(drawn[:, (frame + 100) % 320, 0] > 200)
        assert frame % 96 in rows


def test_the_walk_lights_one_pixel_in_a_block_and_every_pixel_in_its_time(sink: Folder):
    width, height = 64, 48
    seen = np.zeros((height, width), dtype=bool)
    for step in range(BLOCK * BLOCK):
        lit = pixels("walk", (width, height), sink, offset_ms=-(-step * 1000 // BLOCK))[..., 0] > 0
        assert lit.sum() == width * height // BLOCK**2
        seen |= lit
    assert seen.all()


def test_patterns_are_small(sink: Folder, tmp_path: Path):
    for name in PATTERNS:
        scene = scene_of(name, Geometry((Face("a", 1920, 1080, 2.5, 10.0),)), sink)
        assert sum(sink.path(one).stat().st_size for one in scene.assets()) < 400_000
