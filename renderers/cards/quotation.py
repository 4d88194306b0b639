"""Quotation: a large opening mark, the words, who said them, and a portrait where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from cms.plugin_api.types import Card, CardField, Face, Rect, RenderRequest, Scene, Text
from renderers.blend import blend
from renderers.cards.base import Comfort, Placed, least_of, media_of, ribbon_body
from renderers.cards.marks import Bar, Pasted
from renderers.cards.sheets import Mark, Setter, Sheet, deal, spread
from renderers.colour import RGB, Pixels
from renderers.errors import RenderError
from renderers.fit import Stack
from renderers.frames import Frame, beside_motif, frame_of
from renderers.furniture import Furniture
from renderers.pictures import calm, cover, open_picture
from renderers.sizes import body_room, rule_thickness
from renderers.text import Box, Style, coverage, normalise, visible
from renderers.themes import Palette, Theme

_QUOTES = '“”"«»「」『』'


_SIGNS = (0.72, 0.5, 0.36)
"""The author's size as a share of the largest running text."""
_LEADS = 1.15


class QuotationTemplate:
    """Words of somebody."""

    kind = "quotation"
    version = "2"
    name = Text("Trích dẫn", "Quotation")
    icon = "openquote"
    fields = (
        CardField(
            "text",
            "text",
            Text("lời trích", "words"),
            required=True,
            max_length=600,
            help=Text("Không cần dấu ngoặc kép.", "Without quotation marks."),
        ),
        CardField("author", "line", Text("tác giả", "author"), max_length=80),
        CardField("role", "line", Text("chức danh", "role"), max_length=120),
        CardField("media", "picture", Text("chân dung", "portrait")),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        text = visible(card.text).strip(_QUOTES).strip()
        if not text:
            raise RenderError(
                "empty", "Thẻ chưa có lời trích dẫn. Hãy điền lời trích.", "The card has no words. Fill them in."
            )
        author, role = (normalise(card.get(name)).replace("\n", " ") for name in ("author", "role"))
        portrait: Portrait | None = None
        if card.media is not None:
            tallest = max(face.height for face in request.geometry.faces)
            picture = open_picture(media_of(card), request.theme.day.ground[1], wanted=(tallest, tallest))
            portrait = Portrait(picture, card.focal)

        def set_page(page: str, face: Face, what: Furniture, comfort: Comfort) -> Sheet | None:
            return set_quotation(page, author, role, portrait, face, request.theme, what, comfort)

        comfort, pages = spread(request, card, text, str, set_page)
        inputs = [author, role, card.media_sha256, list(card.focal) if card.focal else None]
        return deal(request, card, self.version, comfort, pages, set_page, *inputs)


QUOTATION = QuotationTemplate()


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A picture and what matters in it."""

    picture: Image.Image
    focal: tuple[float, float, float, float] | None

    def mark(self, x: int, y: int, side: int) -> Pasted:
        """The portrait as a square with round corners."""
        focal = self.focal or (0.5, 0.35, 0.3, 0.3)  # a face stands above the middle
        return Pasted(calm(cover(self.picture, side, side, focal)), x, y, max(4, round(side * 0.12)))


@dataclass(frozen=True, slots=True)
class Quote:
    """The opening mark, its ink's top left corner at (x, y)."""

    x: int
    y: int
    style: Style
    colour: RGB
    name: str = "quote"

    @property
    def box(self) -> Box:
        _, wide, high = _mark(self.style)
        return self.x, self.y, self.x + wide, self.y + high

    def draw(self, image: Image.Image) -> None:
        blend(image, _mark(self.style)[0], self.x, self.y, self.colour)


@lru_cache(maxsize=64)
def _mark(style: Style) -> tuple[Pixels, int, int]:
    """The pixels of the mark, cut to its ink, its width and height."""
    covered = coverage("“", style)[0]
    rows, columns = np.nonzero(covered)
    cut = covered[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return cut, cut.shape[1], cut.shape[0]


def set_quotation(
    text: str,
    author: str,
    role: str,
    portrait: Portrait | None,
    face: Face,
    theme: Theme,
    what: Furniture,
    comfort: Comfort,
) -> Sheet | None:
    """A page of a quotation on a face; None when it does not fit."""
    frame = frame_of(face, theme.type)
    setter = Setter(what.language, least_of(face, what.language, comfort), face.smooth)
    if frame.shape == "ribbon":
        return _on_ribbon(text, author, role, portrait, frame, theme.day, what, setter)
    area = beside_motif(frame, theme, 0.35 * comfort.motif)
    most = body_room(frame)
    lines = comfort.lines[frame.shape] + 1
    marks: list[Mark] = []
    if frame.shape == "tall":
        return _tall(text, author, role, portrait, frame, area, theme.day, setter, lines)
    left = area.x
    if portrait:
        side = min(area.height, round(frame.width * (0.22 if frame.shape == "wide" else 0.27)))
        marks.append(portrait.mark(left, area.y + (area.height - side) // 2, side))
        left += side + round(frame.margin_x * 1.2)
    quote = Style("vi", max(24, round(frame.height * (0.3 if portrait else 0.46))), 800, True, face.smooth)
    mark = Quote(left, 0, quote, theme.day.accent)
    text_x = mark.box[2] + frame.gap * 2
    room = Rect(text_x, area.y, area.x + area.width - text_x, area.height)
    words = None
    for share in _SIGNS:  # what is said comes before who says it
        sign = _sign(author, role, setter, theme.day, room.width, round(room.height * 0.4), round(most * share))
        if (author or role) and sign is None:
            return None
        below = sign.height + round(frame.gap * 2.2) if sign else 0
        words = (
            setter.one(text, theme.day.text, room.width, room.height - below, round(most * 1.35), 700, lines) or words
        )
        if sign is None or (words and words.size >= _LEADS * sign.size):
            break
    if words is None or words.height > room.height - below:
        return None
    top = room.y + (room.height - below - words.height) // 2
    mark = Quote(left, top, quote, theme.day.accent)
    marks.append(mark)
    stacks = [Placed(words, text_x, top)]
    if sign:
        stacks.append(Placed(sign, text_x, top + words.height + round(frame.gap * 2.2)))
    return Sheet(tuple(stacks), (), tuple(marks))


def _tall(
    text: str,
    author: str,
    role: str,
    portrait: Portrait | None,
    frame: Frame,
    area: Rect,
    palette: Palette,
    setter: Setter,
    lines: int,
) -> Sheet | None:
    """Portrait, mark, words and author under one another."""
    marks: list[Mark] = []
    top = area.y
    if portrait:
        side = min(area.width, round(area.height * 0.3))
        marks.append(portrait.mark(area.x, top, side))
        top += side + frame.gap * 2
    quote = Quote(area.x, top, Style("vi", round(frame.width * 0.5), 800, True, setter.smooth), palette.accent)
    high = quote.box[3] - quote.box[1] + round(frame.gap * 1.2)
    room = area.y + area.height - top - high
    most = body_room(frame)
    sign = _sign(author, role, setter, palette, area.width, round(room * 0.35), round(most * 0.85))
    if (author or role) and sign is None:
        return None
    below = sign.height + frame.gap * 2 if sign else 0
    words = setter.one(text, palette.text, area.width, room - below, round(most * 1.15), 700, lines)
    if words is None:
        return None
    top += round((room - below - words.height) * 0.3)
    marks.append(Quote(area.x, top, quote.style, palette.accent))
    stacks = [Placed(words, area.x, top + high)]
    if sign:
        stacks.append(Placed(sign, area.x, top + high + words.height + frame.gap * 2))
    return Sheet(tuple(stacks), (), tuple(marks))


def _on_ribbon(
    text: str,
    author: str,
    role: str,
    portrait: Portrait | None,
    frame: Frame,
    palette: Palette,
    what: Furniture,
    setter: Setter,
) -> Sheet | None:
    """Portrait, mark, words, a rule, the author."""
    area, marks = ribbon_body(frame, what), []
    x, end = area.x, area.x + area.width
    if portrait:
        pasted = portrait.mark(x, frame.height // 16, frame.height - frame.height // 8)
        marks.append(pasted)
        x = pasted.box[2] + frame.margin_x
    style = Style("vi", round(frame.height * 0.95), 800, True, setter.smooth)
    probe = Quote(0, 0, style, palette.accent).box
    text_x = x + probe[2] + frame.margin_x
    sign = _sign(author, role, setter, palette, round((end - text_x) * 0.3), area.height, round(body_room(frame) * 0.9))
    if (author or role) and sign is None:
        return None
    thick, between = max(2, rule_thickness(frame)), frame.margin_x + frame.gap
    room = end - text_x - (sign.width + thick + 2 * between if sign else 0)
    words = setter.one(text, palette.text, room, area.height, round(frame.height * 0.46), 700, 2)
    if words is None:
        return None
    top = area.y + (area.height - words.height) // 2
    middle = (frame.height - probe[3]) // 2
    bars: list[Mark] = [*marks, Quote(x, min(top, middle), style, palette.accent)]
    stacks = [Placed(words, text_x, top)]
    if sign:
        rule_x = text_x + words.width + between
        bars.append(
            Bar((rule_x, area.y + area.height // 8, rule_x + thick, area.y + area.height * 7 // 8), palette.accent2)
        )
        stacks.append(Placed(sign, rule_x + thick + between, area.y + (area.height - sign.height) // 2))
    return Sheet(tuple(stacks), (), tuple(bars))


def _sign(author: str, role: str, setter: Setter, palette: Palette, width: int, height: int, most: int) -> Stack | None:
    if not (author or role):
        return None
    parts = [
        setter.part(author, palette.accent, most, 700, 2),
        setter.part(role, palette.muted, most, 600, 2, scale=0.8, gap=0.3),
    ]
    return setter.fit(parts, width, height, most)
