"""Photographs: opened upright in sRGB, cropped around their focal point, darkened only as much as text needs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from renderers.colour import MIN_CONTRAST, RGB, Pixels, luminance, luminances
from renderers.errors import RenderError
from renderers.media.working import working_copy

Focal = tuple[float, float, float, float]
Window = tuple[float, float, float, float]


def open_picture(path: Path, under: RGB = (0, 0, 0), *, wanted: tuple[int, int] | None = None) -> Image.Image:
    """A picture as upright sRGB; transparent parts show `under`. With `wanted` a large JPEG is decoded no larger than
    needed. Only our own copy of it is opened here (`renderers.media.working`). Raises `RenderError("no_media")`."""
    try:
        with Image.open(working_copy(path), formats=("PNG", "JPEG")) as picture:
            if wanted and picture.format == "JPEG":
                side = 2 * max(wanted)
                picture.draft(None, (side, side))
            picture.load()
    except Exception as error:  # refused, gone, or not readable
        raise RenderError(
            "no_media",
            "Không mở được ảnh của thẻ này. Hãy tải ảnh lên lại.",
            "The picture of this card cannot be opened. Upload it again.",
        ) from error
    if picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, under)
        ground.paste(picture, (0, 0), picture)
        return ground
    return picture.convert("RGB")


def window(size: tuple[int, int], aspect: float, focal: Focal | None) -> Window:
    """The part of a picture of `size` to show at an aspect (width ÷ height): as large as can be, centred on the focal point
    as far as its edges allow. (left, top, width, height) in pixels; nothing is stretched."""
    width, height = size
    wide, high = (height * aspect, float(height)) if width / height > aspect else (float(width), width / aspect)
    x, y = focal[:2] if focal else (0.5, 0.45)
    left = min(max(0.0, x * width - wide / 2), width - wide)
    top = min(max(0.0, y * height - high / 2), height - high)
    return left, top, wide, high


def kept(size: tuple[int, int], aspect: float) -> float:
    """The share of a picture's area that is left at an aspect."""
    _, _, wide, high = window(size, aspect, None)
    return wide * high / (size[0] * size[1])


def cover(picture: Image.Image, width: int, height: int, focal: Focal | None) -> Image.Image:
    """The picture filling `width` × `height`, cropped around its focal point."""
    left, top, wide, high = window(picture.size, width / height, focal)
    return picture.resize((width, height), Image.Resampling.LANCZOS, box=(left, top, left + wide, top + high))


def region(picture: Image.Image, part: Window, width: int, height: int) -> Image.Image:
    """A part of a picture at `width` × `height`."""
    left, top, wide, high = part
    return picture.resize((width, height), Image.Resampling.LANCZOS, box=(left, top, left + wide, top + high))


def scrim_needs(pixels: Pixels, ground: RGB, text: RGB, least: float = MIN_CONTRAST) -> Pixels:
    """How opaque (0…1) a scrim of `ground` must be at every pixel so that `text` has the contrast there."""
    limit = (luminance(text) + 0.05) / least - 0.05
    shown = pixels[..., :3].astype(np.float64)
    low, high = np.zeros(shown.shape[:2]), np.ones(shown.shape[:2])
    low[luminances(shown) <= limit] = -1.0
    for _ in range(9):
        middle = (low + high) / 2
        blended = np.clip(np.ceil(shown + (np.array(ground) - shown) * np.clip(middle, 0, 1)[..., None]), 0, 255)
        enough = luminances(blended) <= limit
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return np.clip(high, 0, 1)


def calm(picture: Image.Image, most: float = 0.6) -> Image.Image:
    """The picture no brighter on average than a share of full level, as LED walls ask by day."""
    level = float(np.asarray(picture.convert("L"), dtype=np.float64).mean()) / 255
    if level <= most:
        return picture
    table = [round(255 * (value / 255) * most / level) for value in range(256)]
    return picture.point(table * 3)
