"""Picture and video cards: where the picture lies, the caption fitted beside it or on a measured scrim over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from cms.plugin_api.types import Card, Face, Rect
from renderers.cards.base import Comfort, draw_furniture, furniture_boxes, least_of, ribbon_body
from renderers.colour import MIN_CONTRAST, RGB, Pixels
from renderers.fit import Part, Stack, fit
from renderers.frames import Frame, frame_of, lower_part, picture_first
from renderers.furniture import Furniture
from renderers.ground import dither, paint
from renderers.pictures import kept, scrim_needs
from renderers.themes import Theme

_WORTH_FILLING = 0.42
_VEIL = 0.42


@dataclass(frozen=True, slots=True)
class Captioned:
    """A card with a picture, set on a face: `picture` is where the picture lies, `over` says that the text lies on it."""

    picture: Rect
    frame: Frame
    over: bool
    stack: Stack | None = None
    x: int = 0
    y: int = 0


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
    frame = frame_of(face)
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
    most = max(least, round({"ribbon": 0.4, "wide": 0.19, "square": 0.13, "tall": 0.05}[frame.shape] * face.height))
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
        stack = stack or fit(parts, area.width, area.height, least, most)
    if stack is None:
        return None
    if over and frame.shape != "ribbon":
        top = area.y + area.height - stack.height
    elif frame.shape == "tall":
        top = area.y + round((area.height - stack.height) * 0.2)
    else:
        top = area.y + (area.height - stack.height) // 2
    return Captioned(picture, frame, over, stack, area.x, top)


def base(setting: Captioned, theme: Theme, what: Furniture) -> Image.Image:
    """The face without its picture, for a card whose text lies beside it."""
    boxes = furniture_boxes(setting.frame, what)
    if setting.stack:
        boxes += setting.stack.boxes(setting.x, setting.y)
    image = paint(theme, setting.frame.width, setting.frame.height, keep_out=boxes, quiet=0.8)
    _text(image, setting, theme, what)
    return image


def overlay(setting: Captioned, theme: Theme, what: Furniture, brightest: Pixels) -> Image.Image:
    """Scrim, caption and furniture with their opacity (RGBA), to lie on a picture or clip that covers the face.

    `brightest` holds the pixels (height, width, 3) the caption must be read on: of a clip, the brightest of every place.
    """
    width, height = setting.frame.width, setting.frame.height
    ground = theme.day.ground[1]
    alpha = np.zeros((height, width))
    if setting.stack:
        alpha = _scrim(setting, brightest, ground, theme.day.text)
    pixels = np.empty((height, width, 4))
    pixels[..., :3] = ground
    pixels[..., 3] = alpha * 255
    image = Image.fromarray(dither(pixels), mode="RGBA")
    _text(image, setting, theme, what)
    return image


def _scrim(setting: Captioned, brightest: Pixels, ground: RGB, text: RGB) -> Pixels:
    """Opacity 0…1: as much as the brightest place under the text needs, fading out above and beside it, over a light
    veil from below."""
    stack, height, width = setting.stack, setting.frame.height, setting.frame.width
    assert stack is not None  # noqa: S101 - the caller asked for a scrim
    pad = setting.frame.gap
    left, top = max(0, setting.x - pad), max(0, setting.y - pad)
    right, bottom = min(width, setting.x + stack.width + pad), min(height, setting.y + stack.height + pad)
    need = scrim_needs(brightest[top:bottom, left:right], ground, text, MIN_CONTRAST + 0.35)
    down = _rise(np.arange(height) - (top - height * 0.26), height * 0.26)[:, None]
    across = _rise(right + width * 0.45 - np.arange(width), width * 0.45)[None, :]
    return np.maximum(down * across * float(need.max(initial=0.0)), down * _VEIL)


def _rise(place: Pixels, reach: float) -> Pixels:
    """A smooth step from 0 to 1 over `reach`."""
    share = np.clip((place + 1) / max(1.0, reach), 0, 1)
    return share * share * (3 - 2 * share)


def _text(image: Image.Image, setting: Captioned, theme: Theme, what: Furniture) -> None:
    if setting.stack:
        setting.stack.draw(image, setting.x, setting.y)
    draw_furniture(image, setting.frame, theme.day, what, on_picture=setting.over)


def flatten(picture: Image.Image, above: Image.Image) -> Image.Image:
    """An RGBA picture laid over an RGB one of the same size, as browsers blend it."""
    canvas = picture.copy()
    canvas.paste(above, (0, 0), above)
    return canvas


def brightest_of(pictures: Sequence[Pixels]) -> Pixels:
    """The brightest value of every place and channel."""
    return np.maximum.reduce(list(pictures))
