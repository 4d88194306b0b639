"""Scenes with a clip, quickly: what lies under and over it is kept, its frames are read in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from renderers.clips import ClipReader, to_rgb_quickly
from renderers.draw import Drawn, compose


class ClipScene:
    """Draws a scene of pictures with one clip for one face, as `compose` does. Its frames' colours are interpolated more
    simply, which a film's own colours at half the size do not show."""

    def __init__(self, width: int, height: int, asset_path: Callable[[str], Path]) -> None:
        self.size = (width, height)
        self.asset_path = asset_path
        self._layers: Sequence[Drawn] | None = None
        self._reader: ClipReader | None = None
        self._at = (0, 0, 0, 0)
        self._under = Image.new("RGB", (width, height))
        self._over: list[tuple[int, int, Image.Image]] = []

    def picture(self, layers: Sequence[Drawn], offset_ms: int) -> Image.Image | None:
        """The picture at an offset; None for scenes of another kind. Raises OSError when an asset cannot be read."""
        if self._layers is not layers:
            self.close()
            self._open(layers)
        if self._reader is None:
            return None
        frame = self._reader.at(offset_ms)
        x, y, width, height = self._at
        if frame.size != (width, height):
            frame = frame.resize((width, height), Image.Resampling.BILINEAR)
        canvas = self._under.copy()
        canvas.paste(frame, (x, y))
        for left, top, over in self._over:
            canvas.paste(over, (left, top), over if over.mode == "RGBA" else None)
        return canvas

    def close(self) -> None:
        """Let the clip go."""
        if self._reader is not None:
            self._reader.close()
        self._layers = self._reader = None

    def _open(self, layers: Sequence[Drawn]) -> None:
        self._layers = layers
        places = [number for number, one in enumerate(layers) if one.kind == "video"]
        if len(places) != 1 or any(one.kind not in ("image", "video", "audio", "stream") for one in layers):
            return
        place = places[0]
        self._at = _rect(layers[place])
        self._under = compose(*self.size, layers[:place], 0, self.asset_path)
        self._over = [self._opened(one) for one in layers[place + 1 :] if one.kind in ("image", "stream")]
        self._reader = ClipReader(self.asset_path(layers[place].asset), to_rgb_quickly)

    def _opened(self, layer: Drawn) -> tuple[int, int, Image.Image]:
        x, y, width, height = _rect(layer)
        with Image.open(self.asset_path(layer.asset), formats=("PNG",)) as opened:
            over = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
        if over.size != (width, height):
            over = over.resize((width, height), Image.Resampling.BILINEAR)
        return x, y, over


def _rect(layer: Drawn) -> tuple[int, int, int, int]:
    x, y, width, height = layer.rect.as_list() if hasattr(layer.rect, "as_list") else layer.rect
    return int(x), int(y), int(width), int(height)
