"""Headline and text cards: fitted to a face, then painted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from cms.plugin_api.types import Card, Face, Rect
from renderers.fit import Part, Stack, fit
from renderers.frames import Frame, beside_motif, frame_of
from renderers.furniture import Furniture, draw_header, draw_tag, header, rule, tag_width
from renderers.furniture import dots_width as _dots_width
from renderers.furniture import draw_dots as _dots
from renderers.ground import paint
from renderers.legibility import least_size
from renderers.sizes import body_room, head_room, rule_thickness, rule_width
from renderers.text import Box
from renderers.themes import Palette, Theme


@dataclass(frozen=True, slots=True, eq=False)
class Comfort:
    """How small a text may be set and in how many lines before another page is better; `motif` is the share of
    its room that the motif keeps."""

    name: str
    scale: float
    lines: dict[str, int]
    limit: bool = False
    motif: float = 1.0


EASY = Comfort("easy", 0.085, {"ribbon": 2, "wide": 4, "square": 5, "tall": 9})
CLEAR = Comfort("clear", 0.0, {"ribbon": 3, "wide": 6, "square": 7, "tall": 14}, motif=0.6)
LIMIT = Comfort("limit", 0.0, {"ribbon": 4, "wide": 9, "square": 10, "tall": 20}, limit=True, motif=0.0)
COMFORTS = (EASY, CLEAR, LIMIT)


@dataclass(frozen=True, slots=True)
class Placed:
    """A stack with the corner where it is drawn."""

    stack: Stack
    x: int
    y: int

    def boxes(self) -> list[Box]:
        return self.stack.boxes(self.x, self.y)


@dataclass(frozen=True, slots=True)
class Setting:
    """A card's text set on a face: its stacks, and the accent's rule as (x, y, width, height)."""

    stacks: tuple[Placed, ...]
    rule: Rect | None = None

    def boxes(self) -> list[Box]:
        return [box for placed in self.stacks for box in placed.boxes()]


def least_of(face: Face, language: str, comfort: Comfort) -> int:
    """The smallest em allowed on a face at a comfort."""
    short = min(face.width, face.height)
    least = least_size(face, language, limit=comfort.limit)
    scale = comfort.scale * (2.4 if face.width >= 8 * face.height else 1.0)
    return max(least, round(short * scale))


@lru_cache(maxsize=4096)
def set_card(
    card: Card, text: str, face: Face, theme: Theme, language: str, what: Furniture, comfort: Comfort
) -> Setting | None:
    """A headline or text card set on a face at a comfort; None when it does not fit. Raises `RenderError("no_font")`."""
    frame = frame_of(face)
    if card.kind == "title":
        return _set_title(card, face, frame, theme, language, what, comfort)
    return _set_text(card, text, face, frame, theme, language, what, comfort)


def ribbon_body(frame: Frame, what: Furniture) -> Rect:
    """A ribbon has no header row: its tag stands at the left, its dots at the right."""
    left = frame.head_x + tag_width(frame, what.language) + frame.margin_x
    right = frame.width - frame.margin_x - (_dots_width(frame, what.pages) + frame.margin_x if what.pages > 1 else 0)
    return Rect(left, frame.margin_y, right - left, frame.height - 2 * frame.margin_y)


def _set_title(
    card: Card, face: Face, frame: Frame, theme: Theme, language: str, what: Furniture, comfort: Comfort
) -> Setting | None:
    least = least_of(face, language, comfort)
    area = beside_motif(frame, theme, comfort.motif)
    if frame.shape == "ribbon":
        body = ribbon_body(frame, what)
        area = Rect(body.x, body.y, round(body.width - frame.width * theme.room["ribbon"]), body.height)
    thick = rule_thickness(frame)
    above = 0 if frame.shape == "ribbon" or comfort.limit else thick + frame.gap
    parts = [
        Part(
            card.kicker,
            language,
            theme.day.accent,
            0.42,
            least,
            max(least, round(head_room(frame) * 0.42)),
            700,
            max_lines=2,
        ),
        Part(
            card.title,
            language,
            theme.day.text,
            1.0,
            least,
            9999,
            800,
            True,
            2 if frame.shape == "ribbon" else (6 if frame.shape == "tall" else 4),
            gap=0.5,
        ),
    ]
    room = area.height - above
    if frame.shape != "ribbon" and not comfort.limit:
        room = round(room * 0.93)
    stack = fit(parts, area.width, room, least, head_room(frame))
    if stack is None:
        return None
    free = area.height - above - stack.height
    top = area.y + above + round(free * (0.5 if frame.shape != "tall" else 0.42))
    bar = None if not above else Rect(area.x, top - frame.gap - thick, rule_width(frame), thick)
    return Setting((Placed(stack, area.x, top),), bar)


def _set_text(
    card: Card, text: str, face: Face, frame: Frame, theme: Theme, language: str, what: Furniture, comfort: Comfort
) -> Setting | None:
    least = least_of(face, language, comfort)
    lines = comfort.lines[frame.shape]
    body_most = max(least, body_room(frame))
    if frame.shape in ("wide", "ribbon") and card.title:
        return _side_by_side(card, text, face, frame, theme, language, what, least, lines)
    area = beside_motif(frame, theme, 0.45 * comfort.motif)
    if frame.shape == "ribbon":
        area = ribbon_body(frame, what)
    thick = rule_thickness(frame)
    above = 0 if frame.shape == "ribbon" or not card.title or comfort.limit else thick + frame.gap
    parts = [
        Part(
            card.title,
            language,
            theme.day.accent,
            1.3,
            least,
            round(body_most * 1.5),
            800,
            True,
            4 if frame.shape == "tall" else 2,
        ),
        Part(text, language, theme.day.text, 1.0, least, body_most, 600, False, lines, gap=0.85),
    ]
    stack = fit(parts, area.width, area.height - above, least, body_most)
    if stack is None:
        return None
    free = area.height - above - stack.height
    top = area.y + above + round(free * (0.5 if frame.shape != "tall" else 0.36))
    bar = Rect(area.x, top - frame.gap - thick, rule_width(frame), thick) if above else None
    return Setting((Placed(stack, area.x, top),), bar)


def _side_by_side(
    card: Card,
    text: str,
    face: Face,
    frame: Frame,
    theme: Theme,
    language: str,
    what: Furniture,
    least: int,
    lines: int,
) -> Setting | None:
    """Headline in the left third, an upright rule, running text at the right: the composition of wide faces."""
    area = ribbon_body(frame, what) if frame.shape == "ribbon" else beside_motif(frame, theme, 0.3)
    thick = max(2, rule_thickness(frame) * 2 // 3)
    split = round(area.width * (0.27 if frame.shape == "ribbon" else 0.33))
    between = frame.margin_x
    head = fit(
        [Part(card.title, language, theme.day.accent, 1.0, least, 9999, 800, True, 2 if frame.shape == "ribbon" else 4)],
        split - between, area.height, least, round(head_room(frame) * 0.7),
    )  # fmt: skip
    left = area.x + split + thick + between
    body = fit(
        [Part(text, language, theme.day.text, 1.0, least, 9999, 600, False, lines)],
        area.x + area.width - left, area.height, least, max(least, body_room(frame)),
    )  # fmt: skip
    if head is None or body is None:
        return None
    if head.width < split - between:  # the headline's column is as wide as it needs
        spare = round((split - between - head.width) * 0.8)
        left -= spare
        split -= spare
    head_y = area.y + (area.height - head.height) // 2
    body_y = area.y + (area.height - body.height) // 2
    high = max(head.height, body.height)
    bar = Rect(area.x + split, area.y + (area.height - high) // 2, thick, high)
    return Setting((Placed(head, area.x, head_y), Placed(body, left, body_y)), bar)


def draw_card(setting: Setting, face: Face, theme: Theme, what: Furniture) -> Image.Image:
    """Paint a set card on the theme's ground."""
    frame, palette = frame_of(face), theme.day
    boxes = setting.boxes() + furniture_boxes(frame, what)
    image = paint(theme, face.width, face.height, keep_out=boxes)
    if setting.rule:
        bar = setting.rule
        rule(image, bar.x, bar.y, bar.width, bar.height, palette.accent2 if bar.height > bar.width else palette.accent)
    for placed in setting.stacks:
        placed.stack.draw(image, placed.x, placed.y)
    draw_furniture(image, frame, palette, what)
    return image


def furniture_boxes(frame: Frame, what: Furniture) -> list[Box]:
    """What the furniture covers."""
    if frame.shape != "ribbon":
        return header(frame, what)[0]
    return [
        (
            frame.head_x,
            frame.margin_y,
            frame.head_x + tag_width(frame, what.language),
            frame.height - frame.margin_y,
        )
    ]


def draw_furniture(
    image: Image.Image, frame: Frame, palette: Palette, what: Furniture, *, on_picture: bool = False
) -> None:
    """Tag, source and dots where the shape of the face wants them."""
    if frame.shape != "ribbon":
        draw_header(image, frame, palette, what, on_picture=on_picture)
        return
    high = 2 * round(frame.small * 0.72)
    draw_tag(image, frame, palette, what.language, frame.head_x, (frame.height - high) // 2)
    if what.pages > 1:
        _dots(image, frame, palette, what, frame.width - frame.margin_x, frame.height // 2)
