"""Is this file a picture or a clip that can be shown? By its content; the name counts for nothing."""

from __future__ import annotations

import stat
from pathlib import Path

from renderers.child import ChildFailed, run_json
from renderers.media import messages
from renderers.media.facts import (
    MAX_CLIP_BYTES,
    MAX_CLIP_MS,
    MAX_CLIP_PIXELS,
    MAX_CLIP_SIDE,
    MIN_CLIP_MS,
    MIN_SIDE,
    ClipFacts,
    PictureFacts,
)
from renderers.media.sniff import CLIPS, hidden_in_clip, kind_of
from renderers.scratch import scratch

PROBE_SECONDS = 60


def check_picture(path: Path) -> PictureFacts:
    """Facts of a picture, decoded in full once, in a child with limits. Raises `MediaRefused`."""
    from renderers.media.normal import normalise

    with scratch("check") as folder:
        return normalise(path, folder, most_pages=1).facts


def check_clip(path: Path) -> ClipFacts:
    """Facts of a clip, read in a child with limits, by the one demuxer its first bytes name. Raises `MediaRefused`."""
    size = checked_size(path, MAX_CLIP_BYTES)
    kind = kind_of(path)
    if kind not in CLIPS:
        raise messages.not_a_clip(kind)
    if found := hidden_in_clip(path):
        raise messages.polyglot(found, clip=True)
    try:
        facts = run_json("renderers.media.probe", [kind, str(path.resolve())], seconds=PROBE_SECONDS)
    except ChildFailed as error:
        raise messages.corrupt_clip() from error
    if code := facts.get("refused"):
        raise messages.clip_refused(code, MAX_CLIP_MS)
    clip = ClipFacts(kind=kind, bytes=size, **facts)
    if clip.width * clip.height > MAX_CLIP_PIXELS or max(clip.width, clip.height) > MAX_CLIP_SIDE:
        raise messages.clip_refused("too_many_pixels", MAX_CLIP_MS)
    if min(clip.width, clip.height) < MIN_SIDE:
        raise messages.too_small(MIN_SIDE)
    if clip.duration_ms > MAX_CLIP_MS or clip.duration_ms < MIN_CLIP_MS:
        raise messages.clip_refused("too_long" if clip.duration_ms > MAX_CLIP_MS else "too_short", MAX_CLIP_MS)
    return clip


def checked_size(path: Path, limit: int) -> int:
    """Bytes of a plain file of at least one and at most `limit` bytes. Raises `MediaRefused`."""
    try:
        found = path.lstat()
    except (OSError, ValueError) as error:
        raise messages.unreadable() from error
    if not stat.S_ISREG(found.st_mode):
        raise messages.unreadable()
    if found.st_size == 0:
        raise messages.empty()
    if found.st_size > limit:
        raise messages.too_large(limit)
    return found.st_size
