"""Stacks of text fitted into a box: the largest size between what is legible and what the card allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from renderers.colour import RGB
from renderers.text import Box, Style, draw_line, ink, leading, torn, wrap

_MEND = 0.72


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
    """Lines that fit their box; `size` is the nominal em found, `torn` counts line ends inside a word or name; the ink lies within (0, 0, width, height)."""

    lines: tuple[Line, ...]
    width: int
    height: int
    size: int
    tops: tuple[int, ...]
    torn: int = 0

    def draw(self, image: Image.Image, x: int, y: int) -> Box:
        """Draw at a corner; returns the box of the ink."""
        for line in self.lines:
            draw_line(image, x + line.x, y + line.baseline, line.text, line.style, line.colour)
        return x, y, x + self.width, y + self.height

    def boxes(self, x: int, y: int) -> list[Box]:
        """The ink of every line when the stack is drawn at a corner."""
        return [
            (x + line.ink[0], y + line.ink[1], x + line.ink[2], y + line.ink[3]) for line in self.lines if line.text
        ]


def stack_at(parts: Sequence[Part], size: int, width: int, height: int, more: int = 0) -> Stack | None:
    """The stack at a size, or None when it does not fit; headlines of several lines take `more` than they need."""
    lines: list[Line] = []
    tops: list[int] = []
    bottom, widest, rents = 0, 0, 0
    for part in parts:
        if not part.text:
            continue
        em = max(part.least, min(part.most, round(size * part.scale)))
        style = Style(part.language, em, part.weight, part.head)
        room = 2 + (height - bottom) // leading(part.text, style)  # lines beyond this could not fit
        broken = wrap(part.text, style, width, most=min(part.max_lines, room))
        if more and part.head and broken and len(broken) > 1:
            broken = wrap(part.text, style, width, more, min(part.max_lines, room))
        if broken is None:
            return None
        rents += torn(broken)
        pitch = leading(part.text, style)
        top = bottom + (round(part.gap * size) if lines else 0)
        baseline = 0
        for index, text in enumerate(broken):
            left, above, right, below = ink(text, style)
            baseline = top - above if index == 0 else baseline + pitch
            # Ink decides: a line whose marks would touch the line above moves down by what is missing.
            if index and baseline + above < bottom + 1:
                baseline = bottom + 1 - above
            shift = max(0, -left) if left < 0 else 0
            lines.append(
                Line(
                    shift,
                    baseline,
                    text,
                    style,
                    part.colour,
                    (shift + left, baseline + above, shift + right, baseline + below),
                )
            )
            bottom = max(bottom, baseline + below)
            widest = max(widest, shift + right)
        tops.append(top)
        if bottom > height or widest > width:
            return None
    return Stack(tuple(lines), widest, bottom, size, tuple(tops), rents)


def fit(parts: Sequence[Part], width: int, height: int, least: int, most: int) -> Stack | None:
    """The stack at the largest size in [least, most] that fits a box, found by bisection; None when none does."""
    low, high, found = least, max(least, most), None
    while low <= high:
        middle = (low + high) // 2
        stack = stack_at(parts, middle, width, height)
        if stack is None:
            high = middle - 1
        else:
            found, low = stack, middle + 1
    return _mended(found, parts, width, height, least) if found and found.torn else found


def _mended(found: Stack, parts: Sequence[Part], width: int, height: int, least: int) -> Stack:
    """A slightly smaller stack that tears fewer words apart, if there is one."""
    best = found
    for size in range(found.size - 1, max(least, round(found.size * _MEND)) - 1, -1):
        for more in (0, 1):
            stack = stack_at(parts, size, width, height, more)
            if stack and stack.torn < best.torn:
                best = stack
        if not best.torn:
            break
    return best
