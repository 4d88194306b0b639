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


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of a picture as it is seen, without decoding it. Raises `RenderError("no_media")`."""
    try:
        with Image.open(working_copy(path), formats=("PNG", "JPEG")) as picture:
            return picture.size
    except Exception as error:  # refused, gone, or not readable
        raise _no_media() from error


def open_picture(path: Path, under: RGB = (0, 0, 0), *, wanted: tuple[int, int] | None = None) -> Image.Image:
    """A picture as upright sRGB; transparent parts show `under`. A JPEG that is wanted no larger than a half, a quarter or an
    eighth is decoded at that. Only our own copy of it is opened here (`renderers.media.working`). Raises `RenderError("no_media")`."""
    try:
        with Image.open(working_copy(path), formats=("PNG", "JPEG")) as picture:
            if wanted and picture.format == "JPEG":
                picture.draft(None, wanted)
            picture.load()
    except Exception as error:  # refused, gone, or not readable
        raise _no_media() from error
    if picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, under)
        ground.paste(picture, (0, 0), picture)
        return ground
    return picture.convert("RGB")


def _no_media() -> RenderError:
    return RenderError(
        "no_media",
        "Không mở được ảnh của thẻ này. Hãy tải ảnh lên lại.",
        "The picture of this card cannot be opened. Upload it again.",
    )


def window(size: tuple[int, int], aspect: float, focal: Focal | None) -> Window:
    """The part of a picture of `size` to show at an aspect (width ÷ height): as large as can be, centred on the focal point
    as far as its edges allow. (left, top, width, height) in pixels; nothing is stretched."""
    width, height = size
    # The product may exceed the picture's edge by a rounding.
    wide = min(float(width), height * aspect) if width / height > aspect else float(width)
    high = float(height) if width / height > aspect else min(float(height), width / aspect)
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
    box = (left, top, left + wide, top + high)
    return picture.resize((width, height), Image.Resampling.BICUBIC, box=box, reducing_gap=_REDUCING_GAP)


_REDUCING_GAP = 2.0
"""Much too large a picture is first halved in whole steps, down to so many times the size wanted: the same to the eye."""


def scrim_need(pixels: Pixels, ground: RGB, text: RGB, least: float = MIN_CONTRAST) -> float:
    """How opaque (0…1) a scrim of `ground` must be for `text` to have the contrast on every one of some pixels (…, 3)."""
    limit = (luminance(text) + 0.05) / least - 0.05
    coarse = (pixels[..., :3].reshape(-1, 3) >> 2).astype(np.int32)
    codes = np.flatnonzero(np.bincount(coarse[:, 0] << 12 | coarse[:, 1] << 6 | coarse[:, 2]))
    shown = np.stack([codes >> 12, codes >> 6 & 63, codes & 63], axis=-1) * 4.0 + 3  # the brightest of each shade
    low, high = 0.0, 1.0
    if float(luminances(shown).max(initial=0.0)) <= limit:
        return 0.0
    for _ in range(9):
        middle = (low + high) / 2
        blended = np.ceil(shown + (np.array(ground) - shown) * middle)
        if float(luminances(blended).max()) <= limit:
            high = middle
        else:
            low = middle
    return high


def brightness_share(picture: Image.Image, most: float = 0.6) -> float:
    """By how much (0…1) a picture must be darkened to be no brighter on average than a share of full level, as LED walls ask
    by day."""
    counts = picture.convert("L").histogram()
    level = sum(value * count for value, count in enumerate(counts)) / 255 / (picture.width * picture.height)
    return min(1.0, most / level) if level else 1.0


def darkened(picture: Image.Image, share: float) -> Image.Image:
    """Every value times a share."""
    return picture if share >= 1 else picture.point([round(value * share) for value in range(256)] * 3)


def calm(picture: Image.Image, most: float = 0.6) -> Image.Image:
    """The picture no brighter on average than a share of full level."""
    return darkened(picture, brightness_share(picture, most))
