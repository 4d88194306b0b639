"""Where the values of a live card stand on a face, beside or below their labels: one composition for every shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cms.plugin_api.types import Face, Live, Rect
from renderers.atlas import LUNAR_LABELS, Measured, measure, words_of
from renderers.cards.base import Comfort, Placed, least_of, ribbon_body
from renderers.cards.grid import lines_stack
from renderers.cards.marks import Bar
from renderers.cards.sheets import Mark, Setter, Sheet
from renderers.colour import RGB, mix
from renderers.fit import Stack
from renderers.frames import Frame, beside_motif, frame_of
from renderers.furniture import Furniture
from renderers.sizes import body_room, head_room, rule_thickness
from renderers.text import Box, Style, ink, normalise
from renderers.themes import Theme
from renderers.written import base_of

_LABEL = {"hero": 0.34, "row": 0.66, "block": 0.5}
"""The em of a label as a share of its value's."""
_FEW = 2
"""So many values leave room for a large headline."""


@dataclass(frozen=True, slots=True)
class Item:
    """A live value with its words on screen."""

    live: Live
    label: str
    unit: str
    language: str

    short: bool = False

    def measured(self, px: int, setter: Setter) -> Measured:
        """The cells at an em."""
        style = Style(self.language, px, 700, False, setter.smooth)
        return measure(words_of(self.live, self.language, short=self.short), style, self.live.decimals)

    def within(self, room: int, px: int, setter: Setter) -> int:
        """The largest em up to `px` at which the value is no wider than the room."""
        while px > 1 and (most := self.measured(px, setter).most) > room:
            px = min(px - 1, px * room // most)
        return px


@dataclass(frozen=True, slots=True)
class Row:
    """How far labels reach above and below their common baseline, and values above and below theirs."""

    above: int
    below: int
    ascent: int
    descent: int


def item_of(live: Live, language: str) -> Item:
    """A value's item; a lunar date without a label gets one. Raises `RenderError("live")`."""
    words_of(live, language)
    label = normalise(live.label).replace("\n", " ")
    if live.of == "lunar" and not label:
        label = LUNAR_LABELS[base_of(language)]
    return Item(live, label, normalise(live.unit).replace("\n", " ") if live.of == "value" else "", language)


@dataclass(frozen=True, slots=True)
class Value:
    """Where a live value stands: the rectangle of its layer."""

    live: Live
    cells: Measured
    rect: Rect
    align: str
    colour: RGB

    @property
    def box(self) -> Box:
        return self.rect.x, self.rect.y, self.rect.x + self.rect.width, self.rect.y + self.rect.height


@dataclass(frozen=True, slots=True)
class Setting:
    """A live card on a face."""

    sheet: Sheet
    values: tuple[Value, ...]


def set_live(
    title: str, items: tuple[Item, ...], face: Face, theme: Theme, what: Furniture, comfort: Comfort
) -> Setting | None:
    """A live card on a face at the largest size that fits; None when none does. Raises `RenderError("no_font")`."""
    frame = frame_of(face, theme.type)
    setter = Setter(what.language, least_of(face, what.language, comfort), face.smooth)
    stage = _Stage(title, items, frame, theme, what, setter, comfort)
    low, high, found = setter.least, max(setter.least, stage.most()), None
    while low <= high:
        middle = (low + high) // 2
        here = stage.place(middle)
        if here is None:
            high = middle - 1
        else:
            found, low = here, middle + 1
    return found


class _Stage:
    """Puts a live card on a face at an em of its values."""

    def __init__(
        self,
        title: str,
        items: tuple[Item, ...],
        frame: Frame,
        theme: Theme,
        what: Furniture,
        setter: Setter,
        comfort: Comfort,
    ) -> None:
        self.title, self.items, self.frame, self.theme, self.setter = title, items, frame, theme, setter
        self.day = theme.day
        if frame.shape == "ribbon":
            self.area = ribbon_body(frame, what)
        else:
            self.area = beside_motif(frame, theme, (0.7 if len(items) == 1 else 0.3) * comfort.motif)

    def most(self) -> int:
        """The largest em worth trying."""
        return round(self.frame.height * (0.6 if self.frame.shape != "tall" else 0.2))

    def place(self, px: int) -> Setting | None:
        self.stacks: list[Placed] = []
        self.marks: list[Mark] = []
        self.values: list[Value] = []
        if self.frame.shape == "ribbon":
            fits = self._line(px)
        elif self.frame.shape == "tall":
            fits = self._blocks(px)
        elif self.items[0].live.of == "clock" or len(self.items) == 1:
            fits = self._hero(px)
        else:
            fits = self._rows(px)
        if not fits:
            return None
        aside = tuple(value.box for value in self.values)
        return Setting(Sheet(tuple(self.stacks), (), tuple(self.marks), None, aside), tuple(self.values))

    # --- pieces -----------------------------------------------------------------------------------------------------

    def _text(self, text: str, px: int, colour: RGB, weight: int = 600) -> Stack | None:
        """A text in one line whose origin is its baseline's start."""
        if not text:
            return None
        style = Style(self.setter.language, max(self.setter.least, px), weight, False, self.setter.smooth)
        return lines_stack([text], style, 0, colour)

    def _put(self, item: Item, cells: Measured, x: int, top: int, width: int, align: str, colour: RGB) -> None:
        self.values.append(Value(item.live, cells, Rect(x, top, width, cells.height), align, colour))

    def _head(self, most: int) -> tuple[int, int] | None:
        """The headline at the top of the area; the y and height left below it."""
        area = self.area
        if not self.title:
            return area.y, area.height
        head = self.setter.one(self.title, self.day.text, area.width, round(area.height * 0.3), most, 800)
        if head is None:
            return None
        self.stacks.append(Placed(head, area.x, area.y))
        used = head.height + round(self.frame.gap * 1.6)
        return area.y + used, area.height - used

    def _block_label(self, item: Item, px: int, share: float) -> tuple[Stack, int, int] | None:
        """Label and unit in a line, and how far it reaches above and below its baseline."""
        words = " · ".join(one for one in (item.label, item.unit) if one)
        label = self._text(words, round(px * share), self.day.accent)
        if label is None:
            return None
        style = label.lines[0].style
        above, below = ink(words, style)[1::2]
        return label, max(-above, round(style.size * 0.76)), max(below, round(style.size * 0.22))

    def _block(
        self, item: Item, px: int, share: float, x: int, top: int, colour: RGB, row: Row | None = None
    ) -> tuple[int, int]:
        """A label above its value, its unit behind the label; width and height taken. In a row of blocks the lines of all
        stand on the row's baselines."""
        label, cells = self._block_label(item, px, share), item.measured(px, self.setter)
        row = row or Row(label[1] if label else 0, label[2] if label else 0, cells.ascent, cells.descent)
        down, wide = 0, cells.most
        if label:
            self.stacks.append(Placed(label[0], x, top + row.above))
            wide = max(wide, label[0].width)
        if row.above:
            down = row.above + row.below + max(4, round(px * 0.16))
        self._put(item, cells, x, top + down + row.ascent - cells.ascent, cells.most, "left", colour)
        return wide, down + row.ascent + row.descent

    # --- compositions -----------------------------------------------------------------------------------------------

    def _hero(self, px: int) -> bool:
        """The first value large; the others, smaller, below it, or on wide faces beside it."""
        area, first, rest = self.area, self.items[0], self.items[1:]
        room = self._head(round(body_room(self.frame) * (1.3 if len(self.items) <= _FEW else 0.85)))
        if room is None:
            return False
        top, height = room
        wide, high = self._block(first, px, _LABEL["hero"], area.x, top, self.day.text)
        if wide > area.width or high > height:
            return False
        if not rest:
            self._lower((height - high) // 2, 1 if self.title else 0)
            return True
        began = len(self.stacks), len(self.values)
        if self.frame.shape == "wide":
            between = round(self.frame.margin_x * 1.5)
            rule_x = area.x + wide + between
            left, y = rule_x + max(2, rule_thickness(self.frame) * 2 // 3) + between, top
        else:
            left, y = area.x, top + high + round(self.frame.gap * 2.2)
        small, start = self._side_size(rest, round(px * 0.38), area.x + area.width - left), y
        if small < self.setter.least:
            return False
        for item in rest:
            y += self._side(item, small, left, y)[1] + round(small * 0.5)
        tall = y - round(small * 0.5) - start
        if self.frame.shape == "wide":
            if tall > height:
                return False
            middle = top + (height - max(high, tall)) // 2
            self._shift(0, middle - top + (max(high, tall) - high) // 2, (1 if self.title else 0, 0), began)
            self._shift(0, middle - top + (max(high, tall) - tall) // 2, began, None)
            thick = left - rule_x - between
            self.marks.append(Bar((rule_x, middle, rule_x + thick, middle + max(high, tall)), self.day.accent2))
            return True
        total = high + round(self.frame.gap * 2.2) + tall
        if total > height:
            return False
        self._lower((height - total) // 2, 1 if self.title else 0)
        return True

    def _side_size(self, items: Sequence[Item], most: int, room: int) -> int:
        """The largest em at which each of some values fits a line with its label and unit."""
        px = max(self.setter.least, most)
        for item in items:
            while px >= self.setter.least and self._side_width(item, px) > room:
                px -= 1
        return px

    def _side_width(self, item: Item, px: int) -> int:
        words = [self._text(one, px, self.day.muted) for one in (item.label, item.unit)]
        gaps = (round(px * 0.4) if words[0] else 0) + (round(px * 0.25) if words[1] else 0)
        return item.measured(px, self.setter).most + gaps + sum(one.width for one in words if one)

    def _side(self, item: Item, px: int, x: int, top: int) -> tuple[int, int]:
        """Label, value and unit after one another on one baseline; width and height taken."""
        cells = item.measured(px, self.setter)
        label = self._text(item.label, px, self.day.muted)
        unit = self._text(item.unit, px, self.day.muted)
        up = max(cells.ascent, *(-one.lines[0].ink[1] for one in (label, unit) if one), 0)
        down = max(cells.descent, *(one.lines[0].ink[3] for one in (label, unit) if one), 0)
        pen = x
        if label:
            self.stacks.append(Placed(label, pen, top + up))
            pen += label.width + round(px * 0.4)
        self._put(item, cells, pen, top + up - cells.ascent, cells.most, "left" if not unit else "right", self.day.text)
        pen += cells.most
        if unit:
            pen += round(px * 0.25)
            self.stacks.append(Placed(unit, pen, top + up))
            pen += unit.width
        return pen - x, up + down

    def _rows(self, px: int) -> bool:
        """Label at the left, value and unit at the right, a thin rule between rows."""
        area, beside = self.area, self.frame.shape == "wide" and bool(self.title)
        if beside:
            head = self.setter.one(
                self.title, self.day.text, area.width * 3 // 10, area.height, round(head_room(self.frame) * 0.7), 800, 3
            )
            if head is None:
                return False
            self.stacks.append(Placed(head, area.x, area.y + (area.height - head.height) // 2))
            step = head.width + 2 * self.frame.margin_x
            area = Rect(area.x + step, area.y, area.width - step, area.height)
        room = (area.y, area.height) if beside else self._head(round(body_room(self.frame) * 1.25))
        if room is None:
            return False
        top, height = room
        small = round(px * _LABEL["row"])
        units = [self._text(item.unit, small, self.day.muted) for item in self.items]
        labels = [self._text(item.label, small, self.day.muted) for item in self.items]
        cells = [item.measured(px, self.setter) for item in self.items]
        unit_room = max((unit.width for unit in units if unit), default=0)
        unit_room += round(px * 0.25) if unit_room else 0
        label_room = max((label.width for label in labels if label), default=0)
        if label_room + round(px * 0.8) + max(one.most for one in cells) + unit_room > area.width:
            return False
        up = max(max(one.ascent for one in cells), *(-one.lines[0].ink[1] for one in (*labels, *units) if one), 0)
        down = max(max(one.descent for one in cells), *(one.lines[0].ink[3] for one in (*labels, *units) if one), 0)
        pitch = min(height // len(self.items), round((up + down) * 1.7))
        if pitch < (up + down) + max(4, round(px * 0.2)):
            return False
        right = min(
            area.x + area.width,
            area.x + max(label_room + unit_room + max(one.most for one in cells) + 3 * px, round(area.width * 0.7)),
        )
        y = top + (height - pitch * len(self.items)) // 2 if beside or not self.title else top
        line = mix(self.day.ground[0], self.day.accent2, 0.45)
        for index, (item, label, unit, one) in enumerate(zip(self.items, labels, units, cells, strict=True)):
            if index:
                self.marks.append(Bar((area.x, y - 1, right, y + 1), line))
            baseline = y + (pitch - up - down) // 2 + up
            if label:
                self.stacks.append(Placed(label, area.x, baseline))
            if unit:
                self.stacks.append(Placed(unit, right - unit_room + round(px * 0.25), baseline))
            start = area.x + label_room + round(px * 0.8)
            self._put(item, one, start, baseline - one.ascent, right - unit_room - start, "right", self.day.text)
            y += pitch
        return True

    def _blocks(self, px: int) -> bool:
        """Label above value, one item under the other; long values are set smaller."""
        area = self.area
        room = self._head(round(body_room(self.frame) * 1.4))
        if room is None:
            return False
        top, height = room
        y, gap = top, round(self.frame.gap * 3.2)
        clock = self.items[0].live.of == "clock"
        # A long lunar date leaves its year out, a date its weekday, rather than shrink.
        least = max(self.setter.least, round(self.frame.width * 0.12))
        items = [
            one if one.within(area.width, px, self.setter) >= least else replace(one, short=True) for one in self.items
        ]
        sizes = [
            one.within(area.width, px if index == 0 or not clock else px * 2 // 3, self.setter)
            for index, one in enumerate(items)
        ]
        if min(sizes) < self.setter.least:
            return False
        rest = min(sizes[1:] if clock else sizes, default=px)
        for index, item in enumerate(items):
            size = sizes[0] if clock and index == 0 else rest
            wide, high = self._block(
                item, size, _LABEL["hero"] if clock and index == 0 else 0.62, area.x, y, self.day.text
            )
            if wide > area.width:
                return False
            y += high + gap
        free = height - (y - gap - top)
        if free < 0:
            return False
        self._lower(round(free * 0.3), 1 if self.title else 0)
        return True

    def _line(self, px: int) -> bool:
        """Headline, then blocks beside one another with rules between."""
        area, between = self.area, self.frame.margin_x + self.frame.gap
        x, thick = area.x, max(2, rule_thickness(self.frame))
        upright = area.y + area.height // 8, area.y + area.height * 7 // 8
        if self.title:
            head = self.setter.one(
                self.title,
                self.day.accent,
                round(area.width * 0.24),
                area.height,
                round(head_room(self.frame) * 0.6),
                800,
            )
            if head is None:
                return False
            self.stacks.append(Placed(head, x, area.y + (area.height - head.height) // 2))
            x += head.width + between
            self.marks.append(Bar((x, upright[0], x + thick, upright[1]), self.day.accent2))
            x += thick + between
        row = self._row(px)
        high = 0
        for index, item in enumerate(self.items):
            if index:
                x += between
                self.marks.append(
                    Bar((x, upright[0], x + 2, upright[1]), mix(self.day.ground[0], self.day.accent2, 0.55))
                )
                x += 2 + between
            wide, high = self._block(item, px, _LABEL["block"], x, area.y, self.day.text, row)
            if high > area.height or x + wide > area.x + area.width:
                return False
            x += wide
        self._lower((area.height - high) // 2, 1 if self.title else 0)
        return True

    def _row(self, px: int) -> Row:
        """The lines that blocks beside one another share."""
        labels = [one for item in self.items if (one := self._block_label(item, px, _LABEL["block"]))]
        cells = [item.measured(px, self.setter) for item in self.items]
        return Row(
            max((above for _, above, _ in labels), default=0),
            max((below for _, _, below in labels), default=0),
            max(one.ascent for one in cells),
            max(one.descent for one in cells),
        )

    def _lower(self, by: int, keep: int) -> None:
        """Move all but the first `keep` stacks down."""
        self._shift(0, by, (keep, 0), None)

    def _shift(self, dx: int, dy: int, begin: tuple[int, int], end: tuple[int, int] | None) -> None:
        stop = end or (len(self.stacks), len(self.values))
        for index in range(begin[0], stop[0]):
            one = self.stacks[index]
            self.stacks[index] = Placed(one.stack, one.x + dx, one.y + dy)
        for index in range(begin[1], stop[1]):
            value = self.values[index]
            self.values[index] = replace(value, rect=replace(value.rect, x=value.rect.x + dx, y=value.rect.y + dy))
