"""Photographs: opened upright in sRGB, cropped around their focal point, darkened only as much as text needs."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

from renderers.colour import MIN_CONTRAST, RGB, Pixels, luminance, luminances
from renderers.errors import RenderError
from renderers.media import MAX_PIXELS
from renderers.sniff import PICTURES, kind_of

Focal = tuple[float, float, float, float]
Window = tuple[float, float, float, float]


def open_picture(path: Path, under: RGB = (0, 0, 0), *, wanted: tuple[int, int] | None = None) -> Image.Image:
    """A checked picture as upright sRGB; transparent parts show `under`. With `wanted` a large JPEG is decoded no larger
    than needed. Raises `RenderError("no_media")`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=PICTURES.get(kind_of(path), ())) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise ValueError("too many pixels")
                if wanted and opened.format == "JPEG":
                    side = 2 * max(wanted)
                    opened.draft(None, (side, side))
                opened.load()
                picture = _upright_srgb(opened)
    except RenderError:
        raise
    except Exception as error:  # decoders raise whatever they like
        raise RenderError(
            "no_media",
            "Không mở được ảnh của thẻ này. Hãy tải ảnh lên lại.",
            "The picture of this card cannot be opened. Upload it again.",
        ) from error
    if picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, under)
        ground.paste(picture, (0, 0), picture)
        return ground
    return picture


def _upright_srgb(opened: Image.Image) -> Image.Image:
    picture = ImageOps.exif_transpose(opened)
    profile = opened.info.get("icc_profile")
    if picture.mode.startswith("I;16") or picture.mode == "I":
        values = np.asarray(picture, dtype=np.float64) / 257
        picture = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    if picture.mode in ("RGB", "CMYK", "L") and profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB"
            )
            if converted is not None:
                return converted
        except ImageCms.PyCMSError:
            pass  # a broken profile is worth nothing; the picture's numbers are taken as sRGB
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


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
