"""A picture beside a text, never under it: as much as fits, on pages that keep the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    media_of,
    page_scene,
    painted,
    part_key,
    ribbon_body,
    shown_once,
    sizes_of,
    too_long,
    write,
)
from renderers.cards.paging import spread
from renderers.cards.photo import Photo
from renderers.errors import RenderError
from renderers.fit import Part, fit
from renderers.frames import Frame, frame_of, picture_beside
from renderers.furniture import Furniture, rule
from renderers.ground import paint
from renderers.legibility import reading_ms
from renderers.pictures import window
from renderers.sizes import Size, body_room, head_room, rule_thickness, rule_width
from renderers.text import visible
from renderers.themes import Shape, Theme

_LINES: dict[str, dict[Shape, int]] = {
    "easy": {"ribbon": 2, "wide": 3, "square": 4, "tall": 6},
    "neat": {"ribbon": 2, "wide": 4, "square": 5, "tall": 7},
    "good": {"ribbon": 2, "wide": 4, "square": 5, "tall": 7},
    "fair": {"ribbon": 2, "wide": 4, "square": 6, "tall": 8},
    "clear": {"ribbon": 3, "wide": 5, "square": 8, "tall": 11},
    "limit": {"ribbon": 4, "wide": 8, "square": 9, "tall": 14},
}


@dataclass(frozen=True, slots=True)
class Beside:
    """A page set on a face: where the picture lies, the frame that is left for the text, and the text in it."""

    picture: Rect
    frame: Frame
    text: Setting


class BesideTemplate:
    """A picture with a headline and running text beside it."""

    kind = "beside"
    version = "1"
    name = Text("Ảnh và văn bản", "Picture and text")
    icon = "doc-full"
    fields = (
        CardField("media", "picture", Text("ảnh", "picture"), required=True),
        CardField("title", "line", Text("tiêu đề", "headline"), max_length=120),
        CardField("text", "text", Text("nội dung", "text"), required=True, max_length=1200),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        """One scene a page."""
        if not visible(card.text):
            raise RenderError(
                "empty",
                "Thẻ chưa có nội dung bên cạnh ảnh. Hãy viết nội dung, hoặc dùng thẻ Ảnh.",
                "The card has no text beside its picture. Write one, or use a picture card.",
            )
        photo = Photo(media_of(card), request.theme.day.ground[1])
        faces, language = sizes_of(request.geometry.faces), request.item.language

        def fits(text: str, comfort: Comfort, pages: int) -> bool:
            what = furniture_of(request, 0, pages)
            return all(
                set_beside(card.title, text, photo.size, face, request.theme, language, what, comfort)
                for face in faces.values()
            )

        found = spread(card.text, language, fits)
        if found is None:
            raise too_long(card)
        comfort, texts = found
        pages: dict[Size, list[Beside]] = {}
        for size, face in faces.items():
            pages[size] = _pages(request, card, photo, face, comfort, texts)
        scenes = []
        for index, text in enumerate(texts):
            shown = {
                size: self._shown(
                    request, card, photo, face, pages[size][index], furniture_of(request, index, len(texts))
                )
                for size, face in faces.items()
            }
            words = f"{card.title} {text}" if index == 0 else text
            scenes.append(page_scene(request, card, shown, reading_ms(words, language), index, len(texts)))
        return scenes

    def _shown(
        self, request: RenderRequest, card: Card, photo: Photo, face: Face, setting: Beside, what: Furniture
    ) -> Shown:
        area = setting.picture
        part = window(photo.size, area.width / area.height, card.focal)
        lines = [
            [line.text, line.style.size, placed.x, placed.y + line.baseline]
            for placed in setting.text.stacks
            for line in placed.stack.lines
        ]
        key = part_key(
            request, self.kind, self.version, face, card.media_sha256, list(part), area.as_list(), lines,
            setting.text.rule.as_list() if setting.text.rule else None, what.page, what.pages,
        )  # fmt: skip

        def make() -> Image.Image:
            return draw_beside(setting, request.theme, what, photo.part(part, area.width, area.height))

        return shown_once(request, key, make)


BESIDE = BesideTemplate()


def _pages(
    request: RenderRequest, card: Card, photo: Photo, face: Face, comfort: Comfort, texts: Sequence[str]
) -> list[Beside]:
    """The pages on a face, all in the size that the fullest leaves."""
    common = 9999
    found: list[Beside] = []
    for again in range(min(2, len(texts))):
        before, found = found, []
        for index, text in enumerate(texts):
            what = furniture_of(request, index, len(texts))
            setting = set_beside(
                card.title, text, photo.size, face, request.theme, request.item.language, what, comfort, common
            )
            if setting is None and again:  # smaller letters may keep together what takes a line more: as it was
                setting = before[index]
            if setting is None:
                raise too_long(card)
            found.append(setting)
        common = min(one.text.stacks[-1].stack.size for one in found)
    return found


def set_beside(
    title: str,
    text: str,
    size: tuple[int, int],
    face: Face,
    theme: Theme,
    language: str,
    what: Furniture,
    comfort: Comfort,
    most: int = 9999,
) -> Beside | None:
    """A picture of `size` and a text set on a face, running text no larger than `most`; None when it does not fit. Raises
    `RenderError("no_font")`."""
    picture, frame = picture_beside(frame_of(face, theme.type), size[0] / size[1], narrow=comfort.limit)
    area = ribbon_body(frame, what) if frame.shape == "ribbon" else frame.body
    least = least_of(face, language, comfort)
    body_most = max(least, min(most, body_room(frame)))
    thick = rule_thickness(frame)
    if frame.shape == "ribbon" and title:
        return _in_a_row(title, text, face, picture, frame, area, theme, language, least, body_most, comfort)
    above = thick + frame.gap if title and not comfort.limit and frame.shape != "ribbon" else 0
    parts = [
        Part(
            title, language, theme.day.accent, 1.3, least, max(least, min(round(body_most * 1.5), head_room(frame))), 800, True,
            3 if frame.shape == "tall" else 2,
        ),
        Part(text, language, theme.day.text, 1.0, least, body_most, 600, False, _LINES[comfort.name][frame.shape], gap=0.7),
    ]  # fmt: skip
    stack = fit(parts, area.width, area.height - above, least, body_most, smooth=face.smooth)
    if stack is None:
        return None
    free = area.height - above - stack.height
    top = area.y + above + round(free * (0.5 if frame.shape != "tall" else 0.3))
    bar = Rect(area.x, top - frame.gap - thick, rule_width(frame), thick) if above else None
    return Beside(picture, frame, Setting((Placed(stack, area.x, top),), bar))


def _in_a_row(
    title: str,
    text: str,
    face: Face,
    picture: Rect,
    frame: Frame,
    area: Rect,
    theme: Theme,
    language: str,
    least: int,
    most: int,
    comfort: Comfort,
) -> Beside | None:
    """On a ribbon: picture, headline, an upright rule, text."""
    thick, between = max(2, rule_thickness(frame) * 2 // 3), frame.margin_x
    room = round(area.width * 0.28) - between
    head = fit(
        [Part(title, language, theme.day.accent, 1.0, least, 9999, 800, True, 2)],
        room, area.height, least, round(head_room(frame) * 0.7), smooth=face.smooth,
    )  # fmt: skip
    if head is None:
        return None
    split = area.x + head.width + between
    left = split + thick + between
    body = fit(
        [Part(text, language, theme.day.text, 1.0, least, most, 600, False, _LINES[comfort.name]["ribbon"])],
        area.x + area.width - left, area.height, least, most, smooth=face.smooth,
    )  # fmt: skip
    if body is None:
        return None
    high = max(head.height, body.height)
    placed = (
        Placed(head, area.x, area.y + (area.height - head.height) // 2),
        Placed(body, left, area.y + (area.height - body.height) // 2),
    )
    return Beside(picture, frame, Setting(placed, Rect(split, area.y + (area.height - high) // 2, thick, high)))


def draw_beside(setting: Beside, theme: Theme, what: Furniture, part: Image.Image) -> Image.Image:
    """Paint a set page with the part of the picture that it shows."""
    frame, text, palette = setting.frame, setting.text, theme.day
    image = paint(theme, frame.width, frame.height, keep_out=text.boxes() + furniture_boxes(frame, what), quiet=0.8)
    area = setting.picture
    image.paste(part, (area.x, area.y))
    painted("picture", (area.x, area.y, area.x + area.width, area.y + area.height))
    if text.rule:
        bar = text.rule
        rule(image, bar.x, bar.y, bar.width, bar.height, palette.accent2 if bar.height > bar.width else palette.accent)
    for placed in text.stacks:
        write(image, placed.stack, placed.x, placed.y)
    draw_furniture(image, frame, palette, what)
    return image
