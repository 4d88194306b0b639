"""A clip's poster: one good picture of it as JPEG, found and made in a child.

As a program (`python -m renderers.media.poster DEMUXER PATH LENGTH_MS WIDTH HEIGHT TARGET`) it runs only as such a child.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from PIL import Image

from renderers.child import ChildFailed, run
from renderers.media import messages
from renderers.media.codecs import WHITELIST
from renderers.media.facts import ClipFacts
from renderers.media.sniff import kind_of
from renderers.stills import instants, worth

LONGEST = 1280
_SECONDS = 60


def poster(source: Path, facts: ClipFacts, target: Path) -> None:
    """Write a JPEG of at most 1280 pixels. Raises `MediaRefused` when the clip shows no picture anywhere."""
    share = min(1.0, LONGEST / max(facts.width, facts.height))
    size = [str(max(2, round(side * share))) for side in (facts.width, facts.height)]
    arguments = [facts.kind, str(source.resolve()), str(facts.shown_ms), *size, str(target.resolve())]
    try:
        run([sys.executable, "-m", "renderers.media.poster", *arguments], seconds=_SECONDS)
    except ChildFailed as error:
        target.unlink(missing_ok=True)
        raise messages.corrupt_clip() from error
    if kind_of(target) != "jpeg":
        target.unlink(missing_ok=True)
        raise messages.corrupt_clip()


def _best(demuxer: str, path: str, length_ms: int) -> tuple[Any, int]:
    import av

    best: tuple[float, Any] = (-1.0, None)
    options = {"protocol_whitelist": "file", "codec_whitelist": WHITELIST}
    with av.open(path, format=demuxer, options=options) as clip:
        stream = clip.streams.video[0]
        stream.codec_context.thread_count = 2
        start = stream.start_time or 0
        for instant in instants(length_ms):
            try:
                clip.seek(start + int(instant / 1000 / float(stream.time_base or 1)), stream=stream)
                frame: Any = next(clip.decode(stream))
            except (av.error.FFmpegError, StopIteration):
                continue
            small = frame.reformat(width=160, height=90, format="rgb24").to_image()
            best = max(best, (worth(small), frame), key=lambda one: one[0])
    if best[1] is None:
        raise ValueError("no picture can be decoded")
    return best[1], int(getattr(best[1], "rotation", 0))


def main() -> None:
    demuxer, path, length_ms, width, height, target = sys.argv[1:7]
    frame, rotation = _best(demuxer, path, int(length_ms))
    size = (int(width), int(height))
    across, down = size[::-1] if rotation % 180 else size
    shown: Any = frame.reformat(width=across, height=down, format="rgb24")
    image: Image.Image = shown.to_image()
    if rotation % 360:
        image = image.rotate(rotation, expand=True)
    image.save(target, "JPEG", quality=88)


if __name__ == "__main__":
    main()
