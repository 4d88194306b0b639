"""A panorama across faces: equal millimetres show equal parts of the picture, and nobody sees what lies behind a gap."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cms.plugin_api.types import Card, Face, Geometry, ItemTranslation, Rect, RenderRequest
from renderers import four_faces, one_face, three_faces, two_faces
from renderers.draw import draw
from renderers.errors import RenderError
from renderers.span import places, views
from tests.renderers.stage import Folder, face, render

LAYOUTS = {1: one_face, 2: two_faces, 3: three_faces, 4: four_faces}


@dataclass
class Whole:
    picture: Rect


def settings_of(geometry: Geometry) -> dict[str, Whole]:
    return {one.id: Whole(Rect(0, 0, one.width, one.height)) for one in geometry.faces}


@st.composite
def clusters(draw: st.DrawFn) -> Geometry:
    count = draw(st.integers(2, 4))
    faces = tuple(
        Face(
            letter,
            draw(st.integers(16, 2000)),
            draw(st.integers(16, 1200)),
            draw(st.sampled_from((1.9, 2.5, 5.0, 10.0))),
            15.0,
        )
        for letter in "abcd"[:count]
    )
    ring = draw(st.booleans())
    gaps = draw(st.lists(st.floats(0, 3000), min_size=count - 1 + ring, max_size=count - 1 + ring))
    return Geometry(faces, tuple(gaps), ring)


focal_points = st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1), st.just(0.1), st.just(0.1))


@settings(max_examples=150, deadline=None)
@given(clusters(), st.integers(200, 6000), st.integers(200, 4000), focal_points)
def test_equal_millimetres_show_equal_parts_and_gaps_are_skipped(geometry, width, height, focal):
    found = views(geometry, settings_of(geometry), (width, height), focal, span=True)
    faces = geometry.faces
    scale = found[faces[0].id].window[2] / (faces[0].width * faces[0].pitch_mm)
    middles = []
    for one in faces:
        left, top, wide, high = found[one.id].window
        assert wide == pytest.approx(one.width * one.pitch_mm * scale)
        assert high == pytest.approx(one.height * one.pitch_mm * scale)
        assert left >= -1e-6
        assert top >= -1e-6
        assert left + wide <= width + 1e-6 * width
        assert top + high <= height + 1e-6 * height
        middles.append(top + high / 2)
    assert middles == pytest.approx([middles[0]] * len(faces))
    for one, other, gap in zip(faces, faces[1:], geometry.gaps_mm, strict=False):
        left, _, wide, _ = found[one.id].window
        assert found[other.id].window[0] - (left + wide) == pytest.approx(gap * scale, abs=1e-6 * width)
    assert [one.id for one in faces if found[one.id].furnished] == [faces[0].id]


@settings(max_examples=60, deadline=None)
@given(clusters())
def test_around_a_closed_ring_the_picture_runs_on_behind_the_last_gap(geometry):
    lefts, whole = places(geometry)
    last = geometry.faces[-1]
    behind = lefts[0] + whole - (lefts[-1] + last.width * last.pitch_mm)
    assert behind == pytest.approx(geometry.gaps_mm[-1] if geometry.closed_ring else 0.0, abs=1e-6)


def test_faces_that_show_the_same_in_one_picture_are_cut_for_their_own_pitch(sink: Folder, national, tmp_path: Path):
    """A fine face beside a coarse one with twice its pitch: the same ramp, half the pixels, the gap left out."""
    ramp = np.zeros((400, 2200, 3), dtype=np.uint8)
    ramp[..., 0] = np.linspace(10, 150, 2200).astype(np.uint8)
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    geometry = Geometry((face(400, 200, "a"), face(200, 100, "b", pitch_mm=10.0)), (500.0,))
    proof = render(sink, national, Card("picture", media=tmp_path / "ramp.png"), geometry=geometry, span=True)
    rows = {
        one.id: np.asarray(draw(one.width, one.height, proof.scenes[0].faces[one.id], 0, asset_path=sink.path))[
            -4, :, 0
        ]
        for one in geometry.faces
    }
    per_mm = (float(rows["a"][380]) - rows["a"][20]) / (360 * 5)
    assert per_mm > 0.02
    assert (float(rows["b"][180]) - rows["b"][20]) / (160 * 10) == pytest.approx(per_mm, rel=0.05)
    assert float(rows["b"][20]) - rows["a"][380] == pytest.approx(per_mm * (20 * 5 + 500 + 20 * 10), abs=2)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("spanning", [False, True])
def test_every_layout_fills_each_face_at_its_own_size(count, spanning, sink: Folder, national, photo: Path):
    layout = LAYOUTS[count].RENDERER
    assert (layout.code, layout.faces) == (LAYOUTS[count].__name__.rpartition(".")[2], count)
    sizes = ((512, 256), (256, 512), (640, 120), (200, 300))
    faces = tuple(face(*sizes[place], id="abcd"[place], pitch_mm=2.5 * (place + 1)) for place in range(count))
    geometry = Geometry(faces, (100.0,) * (count - 1))
    card = Card("picture", media=photo, caption="Bến phà")
    proof = layout.render(RenderRequest(geometry, ItemTranslation("i", "vi", (card,)), national, sink, span=spanning))
    for scene in proof.scenes:
        assert sorted(scene.faces) == [one.id for one in faces]
        for one in faces:
            drawn = draw(one.width, one.height, scene.faces[one.id], 0, asset_path=sink.path)
            assert drawn.size == (one.width, one.height)
            assert drawn.convert("L").getextrema()[1] > 60


def test_a_layout_refuses_a_cluster_of_another_number_of_faces(sink: Folder, national):
    item = ItemTranslation("i", "vi", (Card("text", title="Chào", text="Mừng quý khách"),))
    for count, module in LAYOUTS.items():
        other = tuple(face(id=letter) for letter in "abcd"[: 5 - count] if 5 - count != count)
        with pytest.raises(RenderError) as refused:
            module.RENDERER.render(RenderRequest(Geometry(other), item, national, sink))
        assert refused.value.code == "face"
