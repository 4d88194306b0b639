"""What all of the types are made of: JSON and its hash, rectangles, texts in two languages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import rfc8785

JSON = Any


def canonical(document: JSON) -> bytes:
    """RFC 8785 bytes of a JSON document; the same on every machine."""
    return rfc8785.dumps(document)


def sha256(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in whole pixels, origin top left."""

    x: int
    y: int
    width: int
    height: int

    def as_list(self) -> list[int]:
        return [self.x, self.y, self.width, self.height]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Vietnamese and English."""

    vi: str
    en: str


NO_TEXT = Text("", "")
