"""A stranger's picture becomes our own: upright sRGB of 8 bits as PNG or JPEG, without metadata, made in a child."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renderers.child import ChildFailed, run_json
from renderers.media import messages
from renderers.media.checks import checked_size
from renderers.media.facts import MAX_PAGES, MAX_PICTURE_BYTES, PictureFacts
from renderers.media.sniff import PICTURES, hidden, kind_of

NORMAL_SECONDS = 60
MEMORY_BYTES = 560 * 1024**2
_SUFFIXES = {"png": ".png", "jpeg": ".jpg"}


@dataclass(frozen=True, slots=True)
class Page:
    """One picture of ours: a PNG or JPEG file of `width` × `height` pixels; `number` counts a PDF's pages from 1."""

    path: Path
    width: int
    height: int
    number: int = 1

    @property
    def suffix(self) -> str:
        return self.path.suffix


@dataclass(frozen=True, slots=True)
class Normalised:
    """What an upload was, and the pictures made of it: one, or one for every page of a PDF (its first 20)."""

    facts: PictureFacts
    pages: tuple[Page, ...]


def normalise(path: Path, folder: Path, *, most_pages: int = MAX_PAGES) -> Normalised:
    """Check a picture by decoding all of it, and write our own copy into `folder`. Raises `MediaRefused`; then, too, only
    `folder` was written to."""
    size = checked_size(path, MAX_PICTURE_BYTES)
    kind = kind_of(path)
    if kind not in PICTURES and kind != "pdf":
        raise messages.not_a_picture(kind)
    if kind != "pdf" and (foreign := hidden(path)):
        raise messages.polyglot(foreign)
    arguments = [kind, str(path.resolve()), str(folder.resolve()), str(most_pages)]
    try:
        found = run_json("renderers.media.decoding", arguments, seconds=NORMAL_SECONDS, memory=MEMORY_BYTES)
    except ChildFailed as error:
        raise messages.corrupt_picture(kind) from error
    if code := found.get("refused"):
        raise messages.picture_refused(code, kind, found.get("limit", 0))
    pages = tuple(_page(folder, index + 1, made) for index, made in enumerate(found["pages"]))
    facts = PictureFacts(kind, int(found["width"]), int(found["height"]), size, int(found["count"]))
    return Normalised(facts, pages)


def _page(folder: Path, number: int, made: dict[str, Any]) -> Page:
    """A file that the child says it made, if it is what it should be: the child may have been taken over."""
    path = folder / os.path.basename(str(made["file"]))
    checked_size(path, 4 * MAX_PICTURE_BYTES)
    if _SUFFIXES.get(kind_of(path)) != path.suffix:
        raise messages.corrupt_picture("")
    return Page(path, int(made["width"]), int(made["height"]), number)
