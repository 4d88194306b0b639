"""The encoder of films: what goes wrong is said, and leaves nothing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from renderers.movie import Film, Part, Shown, pictures, sounds, still_until, write
from renderers.movie_encoder import Encoder, MovieError


def black(until: int = 10**12) -> Part:
    return Part(64, 32, lambda instant: Shown((), 0, until))


def film(count: int = 50, part: Part | None = None) -> Film:
    return Film(64, 32, 25, 0, count, (part or black(),), Path)


def running() -> set[str]:
    """Children of this process."""
    listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(os.getpid())], capture_output=True, text=True)
    return {line.split()[0] for line in listed.stdout.splitlines() if "ffmpeg" in line}


def test_while_nothing_changes_the_same_bytes_are_handed_on():
    made = list(pictures(film(50)))
    assert len(made) == 50
    assert len({id(one) for one in made}) == 1


def test_each_picture_is_asked_for_once_while_something_moves():
    asked: list[int] = []

    def moving(instant: int) -> Shown:
        asked.append(instant)
        return Shown((), 0, 10**12, previous=(), progress=0.5)

    list(pictures(film(25, Part(64, 32, moving))))
    assert asked == [number * 40 for number in range(25)]


def test_what_tells_the_time_changes_with_the_second():
    class Clock:
        kind = "glyphs"
        asset, rect, strip = "", (0, 0, 1, 1), None

        class glyphs:
            until = 0

    assert still_until(Shown((Clock(),), 0, 10_000), 1_300) == 2_000
    assert still_until(Shown((Clock(),), 0, 1_500), 1_300) == 1_500
    assert still_until(Shown((), 0, 10_000), 1_300) == 10_000


def test_a_film_that_is_interrupted_leaves_nothing(tmp_path: Path):
    before = running()

    def interrupt(share: float) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(film(500), tmp_path / "film.mp4", progress=interrupt)
    assert list(tmp_path.iterdir()) == []
    assert running() == before


def encode(target: Path, sound: Iterator[bytes] | None = None) -> None:
    with Encoder(target, 64, 32, 25, sound) as encoder:
        for _ in range(600):
            encoder.put(os.urandom(64 * 32 * 3 // 2))
        encoder.finish()


def test_a_full_disk_is_said(tmp_path: Path):
    (tmp_path / "film.mp4").symlink_to("/dev/full")
    with pytest.raises(MovieError) as refused:
        encode(tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []
    assert refused.value.code == "disk_full"
    assert "Ổ đĩa đã đầy" in refused.value.vi


def test_an_encoder_that_cannot_begin_says_why(tmp_path: Path):
    with pytest.raises(MovieError) as refused:
        write(film(500), tmp_path / "missing" / "film.mp4")
    assert refused.value.code == "encoder"
    assert "No such file" in refused.value.en


def test_sound_that_cannot_be_read_stops_the_film(tmp_path: Path):
    def broken() -> Iterator[bytes]:
        yield bytes(48_000 * 4)
        raise OSError("no sound")

    with pytest.raises(OSError, match="no sound"):
        encode(tmp_path / "film.mp4", broken())
    assert list(tmp_path.iterdir()) == []


def test_a_clip_sounds_from_its_scene_to_the_end_of_the_transition_after_it():
    class Clip:
        kind, asset, rect, sound = "video", "clip", (0, 0, 64, 32), True
        strip = glyphs = None

    def at(instant: int) -> Shown:
        if instant < 2000:
            return (
                Shown((Clip(),), instant + 500, 2000, volume=50 if instant < 1000 else 100)
                if instant >= 1000
                else Shown((Clip(),), instant + 500, 1000, volume=50)
            )
        if instant < 2500:
            return Shown((), instant - 2000, 2500, previous=(Clip(),), previous_offset_ms=instant + 500, progress=0.1)
        return Shown((), instant - 2000, 10_000)

    part = Part(64, 32, at)
    made = sounds(Film(64, 32, 25, 0, 100, (part,), Path, heard=part))
    assert [(one.zero_ms, one.begin_ms, one.end_ms, one.volume) for one in made] == [
        (-500, 0, 1000, 0.5),
        (-500, 1000, 2500, 1.0),
    ]
