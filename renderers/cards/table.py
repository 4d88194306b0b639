"""Tables: exchange rates, opening hours. Columns sized by content; too many rows become pages with the head repeated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cms.plugin_api.types import Card, CardField, Face, Rect, RenderRequest, Scene, Text
from renderers.cards.base import CLEAR, EASY, GOOD, LIMIT, Comfort, Placed, least_of, ribbon_body, too_long
from renderers.cards.grid import Grid, Row, Table, place_grid, place_rows
from renderers.cards.marks import Bar
from renderers.cards.records import place_blocks, place_line
from renderers.cards.sheets import Mark, Setter, Sheet, deal, fits, shares
from renderers.errors import RenderError
from renderers.frames import Frame, beside_motif, frame_of
from renderers.furniture import Furniture
from renderers.pages import MAX_PAGES
from renderers.sizes import body_room, head_room, rule_thickness
from renderers.text import normalise, visible
from renderers.themes import Palette, Theme

_WORTH_ONE_LINE = 0.72
_PAGES_AT_EASE = 3
_ROWS_FOR_TWO = 6
_RIBBON = {EASY.name: 0.28, GOOD.name: 0.25, CLEAR.name: 0.22}
"""The least em on a ribbon as a share of its height: few rows at a time, or nobody finds theirs."""
_DASH = re.compile(r" (?=[-–—] )")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows `start` to `stop` of a table on one of `count` pages; `per` is how many rows the fullest has. Behind a `cover`, a page
    with headline and note only, the others are `bare` of them."""

    start: int
    stop: int
    per: int
    count: int
    bare: bool = False
    cover: bool = False


class TableTemplate:
    """A table with a headline and a note."""

    kind = "table"
    version = "2"
    name = Text("Bảng", "Table")
    icon = "table"
    fields = (
        CardField("title", "line", Text("tiêu đề", "headline"), max_length=120),
        CardField(
            "rows",
            "table",
            Text("bảng", "table"),
            required=True,
            help=Text(
                "Hàng đầu là tên các cột. Số được canh phải, dấu thập phân thẳng hàng.",
                "The first row names the columns. Numbers stand at the right, their decimal points in line.",
            ),
        ),
        CardField(
            "note",
            "line",
            Text("ghi chú", "note"),
            max_length=120,
            help=Text("Ví dụ: nguồn, thời điểm cập nhật.", "For instance the source and the time of the figures."),
        ),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        table, note = table_of(card, request.item.language), normalise(card.get("note")).replace("\n", " ")

        def set_page(page: Page, face: Face, what: Furniture, comfort: Comfort) -> Sheet | None:
            return set_table(card.title, note, table, page, face, request.theme, what, comfort)

        for comfort, count, covered in attempts(len(table.rows), headed=bool(visible(card.title + note))):
            pages = behind_cover(split(len(table.rows), count)) if covered else split(len(table.rows), count)
            if all(fits(request, page, comfort, len(pages), set_page) for page in pages):
                inputs = [card.title, note, [list(row) for row in (table.head, *table.rows)]]
                return deal(request, card, self.version, comfort, pages, set_page, *inputs)
        raise too_long(replace(card, title=card.title or " ".join(table.rows[0])))


TABLE = TableTemplate()


def table_of(card: Card, language: str) -> Table:
    """The words of a card's table: blank rows and blank columns away, equally many cells in all. Raises
    `RenderError("empty")`."""
    rows = [tuple(_DASH.sub("\u00a0", normalise(cell).replace("\n", " ")) for cell in row) for row in card.rows]
    many = max((len(row) for row in rows), default=0)
    rows = [row + ("",) * (many - len(row)) for row in rows]
    head, body = (rows[0], rows[1:]) if card.head and rows else ((), rows)
    body = [row for row in body if any(visible(cell) for cell in row)]
    keep = [number for number in range(many) if any(visible(row[number]) for row in ([head] if head else []) + body)]
    if not body or not keep:
        raise RenderError(
            "empty",
            "Bảng chưa có hàng nào. Hãy điền ít nhất một hàng dưới tên các cột.",
            "The table has no rows. Fill in at least one below the names of its columns.",
        )
    named = tuple(head[number] for number in keep) if head and any(visible(cell) for cell in head) else ()
    return Table(named, tuple(tuple(row[number] for number in keep) for row in body), language)


def attempts(rows: int, *, headed: bool) -> Iterator[tuple[Comfort, int, bool]]:
    """One or two pages at ease, one at a smaller size, then more pages, as few as can be: a page of one row is no table. Before
    that, headline and note stand on a page before the table."""
    most = min(MAX_PAGES, rows)
    for count in range(1, min(2, max(1, rows // 3)) + 1):
        yield EASY, count, False
    if rows >= _ROWS_FOR_TWO:
        yield GOOD, 2, False
    yield GOOD, 1, False
    if rows // 3 >= _PAGES_AT_EASE:
        yield EASY, _PAGES_AT_EASE, False
    yield CLEAR, 1, False
    together = max(1, min(most, rows // 2))
    for count in range(2, together + 1):
        for comfort in (EASY, GOOD, CLEAR):
            yield comfort, count, False
    for count in range(1, together + 1):
        yield LIMIT, count, False
    if headed:
        for count in range(1, together + 1):
            for comfort in (EASY, GOOD, CLEAR, LIMIT):
                yield comfort, count, True
    for count in range(together + 1, most + 1):
        for comfort in (EASY, GOOD, CLEAR, LIMIT):
            yield comfort, count, False


def behind_cover(pages: list[Page]) -> list[Page]:
    """Pages whose headline and note stand on one of their own before them."""
    return [replace(pages[0], cover=True), *(replace(page, bare=True) for page in pages)]


def split(rows: int, count: int) -> list[Page]:
    """Rows on so many pages, as even as can be."""
    pages, start = [], 0
    sizes = shares(rows, count)
    for size in sizes:
        pages.append(Page(start, start + size, sizes[0], count))
        start += size
    return pages


def set_table(
    title: str, note: str, table: Table, page: Page, face: Face, theme: Theme, what: Furniture, comfort: Comfort
) -> Sheet | None:
    """A page of a table on a face; None when it does not fit. Raises `RenderError("no_font")`."""
    frame, least = frame_of(face, theme.type), least_of(face, table.language, comfort)
    table = replace(table, smooth=face.smooth)
    if frame.shape == "ribbon":
        least = max(least, round(_RIBBON.get(comfort.name, 0.0) * face.height))
    setter = Setter(table.language, least, face.smooth)
    if page.cover:
        return _cover(title, note, frame, theme, what, setter)
    if page.bare:
        title = note = ""
    if frame.shape == "ribbon":
        return _on_ribbon(title, table, page, frame, theme, what, setter)
    if frame.shape == "wide" and (title or note):
        return _beside(title, note, table, page, frame, theme, setter)
    return _below(title, note, table, page, frame, theme, setter)


_Place = Callable[[Table, Sequence[Row], int, Rect, int, int, Palette], Grid | None]


def _largest(table: Table, page: Page, area: Rect, least: int, most: int, theme: Theme, *places: _Place) -> Grid | None:
    """The table by the first way of placing that fits, at the largest em that all of its pages allow: it would jump
    otherwise."""
    for place in places:
        px = _em(table, page.count, area, least, max(least, most), theme.day, place)
        if px and place is place_grid:  # cells in one line are worth letters a little smaller
            one = _em(table, page.count, area, least, max(least, most), theme.day, place_rows)
            px, place = (one, place_rows) if one >= _WORTH_ONE_LINE * px else (px, place)
        if px:
            return place(table, table.rows[page.start : page.stop], page.per, area, px, least, theme.day)
    return None


@lru_cache(maxsize=1024)
def _em(table: Table, count: int, area: Rect, least: int, most: int, palette: Palette, place: _Place) -> int:
    """The largest em in [least, most] at which every page fits; 0 when none does."""
    pages, found = split(len(table.rows), count), 0
    low, high = least, most
    while low <= high:
        middle = (low + high) // 2
        if all(place(table, table.rows[one.start : one.stop], one.per, area, middle, least, palette) for one in pages):
            found, low = middle, middle + 1
        else:
            high = middle - 1
    return found


def _cover(title: str, note: str, frame: Frame, theme: Theme, what: Furniture, setter: Setter) -> Sheet | None:
    """Headline and note alone."""
    area = ribbon_body(frame, what) if frame.shape == "ribbon" else beside_motif(frame, theme, 0.5)
    large = head_room(frame)
    parts = [
        setter.part(title, theme.day.text, large, 800, 6 if frame.shape == "tall" else 3),
        setter.part(
            note, theme.day.accent, body_room(frame), 600, 6 if frame.shape == "tall" else 3, scale=0.62, gap=0.5
        ),
    ]
    stack = setter.fit(parts, area.width, area.height, large)
    if stack is None:
        return None
    return Sheet((Placed(stack, area.x, area.y + (area.height - stack.height) // 2),))


def _below(title: str, note: str, table: Table, page: Page, frame: Frame, theme: Theme, setter: Setter) -> Sheet | None:
    """Headline, table and note under one another."""
    area, least, day = frame.body, setter.least, theme.day
    most = max(least, body_room(frame))
    lines = page.per + bool(table.head) if frame.shape != "tall" else page.per * len(table.rows[0])
    share = area.height / (1.5 * lines + 1.8 * bool(title) + 1.2 * bool(note))
    large, small = min(round(most * 1.25), round(share * 1.25)), round(min(most, share) * 0.62)
    head = setter.one(title, day.text, area.width, round(area.height * 0.35), large, 800) if title else None
    foot = setter.one(note, day.muted, area.width, round(area.height * 0.35), small) if note else None
    if (title and head is None) or (note and foot is None):
        return None
    top = area.y + (head.height + round(frame.gap * 1.5) if head else 0)
    bottom = area.y + area.height - (foot.height + frame.gap if foot else 0)
    places = (place_grid, place_blocks) if frame.shape == "tall" else (place_grid,)
    grid = _largest(table, page, Rect(area.x, top, area.width, bottom - top), least, most, theme, *places)
    if grid is None:
        return None
    stacks = [Placed(head, area.x, area.y)] if head else []
    if foot:
        stacks.append(Placed(foot, area.x, min(bottom + frame.gap, top + grid.height + 2 * frame.gap)))
    return Sheet(tuple(stacks), grid.cells, grid.under)


def _beside(
    title: str, note: str, table: Table, page: Page, frame: Frame, theme: Theme, setter: Setter
) -> Sheet | None:
    """Headline and note at the left, the table at the right over the whole height."""
    area, least, day = beside_motif(frame, theme, 0.25), setter.least, theme.day
    most, third = max(least, body_room(frame)), round(area.width * 0.3)
    large, high = round(head_room(frame) * 0.62), round(area.height * 0.66)
    head = setter.one(title, day.text, third, high, large, 800) if title else None
    foot = setter.one(note, day.muted, third, area.height - high, round(most * 0.6), lines=3) if note else None
    if (title and head is None) or (note and foot is None):
        return None
    left = area.x + max(one.width for one in (head, foot) if one) + round(2.4 * frame.margin_x)
    room = Rect(left, frame.margin_y, area.x + area.width - left, frame.height - 2 * frame.margin_y)
    grid = _largest(table, page, room, least, most, theme, place_grid)
    if grid and page.count == 1:  # in the middle of the height
        down = (room.height - grid.height) // 2
        grid = _largest(table, page, replace(room, y=room.y + down, height=grid.height), least, most, theme, place_grid)
    if grid is None:
        return None
    high = sum(one.height for one in (head, foot) if one) + (2 * frame.gap if head and foot else 0)
    top = area.y + (area.height - high) // 2
    stacks = [Placed(head, area.x, top)] if head else []
    if foot:
        stacks.append(Placed(foot, area.x, top + high - foot.height))
    narrow = replace(frame, width=left - round(1.2 * frame.margin_x))
    return Sheet(tuple(stacks), grid.cells, grid.under, narrow)


def _on_ribbon(
    title: str, table: Table, page: Page, frame: Frame, theme: Theme, what: Furniture, setter: Setter
) -> Sheet | None:
    """The headline at the left, then as many rows as one line holds."""
    area, day = ribbon_body(frame, what), theme.day
    marks: tuple[Mark, ...] = ()
    stacks: tuple[Placed, ...] = ()
    if title:
        head = setter.one(title, day.accent, round(area.width * 0.24), area.height, round(head_room(frame) * 0.6), 800)
        if head is None:
            return None
        thick, between = max(2, rule_thickness(frame)), frame.margin_x + frame.gap
        stacks = (Placed(head, area.x, area.y + (area.height - head.height) // 2),)
        x = area.x + head.width + between
        marks = (Bar((x, area.y + area.height // 8, x + thick, area.y + area.height * 7 // 8), day.accent2),)
        area = Rect(x + thick + between, area.y, area.x + area.width - x - thick - between, area.height)
    most = round(body_room(frame) * 1.25)
    grid = _largest(table, page, area, setter.least, most, theme, place_line)
    return Sheet(stacks, grid.cells, (*marks, *grid.under)) if grid else None
