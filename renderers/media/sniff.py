"""What a file is, by its first bytes and never by its name; and whether something else hides in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO, Literal

Kind = Literal[
    "jpeg", "png", "gif", "webp", "tiff", "bmp", "heif", "pdf", "mov", "matroska", "avi", "mpegts", "mpeg",
    "svg", "avif", "psd", "emf", "office", "windows_media", "playlist", "page", "archive", "program", "sound", "text", "",
]  # fmt: skip
PICTURES: dict[str, tuple[str, ...]] = {
    "jpeg": ("JPEG", "MPO"),
    "png": ("PNG",),
    "gif": ("GIF",),
    "webp": ("WEBP",),
    "tiff": ("TIFF",),
    "bmp": ("BMP",),
    "heif": ("HEIF",),
}
"""Kinds of pictures accepted, with Pillow's decoders that may read them. (PDF is accepted too, and drawn by PDFium.)"""
CLIPS = frozenset({"mov", "matroska", "avi", "mpegts", "mpeg"})
"""Kinds of clips accepted; each is the name of the only demuxer that may read it."""

_HEAD = 4096
_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
    (b"%PDF-", "pdf"),
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "windows_media"),
    (b"FLV\x01", "windows_media"),
    (b"8BPS", "psd"),
    (b"\xd7\xcd\xc6\x9a", "emf"),
    (b"\x01\x00\x09\x00", "emf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"PK\x03\x04", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"ID3", "sound"),
    (b"OggS", "sound"),
    (b"fLaC", "sound"),
)
_HEIF_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc", b"hevx")
_MOV_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_PLAYLISTS = (
    b"ffconcat",
    b"#extm3u",
    b"[playlist]",
    b"[reference]",
    b"v=0\r\n",
    b"v=0\n",
    b"concat:",
    b"<asx",
    b"<smil",
)
_FOREIGN = (b"<?php", b"<script", b"<html", b"<!doctype html", b"%pdf-", b"#extm3u", b"ffconcat version")
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_PROGRAM = re.compile(rb"\x7fELF[\x01\x02][\x01\x02]\x01")
_ZIP_END, _ZIP_END_REACH = b"PK\x05\x06", 65_600
_CHUNK = 1 << 20


def kind_of(path: Path) -> Kind:
    """The kind of a file by its content; "" when it is none that is known. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return _binary_kind(head) or _text_kind(head)


def _binary_kind(head: bytes) -> Kind:
    for start, kind in _STARTS:
        if head.startswith(start):
            return "office" if kind == "archive" and b"[Content_Types].xml" in head else kind
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"AVI ", b"WAVE"):
        return {b"WEBP": "webp", b"AVI ": "avi"}.get(head[8:12], "sound")  # type: ignore[return-value]
    if head[4:8] == b"ftyp":
        if head[8:12] in (b"avif", b"avis"):
            return "avif"
        return "heif" if head[8:12] in _HEIF_BRANDS else "mov"
    if head[4:8] in _MOV_ATOMS:
        return "mov"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "bmp"
    if head[:4] == b"\x01\x00\x00\x00" and head[40:44] == b" EMF":
        return "emf"
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "mpegts"
    return ""


def _text_kind(head: bytes) -> Kind:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(_PLAYLISTS) or b"#ext-x-" in text or b"<mpd" in text:
        return "playlist"
    if text.startswith(b"%pdf"):
        return "pdf"
    if b"<svg" in text:
        return "svg"
    if text.startswith((b"<!doctype", b"<html", b"<script", b"<?xml", b"<?php")):
        return "page"
    if text.startswith(b"#!"):
        return "program"
    return "text" if text and b"\0" not in text and not head.startswith(b"\xff") else ""


def hidden(path: Path) -> str:
    """What else a picture contains that a browser or an archiver would open (a page, a script, an archive, a program);
    "" when nothing. Raises OSError."""
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(_CHUNK):
            if found := _foreign(tail + chunk):
                return found
            tail = chunk[-32:]
        return _zip_behind(file, path.stat().st_size)


def hidden_in_clip(path: Path) -> str:
    """The same of a clip, for the first and last mebibyte of it: between them its pictures are noise."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_CHUNK)
        file.seek(max(0, size - _CHUNK))
        return _foreign(head, pdf=False) or _foreign(file.read(), pdf=False) or _zip_behind(file, size)


def _foreign(window: bytes, *, pdf: bool = True) -> str:
    lower = window.lower()
    for mark in _FOREIGN:
        if mark in lower and (pdf or mark != b"%pdf-"):
            return mark.decode()
    if any(mark in window for mark in _ARCHIVES):
        return "archive"
    return "program" if _PROGRAM.search(window) else ""


def _zip_behind(file: BinaryIO, size: int) -> str:
    file.seek(max(0, size - _ZIP_END_REACH))
    end = file.read()
    place = end.rfind(_ZIP_END)
    if place < 0 or len(end) - place < 22:
        return ""
    return "archive" if len(end) - place - 22 == int.from_bytes(end[place + 20 : place + 22], "little") else ""
