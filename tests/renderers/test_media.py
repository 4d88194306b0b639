"""Hostile and broken uploads, each made here. Names lie on purpose: only content counts."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from renderers.landscape import landscape
from renderers.media import MediaRefused, check_clip, check_picture
from tests.renderers.stage import ffmpeg


def encoded(format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    landscape(320, 200).save(buffer, format, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb() -> bytes:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000))
        + chunk(b"IEND", b"")
    )


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("evil.js", "alert(1)")
    return buffer.getvalue()


def animated() -> bytes:
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (100, 100), colour) for colour in ("red", "green", "blue")]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(255 - byte for byte in data[middle : middle + 200]) + data[middle + 200 :]


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "text": (lambda: "xin chào".encode(), "kind"),
    "svg": (lambda: SVG, "kind"),
    "pdf": (lambda: b"%PDF-1.7\n1 0 obj", "corrupt"),
    "ffconcat": (lambda: b"ffconcat version 1.0\nfile '/etc/passwd'\n", "kind"),
    "eps": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "kind"),
    "heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 100, "corrupt"),
    "decompression bomb": (bomb, "too_many_pixels"),
    "truncated jpeg": (lambda: encoded("JPEG")[:3000], "corrupt"),
    "truncated png": (lambda: encoded("PNG")[:3000], "corrupt"),
    "damaged png": (lambda: flipped(encoded("PNG")), "corrupt"),
    "truncated webp": (lambda: encoded("WEBP")[:1500], "corrupt"),
    "header only": (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF", "corrupt"),
    "jpeg with a zip behind": (lambda: encoded("JPEG") + zipped(), "hidden"),
    "png with a page behind": (lambda: encoded("PNG") + b"<html><script>alert(1)</script>", "hidden"),
    "gif that is php": (lambda: encoded("GIF") + b"<?php system($_GET[0]); ?>", "hidden"),
    "jpeg with a program behind": (lambda: encoded("JPEG") + b"\x7fELF\x02\x01\x01" + b"\0" * 64, "hidden"),
    "animated": (animated, "animated"),
    "tiny": (lambda: _tiny(), "too_small"),
}


def _tiny() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_hostile_or_broken_picture_is_refused_with_what_to_do(name: str, tmp_path: Path):
    make, code = PICTURES[name]
    path = tmp_path / "innocent.jpg"
    path.write_bytes(make())
    with pytest.raises(MediaRefused) as refused:
        check_picture(path)
    assert refused.value.code == code
    assert "Hãy" in refused.value.vi
    assert refused.value.en.endswith(".")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"])
def test_an_honest_picture_is_taken_whatever_its_name(format: str, tmp_path: Path):
    path = tmp_path / "photo.exe"
    path.write_bytes(encoded(format))
    facts = check_picture(path)
    assert (facts.width, facts.height) == (320, 200)


def test_a_turned_photograph_has_its_size_as_seen(tmp_path: Path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.jpg"
    path.write_bytes(encoded("JPEG", exif=exif.tobytes()))
    facts = check_picture(path)
    assert (facts.width, facts.height) == (200, 320)


def test_a_clip_is_not_a_picture_and_says_where_it_belongs(clip: Path):
    with pytest.raises(MediaRefused, match="mục Clip"):
        check_picture(clip)


CLIPS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda good: b"", "empty"),
    "text": (lambda good: b"hello" * 100, "kind"),
    "ffconcat": (lambda good: b"ffconcat version 1.0\nfile '/etc/passwd'\n", "kind"),
    "playlist": (lambda good: b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n", "kind"),
    "playlist behind spaces": (lambda good: b"\n\n  #EXTM3U\nhttp://10.0.0.1/x.ts\n", "kind"),
    "svg": (lambda good: SVG, "kind"),
    "picture": (lambda good: encoded("JPEG"), "kind"),
    "truncated": (lambda good: good[: len(good) // 2], "corrupt"),
    "no index": (lambda good: good[:40_000].replace(b"moov", b"free"), "corrupt"),
    "ftyp and noise": (lambda good: good[:32] + bytes(range(256)) * 40, "corrupt"),
    "matroska and noise": (lambda good: b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 40, "corrupt"),
    "avi that is a playlist": (lambda good: b"RIFF\x00\x10\x00\x00AVI #EXTM3U\nfile:///etc/passwd\n", "hidden"),
}


@pytest.mark.parametrize("name", sorted(CLIPS))
def test_a_hostile_or_broken_clip_is_refused_with_what_to_do(name: str, clip: Path, tmp_path: Path):
    make, code = CLIPS[name]
    path = tmp_path / "innocent.mp4"
    path.write_bytes(make(clip.read_bytes()))
    with pytest.raises(MediaRefused) as refused:
        check_clip(path)
    assert refused.value.code == code
    assert "Hãy" in refused.value.vi


def test_sound_alone_is_not_a_clip(tmp_path: Path):
    path = tmp_path / "sound.mp4"
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", str(path))
    with pytest.raises(MediaRefused) as refused:
        check_clip(path)
    assert refused.value.code == "no_picture"


def test_an_honest_clip_has_its_facts(clip: Path):
    facts = check_clip(clip)
    assert (facts.width, facts.height, facts.sound, facts.codec) == (640, 360, True, "h264")
    assert abs(facts.duration_ms - 2000) <= 60
