"""Stacks of text fitted into a box: the largest size between what is legible and what the card allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from renderers.colour import RGB
from renderers.text import Box, Style, break_lines, draw_line, ink, leading, least_lines

_MEND, _MEND_GRAVE = 0.88, 0.72
"""How much smaller a text may get for a word kept whole in running text, and in a headline (or a number with its unit)."""
_GRAVE = 100
_STEPS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A text of a stack. Its em is `scale` × the stack's size, kept within [least, most] pixels; `gap` is the space
    above it as a share of the stack's size."""

    text: str
    language: str
    colour: RGB
    scale: float
    least: int
    most: int
    weight: int = 600
    head: bool = False
    max_lines: int = 99
    gap: float = 0.0

    def style(self, size: int, smooth: bool = True) -> Style:
        """How it is set in a stack of a size."""
        em = max(self.least, min(self.most, round(size * self.scale)))
        return Style(self.language, em, self.weight, self.head, smooth)


@dataclass(frozen=True, slots=True)
class Line:
    """A placed line, relative to the top left of its stack."""

    x: int
    baseline: int
    text: str
    style: Style
    colour: RGB
    ink: Box


@dataclass(frozen=True, slots=True)
class Stack:
    """Lines that fit their box; `size` is the nominal em found; `torn` weighs the line ends that part what is one: a word in
    running text 1, a headline's or a number from its unit 100; the ink lies within (0, 0, width, height)."""

    lines: tuple[Line, ...]
    width: int
    height: int
    size: int
    tops: tuple[int, ...]
    torn: int = 0

    def draw(self, image: Image.Image, x: int, y: int) -> Box:
        """Draw at a corner, with the edges the stack was fitted for; returns the box of the ink."""
        for line in self.lines:
            draw_line(image, x + line.x, y + line.baseline, line.text, line.style, line.colour)
        return x, y, x + self.width, y + self.height

    def boxes(self, x: int, y: int) -> list[Box]:
        """The ink of every line when the stack is drawn at a corner."""
        return [
            (x + line.ink[0], y + line.ink[1], x + line.ink[2], y + line.ink[3]) for line in self.lines if line.text
        ]


def stack_at(
    parts: Sequence[Part],
    size: int,
    width: int,
    height: int,
    more: int = 0,
    *,
    smooth: bool = True,
    torn_below: int | None = None,
) -> Stack | None:
    """The stack at a size, or None when it does not fit (or tears as much as `torn_below` or more); headlines of several
    lines take `more` than they need."""
    shown = [part for part in parts if part.text]
    broken: list[tuple[str, ...]] = []
    torn, spare = 0, height
    for part in shown:
        style = part.style(size, smooth)
        room = min(part.max_lines, 2 + max(0, spare) // leading(part.text, style))  # lines beyond this could not fit
        found = break_lines(part.text, style, width, most=room)
        if more and part.head and found and len(found.lines) > 1:
            found = break_lines(part.text, style, width, more, room)
        if found is None:
            return None
        broken.append(found.lines)
        torn += found.parted * _GRAVE + found.torn * (_GRAVE if part.head else 1)
        if torn_below is not None and torn >= torn_below:
            return None
        spare -= (len(found.lines) - 1) * leading(part.text, style)
    return _placed(shown, broken, size, width, height, smooth, torn)


def _placed(
    parts: Sequence[Part],
    broken: Sequence[tuple[str, ...]],
    size: int,
    width: int,
    height: int,
    smooth: bool,
    torn: int,
) -> Stack | None:
    """Lines on their baselines; None when their ink leaves the box."""
    lines: list[Line] = []
    tops: list[int] = []
    bottom, widest = 0, 0
    for part, texts in zip(parts, broken, strict=True):
        style = part.style(size, smooth)
        pitch = leading(part.text, style)
        top = bottom + (round(part.gap * size) if lines else 0)
        baseline = 0
        for index, text in enumerate(texts):
            left, above, right, below = ink(text, style)
            baseline = top - above if index == 0 else baseline + pitch
            # Ink decides: a line whose marks would touch the line above moves down by what is missing.
            if index and baseline + above < bottom + 1:
                baseline = bottom + 1 - above
            shift = max(0, -left)
            box = (shift + left, baseline + above, shift + right, baseline + below)
            lines.append(Line(shift, baseline, text, style, part.colour, box))
            bottom = max(bottom, baseline + below)
            widest = max(widest, shift + right)
        tops.append(top)
        if bottom > height or widest > width:
            return None
    return Stack(tuple(lines), widest, bottom, size, tuple(tops), torn)


def fit(parts: Sequence[Part], width: int, height: int, least: int, most: int, *, smooth: bool = True) -> Stack | None:
    """The stack at the largest size in [least, most] that fits a box; None when none does. A somewhat smaller one is taken
    when it tears fewer words apart. `smooth`: as the face wants its letters' edges (`Face.smooth`)."""
    shown = [part for part in parts if part.text]
    for size in range(_bound(shown, width, height, least, max(least, most)), least - 1, -1):
        stack = stack_at(shown, size, width, height, smooth=smooth)
        if stack is not None:
            return _mended(stack, shown, width, height, least, smooth) if stack.torn else stack
    return None


def _bound(parts: Sequence[Part], width: int, height: int, least: int, most: int) -> int:
    """The largest size that could fit, found by bisection: what a text needs at the very least only grows with its size.
    Below `least` when none could."""
    low, high = least, most
    while low <= high:
        middle = (low + high) // 2
        if _could_fit(parts, middle, width, height):
            low = middle + 1
        else:
            high = middle - 1
    return high


def _could_fit(parts: Sequence[Part], size: int, width: int, height: int) -> bool:
    """Whether the fewest lines of every part, without what stands above the first baselines, are no higher than the box."""
    needed = 0
    for index, part in enumerate(parts):
        style = part.style(size)
        pitch = leading(part.text, style)
        most = min(part.max_lines, 1 + max(0, height - needed) // pitch)
        lines = least_lines(part.text, style, width, most)
        if lines > most:
            return False
        needed += (lines - 1) * pitch + (round(part.gap * size) if index else 0)
    return needed <= height


def _mended(found: Stack, parts: Sequence[Part], width: int, height: int, least: int, smooth: bool) -> Stack:
    """A slightly smaller stack that tears fewer words apart, if there is one."""
    best = found
    lowest = max(least, round(found.size * (_MEND_GRAVE if found.torn >= _GRAVE else _MEND)))
    for size in range(found.size, lowest - 1, -max(1, (found.size - lowest) // _STEPS)):
        if best.torn < _GRAVE and size < found.size * _MEND:
            break
        for more in (0, 1) if any(part.head for part in parts) else (0,):
            stack = stack_at(parts, size, width, height, more, smooth=smooth, torn_below=best.torn)
            if stack:
                best = stack
        if not best.torn:
            break
    return best
