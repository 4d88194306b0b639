"""A table's rows as records, where columns have no room: under one another on tall faces, in one line on ribbons."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cms.plugin_api.types import Rect
from renderers.cards.base import Placed
from renderers.cards.grid import Grid, Row, Table, lines_stack, spread
from renderers.cards.marks import Bar
from renderers.cards.sheets import Mark
from renderers.colour import RGB, mix
from renderers.figures import figures, figures_ink, figures_width, is_figures
from renderers.text import Box, Style, ink, leading, wrap
from renderers.themes import Palette


class _Cell:
    """A cell in one line: measured, then placed by its baseline."""

    def __init__(self, text: str, table: Table, px: int, weight: int, colour: RGB) -> None:
        self.text, self.colour = text, colour
        self.style = Style(table.language, px, weight, False, table.smooth)
        self.tabular = is_figures(text)
        self.ink: Box = figures_ink(text, self.style) if self.tabular else ink(text, self.style)
        self.width = math.ceil(figures_width(text, self.style) if self.tabular else spread(text, self.style)) + 1

    def place(self, x: int, baseline: int, cells: list[Placed]) -> None:
        if self.tabular:
            cells.append(Placed(figures(self.text, self.style, self.colour), x, baseline))
        else:
            cells.append(Placed(lines_stack([self.text], self.style, 0, self.colour), x, baseline))


def place_blocks(
    table: Table, rows: Sequence[Row], per: int, area: Rect, px: int, least: int, palette: Palette
) -> Grid | None:
    """Rows under one another: the first cell as their head, then a line for every further column, its name at the left and
    the value at the right. None when they do not fit."""
    small = max(least, round(px * 0.86))
    head = Style(table.language, px, 700, False, table.smooth)
    stacks: list[Placed] = []
    under: list[Mark] = []
    top, gap, tallest = area.y, max(5, round(px * 0.42)), 0
    line = mix(palette.ground[0], palette.accent2, 0.45)
    for number, row in enumerate(rows):
        if number:
            under.append(Bar((area.x, top + gap, area.x + area.width, top + gap + 2), line))
            top += 2 * gap + 2
        start = top
        lines = wrap(row[0], head, area.width, most=2) if row[0] else []
        if lines is None:
            return None
        if lines:
            baseline = top + max(-ink(lines[0], head)[1], round(px * 0.78))
            pitch = leading(row[0], head)
            stacks.append(Placed(lines_stack(lines, head, pitch, palette.accent), area.x, baseline))
            last = baseline + pitch * (len(lines) - 1)
            top = last + max(ink(lines[-1], head)[3], round(px * 0.2)) + gap // 2
        for column in range(1, len(row)):
            if not row[column]:
                continue
            name = table.head[column] if table.head and len(row) > 2 else ""
            label = _Cell(name, table, small, 600, palette.muted) if name else None
            value = _Cell(row[column], table, px, 700, palette.text)
            if value.width + (label.width + px // 2 if label else 0) > area.width:
                return None
            cells = [one for one in (label, value) if one]
            baseline = top + max(round(px * 0.78), -min(one.ink[1] for one in cells))
            if label:
                label.place(area.x, baseline, stacks)
            value.place(area.x + area.width - value.width if label else area.x, baseline, stacks)
            top = baseline + max(round(px * 0.2), *(one.ink[3] for one in cells)) + gap // 2
        top -= gap // 2
        tallest = max(tallest, top - start)
    if top + (per - len(rows)) * (tallest + 2 * gap + 2) > area.y + area.height:
        return None
    return Grid(tuple(stacks), tuple(under), area.width, top - area.y)


def place_line(
    table: Table, rows: Sequence[Row], per: int, area: Rect, px: int, least: int, palette: Palette
) -> Grid | None:
    """Rows beside one another in one line: the first cell large, or, of two columns, above the second; every further value
    below its column's name. None when they do not fit."""
    del per  # a page of fewer rows is set in the middle of its own
    small = max(least, round(px * 0.56))
    if least > px:
        return None
    paired = len(rows[0]) == 2
    records: list[list[tuple[_Cell | None, _Cell]]] = []
    for row in rows:
        if paired:
            records.append(
                [
                    (
                        _Cell(row[0], table, small, 700, palette.accent),
                        _Cell(row[1] or "–", table, px, 700, palette.text),
                    )
                ]
            )
            continue
        cells: list[tuple[_Cell | None, _Cell]] = [(None, _Cell(row[0] or "–", table, px, 700, palette.text))]
        for column in range(1, len(row)):
            name = table.head[column] if table.head else ""
            label = _Cell(name, table, small, 600, palette.muted) if name else None
            cells.append((label, _Cell(row[column] or "–", table, px, 700, palette.accent)))
        records.append(cells)
    labels = [label for record in records for label, _ in record if label]
    values = [value for record in records for _, value in record]
    value_up, value_down = -min(one.ink[1] for one in values), max(one.ink[3] for one in values)
    label_up = -min((one.ink[1] for one in labels), default=0)
    label_down = max((one.ink[3] for one in labels), default=0)
    between = max(3, round(px * 0.16)) if labels else 0
    high = label_up + label_down + between + value_up + value_down
    inner, outer = round(px * 0.8), round(px * 1.1)
    wide = sum(_across(record, inner) for record in records) + 2 * outer * (len(records) - 1)
    if high > area.height or wide > area.width:
        return None
    if len(records) > 1:
        outer += min(round(px * 1.2), (area.width - wide) // (2 * (len(records) - 1)))
    top = area.y + (area.height - high) // 2
    value_line = top + label_up + label_down + between + value_up
    middle_line = area.y + (area.height - value_up - value_down) // 2 + value_up
    stacks: list[Placed] = []
    under: list[Mark] = []
    x = area.x
    for number, record in enumerate(records):
        if number:
            x += outer
            under.append(Bar((x - 1, top, x + 1, top + high), mix(palette.ground[0], palette.accent2, 0.55)))
            x += outer
        for place, (label, value) in enumerate(record):
            x += inner if place else 0
            if label:
                label.place(x, top + label_up, stacks)
            value.place(x, value_line if label else middle_line, stacks)
            x += max(value.width, label.width if label else 0)
    return Grid(tuple(stacks), tuple(under), x - area.x, high)


def _across(record: Sequence[tuple[_Cell | None, _Cell]], inner: int) -> int:
    return sum(max(value.width, label.width if label else 0) for label, value in record) + inner * (len(record) - 1)
