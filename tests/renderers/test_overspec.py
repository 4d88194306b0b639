from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.media import ClipFacts
from renderers.overspec import clip_notes, picture_notes
from tests.renderers.stage import face

WIDE = (face(1024, 512),)
CLIP = ClipFacts("mov", 1920, 1080, 30_000, 25.0, "h264", True, 1000)
SIDES = st.integers(48, 20_000)


def codes(notes) -> list[str]:
    return [note.code for note in notes]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1920, 1080), []),
        ((1024, 512), []),
        ((640, 400), ["soft"]),
        ((8000, 4000), ["wasted"]),
        ((1200, 3600), ["cropped"]),
        ((300, 900), ["soft", "cropped"]),
    ],
)
def test_a_picture_is_held_against_the_face_that_needs_most(size, expected):
    assert codes(picture_notes(size, WIDE)) == expected


def test_it_says_how_much_a_picture_is_enlarged_and_where():
    (note,) = picture_notes((640, 360), (face(512, 256, "a"), face(1024, 512, "b")))
    assert note.amount == pytest.approx(1.6)
    assert "1,6 lần" in note.message("vi")
    assert "mặt B" in note.message("vi")
    assert "1.6 times" in note.message("en")


def test_it_names_the_face_that_loses_most_of_the_picture():
    (note,) = picture_notes((1600, 1600), (face(512, 256, "a"), face(256, 1024, "b")))
    assert note.code == "cropped"
    assert "face B" in note.en
    assert note.amount == pytest.approx(0.25)


def test_a_clip_longer_faster_or_louder_than_is_shown_says_so():
    assert codes(clip_notes(CLIP, WIDE)) == []
    assert codes(clip_notes(CLIP, WIDE, audio=False)) == ["silent"]
    assert codes(clip_notes(replace(CLIP, fps=59.94, duration_ms=95_000), WIDE)) == ["rate", "cut"]
    assert codes(clip_notes(replace(CLIP, fps=29.97, duration_ms=60_000), WIDE)) == []


def test_without_faces_there_is_nothing_to_say():
    assert picture_notes((10, 10), ()) == []


@given(SIDES, SIDES, st.integers(64, 4096), st.integers(64, 4096))
def test_no_picture_is_both_too_large_and_too_small_and_every_note_says_what_to_do(width, height, across, down):
    notes = picture_notes((width, height), (face(across, down),))
    assert not {"soft", "wasted"} <= set(codes(notes))
    assert all("Hãy" in note.vi or "hãy" in note.vi for note in notes)
    assert all(note.en.endswith(".") for note in notes)
