"""What a file is, by its first bytes and never by its name; and whether something else hides in it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Kind = Literal[
    "jpeg", "png", "gif", "webp", "mov", "matroska", "avi", "mpegts", "mpeg", "svg", "heif", "playlist", "pdf", ""
]
PICTURES: dict[str, tuple[str, ...]] = {
    "jpeg": ("JPEG", "MPO"),
    "png": ("PNG",),
    "gif": ("GIF",),
    "webp": ("WEBP",),
}
"""Kinds of pictures accepted, with Pillow's decoders that may read them."""
CLIPS = frozenset({"mov", "matroska", "avi", "mpegts", "mpeg"})
"""Kinds of clips accepted; each is the name of the only demuxer that may read it."""

_HEAD = 4096
_HEIF_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc", b"avif", b"avis")
_FOREIGN = (b"<?php", b"<script", b"<html", b"<!doctype html", b"%pdf-", b"#extm3u", b"ffconcat version")
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x7fELF")
_ZIP_END, _ZIP_END_REACH = b"PK\x05\x06", 65_600
_CHUNK = 1 << 20


def kind_of(path: Path) -> Kind:
    """The kind of a file by its content; "" when it is none that is known. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"ffconcat", b"#extm3u", b"[playlist]", b"#!")) or b"#ext-x-" in text:
        return "playlist"
    if text.startswith(b"%pdf"):
        return "pdf"
    if b"<svg" in text or text.startswith(b"<?xml"):
        return "svg"
    return _binary_kind(head)


def _binary_kind(head: bytes) -> Kind:
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"AVI "):
        return "webp" if head[8:12] == b"WEBP" else "avi"
    if head[4:8] == b"ftyp":
        return "heif" if head[8:12] in _HEIF_BRANDS else "mov"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"\x00\x00\x01\xba"):
        return "mpeg"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "mpegts"
    return ""


def hidden(path: Path) -> str:
    """What else a picture contains that a browser or an archiver would open (a page, a script, an archive, a program);
    "" when nothing. Raises OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(_CHUNK):
            window = tail + chunk
            lower = window.lower()
            for mark in _FOREIGN:
                if mark in lower:
                    return mark.decode()
            for mark in _ARCHIVES:
                if mark in window:
                    return "archive" if mark[0] != 0x7F else "program"
            tail = window[-32:]
        file.seek(max(0, size - _ZIP_END_REACH))
        end = file.read()
    place = end.rfind(_ZIP_END)
    if (
        place >= 0
        and len(end) - place >= 22
        and len(end) - place - 22 == int.from_bytes(end[place + 20 : place + 22], "little")
    ):
        return "archive"
    return ""
