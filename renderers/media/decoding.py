"""Decodes a stranger's picture and writes our copy: `python -m renderers.media.decoding KIND PATH FOLDER PAGES`.

Runs only as a child with limits (`renderers.media.normal`). Prints JSON: the size as seen, the number of pages, and the
files made; or `{"refused": code}`. Never holds more than the decoded picture, its copy and a band of rows.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms

from renderers.media.facts import MAX_PIXELS, MAX_SIDE, MIN_SIDE, PIXELS
from renderers.media.sniff import PICTURES

LONGEST = 8192
COPY_PIXELS = 24_000_000
LOSSLESS_PIXELS = 4_200_000
CLEAR_LONGEST, CLEAR_PIXELS = 4096, 8_400_000
PDF_LONGEST = 2048
_COEFFICIENT_BYTES = 320_000_000
_BAND_ROWS = 256
_REACH = 4
_LOSSY = frozenset({"jpeg", "heif", "webp"})
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Refused(Exception):
    def __init__(self, code: str, limit: int = 0) -> None:
        super().__init__(code)
        self.found: dict[str, Any] = {"refused": code, "limit": limit}


def picture(kind: str, path: Path, folder: Path) -> dict[str, Any]:
    """Our copy of a picture. Raises `Refused`, or whatever decoders raise."""
    if kind == "heif":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    with Image.open(path, formats=PICTURES[kind]) as opened:
        size = opened.size
        _check(kind, opened)
        clear = opened.has_transparency_data
        wanted = _fitted(size, CLEAR_LONGEST if clear else LONGEST, CLEAR_PIXELS if clear else COPY_PIXELS)
        if kind == "jpeg":
            opened.draft(None, wanted)
        opened.load()
        turn = _TURNS.get(_orientation(opened))
        if kind == "tiff" and (opened.width > opened.height) != (size[0] > size[1]):  # Pillow has turned it already
            wanted = wanted[::-1]
            size = size[::-1]
        copy = _copied(opened, wanted)
    if turn is not None:
        copy = copy.transpose(turn)
        if turn not in (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.ROTATE_180):
            size = size[::-1]
    made = _written(copy, folder / "1", lossy=kind in _LOSSY)
    return {"width": size[0], "height": size[1], "count": 1, "pages": [made]}


def _check(kind: str, opened: Image.Image) -> None:
    width, height = opened.size
    limit = PIXELS.get(kind, MAX_PIXELS)
    if min(width, height) < MIN_SIDE:
        raise Refused("too_small", MIN_SIDE)
    if width * height > limit or max(width, height) > MAX_SIDE:
        raise Refused("too_many_pixels", limit)
    if kind in ("png", "gif", "webp") and getattr(opened, "is_animated", False):
        raise Refused("animated")
    if kind == "jpeg" and "progressive" in opened.info:
        layers = getattr(opened, "layer", [])
        most = max((h * v for _, h, v, _ in layers), default=1)
        if 2 * width * height * sum(h * v for _, h, v, _ in layers) / most > _COEFFICIENT_BYTES:
            raise Refused("too_many_pixels", _COEFFICIENT_BYTES // 6)


def _fitted(size: tuple[int, int], longest: int, pixels: int) -> tuple[int, int]:
    width, height = size
    share = min(1.0, longest / max(size), (pixels / (width * height)) ** 0.5)
    return max(1, round(width * share)), max(1, round(height * share))


def _orientation(opened: Image.Image) -> int:
    try:
        return int(opened.getexif().get(0x0112, 1))
    except Exception:  # a broken EXIF block says nothing
        return 1


def _copied(opened: Image.Image, wanted: tuple[int, int]) -> Image.Image:
    """The picture as 8-bit sRGB at the wanted size, converted and scaled by bands of rows."""
    convert = _converter(opened)
    mode = convert(opened.crop((0, 0, opened.width, 1))).mode
    copy = Image.new(mode, wanted)
    scale = opened.height / wanted[1]
    reach = int(_REACH * scale) + 2
    for top in range(0, wanted[1], _BAND_ROWS):
        bottom = min(wanted[1], top + _BAND_ROWS)
        first = max(0, int(top * scale) - reach)
        last = min(opened.height, int(bottom * scale) + reach + 1)
        band = convert(opened.crop((0, first, opened.width, last)))
        if opened.size == wanted:
            part = band.crop((0, top - first, opened.width, bottom - first))
        else:
            box = (0.0, top * scale - first, float(opened.width), min(bottom * scale - first, float(band.height)))
            part = band.resize((wanted[0], bottom - top), Image.Resampling.LANCZOS, box=box)
        copy.paste(part, (0, top))
    if mode == "RGBA" and copy.getchannel("A").getextrema() == (255, 255):
        return copy.convert("RGB")
    return copy


def _converter(opened: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """What turns a band of this picture into sRGB, with its transparency if it has any."""
    clear = opened.has_transparency_data
    if opened.mode.startswith("I;16"):
        high = 0 if opened.mode == "I;16B" else 1
        return lambda band: Image.frombytes("L", band.size, band.tobytes()[high::2]).convert("RGB")
    if opened.mode == "I":
        return lambda band: band.point(lambda value: value * (1 / 257) + 0.5).convert("L").convert("RGB")
    if opened.mode == "F":
        raise Refused("corrupt")
    inked = opened.mode if opened.mode in ("CMYK", "L", "LAB") and not clear else "RGB"
    change = _profile_change(opened.info.get("icc_profile"), inked)

    def convert(band: Image.Image) -> Image.Image:
        alpha = band.convert("RGBA").getchannel("A") if clear else None
        plain = band.convert(inked)
        coloured = ImageCms.applyTransform(plain, change) if change else None
        result = coloured if coloured is not None else plain.convert("RGB")
        if alpha is not None:
            result.putalpha(alpha)
        return result

    return convert


def _profile_change(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The way from an embedded profile to sRGB; a broken profile is worth nothing, the numbers are taken as sRGB."""
    if not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB", intent)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _written(copy: Image.Image, stem: Path, *, lossy: bool) -> dict[str, Any]:
    clean = Image.new(copy.mode, (1, 1))
    copy.info = clean.info  # no profile, no EXIF, no place where a photograph was taken
    if copy.mode == "RGBA" or (not lossy and copy.width * copy.height <= LOSSLESS_PIXELS):
        target = stem.with_suffix(".png")
        copy.save(target, "PNG", compress_level=4)
    else:
        target = stem.with_suffix(".jpg")
        copy.save(target, "JPEG", quality=95, subsampling=0)
    return {"file": target.name, "width": copy.width, "height": copy.height}


def pages(path: Path, folder: Path, most: int) -> dict[str, Any]:
    """The first pages of a PDF, each as a picture of at most 2048 pixels. Raises `Refused` or PdfiumError."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise Refused("locked" if "password" in str(error).lower() else "corrupt") from error
    count = len(document)
    if count < 1:
        raise Refused("corrupt")
    made = []
    for number in range(min(count, most)):
        page = document[number]
        width, height = page.get_size()
        short, long = sorted((width, height))
        if not short > 0 or short / long * PDF_LONGEST < MIN_SIDE:
            raise Refused("too_small", MIN_SIDE)
        drawn = page.render(scale=PDF_LONGEST / long, may_draw_forms=False)
        copy = drawn.to_pil().convert("RGB")
        made.append(_written(copy, folder / str(number + 1), lossy=False))
        page.close()
    return {"width": made[0]["width"], "height": made[0]["height"], "count": count, "pages": made}


def main() -> None:
    kind, path, folder, most = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    Image.MAX_IMAGE_PIXELS = None  # `_check` counts them, kind by kind, before anything is decoded
    warnings.simplefilter("ignore")
    try:
        found = pages(path, folder, most) if kind == "pdf" else picture(kind, path, folder)
    except Refused as refused:
        found = refused.found
    except MemoryError:
        found = {"refused": "too_heavy"}
    except Exception as error:  # decoders raise whatever they like on hostile bytes
        print(f"{type(error).__name__}: {error}"[:300], file=sys.stderr)
        found = {"refused": "corrupt"}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
