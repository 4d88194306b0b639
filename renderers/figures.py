"""Numbers in tabular figures: every digit as wide as the other, so columns stand and clocks do not dance.

Be Vietnam Pro has proportional figures only, so numbers that must align are set in Noto Sans, whose figures are tabular.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from renderers.blend import blend
from renderers.colour import RGB, Pixels
from renderers.fit import Line, Stack
from renderers.fonts import font
from renderers.scripts import Family
from renderers.text import Box, Style

_FAMILY: Family = "noto"
_REFERENCE = 1000

_FIGURES = re.compile(r"[\s\d.,:;%+\-–—−/()$€₫¥°]*\d[\s\d.,:;%+\-–—−/()$€₫¥°]*[A-Z]?")
_NUMBER = re.compile(r"[+\-−–]?\d[\d.,\u00a0 ]*(?:\u00a0?[%₫$€¥]|\u00a0?°C?)?")
_EMPTY = frozenset(("", "-", "–", "—", "…"))


def is_figures(text: str) -> bool:
    """Whether a cell is a number, a time or a span of times."""
    return bool(_FIGURES.fullmatch(text))


def is_number(text: str) -> bool:
    """Whether a cell is one number (a dash for none counts)."""
    return text in _EMPTY or bool(_NUMBER.fullmatch(text))


def halves(text: str, language: str) -> tuple[str, str]:
    """A number before its decimal point, and the point with what follows. A single separator before exactly three
    digits groups thousands where the language writes it so (`,` in English and Chinese, `.` elsewhere)."""
    places = [index for index, char in enumerate(text) if char in ".,"]
    if not places:
        match = re.search(r"[^\d\s]*$", text.rstrip())
        cut = match.start() if match else len(text)
        return text[:cut], text[cut:]
    last = places[-1]
    kinds = {text[index] for index in places}
    group = "," if language.split("-")[0] in ("en", "zh") else "."
    digits = re.match(r"\d*", text[last + 1 :])
    after = len(digits.group()) if digits else 0
    if len(kinds) == 1 and (len(places) > 1 or (after == 3 and text[last] == group)):
        return text[: last + 1 + after], text[last + 1 + after :]
    return text[:last], text[last:]


def figures_width(text: str, style: Style) -> float:
    """Advance width in pixels."""
    return _advance(text, style.weight) * style.size


def figures_ink(text: str, style: Style) -> Box:
    """The ink relative to the start of the baseline: left, top, right, bottom, with a pixel for what hinting moves."""
    left, top, right, bottom = (side * style.size for side in _extent(text, style.weight))
    return math.floor(left) - 1, math.floor(top - 0.5), math.ceil(right) + 1, math.ceil(bottom + 0.5)


@lru_cache(maxsize=8192)
def _advance(text: str, weight: int) -> float:
    return float(font(_FAMILY, weight, _REFERENCE).getlength(text)) / _REFERENCE


@lru_cache(maxsize=8192)
def _extent(text: str, weight: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = font(_FAMILY, weight, _REFERENCE).getbbox(text, anchor="ls")
    return left / _REFERENCE, top / _REFERENCE, right / _REFERENCE, bottom / _REFERENCE


@lru_cache(maxsize=512)
def figures_coverage(text: str, style: Style) -> tuple[Pixels, int, int]:
    """How much of each pixel the figures cover (0…255; height, width), with the place of its top left corner relative to the
    start of the baseline."""
    left, top, right, bottom = figures_ink(text, style)
    mask = Image.new("L", (right - left + 2, bottom - top + 2))
    canvas = ImageDraw.Draw(mask)
    canvas.fontmode = "L" if style.smooth else "1"
    canvas.text((1 - left, 1 - top), text, font=font(_FAMILY, style.weight, style.size), fill=255, anchor="ls")
    return np.asarray(mask), left - 1, top - 1


class FigureStack(Stack):
    """Figures as a stack of one line, whose origin is the start of the baseline."""

    __slots__ = ()

    def draw(self, image: Image.Image, x: int, y: int) -> Box:
        for line in self.lines:
            covered, left, top = figures_coverage(line.text, line.style)
            blend(image, covered, x + left, y + top, line.colour)
        return x, y, x + self.width, y + self.height


def figures(text: str, style: Style, colour: RGB) -> FigureStack:
    """Figures to be drawn with the start of their baseline at the stack's corner."""
    box = figures_ink(text, style)
    return FigureStack((Line(0, 0, text, style, colour, box),), box[2], box[3], style.size, (0,))
