"""Sees every line of letters that is laid on a picture, whichever card draws it: where its ink lies, what was behind it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from unicodedata import category

import numpy as np
import pytest
from PIL import Image

from renderers import encode, text
from renderers.colour import RGB, Pixels, luminance, luminances, ratio
from renderers.fonts import coverage as known
from renderers.fonts import itemize
from renderers.text import Box, Style

LEADS = frozenset("ເແໂໃໄເแโใไ\u17d2")
"""A Lao (or Thai) vowel that is written before its consonant, and the Khmer sign that joins the next one below: no line ends so."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A line as it was laid on a picture (`on`): its ink's box and mask, and the least contrast with the opaque pixels behind
    its strokes (None: on a see-through layer)."""

    on: int
    size: tuple[int, int]
    text: str
    style: Style
    box: Box
    mask: Pixels
    contrast: float | None


class Witness:
    """Stands between `draw_line` and the pixels."""

    def __init__(self) -> None:
        self.lines: list[Seen] = []
        self.pictures: list[Image.Image] = []  # kept, so that no id comes twice

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch, and spare the packing of PNGs, which says nothing of what was drawn."""
        cover, lay = text.coverage, text.blend
        last: list[tuple[str, Style]] = []

        def covered(line: str, style: Style) -> tuple[Pixels, int, int]:
            last[:] = [(line, style)]
            return cover(line, style)

        def laid(image: Image.Image, mask: Pixels, x: int, y: int, colour: RGB) -> None:
            self._see(image, mask, x, y, colour, *last[0])
            lay(image, mask, x, y, colour)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(text, "coverage", covered)
            patch.setattr(text, "blend", laid)
            packed = encode.png
            for name, module in list(sys.modules.items()):
                if name.startswith("renderers.") and getattr(module, "png", None) is packed:
                    patch.setattr(module, "png", lambda image: b"")
            yield

    def _see(self, image: Image.Image, mask: Pixels, x: int, y: int, colour: RGB, line: str, style: Style) -> None:
        ys, xs = np.nonzero(mask > 32)
        if not len(ys):
            return
        if not any(one is image for one in self.pictures):
            self.pictures.append(image)
        top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
        box = (int(x + left), int(y + top), int(x + right), int(y + bottom))
        strokes = mask[top:bottom, left:right] > 32
        self.lines.append(
            Seen(id(image), image.size, line, style, box, strokes, _contrast(image, box, strokes, colour))
        )

    def said(self) -> Counter[str]:
        """How often every letter was drawn."""
        return letters("".join(line.text for line in self.lines))

    def faults(self, face: tuple[int, int], margin: int) -> list[str]:
        """What must not be on a face: letters cut off or in its margin, over each other, without a glyph, torn, pale."""
        found = []
        for line in self.lines:
            left, top, right, bottom = line.box
            wide, high = line.size
            edge = margin if line.size == face else 0
            if left < edge or top < edge or right > wide - edge or bottom > high - edge:
                found.append(f"outside: {line.text!r} {line.box} of {line.size}")
            if line.contrast is not None and line.contrast < 7:
                found.append(f"pale: {line.text!r} {line.contrast:.2f}:1")
            if category(line.text[0]).startswith("M") or line.text[-1] in LEADS:
                found.append(f"torn: {line.text!r}")
            for family, run in itemize(line.text, line.style.language):
                missing = {char for char in run if ord(char) not in known(family) and not char.isspace()}
                missing = {char for char in missing if category(char) not in ("Cf", "Cc")}
                if missing:
                    found.append(f"no glyph: {missing} in {line.text!r}")
        for one, other in combinations(self.lines, 2):
            if one.on == other.on and _touch(one, other):
                found.append(f"over each other: {one.text!r} {one.box} and {other.text!r} {other.box}")
        return found


def letters(words: str) -> Counter[str]:
    """Letters and digits of a text, each with how often it stands there."""
    return Counter(char for char in words if category(char)[0] in "LMN")


def _contrast(image: Image.Image, box: Box, strokes: Pixels, colour: RGB) -> float | None:
    if image.mode != "RGB":
        return None
    left, top = max(0, box[0]), max(0, box[1])
    behind = np.asarray(image.crop((left, top, min(image.width, box[2]), min(image.height, box[3]))))
    inside = strokes[top - box[1] : top - box[1] + behind.shape[0], left - box[0] : left - box[0] + behind.shape[1]]
    lights = luminances(behind[inside])
    lit = luminance(colour)
    return min(ratio(lit, float(lights.min())), ratio(lit, float(lights.max()))) if lights.size else None


def _touch(one: Seen, other: Seen) -> bool:
    left, top = max(one.box[0], other.box[0]), max(one.box[1], other.box[1])
    right, bottom = min(one.box[2], other.box[2]), min(one.box[3], other.box[3])
    if left >= right or top >= bottom:
        return False
    parts = [
        seen.mask[top - seen.box[1] : bottom - seen.box[1], left - seen.box[0] : right - seen.box[0]]
        for seen in (one, other)
    ]
    return bool((parts[0] & parts[1]).any())
