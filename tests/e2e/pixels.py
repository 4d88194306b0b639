"""Comparing what a browser shows with what the server draws."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image


def share_of_different_pixels(left: Image.Image, right: Image.Image, tolerance: int = 8) -> float:
    """The share of pixels of which any channel differs by more than `tolerance` of 255."""
    assert left.size == right.size
    difference = np.abs(np.asarray(left.convert("RGB"), np.int16) - np.asarray(right.convert("RGB"), np.int16))
    return float((difference.max(axis=2) > tolerance).mean())


def luma_psnr(left: Image.Image, right: Image.Image) -> float:
    """Peak signal-to-noise ratio of the luma (BT.709), in dB."""
    assert left.size == right.size
    weights = np.array([0.2126, 0.7152, 0.0722])
    luma = [np.asarray(one.convert("RGB"), np.float64) @ weights for one in (left, right)]
    error = float(((luma[0] - luma[1]) ** 2).mean())
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def crop(canvas: Image.Image, rect: list[int]) -> Image.Image:
    """The part of a canvas that is a face; `rect`: x, y, width, height in pixels."""
    x, y, width, height = rect
    return canvas.crop((x, y, x + width, y + height))


def is_black(picture: Image.Image) -> bool:
    return picture.convert("RGB").getbbox() is None
