"""The ground of a theme: a gradient with a soft light and the motif, dithered because LED panels band."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from renderers.colour import Pixels
from renderers.text import Box
from renderers.themes import Palette, Shape, Theme, masks


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
    palette = theme.night if night else theme.day
    pixels = _gradient(theme, palette, width, height).copy()
    keep = _keep(width, height, tuple(keep_out))
    for group, mask in masks(theme, shape_of(width, height), width, height):
        strength = np.asarray(mask, dtype=np.float64)[..., None] / 255 * keep * float(group.get("alpha", 0.2)) * quiet
        pixels += (np.array(palette.named(group["colour"])) - pixels) * strength
    return Image.fromarray(dither(pixels))


def dither(pixels: Pixels) -> Pixels:
    """Floats 0…255 as bytes, with a fixed noise of one step in place of bands."""
    height, width = pixels.shape[:2]
    return np.clip(np.floor(pixels + _noise(width, height)[..., None]), 0, 255).astype(np.uint8)


@lru_cache(maxsize=16)
def _noise(width: int, height: int) -> Pixels:
    """Interleaved gradient noise, 0…1: even, without a grain that the eye follows, the same on every machine."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    return (52.9829189 * ((0.06711056 * x + 0.00583715 * y) % 1.0)) % 1.0


@lru_cache(maxsize=32)
def _gradient(theme: Theme, palette: Palette, width: int, height: int) -> Pixels:
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    along = 0.35 * (x + 0.5) / width + 0.65 * (y + 0.5) / height
    first, second = (np.array(colour, dtype=np.float64) for colour in palette.ground)
    pixels = first + (second - first) * along[..., None]
    away = np.hypot(x - theme.glow.at[0] * width, y - theme.glow.at[1] * height) / (
        theme.glow.radius * max(width, height)
    )
    light = theme.glow.strength * np.clip(1 - away, 0, 1) ** 2
    return pixels + (np.array(palette.glow) - pixels) * light[..., None]


def _keep(width: int, height: int, boxes: tuple[Box, ...]) -> Pixels:
    """1 where the motif may be, 0 under text, a soft way between."""
    if not boxes:
        return np.ones((height, width, 1))
    pad = max(4, round(0.035 * min(width, height)))
    mask = Image.new("L", (width, height), 255)
    canvas = ImageDraw.Draw(mask)
    for left, top, right, bottom in boxes:
        canvas.rounded_rectangle((left - 2 * pad, top - 2 * pad, right + 2 * pad, bottom + 2 * pad), pad, fill=0)
    mask = mask.filter(ImageFilter.GaussianBlur(pad * 1.1))
    canvas = ImageDraw.Draw(mask)
    for left, top, right, bottom in boxes:
        canvas.rectangle((left - 2, top - 2, right + 1, bottom + 1), fill=0)
    return np.asarray(mask, dtype=np.float64)[..., None] / 255
