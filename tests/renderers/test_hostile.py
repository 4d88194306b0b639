"""Hostile and broken uploads are refused with what to do, or tamed; nothing is left, nothing else is read, nobody dies."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image

from renderers.media import ClipFacts, MediaRefused, check_clip, normalise
from renderers.video import Crop, transcode
from tests.renderers.hostile import CLIPS, PICTURES, TAMED, Kit
from tests.renderers.stage import ffmpeg

SECONDS = 40
Found = TypeVar("Found")
_IN_ACCESS_OPEN = 0x1 | 0x20


class Watch:
    """Sees every opening of a file (inotify) and every connection to an address."""

    def __init__(self, marker: Path) -> None:
        libc = ctypes.CDLL(None)
        self.seen = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self.seen, os.fsencode(marker), _IN_ACCESS_OPEN) >= 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/clip.ts"

    def touched(self) -> str:
        try:
            self.listener.accept()
            return "the address was called"
        except BlockingIOError:
            pass
        try:
            return "the file was opened" if os.read(self.seen, 4096) else ""
        except BlockingIOError:
            return ""

    def close(self) -> None:
        self.listener.close()
        os.close(self.seen)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path, Watch, bytes]]:
    folder = tmp_path_factory.mktemp("hostile")
    marker = folder / "marker.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2", "-shortest", str(marker)
    )
    honest = marker.read_bytes()
    watch = Watch(marker)
    yield folder, marker, watch, honest
    watch.close()


@pytest.fixture
def kit(shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kit]:
    folder, marker, watch, honest = shared
    room = tmp_path / "tmp"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    threads, before = threading.active_count(), children()
    began = time.monotonic()
    yield Kit(tmp_path / "innocent.jpg", marker, watch.url, honest, folder)
    assert time.monotonic() - began < SECONDS
    assert watch.touched() == ""
    assert [path for path in room.rglob("*") if path.is_file() and path.name != ".lock"] == []
    assert threading.active_count() <= threads + 1
    assert children() <= before


def children() -> set[str]:
    """The processes that this one started and that are not gone."""
    found: set[str] = set()
    for one in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended in between
            found |= set((one / "children").read_text().split())
    return found


def test_there_are_enough_of_them():
    assert len(PICTURES) + len(CLIPS) >= 100


def put(kit: Kit, data: bytes | None) -> None:
    if data is not None:
        kit.path.write_bytes(data)


def attempt(check: Callable[[], Found], outcome: str) -> Found | None:
    """What the check found; None when it refused, as it should, with what to do."""
    if outcome == TAMED:
        return check()
    with pytest.raises(MediaRefused) as refused:
        check()
    assert refused.value.code == outcome
    assert "Hãy" in refused.value.vi
    assert refused.value.en.endswith(".")
    return None


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_refused_or_tamed(name: str, kit: Kit, tmp_path: Path):
    make, outcome = PICTURES[name]
    put(kit, make(kit))
    (tmp_path / "made").mkdir()
    made = attempt(lambda: normalise(kit.path, tmp_path / "made"), outcome)
    if made is None:
        return
    (page,) = made.pages
    with Image.open(page.path) as picture:
        picture.load()
        assert picture.mode in ("RGB", "RGBA")
        assert picture.size == (page.width, page.height)
        assert max(picture.size) <= 8192
        assert not picture.getexif()
        assert getattr(picture, "n_frames", 1) == 1


@pytest.mark.parametrize("name", CLIPS)
def test_a_clip_is_refused_or_tamed(name: str, kit: Kit, tmp_path: Path):
    make, outcome = CLIPS[name]
    put(kit, make(kit))
    facts = attempt(lambda: check_clip(kit.path), outcome)
    if facts is None:
        return
    assert 1900 <= facts.duration_ms <= 2100
    done = transcode(kit.path, facts, Crop(0, 0, 160, 120), 64, 48, tmp_path / "out.mp4")
    assert 48 <= done.frames <= 52


def test_even_unchecked_facts_let_no_clip_read_another_file(kit: Kit, tmp_path: Path):
    """The transcoder is given a script as if the check had taken it: its demuxer is pinned."""
    from renderers.errors import RenderError

    kit.path.write_text(f"ffconcat version 1.0\nfile '{kit.marker}'\n")
    facts = ClipFacts("mov", 160, 120, 2000, 25.0, "h264", True, 100)
    with pytest.raises(RenderError):
        transcode(kit.path, facts, Crop(0, 0, 160, 120), 64, 48, tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()
