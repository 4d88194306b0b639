"""The sound of a film: clips at their places with their volumes, composed a second at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from moviepy import AudioFileClip, CompositeAudioClip

RATE = 48_000
CHANNELS = 2
_STEP_MS = 1000
_BUFFER = 4 * RATE
"""Samples that a reader keeps: more than twice a step, or moviepy loses its place."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A file that is heard from `begin_ms` to `end_ms` of the film; its own beginning lies at `zero_ms`, maybe before."""

    path: Path
    zero_ms: int
    begin_ms: int
    end_ms: int
    volume: float


def samples(sounds: Iterable[Sound], duration_ms: int) -> Iterator[bytes]:
    """`duration_ms` of sound, a second at a time: 16 bit, little endian, stereo, 48 kHz. `sounds` come in order of their
    beginning; what is silent costs nothing. Raises OSError where a file's sound cannot be read."""
    waiting = iter(sounds)
    ahead = next(waiting, None)
    open_: list[tuple[Sound, AudioFileClip]] = []
    try:
        for start in range(0, duration_ms, _STEP_MS):
            end = min(start + _STEP_MS, duration_ms)
            while ahead is not None and ahead.begin_ms < end:
                open_.append((ahead, _opened(ahead.path)))
                ahead = next(waiting, None)
            yield _mixed(open_, start, end)
            for one in [one for one in open_ if one[0].end_ms <= end]:
                one[1].close()
                open_.remove(one)
    finally:
        for _, clip in open_:
            clip.close()


def _opened(path: Path) -> AudioFileClip:
    try:
        return AudioFileClip(str(path), buffersize=_BUFFER, fps=RATE)
    except (KeyError, ValueError, IndexError) as error:  # what moviepy says of files it cannot read
        raise OSError(f"{path}: no sound can be read") from error


def _mixed(sounds: list[tuple[Sound, AudioFileClip]], start: int, end: int) -> bytes:
    """The film's sound between two milliseconds."""
    count = round(end * RATE / 1000) - round(start * RATE / 1000)
    parts = []
    for sound, clip in sounds:
        begin, stop = max(sound.begin_ms, start), min(sound.end_ms, end)
        first, last = (begin - sound.zero_ms) / 1000, min((stop - sound.zero_ms) / 1000, clip.duration)
        if last - first > 1 / RATE:
            part = clip.subclipped(first, last).with_start((begin - start) / 1000)
            parts.append(part.with_volume_scaled(sound.volume))
    if not parts:
        return bytes(count * CHANNELS * 2)
    whole = CompositeAudioClip(parts).get_frame(np.arange(count) / RATE)
    return np.clip(np.rint(whole * 32767), -32768, 32767).astype("<i2").tobytes()
