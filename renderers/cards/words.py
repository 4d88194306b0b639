"""Headline and text cards: fitted to a face, then painted; a long text becomes pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image

from cms.plugin_api.types import Card, CardField, Face, Rect, RenderRequest, Scene, Text
from renderers.cards.base import (
    Comfort,
    Placed,
    Setting,
    Shown,
    draw_furniture,
    furniture_boxes,
    furniture_of,
    least_of,
    page_scene,
    part_key,
    ribbon_body,
    shown_once,
    sizes_of,
    too_long,
    write,
)  # fmt: skip
from renderers.cards.paging import ATTEMPTS, HEADLINE_ATTEMPTS, spread
from renderers.errors import RenderError
from renderers.fit import Part, fit
from renderers.frames import Frame, beside_motif, frame_of
from renderers.furniture import Furniture, rule
from renderers.ground import paint
from renderers.legibility import reading_ms
from renderers.sizes import Size, body_room, head_room, rule_thickness, rule_width
from renderers.text import visible
from renderers.themes import Theme


@dataclass(frozen=True, slots=True)
class WordsTemplate:
    """A headline (`title`) or a text (`text`) card."""

    kind: str
    name: Text
    icon: str
    fields: tuple[CardField, ...]
    version: str = "2"

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        if not visible(card.title + card.text):
            raise RenderError(
                "empty",
                "Thẻ chưa có chữ. Hãy điền tiêu đề hoặc nội dung.",
                "The card has no words. Fill in a headline or a text.",
            )
        return _text_scenes(request, card, self.version)


TITLE = WordsTemplate(
    "title",
    Text("Tiêu đề", "Headline"),
    "title",
    (
        CardField("kicker", "line", Text("dòng phía trên", "line above"), max_length=60),
        CardField("title", "line", Text("tiêu đề", "headline"), required=True, max_length=120),
    ),
)
TEXT = WordsTemplate(
    "text",
    Text("Văn bản", "Text"),
    "pilcrow",
    (
        CardField("title", "line", Text("tiêu đề", "headline"), max_length=120),
        CardField("text", "text", Text("nội dung", "text"), required=True, max_length=1200),
    ),
)


@lru_cache(maxsize=4096)
def set_card(
    card: Card, text: str, face: Face, theme: Theme, language: str, what: Furniture, comfort: Comfort, most: int = 9999
) -> Setting | None:
    """A headline or text card set on a face at a comfort, running text no larger than `most`; None when it does not fit. Raises
    `RenderError("no_font")`."""
    frame = frame_of(face, theme.type)
    if card.kind == "title":
        return _set_title(card, face, frame, theme, language, what, comfort)
    return _set_text(card, text, face, frame, theme, language, what, comfort, most)


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
    stack = fit(parts, area.width, room, least, head_room(frame), smooth=face.smooth)
    if stack is None:
        return None
    free = area.height - above - stack.height
    top = area.y + above + round(free * (0.5 if frame.shape != "tall" else 0.42))
    bar = None if not above else Rect(area.x, top - frame.gap - thick, rule_width(frame), thick)
    return Setting((Placed(stack, area.x, top),), bar)


def _set_text(
    card: Card,
    text: str,
    face: Face,
    frame: Frame,
    theme: Theme,
    language: str,
    what: Furniture,
    comfort: Comfort,
    most: int,
) -> Setting | None:
    least = least_of(face, language, comfort)
    lines = comfort.lines[frame.shape]
    body_most = max(least, min(most, body_room(frame)))
    if frame.shape in ("wide", "ribbon") and card.title:
        return _side_by_side(card, text, face, frame, theme, language, what, least, lines, body_most)
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
    air = frame.gap // 2 if above else 0  # or the rule seems to belong to the tag above it
    stack = fit(parts, area.width, area.height - above - air, least, body_most, smooth=face.smooth)
    if stack is None:
        return None
    free = area.height - above - air - stack.height
    top = area.y + above + air + round(free * (0.5 if frame.shape != "tall" else 0.36))
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
    most: int,
) -> Setting | None:
    """Headline in the left third, an upright rule, running text at the right: the composition of wide faces."""
    area = ribbon_body(frame, what) if frame.shape == "ribbon" else beside_motif(frame, theme, 0.3)
    thick = max(2, rule_thickness(frame) * 2 // 3)
    split = round(area.width * (0.27 if frame.shape == "ribbon" else 0.33))
    between = frame.margin_x
    head = fit(
        [Part(card.title, language, theme.day.accent, 1.0, least, 9999, 800, True, 2 if frame.shape == "ribbon" else 4)],
        split - between, area.height, least, round(head_room(frame) * 0.7), smooth=face.smooth,
    )  # fmt: skip
    left = area.x + split + thick + between
    body = fit(
        [Part(text, language, theme.day.text, 1.0, least, 9999, 600, False, lines)],
        area.x + area.width - left, area.height, least, most, smooth=face.smooth,
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
    frame, palette = frame_of(face, theme.type), theme.day
    boxes = setting.boxes() + furniture_boxes(frame, what)
    image = paint(theme, face.width, face.height, keep_out=boxes)
    if setting.rule:
        bar = setting.rule
        rule(image, bar.x, bar.y, bar.width, bar.height, palette.accent2 if bar.height > bar.width else palette.accent)
    for placed in setting.stacks:
        write(image, placed.stack, placed.x, placed.y)
    draw_furniture(image, frame, palette, what)
    return image


def _text_scenes(request: RenderRequest, card: Card, version: str) -> list[Scene]:
    faces, language, theme = sizes_of(request.geometry.faces), request.item.language, request.theme
    headline = card.kind == "title"

    def page_of(text: str) -> Card:
        return replace(card, title=text) if headline else replace(card, text=text)

    def fits(text: str, comfort: Comfort, pages: int) -> bool:
        what, page = furniture_of(request, 0, pages), page_of(text)
        return all(set_card(page, page.text, face, theme, language, what, comfort) for face in faces.values())

    found = spread(card.title if headline else card.text, language, fits, HEADLINE_ATTEMPTS if headline else ATTEMPTS)
    if found is None:
        raise too_long(card)
    comfort, texts = found
    cards = [page_of(text) for text in texts]
    furniture = [furniture_of(request, index, len(texts)) for index in range(len(texts))]
    settings: dict[Size, list[Setting]] = {}
    for size, face in faces.items():
        common = 9999
        for _ in range(min(2, len(cards))):  # the second time with the size that the fullest page leaves
            pages = [
                set_card(page, page.text, face, theme, language, what, comfort, common)
                for page, what in zip(cards, furniture, strict=True)
            ]
            # Smaller letters may keep together what then takes a line more: such a page stays as it was.
            pages = [one or was for one, was in zip(pages, settings.get(size, [None] * len(pages)), strict=True)]
            found_all = [setting for setting in pages if setting is not None]
            if len(found_all) < len(pages):
                raise too_long(card)
            settings[size] = found_all
            common = min(setting.stacks[-1].stack.size for setting in found_all)
    scenes = []
    for index, (page, what) in enumerate(zip(cards, furniture, strict=True)):
        shown: dict[Size, Shown] = {}
        for size, face in faces.items():
            setting = settings[size][index]
            key = part_key(
                request, card.kind, version, face, comfort.name, card.kicker, page.title, page.text, index, len(cards),
                setting.stacks[-1].stack.size,
            )  # fmt: skip

            def make(setting: Setting = setting, face: Face = face, what: Furniture = what) -> Image.Image:
                return draw_card(setting, face, theme, what)

            shown[size] = shown_once(request, key, make)
        words = " ".join((card.kicker, page.title if headline or index == 0 else "", page.text))
        scenes.append(page_scene(request, card, shown, reading_ms(words, language), index, len(cards)))
    return scenes
