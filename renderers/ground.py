"""The ground of a theme: a gradient with a soft light and the motif, dithered because LED panels band."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from renderers.backdrop import backdrop
from renderers.colour import Pixels
from renderers.text import Box
from renderers.themes import Shape, Theme, masks


def shape_of(width: int, height: int) -> Shape:
    """The composition that a size of face asks for."""
    ratio = width / height
    if ratio >= 8:
        return "ribbon"
    if ratio >= 2.6:
        return "wide"
    return "square" if ratio >= 0.8 else "tall"


def paint(
    theme: Theme, width: int, height: int, *, keep_out: Sequence[Box] = (), night: bool = False, quiet: float = 1.0
) -> Image.Image:
    """The ground of a face. The motif fades out before every box of `keep_out`, so nothing is ever drawn under text;
    `quiet` scales its strength."""
    image = finished(theme, width, height, night, quiet).copy()
    place = _place(theme, width, height, night, quiet) if keep_out else None
    if place:
        bare = finished(theme, width, height, night, 0.0).crop(place)
        image.paste(bare, place, mask=_under(width, height, keep_out, place))
    return image


@lru_cache(maxsize=24)
def finished(theme: Theme, width: int, height: int, night: bool, quiet: float) -> Image.Image:
    """The ground with its motif at a strength, made once for a size of face; to be copied, never drawn on. Faces differ only
    in where their text keeps the motif away, so `paint` mixes this with the ground alone (`quiet` 0)."""
    palette, shape = theme.palette(night), shape_of(width, height)
    pixels = backdrop(theme.backgrounds[shape], palette, theme.pictures.get(shape), width, height)
    for group, mask in masks(theme, shape, width, height) if quiet else ():
        box = mask.getbbox()
        if box is None:
            continue
        left, top, right, bottom = box
        part = pixels[top:bottom, left:right]
        strength = np.asarray(mask.crop(box), dtype=np.float32)[..., None] * np.float32(group["alpha"] * quiet / 255)
        part += (np.array(palette.named(group["colour"]), dtype=np.float32) - part) * strength
    return Image.fromarray(dither(pixels))


@lru_cache(maxsize=24)
def _place(theme: Theme, width: int, height: int, night: bool, quiet: float) -> Box | None:
    """Where the motif changes the ground at all."""
    whole, bare = finished(theme, width, height, night, quiet), finished(theme, width, height, night, 0.0)
    return ImageChops.difference(whole, bare).getbbox()


def dither(pixels: Pixels) -> Pixels:
    """Floats 0…255 as bytes, with a fixed noise of one step in place of bands."""
    height, width = pixels.shape[:2]
    noisy = np.add(pixels, _noise(width, height)[..., None], dtype=np.float32)
    return np.clip(noisy, 0, 255, out=noisy).astype(np.uint8)


@lru_cache(maxsize=8)
def _noise(width: int, height: int) -> Pixels:
    """Interleaved gradient noise, 0…1: even, without a grain that the eye follows, the same on every machine."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    return ((52.9829189 * ((0.06711056 * x + 0.00583715 * y) % 1.0)) % 1.0).astype(np.float32)


_COARSE = 4


def _under(width: int, height: int, boxes: Sequence[Box], place: Box) -> Image.Image:
    """Of a place on the face: 255 under text, 0 where the motif may be, a soft way between (computed at a quarter of the
    size, being soft)."""
    pad = max(4, round(0.035 * min(width, height)))
    x, y = (place[0] // _COARSE) * _COARSE, (place[1] // _COARSE) * _COARSE
    size = -(-(place[2] - x) // _COARSE), -(-(place[3] - y) // _COARSE)
    margin = pad  # the blur must not feel the edge of the place
    coarse = Image.new("L", (size[0] + 2 * margin, size[1] + 2 * margin), 0)
    canvas = ImageDraw.Draw(coarse)
    for left, top, right, bottom in boxes:
        around = (left - x - 2 * pad, top - y - 2 * pad, right - x + 2 * pad, bottom - y + 2 * pad)
        canvas.rounded_rectangle([edge / _COARSE + margin for edge in around], pad / _COARSE, fill=255)
    coarse = coarse.filter(ImageFilter.GaussianBlur(pad * 1.1 / _COARSE))
    coarse = coarse.crop((margin, margin, margin + size[0], margin + size[1]))
    mask = coarse.resize((size[0] * _COARSE, size[1] * _COARSE), Image.Resampling.BILINEAR)
    mask = mask.crop((place[0] - x, place[1] - y, place[2] - x, place[3] - y))
    canvas = ImageDraw.Draw(mask)
    for left, top, right, bottom in boxes:
        canvas.rectangle(
            (left - place[0] - 2, top - place[1] - 2, right - place[0] + 1, bottom - place[1] + 1), fill=255
        )
    return mask
