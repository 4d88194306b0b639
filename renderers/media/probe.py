"""Reads a clip's facts with PyAV and prints them as JSON: `python -m renderers.media.probe DEMUXER PATH`.

Runs only as a child with limits (`renderers.child`): the bytes are a stranger's. Prints `{"refused": code}` for a file
that can be read but not used.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import av

from renderers.media.codecs import AUDIO_CODECS, VIDEO_CODECS, WHITELIST
from renderers.media.facts import MAX_CLIP_MS, MAX_CLIP_PIXELS, MAX_STREAMS

_PQ, _HLG = 16, 18
_ATTACHED = 0x400
_MATRICES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020", 10: "bt2020"}
_DECODED = 5


def probe(demuxer: str, path: str) -> dict[str, Any]:
    options = {"protocol_whitelist": "file", "codec_whitelist": WHITELIST}
    with av.open(path, format=demuxer, options=options) as clip:
        if len(clip.streams) > MAX_STREAMS:
            return {"refused": "tracks"}
        streams = [one for one in clip.streams.video if not int(getattr(one, "disposition", 0)) & _ATTACHED]
        if not streams:
            return {"refused": "no_picture"}
        stream = streams[0]
        context = stream.codec_context
        if context is None or not _among(stream, VIDEO_CODECS):
            return {"refused": "codec"}
        if context.width * context.height > MAX_CLIP_PIXELS:
            return {"refused": "too_many_pixels"}
        context.thread_count = 2
        decoded, rotation, interlaced, last, declared = 0, 0, False, 0.0, _duration(clip, stream)
        for packet in clip.demux(stream):
            if packet.pts is not None and packet.time_base is not None:
                last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if last * 1000 > 2 * MAX_CLIP_MS:
                break
            if decoded < _DECODED:
                for frame in packet.decode():
                    rotation = int(getattr(frame, "rotation", 0))
                    interlaced = interlaced or bool(frame.interlaced_frame)
                    decoded += 1
        if not decoded:
            return {"refused": "corrupt"}
        start = float((stream.start_time or 0) * (stream.time_base or 0))
        seconds = last - start if last > start else declared
        if declared and seconds < declared * 0.85:
            return {"refused": "corrupt"}
        return {**_facts(clip, stream, seconds, rotation), "interlaced": interlaced}


def _among(stream: Any, names: tuple[str, ...]) -> bool:
    context = stream.codec_context
    return context is not None and (context.name in names or context.codec.canonical_name in names)


def _duration(clip: Any, stream: Any) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return clip.duration / av.time_base if clip.duration else 0.0


def _facts(clip: Any, stream: Any, seconds: float, rotation: int) -> dict[str, Any]:
    context = stream.codec_context
    square = float(stream.sample_aspect_ratio or 1) or 1.0
    width, height = max(1, round(context.width * square)), context.height
    if rotation % 180:
        width, height = height, width
    fps = float(stream.average_rate or stream.guessed_rate or 25)
    audio = clip.streams.audio
    return {
        "width": width,
        "height": height,
        "duration_ms": math.floor(min(seconds, 1e6) * 1000),
        "square": abs(square - 1) < 1e-6,
        "fps": round(fps if 1 <= fps <= 240 else 25.0, 3),
        "codec": context.name,
        "sound": bool(audio) and _among(audio[0], AUDIO_CODECS),
        "hdr": int(context.color_trc or 0) in (_PQ, _HLG),
        "matrix": _MATRICES.get(int(context.colorspace or 0), ""),
    }


def main() -> None:
    try:
        found = probe(sys.argv[1], sys.argv[2])
    except MemoryError:
        found = {"refused": "corrupt"}
    except Exception as error:  # PyAV and ffmpeg raise whatever they like on hostile bytes
        print(f"{type(error).__name__}: {error}"[:300], file=sys.stderr)
        found = {"refused": "corrupt"}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
