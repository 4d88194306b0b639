"""Picture and clip cards: where the picture lies, the caption fitted beside it or on a measured scrim over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from cms.plugin_api.types import Card, Face, Rect
from renderers.cards.base import Comfort, draw_furniture, furniture_boxes, least_of, painted, ribbon_body, write
from renderers.cards.scrim import dimmest, scrim, shaded, veil
from renderers.colour import Pixels
from renderers.fit import Part, Stack, fit
from renderers.frames import Frame, frame_of, lower_part, picture_first
from renderers.furniture import Furniture
from renderers.ground import paint
from renderers.pictures import kept
from renderers.text import Box
from renderers.themes import Theme

_WORTH_FILLING = 0.42
_ALONE = {"ribbon": 0.4, "wide": 0.16, "square": 0.1, "tall": 0.045}
_TITLE = {"ribbon": 0.4, "wide": 0.19, "square": 0.13, "tall": 0.05}
"""The largest em of a headline, and of a caption that stands alone, as shares of the face's height."""


@dataclass(frozen=True, slots=True)
class Captioned:
    """A card with a picture, set on a face: `picture` is where the picture lies, `over` says that the text lies on it."""

    picture: Rect
    frame: Frame
    over: bool
    stack: Stack | None = None
    x: int = 0
    y: int = 0

    def area(self) -> Box:
        """Text and the room around it that a scrim must cover."""
        pad, stack = self.frame.gap, self.stack
        if stack is None:
            return self.x, self.y, self.x, self.y
        return self.x - pad, self.y - pad, self.x + stack.width + pad, self.y + stack.height + pad


def set_captioned(
    card: Card,
    size: tuple[int, int],
    face: Face,
    theme: Theme,
    language: str,
    what: Furniture,
    comfort: Comfort,
    *,
    fill: bool = False,
) -> Captioned | None:
    """Set a picture or video card whose picture is `size` pixels; with `fill` the picture is the whole face whatever is
    lost of it (a wide picture across faces). None when the caption does not fit. Raises `RenderError("no_font")`."""
    frame = frame_of(face, theme.type)
    aspect = size[0] / size[1]
    bare = not (card.title or card.caption)
    if fill or (bare and kept(size, face.width / face.height) >= _WORTH_FILLING):
        picture, frame, over = Rect(0, 0, face.width, face.height), lower_part(frame), True
    else:
        picture, frame = picture_first(frame, aspect)
        over = frame.shape == "square"
    if bare:
        return Captioned(picture, frame, over)
    area = ribbon_body(frame, what) if frame.shape == "ribbon" else frame.body
    least = least_of(face, language, comfort)
    most = max(least, round((_TITLE if card.title else _ALONE)[frame.shape] * face.height))
    few = comfort.limit or frame.shape == "tall"
    stack = None
    for lines in ((1, 1), (4 if few else 2, 6 if few else 3)) if over else ((4 if few else 2, 6 if few else 3),):
        parts = [
            Part(card.title, language, theme.day.text, 1.0, least, most, 800, True, lines[0]),
            Part(
                card.caption, language, theme.day.text if over or not card.title else theme.day.muted, 0.62 if card.title else 1.0, least,
                most, 600, False, lines[1], gap=0.5,
            ),
        ]  # fmt: skip
        stack = stack or fit(parts, area.width, area.height, least, most, smooth=face.smooth)
    if stack is None:
        return None
    if over and frame.shape != "ribbon":
        top = area.y + area.height - stack.height
    elif frame.shape == "tall":
        top = area.y + round((area.height - stack.height) * 0.2)
    else:
        top = area.y + (area.height - stack.height) // 2
    return Captioned(picture, frame, over, stack, area.x, top)


def still(setting: Captioned, theme: Theme, what: Furniture, part: Image.Image) -> Image.Image:
    """The whole face, with the part of the picture that it shows (RGB, of the size of `setting.picture`)."""
    if not setting.over:
        image = base(setting, theme, what)
        image.paste(part, (setting.picture.x, setting.picture.y))
        return image
    painted("picture", (0, 0, part.width, part.height))
    if setting.stack:
        part = shaded(part, setting.area(), theme.day.ground[1], dimmest(setting.stack))
        write(part, setting.stack, setting.x, setting.y)
    draw_furniture(part, setting.frame, theme.day, what, on_picture=True)
    return part


def base(setting: Captioned, theme: Theme, what: Furniture) -> Image.Image:
    """The face without its picture, for a card whose text lies beside it."""
    boxes = furniture_boxes(setting.frame, what)
    if setting.stack:
        boxes += setting.stack.boxes(setting.x, setting.y)
    image = paint(theme, setting.frame.width, setting.frame.height, keep_out=boxes, quiet=0.8)
    area = setting.picture
    painted("picture", (area.x, area.y, area.x + area.width, area.y + area.height))
    if setting.stack:
        write(image, setting.stack, setting.x, setting.y)
    draw_furniture(image, setting.frame, theme.day, what)
    return image


def overlay(setting: Captioned, theme: Theme, what: Furniture, brightest: Pixels) -> Image.Image:
    """Scrim, caption and furniture with their opacity (RGBA), to lie on a picture or clip that covers the face.

    `brightest` holds the pixels (height, width, 3) the caption must be read on: of a clip, the brightest of every place.
    """
    height, width = brightest.shape[:2]
    painted("picture", (0, 0, width, height))
    alpha = np.zeros((height, width), dtype=np.float32)
    if setting.stack:
        alpha = scrim(brightest, setting.area(), theme.day.ground[1], dimmest(setting.stack))
    image = veil(alpha, theme.day.ground[1])
    if setting.stack:
        behind = Image.fromarray(brightest)
        behind.paste(image, (0, 0), image)
        write(image, setting.stack, setting.x, setting.y, behind=behind)
    draw_furniture(image, setting.frame, theme.day, what, on_picture=True)
    return image
