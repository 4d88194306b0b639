"""Letters laid over a picture: their coverage blended in linear light, as LEDs add it.

A pixel half covered by light letters on a dark ground must give half their light. Blending sRGB values instead would give
about a fifth, so edges would look eaten and thin strokes uneven.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image

from renderers.colour import RGB, Pixels

_FAINT = 24  # below this difference of a letter from its ground the share of it cannot be told
_LIGHT = 0.18


def linear_of(values: Pixels) -> Pixels:
    """Light 0…1 of sRGB values 0…255."""
    share = np.asarray(values) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


@lru_cache(maxsize=1)
def _srgb() -> Pixels:
    share = np.arange(65536) / 65535
    return np.rint(np.where(share <= 0.0031308, share * 12.92, 1.055 * share ** (1 / 2.4) - 0.055) * 255).astype(
        np.uint8
    )


def blend(image: Image.Image, coverage: Pixels, x: int, y: int, colour: RGB) -> None:
    """Lay letters of a colour over a picture (RGB, or RGBA with straight alpha). `coverage` holds 0…255 (height, width);
    its top left corner comes to (x, y). What lies outside the picture is left out. Raises ValueError for another mode."""
    if image.mode not in ("RGB", "RGBA"):
        raise ValueError(f"letters are drawn on RGB or RGBA, not on {image.mode}")
    left, top = max(0, x), max(0, y)
    right, bottom = min(image.width, x + coverage.shape[1]), min(image.height, y + coverage.shape[0])
    if left >= right or top >= bottom:
        return
    coverage = coverage[top - y : bottom - y, left - x : right - x].ravel()
    places = np.flatnonzero(coverage)
    share = coverage[places]
    pixels = np.array(image.crop((left, top, right, bottom)))
    flat = pixels.reshape(-1, pixels.shape[2])
    if image.mode == "RGB":
        row = share.astype(np.intp) << 8
        for channel, value in enumerate(colour):
            under = flat[:, channel]
            under[places] = _table(value).ravel().take(row + under[places])
    else:
        flat[places] = _over_alpha(flat[places], share, colour)
    image.paste(Image.fromarray(pixels), (left, top))


def _over(under: Pixels, share: Pixels, colour: RGB) -> Pixels:
    return np.stack([_table(value)[share, under[:, channel]] for channel, value in enumerate(colour)], axis=1)


@lru_cache(maxsize=64)
def _table(value: int) -> Pixels:
    """[coverage, value below] → value: 65,536 bytes for one value of a channel."""
    share = np.arange(256)[:, None] / 255
    light = linear_of(np.array(value)) * share + linear_of(np.arange(256))[None, :] * (1 - share)
    return _srgb()[np.rint(light * 65535).astype(np.uint16)]


def _over_alpha(under: Pixels, share: Pixels, colour: RGB) -> Pixels:
    """Letters on what may be seen through. Where it is opaque they are blended as on RGB. Elsewhere the picture below comes
    later, blended by its sRGB values (browsers and ffmpeg do so), and what can be chosen is the opacity: the one that gives
    the right light on a ground opposite to the letters, mixed with what is there already."""
    alpha = under[:, 3:].astype(np.float64) / 255
    opposite = 0.0 if linear_of(np.array(colour)).mean() > _LIGHT else 255.0
    ground = np.rint(under[:, :3] * alpha + opposite * (1 - alpha)).astype(np.uint8)
    wanted = _over(ground, share, colour).astype(np.float64)
    away = np.array(colour, dtype=np.float64) - ground
    channel = np.abs(away).argmax(axis=1)[:, None]
    gap = np.take_along_axis(away, channel, axis=1)
    risen = np.take_along_axis(wanted - ground, channel, axis=1)
    plain = share[:, None] / 255
    own = np.where(np.abs(gap) < _FAINT, plain, np.clip(risen / np.where(gap == 0, 1, gap), 0, 1))
    total = own + alpha * (1 - own)
    mixed = (own * np.array(colour) + alpha * (1 - own) * under[:, :3]) / np.maximum(total, 1e-9)
    opaque = under[:, 3:] == 255
    rgb = np.where(opaque, _over(under, share, colour), np.rint(mixed))
    return np.concatenate([rgb, np.rint(total * 255)], axis=1).astype(np.uint8)
