"""What is known of a checked file, and the limits of what is accepted."""

from __future__ import annotations

from dataclasses import dataclass

MAX_PICTURE_BYTES = 100 * 1024 * 1024
MAX_CLIP_BYTES = 2 * 1024 * 1024 * 1024
MAX_CLIP_MS = 10 * 60 * 1000
MIN_CLIP_MS = 400
SHOWN_CLIP_MS = 60_000
MAX_CLIP_PIXELS = 4096 * 2304
MAX_CLIP_SIDE = 8192
MAX_STREAMS = 32
MIN_SIDE = 48
MAX_SIDE = 32_000
MAX_PAGES = 20
MAX_PIXELS = 64_000_000
"""Of a picture whose decoder needs all of them in memory at once (`PIXELS` has the exceptions)."""
PIXELS = {"jpeg": 200_000_000, "webp": 24_000_000, "heif": 50_000_000}
"""JPEG is read at a reduced size; the others keep a second copy while they decode."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """A checked picture: its kind and its size in pixels as seen (after its EXIF orientation). A PDF has the size of its
    first page as drawn."""

    kind: str
    width: int
    height: int
    bytes: int
    pages: int = 1


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """A checked clip. Width and height are as seen: turned upright, with square pixels; `square` says whether the file's own
    pixels already are."""

    kind: str
    width: int
    height: int
    duration_ms: int
    fps: float
    codec: str
    sound: bool
    bytes: int
    hdr: bool = False
    matrix: str = ""
    interlaced: bool = False
    square: bool = True

    @property
    def shown_ms(self) -> int:
        """How much of it is shown on a screen: no more than a minute."""
        return min(self.duration_ms, SHOWN_CLIP_MS)
