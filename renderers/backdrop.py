"""What lies behind everything on a face: a theme's gradient, its lights and its picture. Text may lie on all of it."""

from __future__ import annotations

import math
import warnings
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from renderers.colour import Pixels
from renderers.palette import Palette
from renderers.theme_format import BackgroundEntry, PictureEntry

MAX_BYTES = 2 * 1024 * 1024
MAX_SIDE = 4096


def open_ornament(folder: Path, entry: PictureEntry) -> Image.Image:
    """A theme's picture with its transparency (RGBA). Raises ValueError: outside the folder, not a still PNG or WebP, over 2 MiB or
    4096 pixels a side, broken."""
    path = (folder / entry.file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{entry.file!r} lies outside the theme's folder")
    if not path.is_file():
        raise ValueError(f"there is no file {entry.file!r}")
    return _opened(path, path.stat().st_mtime_ns, path.stat().st_size)


@lru_cache(maxsize=8)
def _opened(path: Path, changed_ns: int, size: int) -> Image.Image:
    if size > MAX_BYTES:
        raise ValueError(f"{path.name} has {size} bytes; at most {MAX_BYTES} are allowed")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG", "WEBP")) as opened:
                if max(opened.size) > MAX_SIDE or getattr(opened, "n_frames", 1) > 1:
                    raise ValueError(f"it must be one still picture of at most {MAX_SIDE} pixels a side")
                return opened.convert("RGBA")
    except Exception as error:  # decoders raise whatever they like
        raise ValueError(f"{path.name} is no PNG or WebP that can be used: {error}") from error


def backdrop(
    background: BackgroundEntry, palette: Palette, picture: Image.Image | None, width: int, height: int
) -> Pixels:
    """Gradient, lights and picture as floats 0…255 (height, width, 3)."""
    x, y = np.arange(width, dtype=np.float32)[None, :] + 0.5, np.arange(height, dtype=np.float32)[:, None] + 0.5
    pixels = _gradient(background, palette, x, y, width, height)
    for light in background.glow:
        radius = light.radius * max(width, height)
        away = np.sqrt((x - light.at[0] * width) ** 2 + (y - light.at[1] * height) ** 2) / np.float32(radius)
        near = 1 - np.minimum(away, 1)
        share = np.float32(light.strength) * near * near * (3 - 2 * near)
        pixels += (np.array(palette.glow, dtype=np.float32) - pixels) * share[..., None]
    if picture is not None and background.picture is not None:
        fitted, share = _fitted(background.picture, picture, width, height)
        pixels += (fitted - pixels) * share
    return pixels


def _gradient(background: BackgroundEntry, palette: Palette, x: Pixels, y: Pixels, width: int, height: int) -> Pixels:
    angle = math.radians(background.direction)
    dx, dy = math.sin(angle), -math.cos(angle)
    length = abs(width * dx) + abs(height * dy)
    along = ((x - width / 2) * np.float32(dx) + (y - height / 2) * np.float32(dy)) / np.float32(length) + 0.5
    places = [share for share, _ in background.stops]
    colours = [palette.named(name) for _, name in background.stops]
    channels = [np.interp(along, places, [colour[channel] for colour in colours]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def _fitted(entry: PictureEntry, picture: Image.Image, width: int, height: int) -> tuple[Pixels, Pixels]:
    """The picture filling the face around its focal point, and its opacity (height, width, 1)."""
    scale = max(width / picture.width, height / picture.height)
    wide, high = width / scale, height / scale
    left = min(max(0.0, entry.focal[0] * picture.width - wide / 2), picture.width - wide)
    top = min(max(0.0, entry.focal[1] * picture.height - high / 2), picture.height - high)
    # Without overshoot (as Lanczos has), so that no pixel leaves the range in which the contrast was checked.
    part = picture.resize((width, height), Image.Resampling.BILINEAR, box=(left, top, left + wide, top + high))
    pixels = np.asarray(part, dtype=np.float32)
    share = pixels[..., 3:] * np.float32(entry.opacity / 255)
    if entry.fade:
        start, full = entry.fade
        tall = height > width
        along = (np.arange(height if tall else width, dtype=np.float32) + 0.5) / (height if tall else width)
        seen = np.clip((along - start) / ((full - start) or 1.0), 0, 1)
        share = share * (seen[:, None, None] if tall else seen[None, :, None])
    return pixels[..., :3], share
