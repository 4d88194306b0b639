"""Uploads: pictures and clips are checked by their content before anything else touches them.

Whatever decodes a stranger's bytes does so in a child with limits (`renderers.child`). Of a picture only our own copy
(`normalise`, `working_copy`) is opened by anything else.
"""

from __future__ import annotations

from renderers.media.checks import check_clip, check_picture
from renderers.media.facts import MAX_PIXELS, SHOWN_CLIP_MS, ClipFacts, PictureFacts
from renderers.media.messages import MediaRefused
from renderers.media.normal import Page, normalise
from renderers.media.poster import poster
from renderers.media.working import working_copy

__all__ = [
    "MAX_PIXELS", "SHOWN_CLIP_MS", "ClipFacts", "MediaRefused", "Page", "PictureFacts", "check_clip", "check_picture",
    "normalise", "poster", "working_copy",
]  # fmt: skip
