"""`draw()`: the exact pixels of a face at an instant, as a browser composes them from the same assets."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from cms.plugin_api.types import Glyphs, TransitionKind
from renderers.clips import picture_at
from renderers.colour import Pixels
from renderers.glyphs import Value, cells
from renderers.motion import corners, eased, edge

KEPT_BYTES = 48 * 1024 * 1024
"""Decoded pictures that stay in memory, so that the next frame of the same scene is quick."""
AssetPath = Callable[[str], Path]


class Drawn(Protocol):
    """A layer, whether of `cms.plugin_api.types` or of a schedule; `rect` is a `Rect` or (x, y, width, height)."""

    @property
    def kind(self) -> str: ...
    @property
    def asset(self) -> str: ...
    @property
    def rect(self) -> Any: ...
    @property
    def strip(self) -> Any: ...
    @property
    def glyphs(self) -> Any: ...


def draw(
    width: int,
    height: int,
    layers: Sequence[Drawn],
    offset_ms: float,
    *,
    previous: Sequence[Drawn] | None = None,
    previous_offset_ms: float = 0,
    progress: float = 1.0,
    transition: TransitionKind = "fade",
    instant_ms: float = 0,
    values: Mapping[str, Value] | None = None,
    asset_path: AssetPath,
) -> Image.Image:
    """The picture (RGB) of a face of `width` × `height` pixels.

    `layers` are those of the scene on screen, `offset_ms` after it came in. While it comes in, `previous` lies
    underneath (None: black) and the scene covers it as `transition` says, `progress` (0…1, linear in time) of the way;
    a fade is blended in sRGB as browsers do. `instant_ms` (UTC) and `values` (of `now.json`, by name) are what `glyphs`
    layers tell. `asset_path` finds an asset by its hash. Raises OSError when an asset is missing or unreadable.
    """
    live = (instant_ms, values or {})
    current = compose(width, height, layers, offset_ms, asset_path, *live)
    if progress >= 1 or transition == "cut":
        return current
    under = compose(width, height, previous or (), previous_offset_ms, asset_path, *live)
    if transition == "fade":
        return _blended(under, current, eased(transition, progress))
    x = edge(transition, progress, width)
    if transition == "slide":
        canvas = Image.new("RGB", (width, height))
        canvas.paste(under, (x - width, 0))
        canvas.paste(current, (x, 0))
        return canvas
    under.paste(current.crop((0, 0, x, height)), (0, 0))
    return under


def _blended(under: Image.Image, over: Image.Image, share: float) -> Image.Image:
    low, high = np.asarray(under, dtype=np.float32), np.asarray(over, dtype=np.float32)
    blended: Pixels = np.rint(low + (high - low) * share)
    return Image.fromarray(blended.astype(np.uint8))


def compose(
    width: int,
    height: int,
    layers: Sequence[Drawn],
    offset_ms: float,
    asset_path: AssetPath,
    instant_ms: float = 0,
    values: Mapping[str, Value] | None = None,
) -> Image.Image:
    """A scene's layers over black, first at the bottom."""
    canvas = Image.new("RGB", (width, height))
    for layer in layers:
        x, y, wide, high = _rect(layer.rect)
        if layer.kind in ("image", "stream"):  # nobody knows what a stream shows: its poster stands for it
            picture = _picture(asset_path(layer.asset))
        elif layer.kind == "video":
            picture = picture_at(asset_path(layer.asset), int(offset_ms))
        elif layer.kind in ("strip", "glyphs"):
            source = _picture(asset_path(layer.asset))
            if layer.kind == "strip":
                pieces = _strip(layer, source, offset_ms, (wide, high))
            else:
                pieces = _glyphs(layer, source, instant_ms, values or {}, wide)
            _paste(canvas, pieces, x, y, wide, high)
            continue
        else:
            continue  # sound has no pixels
        if picture.size != (wide, high):
            picture = picture.resize((wide, high), Image.Resampling.BILINEAR)
        canvas.paste(picture, (x, y), picture if picture.mode == "RGBA" else None)
    return canvas


Piece = tuple[int, int, Image.Image]
"""A picture and its top left corner in a layer's rectangle."""


def _strip(layer: Drawn, source: Image.Image, offset_ms: float, room: tuple[int, int]) -> list[Piece]:
    """What is seen of a picture that moves, cut to the rectangle: it may be sixteen thousand pixels wide."""
    pieces = []
    for x, y in corners(layer.strip, offset_ms, source.size, room):
        left, top = max(0, -x), max(0, -y)
        box = (left, top, min(source.width, room[0] - x), min(source.height, room[1] - y))
        pieces.append((x + left, y + top, source.crop(box)))
    return pieces


def _glyphs(
    layer: Drawn, source: Image.Image, instant_ms: float, values: Mapping[str, Value], width: int
) -> list[Piece]:
    row = cells(_typed(layer.glyphs), instant_ms, values, width)
    return [(x, 0, source.crop((r.x, r.y, r.x + r.width, r.y + r.height))) for x, _, r in row]


def _typed(glyphs: Any) -> Glyphs:
    """A schedule's glyphs as the contract's."""
    return glyphs if isinstance(glyphs, Glyphs) else Glyphs.from_json(glyphs.model_dump(exclude_none=True))


def _paste(canvas: Image.Image, pieces: Sequence[Piece], x: int, y: int, width: int, height: int) -> None:
    """Pieces into their layer's rectangle, nothing beyond it."""
    for left, top, piece in pieces:
        if left + piece.width > width or top + piece.height > height:
            piece = piece.crop((0, 0, min(piece.width, width - left), min(piece.height, height - top)))
        if piece.width > 0 and piece.height > 0:
            canvas.paste(piece, (x + left, y + top), piece if piece.mode == "RGBA" else None)


def _rect(rect: Any) -> tuple[int, int, int, int]:
    x, y, width, height = rect.as_list() if hasattr(rect, "as_list") else rect
    return int(x), int(y), int(width), int(height)


class _Pictures:
    """Decoded PNGs, the last used ones up to a number of bytes. They are read, never changed."""

    def __init__(self, most: int) -> None:
        self.most, self.bytes = most, 0
        self._kept: OrderedDict[tuple[str, int, int], Image.Image] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: Path) -> Image.Image:
        """RGB, or RGBA when it is transparent anywhere. Raises OSError."""
        found = path.stat()
        key = (str(path), found.st_mtime_ns, found.st_size)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        with Image.open(path, formats=("PNG",)) as opened:
            picture = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
        with self._lock:
            if key not in self._kept:
                self._kept[key] = picture
                self.bytes += _bytes(picture)
            while self.bytes > self.most:
                _, gone = self._kept.popitem(last=False)
                self.bytes -= _bytes(gone)
        return picture


def _bytes(picture: Image.Image) -> int:
    return 4 * picture.width * picture.height  # Pillow keeps four bytes a pixel, of RGB too


_pictures = _Pictures(KEPT_BYTES)
_picture = _pictures.get
