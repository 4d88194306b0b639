"""Reads a clip's facts with PyAV and prints them as JSON: `python -m renderers.clip_probe DEMUXER PATH`.

Runs only as a child with limits (`renderers.child`): the bytes are a stranger's. Prints `{"refused": code}` for a file
that can be read but not used.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import av

_CODECS = frozenset(
    {
        "h264",
        "hevc",
        "vp8",
        "vp9",
        "av1",
        "mpeg4",
        "mpeg2video",
        "mpeg1video",
        "mjpeg",
        "prores",
        "msmpeg4v3",
        "dvvideo",
    }
)
_PQ, _HLG = 16, 18
_ATTACHED = 0x400
_MATRICES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020", 10: "bt2020"}
_DECODED = 5


def probe(demuxer: str, path: str) -> dict[str, Any]:
    with av.open(path, format=demuxer, options={"protocol_whitelist": "file"}) as clip:
        streams = [one for one in clip.streams.video if not int(getattr(one, "disposition", 0)) & _ATTACHED]
        if not streams:
            return {"refused": "no_picture"}
        stream = streams[0]
        context = stream.codec_context
        if context.name not in _CODECS and stream.codec.canonical_name not in _CODECS:
            return {"refused": "kind"}
        if context.width * context.height > 64_000_000:
            return {"refused": "corrupt"}
        decoded, rotation, last, declared = 0, 0, 0.0, _duration(clip, stream)
        for packet in clip.demux(stream):
            if packet.pts is not None and packet.time_base is not None:
                last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
            if decoded < _DECODED:
                for frame in packet.decode():
                    rotation = int(getattr(frame, "rotation", 0))
                    decoded += 1
        if not decoded:
            return {"refused": "corrupt"}
        start = float((stream.start_time or 0) * (stream.time_base or 0))
        seconds = last - start if last > start else declared
        if declared and seconds < declared * 0.85:
            return {"refused": "corrupt"}
        return _facts(clip, stream, seconds, rotation)


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
    return {
        "width": width,
        "height": height,
        "duration_ms": math.floor(seconds * 1000),
        "fps": round(fps if 1 <= fps <= 240 else 25.0, 3),
        "codec": context.name,
        "sound": bool(clip.streams.audio),
        "hdr": int(context.color_trc or 0) in (_PQ, _HLG),
        "matrix": _MATRICES.get(int(context.colorspace or 0), ""),
    }


def main() -> None:
    try:
        found = probe(sys.argv[1], sys.argv[2])
    except (av.error.FFmpegError, ValueError, OSError, IndexError) as error:
        print(str(error)[:300], file=sys.stderr)
        found = {"refused": "corrupt"}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
