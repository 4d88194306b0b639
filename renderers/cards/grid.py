"""A table's cells in columns sized by what they hold: text at the left, numbers at the right with their points in line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cms.plugin_api.types import Rect
from renderers.cards.base import Placed
from renderers.cards.marks import Bar, Shade
from renderers.cards.sheets import Mark
from renderers.colour import RGB
from renderers.figures import figures as set_figures
from renderers.figures import figures_ink, figures_width, halves, is_figures, is_number
from renderers.fit import Line, Stack
from renderers.text import Style, ink, leading, width, wrap
from renderers.themes import Palette

Row = tuple[str, ...]
Kind = Literal["text", "figures", "number"]
_HEAD = 0.84
_LEAST_SHARE = 0.4
_MOST_LINES = 2


@dataclass(frozen=True, slots=True)
class Table:
    """A table's words: `head` is empty when it has none; all rows have equally many cells."""

    head: Row
    rows: tuple[Row, ...]
    language: str
    smooth: bool = True

    def kinds(self) -> list[Kind]:
        """What every column holds."""
        found: list[Kind] = []
        for cells in zip(*self.rows, strict=True):
            digits = any(char.isdigit() for cell in cells for char in cell)
            if digits and all(is_number(cell) for cell in cells):
                found.append("number")
            else:
                found.append("figures" if all(is_figures(cell) for cell in cells) else "text")
        return found


@dataclass(frozen=True, slots=True)
class Column:
    """A column at an em: its left edge from the table's, its width, and for numbers the width after the point."""

    kind: Kind
    left: int
    width: int
    after: int = 0


@dataclass(frozen=True, slots=True)
class Measures:
    """A table at an em, the same on all its pages."""

    body: Style
    head: Style
    columns: tuple[Column, ...]
    width: int
    ascent: int
    descent: int

    @property
    def row(self) -> int:
        """The height of a row of one line."""
        return max(round(self.body.size * 1.5), self.ascent + self.descent + max(4, round(self.body.size * 0.3)))


@dataclass(frozen=True, slots=True)
class Grid:
    """Placed cells with their rules and bands."""

    cells: tuple[Placed, ...]
    under: tuple[Mark, ...]
    width: int
    height: int


def place_rows(
    table: Table, rows: Sequence[Row], per: int, area: Rect, px: int, least: int, palette: Palette
) -> Grid | None:
    """Like `place_grid`, every cell in one line."""
    return place_grid(table, rows, per, area, px, least, palette, 1)


def place_grid(
    table: Table,
    rows: Sequence[Row],
    per: int,
    area: Rect,
    px: int,
    least: int,
    palette: Palette,
    lines: int = _MOST_LINES,
) -> Grid | None:
    """Some rows of a table, their head above, at an em in an area; None when they do not fit. `per` is how many rows
    the fullest page has: a shorter one keeps its measures and its place."""
    measures = measure(table, px, least, area.width, lines)
    if measures is None:
        return None
    heights = [_height(row, measures) for row in rows]
    known = [height for height in heights if height is not None]
    if len(known) < len(heights):
        return None
    stacks: list[Placed] = []
    under: list[Mark] = []
    top = area.y
    if any(table.head):
        top = _head(table, measures, area.x, top, palette, stacks)
        thick = max(2, round(px * 0.09))
        under.append(Bar((area.x, top, area.x + measures.width, top + thick), palette.accent))
        top += thick
    end = top + sum(known)
    if end + (per - len(rows)) * max(known) > area.y + area.height:
        return None
    for index, (row, height) in enumerate(zip(rows, known, strict=True)):
        if index % 2 == 0:
            under.append(Shade((area.x, top, area.x + measures.width, top + height)))
        _row(row, measures, table.language, area.x, top, palette.text, stacks)
        top += height
    return Grid(tuple(stacks), tuple(under), measures.width, end - area.y)


def measure(table: Table, px: int, least: int, room: int, lines: int) -> Measures | None:
    """The columns of a table at an em, cells in at most so many lines; None when they are wider than the room."""
    body = Style(table.language, px, 600, False, table.smooth)
    head = Style(table.language, max(least, round(px * _HEAD)), 700, False, table.smooth)
    kinds = table.kinds()
    needs, afters, heads = [], [], []
    for number, kind in enumerate(kinds):
        need, after = _need([row[number] for row in table.rows], kind, body)
        title = table.head[number] if table.head else ""
        needs.append(need)
        afters.append(after)
        heads.append((math.ceil(spread(title, head)) + 2, _halved(title, head)) if title else (0, 0))
    pad, gap = max(4, round(px * 0.4)), max(6, round(px * 0.9))
    spare = room - 2 * pad - gap * (len(kinds) - 1)
    widths = [max(need, one) for need, (one, _) in zip(needs, heads, strict=True)]
    if sum(widths) > spare:
        widths = [max(need, two) for need, (_, two) in zip(needs, heads, strict=True)]
    if sum(widths) > spare:
        narrow = _narrowed(widths, kinds, spare) if lines > 1 else None
        if narrow is None or any(wide < two for wide, (_, two) in zip(narrow, heads, strict=True)):
            return None
        widths = narrow
    elif len(kinds) > 1:
        gap += min(round(px * 1.8), (spare - sum(widths)) // (len(kinds) - 1))
    columns, left = [], pad
    for kind, wide, after in zip(kinds, widths, afters, strict=True):
        columns.append(Column(kind, left, wide, after))
        left += wide + gap
    ascent, descent = _reach(table, kinds, body)
    return Measures(body, head, tuple(columns), left - gap + pad, ascent, descent)


def _need(cells: Sequence[str], kind: Kind, body: Style) -> tuple[int, int]:
    """The width of a column's cells in one line, and of what follows the points of its numbers."""
    if kind == "text":
        return math.ceil(max(_across(cell, body) for cell in cells)) + 2, 0
    if kind == "figures":
        return math.ceil(max(figures_width(cell, body) for cell in cells)) + 2, 0
    parts = [halves(cell, body.language) for cell in cells]
    before = math.ceil(max(figures_width(one, body) for one, _ in parts))
    after = math.ceil(max(figures_width(two, body) for _, two in parts))
    return before + after + 2, after


def _across(cell: str, body: Style) -> float:
    """The width of a cell in a column of text, where a time or a number may stand too."""
    return figures_width(cell, body) if is_figures(cell) else spread(cell, body)


def _narrowed(widths: Sequence[int], kinds: Sequence[Kind], spare: int) -> list[int] | None:
    """Columns of text give way, the widest first; their cells then take two lines."""
    text = [number for number, kind in enumerate(kinds) if kind == "text"]
    left = spare - sum(wide for number, wide in enumerate(widths) if number not in text)
    if not text or left < _LEAST_SHARE * sum(widths[number] for number in text):
        return None
    limit = max(widths[number] for number in text)
    while sum(min(widths[number], limit) for number in text) > left:
        limit -= 1
    return [min(wide, limit) if number in text else wide for number, wide in enumerate(widths)]


def spread(text: str, style: Style) -> float:
    """The width that a line and its ink need."""
    if not text:
        return 0.0
    left, _, right, _ = ink(text, style)
    return max(width(text, style), float(right - min(0, left)))


def _halved(text: str, style: Style) -> int:
    """The width of a head in two lines."""
    lines = wrap(text, style, math.ceil(spread(text, style)) + 1, 1, _MOST_LINES) or [text]
    return math.ceil(max(spread(line, style) for line in lines)) + 2


def _reach(table: Table, kinds: Sequence[Kind], body: Style) -> tuple[int, int]:
    """How far the ink of any cell's line reaches above and below its baseline."""
    boxes = [
        ink(cell, body) if kind == "text" and not is_figures(cell) else figures_ink(cell, body)
        for row in table.rows
        for cell, kind in zip(row, kinds, strict=True)
        if cell
    ]
    return -min((box[1] for box in boxes), default=-body.size), max((box[3] for box in boxes), default=0)


def _height(row: Row, measures: Measures) -> int | None:
    """The height of a row, or None when a cell does not fit its column."""
    lines = 1
    for cell, column in zip(row, measures.columns, strict=True):
        if column.kind != "text" or not cell:
            continue
        if is_figures(cell):
            if figures_width(cell, measures.body) > column.width:
                return None
            continue
        broken = wrap(cell, measures.body, column.width, most=_MOST_LINES)
        if broken is None:
            return None
        lines = max(lines, len(broken))
    return measures.row + (lines - 1) * leading(" ".join(row), measures.body)


def _row(
    row: Row,
    measures: Measures,
    language: str,
    left: int,
    top: int,
    colour: RGB,
    stacks: list[Placed],
) -> None:
    baseline = top + (measures.row - measures.ascent - measures.descent) // 2 + measures.ascent
    for cell, column in zip(row, measures.columns, strict=True):
        x = left + column.left
        if not cell:
            continue
        if column.kind == "text" and not is_figures(cell):
            lines = wrap(cell, measures.body, column.width, most=_MOST_LINES) or [cell]
            stacks.append(Placed(lines_stack(lines, measures.body, leading(cell, measures.body), colour), x, baseline))
        elif column.kind != "number":
            stacks.append(Placed(set_figures(cell, measures.body, colour), x, baseline))
        else:
            before, _ = halves(cell, language)
            point = x + column.width - 2 - column.after
            stacks.append(
                Placed(
                    set_figures(cell, measures.body, colour),
                    point - round(figures_width(before, measures.body)),
                    baseline,
                )
            )


def _head(table: Table, measures: Measures, left: int, top: int, palette: Palette, stacks: list[Placed]) -> int:
    """Place the head's cells, their last lines on one baseline; returns the y of the rule below."""
    style = measures.head
    broken = [
        wrap(cell, style, column.width, most=_MOST_LINES) or [cell] if cell else []
        for cell, column in zip(table.head, measures.columns, strict=True)
    ]
    pitch = leading(" ".join(table.head), style)
    boxes = [ink(line, style) for lines in broken for line in lines]
    ascent, descent = -min(box[1] for box in boxes), max(box[3] for box in boxes)
    most = max(len(lines) for lines in broken)
    last = top + ascent + (most - 1) * pitch
    for lines, column in zip(broken, measures.columns, strict=True):
        for number, line in enumerate(lines):
            x = left + column.left
            if column.kind == "number":
                x += column.width - 2 - math.ceil(spread(line, style))
            baseline = last - (len(lines) - 1 - number) * pitch
            stacks.append(Placed(lines_stack([line], style, pitch, palette.accent), x, baseline))
    return last + descent + max(2, round(measures.body.size * 0.14))


def lines_stack(lines: Sequence[str], style: Style, pitch: int, colour: RGB) -> Stack:
    """Lines as a stack whose origin is the start of the first baseline."""
    placed = []
    for number, text in enumerate(lines):
        box = ink(text, style)
        shift = max(0, -box[0])
        down = number * pitch
        placed.append(
            Line(shift, down, text, style, colour, (box[0] + shift, box[1] + down, box[2] + shift, box[3] + down))
        )
    return Stack(
        tuple(placed), max(line.ink[2] for line in placed), max(line.ink[3] for line in placed), style.size, (0,)
    )
