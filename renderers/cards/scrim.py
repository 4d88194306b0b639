"""The shade between a picture and the text on it: as dark as the brightest place under the text needs, gone where it is not needed."""

from __future__ import annotations

import numpy as np
from PIL import Image

from renderers.colour import MIN_CONTRAST, RGB, Pixels, luminance
from renderers.fit import Stack
from renderers.ground import dither
from renderers.pictures import scrim_need
from renderers.text import Box

_MARGIN = 0.4
"""Contrast above what must be, for rounding and the dither's noise."""
_VEIL = 0.36
_ABOVE = 0.30
_BESIDE = 0.5
_FAR = 0.55
"""What is left of the shade on the far side of the face: a shade that ends beside the text looks like a stain."""


def dimmest(stack: Stack) -> RGB:
    """The darkest of a light text's colours: what its scrim must be made for."""
    return min((line.colour for line in stack.lines), key=luminance)


def scrim(pixels: Pixels, area: Box, ground: RGB, text: RGB) -> Pixels:
    """Opacity 0…1 (height, width) of a scrim of `ground` under a text in `area` (left, top, right, bottom) on `pixels` (height,
    width, 3): enough for the contrast everywhere in the area, rising over what lies above, falling to the sides."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = max(0, area[0]), max(0, area[1]), min(width, area[2]), min(height, area[3])
    need = scrim_need(pixels[top:bottom, left:right], ground, text, MIN_CONTRAST + _MARGIN)
    down = _rise(np.arange(height, dtype=np.float32) - (top - height * _ABOVE), height * _ABOVE)[:, None]
    across = _FAR + (1 - _FAR) * _rise(right + width * _BESIDE - np.arange(width, dtype=np.float32), width * _BESIDE)
    return np.asarray(down * np.maximum(across[None, :] * np.float32(need), np.float32(_VEIL)))


def _rise(place: Pixels, reach: float) -> Pixels:
    """A smooth step from 0 to 1 over `reach`."""
    share = np.clip((place + 1) / np.float32(max(1.0, reach)), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def shaded(picture: Image.Image, area: Box, ground: RGB, text: RGB) -> Image.Image:
    """A picture (RGB) under its scrim."""
    picture = picture.copy()
    picture.paste(ground, (0, 0, *picture.size), mask(scrim(np.asarray(picture), area, ground, text)))
    return picture


def veil(alpha: Pixels, ground: RGB) -> Image.Image:
    """A scrim alone (RGBA), to lie on a clip."""
    image = Image.new("RGBA", alpha.shape[::-1], (*ground, 0))
    image.putalpha(mask(alpha))
    return image


def mask(alpha: Pixels) -> Image.Image:
    """Opacity 0…1 in 256 steps (mode L), dithered as the ground is."""
    return Image.fromarray(dither(alpha[..., None] * np.float32(255))[..., 0])
