"""Colours and their contrast (WCAG 2.2 relative luminance, the measure the 7:1 of the look refers to)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

RGB = tuple[int, int, int]
Pixels = npt.NDArray[Any]
MIN_CONTRAST = 7.0

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def parse(text: str) -> RGB:
    """`#rrggbb` as three bytes. Raises ValueError."""
    if not _HEX.fullmatch(text):
        raise ValueError(f"not a colour: {text!r} (expected #rrggbb)")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """`one` with a share (0…1) of `other`, blended in sRGB as browsers do."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def luminances(pixels: Pixels) -> Pixels:
    """Relative luminance 0…1 of an array of sRGB bytes (…, 3)."""
    linear = _LINEAR[pixels[..., :3].astype(np.uint8)]
    return linear @ np.array([0.2126, 0.7152, 0.0722])


@lru_cache(maxsize=1024)
def luminance(colour: RGB) -> float:
    return float(luminances(np.array(colour, dtype=np.uint8)))


def contrast(one: RGB, other: RGB) -> float:
    """Contrast ratio 1…21 of two colours."""
    return ratio(luminance(one), luminance(other))


def ratio(one: float, other: float) -> float:
    """Contrast ratio of two luminances."""
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)


def contrast_on(image: Image.Image, box: tuple[int, int, int, int], colour: RGB) -> float:
    """The least contrast of a colour with any pixel of an RGB image in a box (left, top, right, bottom), as far as it lies
    on the image."""
    left, top, right, bottom = box
    left, top, right, bottom = max(0, left), max(0, top), min(image.width, right), min(image.height, bottom)
    if right <= left or bottom <= top:
        return 21.0
    part = image.crop((left, top, right, bottom))
    text = luminance(colour)
    # The brightest red with the brightest green and blue is brighter than any pixel: cheap, and often enough.
    lowest, highest = zip(*part.getextrema()[:3], strict=True)
    light, dark = luminance(highest), luminance(lowest)
    if text >= light and ratio(text, light) >= _PLAIN:
        return ratio(text, light)
    if text <= dark and ratio(text, dark) >= _PLAIN:
        return ratio(text, dark)
    found = luminances(np.asarray(part))
    light, dark = float(found.max()), float(found.min())
    return ratio(text, light) if text >= light else ratio(text, dark) if text <= dark else 1.0


_PLAIN = 10.0


def _linear_table() -> Pixels:
    share = np.arange(256) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


_LINEAR = _linear_table()
