"""How loud a clip is (EBU R128), and the filters that bring it to −23 LUFS."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from renderers.child import run
from renderers.media.codecs import WHITELIST
from renderers.media.facts import SHOWN_CLIP_MS, ClipFacts

TARGET_LUFS = -23.0
MAX_PEAK_DBTP = -1.0
MAX_GAIN_DB = 20.0
SILENCE_LUFS = -69.0
_HEADROOM_DB = 1.0
_MEASURE_SECONDS = 120
_INTO = "aresample=48000:async=1:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo"


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dBTP of the sound as it will be heard: stereo, at most a minute."""

    integrated: float
    peak: float

    @property
    def gain_db(self) -> float:
        """The one gain for the whole clip: to −23 LUFS, at most +20 dB, so that noise is not made a programme; silence
        stays silence."""
        if self.integrated <= SILENCE_LUFS:
            return 0.0
        return min(MAX_GAIN_DB, TARGET_LUFS - self.integrated)

    @property
    def limited(self) -> bool:
        """Whether peaks would pass −1 dBTP, less a decibel for what AAC adds."""
        return self.peak + self.gain_db > MAX_PEAK_DBTP - _HEADROOM_DB


def measure(source: Path, facts: ClipFacts) -> Loudness:
    """Measure a clip's sound, in a child that decodes nothing but the sound. Raises `ChildFailed`."""
    last = {"I": -70.0, "peak": -math.inf}

    def on_line(line: str) -> None:
        name, _, value = line.strip().partition("=")
        if name.endswith("r128.I"):
            last["I"] = _number(value, -70.0)
        elif ".true_peak" in name:
            linear = _number(value, 0.0)
            last["peak"] = max(last["peak"], 20 * math.log10(linear) if linear > 0 else -math.inf)

    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error",
        *source_options(source, facts), "-map", "0:a:0", "-vn", "-sn", "-dn", "-t", f"{SHOWN_CLIP_MS / 1000:.3f}",
        "-af", f"{_INTO},ebur128=metadata=1:peak=true,ametadata=mode=print:file=-", "-f", "null", "-",
    ]  # fmt: skip
    run(command, seconds=_MEASURE_SECONDS, on_line=on_line)
    return Loudness(last["I"], last["peak"])


def source_options(source: Path, facts: ClipFacts) -> list[str]:
    """How ffmpeg may open a clip: by its one demuxer, from files only, with known decoders."""
    return [
        "-protocol_whitelist", "file", "-codec_whitelist", WHITELIST, "-f", facts.kind, "-i", f"file:{source.resolve()}",
    ]  # fmt: skip


def filters(loudness: Loudness) -> str:
    """The audio filters of the final pass."""
    chain = [_INTO]
    if abs(loudness.gain_db) >= 0.05:
        chain.append(f"volume={loudness.gain_db:.2f}dB:precision=float")
    if loudness.limited:
        ceiling = 10 ** ((MAX_PEAK_DBTP - _HEADROOM_DB) / 20)
        chain += [
            "aresample=192000",
            f"alimiter=limit={ceiling:.4f}:attack=5:release=60:level=0:latency=1",
            "aresample=48000",
        ]
    return ",".join([*chain, "apad"])


def _number(text: str, otherwise: float) -> float:
    try:
        value = float(text)
    except ValueError:
        return otherwise
    return otherwise if math.isnan(value) else value
