"""`draw()`: the exact pixels of a face at an instant, as a browser composes them from the same assets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from renderers.clips import picture_at
from renderers.colour import Pixels


class Drawn(Protocol):
    """A layer, whether of `cms.plugin_api.types` or of a schedule; `rect` is a `Rect` or (x, y, width, height)."""

    @property
    def kind(self) -> str: ...
    @property
    def asset(self) -> str: ...
    @property
    def rect(self) -> Any: ...


def draw(
    width: int,
    height: int,
    layers: Sequence[Drawn],
    offset_ms: int,
    *,
    previous: Sequence[Drawn] | None = None,
    previous_offset_ms: int = 0,
    progress: float = 1.0,
    asset_path: Callable[[str], Path],
) -> Image.Image:
    """The picture (RGB) of a face of `width` × `height` pixels.

    `layers` are those of the scene on screen, `offset_ms` after it came in. While it comes in, `previous` lies
    underneath (None: black) and the scene covers it with opacity `progress` (easing is the caller's), blended in sRGB as
    browsers do. `asset_path` finds an asset by its hash. Raises OSError when an asset is missing or unreadable.
    """
    current = compose(width, height, layers, offset_ms, asset_path)
    if progress >= 1:
        return current
    under = compose(width, height, previous or (), previous_offset_ms, asset_path)
    low, high = np.asarray(under, dtype=np.float32), np.asarray(current, dtype=np.float32)
    blended: Pixels = np.rint(low + (high - low) * max(0.0, progress))
    return Image.fromarray(blended.astype(np.uint8))


def compose(
    width: int, height: int, layers: Sequence[Drawn], offset_ms: int, asset_path: Callable[[str], Path]
) -> Image.Image:
    """A scene's layers over black, first at the bottom."""
    canvas = Image.new("RGB", (width, height))
    for layer in layers:
        x, y, wide, high = _rect(layer.rect)
        if layer.kind == "image":
            with Image.open(asset_path(layer.asset), formats=("PNG",)) as opened:
                picture = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
        elif layer.kind == "video":
            picture = picture_at(asset_path(layer.asset), offset_ms)
        else:
            continue  # sound has no pixels
        if picture.size != (wide, high):
            picture = picture.resize((wide, high), Image.Resampling.BILINEAR)
        canvas.paste(picture, (x, y), picture if picture.mode == "RGBA" else None)
    return canvas


def _rect(rect: Any) -> tuple[int, int, int, int]:
    x, y, width, height = rect.as_list() if hasattr(rect, "as_list") else rect
    return int(x), int(y), int(width), int(height)
