"""Text as lines of measured runs: cleaned, broken where ICU allows, balanced, and drawn on whole pixels."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from renderers.blend import blend
from renderers.breaks import HINTS, PARTED, TORN, Breaks, breaks
from renderers.colour import RGB, Pixels
from renderers.fonts import font, font_for, itemize, px_of
from renderers.lines import balanced, fewest
from renderers.scripts import SCRIPTS, Family

Box = tuple[int, int, int, int]
_Runs = tuple[tuple[Family, float], ...]

_INVISIBLE = {
    ord(c): None for c in "\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufe0e\ufe0f"
}
_REFERENCE = 1000
"""The em at which widths are taken: advances grow in proportion, so one measure serves every size."""
_GROWN: dict[Family, float] = {"khmer": 2.5}
"""How many pixels hinting may add above a line (one less below): it rounds the height of letters, and what stands on them
goes up as much; 1.5 for the other families. Measured."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set: its language, weight (500–800), nominal em in pixels, running text or headline, and whether its edges
    are soft (`smooth`) or of 1 bit, hinted, as coarse panels want them (`Face.smooth`)."""

    language: str
    size: int
    weight: int = 600
    head: bool = False
    smooth: bool = True


def normalise(text: str) -> str:
    """NFC; one space between words, paragraphs as single newlines; controls and direction marks removed. Break hints
    (U+200B may break here, U+2060 must not) stay until the line is drawn."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = text.translate(_INVISIBLE)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    paragraphs = (" ".join(re.split(r"[ \t\u3000]+", line.strip())) for line in text.split("\n"))
    return "\n".join(one for one in paragraphs if one)


def visible(text: str) -> str:
    """What is drawn of a text: break hints and outer spaces taken away."""
    return text.translate(HINTS).strip()


# --- measures -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def _advances(text: str, language: str, weight: int) -> _Runs:
    """The advance of every run of a text, in ems of its font. Raises `RenderError("no_font")`."""
    return tuple(
        (family, font(family, weight, _REFERENCE).getlength(run) / _REFERENCE)
        for family, run in itemize(text, language)
    )


def width(text: str, style: Style) -> float:
    """Advance width of a line in pixels. Raises `RenderError("no_font")`."""
    return sum(advance * px_of(family, style.size) for family, advance in _advances(text, style.language, style.weight))


@lru_cache(maxsize=16384)
def _extent(text: str, language: str, weight: int) -> tuple[tuple[Family, float, float, float, float], ...]:
    """Where the ink of every run lies, in ems from the start of the run's baseline: left, top, right, bottom."""
    found = []
    for family, run in itemize(text, language):
        box = font(family, weight, _REFERENCE).getbbox(run, anchor="ls")
        left, top, right, bottom = (side / _REFERENCE for side in box)
        found.append((family, left, top, right, bottom))
    return tuple(found)


@lru_cache(maxsize=8192)
def ink(text: str, style: Style) -> Box:
    """The box that holds a line's ink, relative to the start of its baseline: left, top (negative: above), right, bottom. It
    is taken from the outlines, with a pixel or two around for what hinting moves."""
    pen, box = 0.0, None
    runs = zip(_extent(text, style.language, style.weight), _advances(text, style.language, style.weight), strict=True)
    for (family, left, top, right, bottom), (_, advance) in runs:
        px = px_of(family, style.size)
        moved = (
            math.floor(pen + left * px) - 1,
            math.floor(top * px - _GROWN.get(family, 1.5)),
            math.ceil(pen + right * px) + 1,
            math.ceil(bottom * px + _GROWN.get(family, 1.5) - 1),
        )
        if right > left and bottom > top:
            box = moved if box is None else _union(box, moved)
        pen += advance * px
    return box or (0, 0, 0, 0)


def _union(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


@lru_cache(maxsize=4096)
def leading(text: str, style: Style) -> int:
    """Line height in whole, even pixels: what the tallest script of the text needs."""
    needs = [
        (SCRIPTS[family].leading_head if style.head else SCRIPTS[family].leading) * SCRIPTS[family].scale
        for family, _ in itemize(visible(text).replace("\n", " "), style.language)
    ]
    return 2 * round(max(needs, default=1.3) * style.size / 2 + 0.3)


# --- lines ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Broken:
    """A text in lines. `torn` counts line ends inside a word or name, `parted` those between a number and its unit."""

    lines: tuple[str, ...]
    torn: int = 0
    parted: int = 0


@dataclass(frozen=True, slots=True)
class _Widths:
    """A paragraph's pieces at a size: advances and the white space at their ends, in pixels."""

    pieces: tuple[str, ...]
    costs: tuple[float, ...]
    advances: list[float]
    blanks: list[float]


def wrap(text: str, style: Style, box_width: int, more: int = 0, most: int = 99) -> list[str] | None:
    """Lines no wider than the box, broken where ICU allows and balanced; None when a piece alone is too wide or it takes
    more than `most` lines. `more` asks for so many lines above the fewest."""
    broken = break_lines(text, style, box_width, more, most)
    return None if broken is None else list(broken.lines)


def break_lines(text: str, style: Style, box_width: float, more: int = 0, most: int = 99) -> Broken | None:
    """As `wrap`, with what the lines tear."""
    lines: list[str] = []
    torn = parted = 0
    for paragraph in unicodedata.normalize("NFC", text).split("\n"):
        broken = _break_paragraph(paragraph, style, box_width, more, most - len(lines))
        if broken is None:
            return None
        lines += broken.lines
        torn, parted = torn + broken.torn, parted + broken.parted
    return Broken(tuple(lines), torn, parted)


def least_lines(text: str, style: Style, box_width: float, most: int = 99) -> int:
    """The fewest lines that a text can take, whatever they tear; more than `most` when it cannot be set. Never less at a
    larger size."""
    count = 0
    for paragraph in unicodedata.normalize("NFC", text).split("\n"):
        widths = _widths(paragraph, style.language, style.weight, style.size, True)
        count += fewest(widths.advances, widths.blanks, box_width, most)
        if count > most:
            return most + 1
    return count


def _break_paragraph(paragraph: str, style: Style, box: float, more: int, most: int) -> Broken | None:
    for could in (False, True):
        widths = _widths(paragraph, style.language, style.weight, style.size, could)
        count = fewest(widths.advances, widths.blanks, box, most)
        if count > most:
            continue
        found = _set(widths, style, box, min(count + more, len(widths.pieces), most))
        if found:
            return found
    return None


def _set(widths: _Widths, style: Style, box: float, lines: int) -> Broken | None:
    """A paragraph in so many lines. Pieces beside each other may be a hair wider than their sum (kerning), so what comes out
    too wide is set again, tighter."""
    room = box
    for _ in range(3):
        ends = balanced(widths.advances, widths.blanks, widths.costs, room, lines)
        if not ends:
            return None
        result = tuple(visible("".join(widths.pieces[a:b])) for a, b in zip([0, *ends[:-1]], ends, strict=True))
        over = max(width(line, style) for line in result) - box
        if over <= 0:
            costs = [widths.costs[end - 1] for end in ends[:-1]]
            return Broken(result, costs.count(TORN), costs.count(PARTED))
        room -= over
    return None


@lru_cache(maxsize=2048)
def _measured(paragraph: str, language: str, weight: int, could: bool) -> tuple[Breaks, tuple[_Runs, ...], _Runs]:
    """A paragraph's breaks, the runs of every piece, and the run of white space at the end of each; in ems."""
    found = breaks(paragraph, language)[could]
    runs = tuple(_advances(piece.translate(HINTS), language, weight) for piece in found.pieces)
    blanks = []
    for piece, own in zip(found.pieces, runs, strict=True):
        shown = _advances(visible(piece), language, weight)
        family = own[-1][0] if own else "latin"
        blanks.append((family, sum(advance for _, advance in own) - sum(advance for _, advance in shown)))
    return found, runs, tuple(blanks)


@lru_cache(maxsize=8192)
def _widths(paragraph: str, language: str, weight: int, size: int, could: bool) -> _Widths:
    found, runs, blanks = _measured(paragraph, language, weight, could)
    px = {family: px_of(family, size) for family in SCRIPTS}
    return _Widths(
        found.pieces,
        found.costs,
        [sum([advance * px[family] for family, advance in own]) for own in runs],
        [blank * px[family] for family, blank in blanks],
    )


# --- drawing --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def coverage(text: str, style: Style) -> tuple[Pixels, int, int]:
    """How much of each pixel a line covers (0…255; height, width), with the place of its top left corner relative to the
    start of the baseline."""
    left, top, right, bottom = ink(text, style)
    room = 2 + style.size // 8
    left, top, right, bottom = left - room, top - room, right + room, bottom + room
    mask = Image.new("L", (right - left, bottom - top))
    canvas = ImageDraw.Draw(mask)
    canvas.fontmode = "L" if style.smooth else "1"
    pen = float(-left)
    for (family, run), (_, advance) in zip(
        itemize(text, style.language), _advances(text, style.language, style.weight), strict=True
    ):
        canvas.text((pen, -top), run, font=font_for(family, style.weight, style.size), fill=255, anchor="ls")
        pen += advance * px_of(family, style.size)
    return np.asarray(mask), left, top


def draw_line(image: Image.Image, x: int, baseline: int, text: str, style: Style, colour: RGB) -> None:
    """Draw one line with its baseline's start at (x, baseline) on RGB or RGBA."""
    covered, left, top = coverage(unicodedata.normalize("NFC", text).translate(HINTS), style)
    blend(image, covered, x + left, baseline + top, colour)
