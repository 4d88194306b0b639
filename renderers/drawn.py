"""What was drawn where: every text is measured against the pixels behind it before it is drawn, and remembered.

A template draws its texts with `write` (or tells of them with `measured`) and names everything else with `painted`. While
`recording` is on, the boxes and what a traveller has to read are kept; `collecting` gives tests the boxes of every picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from PIL import Image

from renderers.colour import MIN_CONTRAST, RGB, contrast_on
from renderers.errors import RenderError
from renderers.fit import Stack
from renderers.legibility import Reading, Seen, reading_of
from renderers.text import Box


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture: its size and what was painted on it, by name. Names: `text` (the ink of a line), `cell` (of a table's or
    list's line), `tag`, `source`, `dots`, `rule`, `picture`, or a template's own (`code`, `seal`, `value`). Boxes are
    (left, top, right, bottom), end exclusive. Only a `picture` or a `panel` may lie under other boxes."""

    size: tuple[int, int]
    boxes: tuple[tuple[str, Box], ...]


@dataclass(slots=True)
class Record:
    """What is being drawn on one picture of `size` (width, height)."""

    size: tuple[int, int] = (0, 0)
    boxes: list[tuple[str, Box]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    contrasts: list[tuple[Box, float]] = field(default_factory=list)
    torn: int = 0

    def reading(self) -> Reading:
        """What a traveller has to read on this picture. Contrast counts on photographs alone: a theme's own is checked when it
        is loaded, and no editor can change it."""
        pictures = [box for name, box in self.boxes if name == "picture"]
        on_them = [found for box, found in self.contrasts if any(_meet(box, one) for one in pictures)]
        return reading_of(self.seen, min(on_them, default=21.0), self.torn)


_record: ContextVar[Record | None] = ContextVar("record", default=None)
_collected: ContextVar[list[Drawn] | None] = ContextVar("collected", default=None)


@contextmanager
def collecting() -> Iterator[list[Drawn]]:
    """Every picture that is painted meanwhile (in this thread; nothing that a cache already holds), for tests."""
    found: list[Drawn] = []
    token = _collected.set(found)
    try:
        yield found
    finally:
        _collected.reset(token)


@contextmanager
def recording(size: tuple[int, int] = (0, 0)) -> Iterator[Record]:
    """Remember what is drawn on a picture; its size may be told until the end."""
    record = Record(size)
    token = _record.set(record)
    try:
        yield record
    finally:
        _record.reset(token)
    collected = _collected.get()
    if collected is not None:
        collected.append(Drawn(record.size, tuple(record.boxes)))


def painted(name: str, *boxes: Box) -> None:
    """Say what was painted where (see `Drawn` for names)."""
    record = _record.get()
    if record is not None:
        record.boxes += [(name, box) for box in boxes]


def measured(image: Image.Image, box: Box, colour: RGB, name: str = "text") -> float:
    """The least contrast of a colour with the pixels in a box, measured before the text is drawn there; the box is remembered
    under `name`. Raises `RenderError("illegible")` below 7:1."""
    found = contrast_on(image, box, colour)
    if found < MIN_CONTRAST:
        raise _pale(found)
    painted(name, box)
    record = _record.get()
    if record is not None:
        record.contrasts.append((box, found))
    return found


def write(
    image: Image.Image, stack: Stack, x: int, y: int, *, name: str = "text", behind: Image.Image | None = None
) -> None:
    """Draw a stack at a corner, after measuring every line against the pixels behind its ink (`behind`: those of another
    picture of this size, where the image itself will be laid over it). `name` is `cell` for what is looked up rather than read through.
    Raises `RenderError("illegible")` below 7:1."""
    record = _record.get()
    for line, box in zip((one for one in stack.lines if one.text), stack.boxes(x, y), strict=True):
        measured(behind or image, box, line.colour, name)
        if record is not None:
            record.seen.append(Seen(line.text, line.style, box, name == "cell"))
    if record is not None:
        record.torn += stack.torn
    stack.draw(image, x, y)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _pale(found: float) -> RenderError:
    shown = f"{found:.1f}".replace(".", ",")
    return RenderError(
        "illegible",
        f"Chữ không đủ tương phản với nền (chỉ {shown}:1, cần 7:1). Hãy chọn ảnh tối và ít chi tiết hơn ở chỗ có chữ.",
        f"The text has too little contrast with what lies behind it ({found:.1f}:1; 7:1 is needed). Choose a picture that is "
        "darker and calmer where the text stands.",
    )
