"""A painted landscape (dusk over hills and water), where a sheet or a test needs a picture and none is at hand."""

from __future__ import annotations

import numpy as np
from PIL import Image

_SKY = np.array([[38, 58, 110], [214, 120, 96], [250, 206, 140]], dtype=np.float64)
_PLANES = ((0.50, 0.10, (150, 104, 116)), (0.57, 0.085, (98, 76, 100)), (0.645, 0.07, (54, 54, 78)))


def landscape(width: int, height: int, *, shift: float = 0.0) -> Image.Image:
    """The picture at a size; `shift` (in widths) moves the hills, for clips."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    across, down = x / width + shift, y / height
    pixels = _ramp(np.clip(down / 0.62, 0, 1))
    sun = np.hypot((x - 0.64 * width) / height, down - 0.30)
    glow = np.clip(1 - sun / 0.6, 0, 1)[..., None] ** 2
    pixels += (np.array([255, 228, 170]) - pixels) * glow * 0.7
    pixels[sun < 0.055] = (255, 240, 205)
    for index, (level, swing, colour) in enumerate(_PLANES):
        line = level - swing * (
            0.6 * np.sin(across * (5 + 2 * index) + index * 1.7)
            + 0.3 * np.sin(across * (13 + 4 * index) + index)
            + 0.1 * np.sin(across * (37 + 5 * index))
        )
        cover = np.clip((down - line) * height, 0, 1)[..., None]
        haze = np.clip((down - line) / 0.2, 0, 1)[..., None] * 0.35
        plane = np.array(colour) + (np.array([196, 140, 120]) - np.array(colour)) * haze
        pixels += (plane - pixels) * cover
    water = np.clip((down - 0.74) * height, 0, 1)[..., None]
    ripple = 0.5 + 0.5 * np.sin(down * 260 + 3 * np.sin(across * 40))
    shine = np.clip(1 - np.abs(x / width - 0.64) / (0.05 + 0.35 * (down - 0.7)), 0, 1) * ripple
    surface = _ramp(np.clip((1.08 - down) / 0.4, 0, 1)) * 0.62 + shine[..., None] * np.array([120, 90, 40])
    pixels += (surface - pixels) * water
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def _ramp(share: np.ndarray) -> np.ndarray:
    place = share * (len(_SKY) - 1)
    low = np.clip(place.astype(int), 0, len(_SKY) - 2)
    rest = (place - low)[..., None]
    return _SKY[low] * (1 - rest) + _SKY[low + 1] * rest
