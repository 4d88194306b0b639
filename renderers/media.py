"""Uploads: pictures and clips are checked by their content before anything else touches them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from renderers import messages
from renderers.child import ChildFailed, run_json
from renderers.messages import MediaRefused
from renderers.sniff import CLIPS, PICTURES, hidden, kind_of

__all__ = ["ClipFacts", "MediaRefused", "PictureFacts", "check_clip", "check_picture"]

MAX_PICTURE_BYTES = 60 * 1024 * 1024
MAX_CLIP_BYTES = 2 * 1024 * 1024 * 1024
MAX_PIXELS = 64_000_000
MAX_SIDE = 20_000
MIN_SIDE = 48
MAX_CLIP_MS = 10 * 60 * 1000
MIN_CLIP_MS = 400
SHOWN_CLIP_MS = 60_000
PROBE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """A checked picture: its kind and its size in pixels as seen (after its EXIF orientation)."""

    kind: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """A checked clip. Width and height are as seen: turned upright, with square pixels."""

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

    @property
    def shown_ms(self) -> int:
        """How much of it is shown on a screen: no more than a minute."""
        return min(self.duration_ms, SHOWN_CLIP_MS)


def check_picture(path: Path) -> PictureFacts:
    """Facts of a picture (JPEG, PNG, WebP, GIF of one frame), decoded in full once. Raises `MediaRefused`."""
    size = _size(path, MAX_PICTURE_BYTES)
    kind = kind_of(path)
    if kind not in PICTURES:
        raise messages.not_a_picture(kind)
    if found := hidden(path):
        raise messages.polyglot(found)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=PICTURES[kind]) as picture:
                _check_size(*picture.size)
                if kind != "jpeg" and getattr(picture, "n_frames", 1) > 1:
                    raise messages.animated()
                turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
                picture.load()
                width, height = picture.size[::-1] if turned else picture.size
    except MediaRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise messages.too_many_pixels(MAX_PIXELS) from error
    except Exception as error:  # decoders raise whatever they like on hostile bytes
        raise messages.corrupt_picture() from error
    return PictureFacts(kind, width, height, size)


def check_clip(path: Path) -> ClipFacts:
    """Facts of a clip, read in a child process with limits, by the one demuxer its first bytes name. Raises `MediaRefused`."""
    size = _size(path, MAX_CLIP_BYTES)
    kind = kind_of(path)
    if kind not in CLIPS:
        raise messages.not_a_clip(kind)
    try:
        facts = run_json("renderers.clip_probe", [kind, str(path.resolve())], seconds=PROBE_SECONDS)
    except ChildFailed as error:
        raise messages.corrupt_clip() from error
    if code := facts.get("refused"):
        raise messages.clip_refused(code, MAX_CLIP_MS)
    clip = ClipFacts(kind=kind, bytes=size, **facts)
    _check_size(clip.width, clip.height)
    if clip.duration_ms > MAX_CLIP_MS or clip.duration_ms < MIN_CLIP_MS:
        raise messages.clip_refused("too_long" if clip.duration_ms > MAX_CLIP_MS else "too_short", MAX_CLIP_MS)
    return clip


def _size(path: Path, limit: int) -> int:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise messages.unreadable() from error
    if size == 0:
        raise messages.empty()
    if size > limit:
        raise messages.too_large(limit)
    return size


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise messages.too_many_pixels(MAX_PIXELS)
    if min(width, height) < MIN_SIDE:
        raise messages.too_small(MIN_SIDE)
