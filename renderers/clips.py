"""Frames of our own transcoded clips (trusted: made by `renderers.video`), by place in time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from renderers.colour import Pixels
from renderers.stills import instants, worth

_OPEN_AT_ONCE = 4
_CLEAR_ENOUGH = 0.4


class ClipReader:
    """Reads the frames of a constant-rate H.264 clip. Going forward within a second needs no seek. `convert` makes RGB
    bytes of a decoded frame (None: `to_rgb`)."""

    def __init__(self, path: Path, convert: Callable[[Any], Pixels] | None = None) -> None:
        self._convert = convert or to_rgb
        self._container = av.open(str(path), format="mov")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "SLICE"
        rate = self._stream.average_rate
        if rate is None or self._stream.time_base is None:
            raise ValueError(f"{path.name}: no constant frame rate")
        self.fps = float(rate)
        self.frames = self._stream.frames
        self._ticks = 1 / (rate * self._stream.time_base)
        self._next: Any = None
        self._last: tuple[int, Pixels] | None = None

    @property
    def duration_ms(self) -> int:
        return round(self.frames * 1000 / self.fps)

    def index_at(self, offset_ms: int) -> int:
        """The frame on screen at an offset: the last one that began; the first and last frames at either end."""
        return max(0, min(self.frames - 1, int(offset_ms * self.fps / 1000 + 1e-6)))

    def at(self, offset_ms: int) -> Image.Image:
        """The picture at an offset, BT.709 limited range as full-range RGB."""
        return Image.fromarray(self.frame(self.index_at(offset_ms)))

    def frame(self, index: int) -> Pixels:
        """A frame's pixels (height, width, 3)."""
        if self._last and self._last[0] == index:
            return self._last[1]
        if self._next is None or not self._last or not 0 < index - self._last[0] <= 2 * self.fps:
            self._container.seek(int(index * self._ticks), stream=self._stream)
            self._next = self._container.decode(self._stream)
        shown = None
        for frame in self._next:
            if frame.pts is None:
                continue
            shown = frame
            if round(frame.pts / self._ticks) >= index:
                break
        if shown is None:
            raise ValueError("the clip has no frame there")
        pixels = self._convert(shown)
        self._last = (index, pixels)
        return pixels

    def still(self) -> Pixels:
        """The pixels that stand for the clip while it does not play: its first picture, from which it starts without a
        jump, unless another is much clearer (many clips begin black)."""
        first = self.frame(0).copy()
        frames = [self.frame(self.index_at(instant)) for instant in instants(self.duration_ms, 5)]
        best = max(frames, key=lambda pixels: worth(Image.fromarray(pixels)))
        clear = _CLEAR_ENOUGH * worth(Image.fromarray(best))
        return first if worth(Image.fromarray(first)) >= clear else best

    def close(self) -> None:
        self._container.close()


def to_rgb(frame: Any) -> Pixels:
    """A decoded yuv420p frame as RGB bytes: BT.709, limited range, chroma sited left and interpolated."""
    planes = [_plane(plane) for plane in frame.planes[:3]]
    height, width = planes[0].shape
    luma = (planes[0].astype(np.float32) - 16) * (255 / 219)
    blue, red = ((_enlarged(plane, width, height) - 128) * (255 / 224) for plane in planes[1:])
    rgb = np.stack((luma + 1.5748 * red, luma - 0.187324 * blue - 0.468124 * red, luma + 1.8556 * blue), axis=-1)
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


def to_rgb_quickly(frame: Any) -> Pixels:
    """`to_rgb` by swscale, whose chroma is not interpolated: twenty times as fast, for pictures that become a clip again."""
    colours = av.video.reformatter.Colorspace.ITU709
    rgb = frame.reformat(format="rgb24", src_colorspace=colours, dst_colorspace=colours)
    pixels: Pixels = rgb.to_ndarray()
    return pixels


def _plane(plane: Any) -> Pixels:
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]


def _enlarged(plane: Pixels, width: int, height: int) -> Pixels:
    picture = Image.fromarray(plane.astype(np.float32), mode="F")
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR), dtype=np.float32)


_readers: OrderedDict[Path, ClipReader] = OrderedDict()
_lock = threading.Lock()


def picture_at(path: Path, offset_ms: int) -> Image.Image:
    """The picture of a clip at an offset; a few clips stay open, so frames in order are cheap."""
    with _lock:
        reader = _readers.pop(path, None) or ClipReader(path)
        _readers[path] = reader
        while len(_readers) > _OPEN_AT_ONCE:
            _readers.popitem(last=False)[1].close()
        return reader.at(offset_ms)
