"""Clips become the exact pixels of a face: H.264 of constant rate, BT.709, ready to start at once and to seek by the second."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

from cms.plugin_api.types import Progress
from renderers.child import ChildFailed, run
from renderers.clips import ClipReader
from renderers.errors import RenderError
from renderers.media import SHOWN_CLIP_MS, ClipFacts
from renderers.media.loudness import filters, measure, source_options
from renderers.media.sniff import CLIPS
from renderers.scratch import scratch

TIMEOUT_SECONDS = 900
_FFMPEG_THREADS = 2
_MAX_RATE = "8M"
ENCODER = (
    "-c:v", "libx264", "-preset", "medium", "-crf", "19", "-maxrate", _MAX_RATE, "-bufsize", _MAX_RATE,
    "-profile:v", "high", "-pix_fmt", "yuv420p", "-bf", "0",
)  # fmt: skip
SOUND_ENCODER = ("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000")
_TAGS = ("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv")


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a clip that is shown, in its own upright square pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Transcoded:
    """What `transcode` wrote: a whole number of frames at a constant rate."""

    frames: int
    fps: int
    sound: bool

    @property
    def duration_ms(self) -> int:
        return self.frames * 1000 // self.fps


def rate_for(fps: float) -> int:
    """The constant rate a clip is brought to: 30 for 29.97, 30, 59.94 and 60, else 25."""
    return 30 if min(abs(fps - rate) for rate in (29.97, 30, 59.94, 60, 120)) < 0.6 else 25


def transcode(
    source: Path,
    facts: ClipFacts,
    crop: Crop,
    width: int,
    height: int,
    target: Path,
    progress: Progress = lambda share: None,
) -> Transcoded:
    """Write the cropped clip at `width` × `height` (even) pixels to `target`, at most a minute of it, its sound at −23 LUFS.

    The same clip gives the same bytes. `progress` may raise to cancel; then, as after any failure, nothing is left
    behind, and what a killed process leaves is swept (`renderers.scratch`). Raises `RenderError("media")`.
    """
    if facts.kind not in CLIPS or width % 2 or height % 2:
        raise ValueError("an accepted clip and even sizes are needed")
    fps = rate_for(facts.fps)
    shown = facts.shown_ms

    def on_line(line: str) -> None:
        name, _, value = line.strip().partition("=")
        if name == "out_time_us" and value.isdigit():
            progress(min(1.0, int(value) / 1000 / max(1, shown)))

    try:
        with scratch("clip") as folder:
            made = folder / "clip.mp4"
            sound = filters(measure(source, facts)) if facts.sound else ""
            run(_command(source, facts, _filters(facts, crop, width, height, fps), sound, fps, made),
                seconds=TIMEOUT_SECONDS, on_line=on_line)  # fmt: skip
            done = _check(made, width, height, fps, facts.sound)
            shutil.move(made, target)
            return done
    except ChildFailed as error:
        raise _failed() from error
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _command(source: Path, facts: ClipFacts, picture: str, sound: str, fps: int, target: Path) -> list[str]:
    return [
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y",
        "-threads", str(_FFMPEG_THREADS), *source_options(source, facts),
        "-map", "0:V:0", *(("-map", "0:a:0") if sound else ()), "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1",
        "-t", f"{SHOWN_CLIP_MS / 1000:.3f}", "-vf", picture, "-filter_threads", "1",
        *ENCODER, "-threads", str(_FFMPEG_THREADS), "-g", str(fps),
        "-x264-params", f"keyint={fps}:min-keyint={fps}:scenecut=0:bframes=0", *_TAGS,
        *((*SOUND_ENCODER, "-af", sound, "-shortest") if sound else ("-an",)),
        "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart", "-f", "mp4",
        "-progress", "pipe:1", f"file:{target.resolve()}",
    ]  # fmt: skip


def _filters(facts: ClipFacts, crop: Crop, width: int, height: int, fps: int) -> str:
    """Deinterlace what is interlaced, square pixels, crop, HDR to SDR, scale and convert to BT.709, constant rate."""
    matrix = facts.matrix or ("bt709" if min(facts.width, facts.height) >= 720 else "smpte170m")
    chain = ["bwdif=mode=send_frame"] if facts.interlaced else []
    if not facts.square:  # only then: even a scale that changes nothing costs half as much as the rest
        chain.append(f"scale={facts.width}:{facts.height}:flags=bicubic")
    chain.append("setsar=1")
    if (crop.x, crop.y, crop.width, crop.height) != (0, 0, facts.width, facts.height):
        chain.append(f"crop={crop.width}:{crop.height}:{crop.x}:{crop.y}:exact=1")
    if facts.fps > fps + 1:
        chain.append(f"fps={fps}")  # before the work of scaling what is dropped
    if facts.hdr:
        chain += [
            f"scale={width}:{height}:flags=lanczos", "zscale=t=linear:npl=203", "format=gbrpf32le", "zscale=p=bt709",
            "tonemap=hable:desat=0", "zscale=t=bt709:m=bt709:r=tv",
        ]  # fmt: skip
    else:
        chain.append(
            f"scale={width}:{height}:flags=lanczos+accurate_rnd+full_chroma_int"
            f":in_color_matrix={matrix}:out_color_matrix=bt709:out_range=tv"
        )
    chain += [
        f"fps={fps}",
        "format=yuv420p",
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709",
    ]
    return ",".join(chain)


def _check(target: Path, width: int, height: int, fps: int, sound: bool) -> Transcoded:
    """Read the result back: size, rate and at least one frame."""
    reader = ClipReader(target)
    try:
        first = reader.frame(0)
        if first.shape != (height, width, 3) or round(reader.fps) != fps or reader.frames < 1:
            raise _failed()
        return Transcoded(reader.frames, fps, sound)
    finally:
        reader.close()


def _failed() -> RenderError:
    return RenderError(
        "media",
        "Không chuyển được clip sang kích thước màn hình: clip bị hỏng. Hãy xuất lại clip ở dạng MP4 (H.264) rồi thay thế.",
        "The clip could not be brought to the screen's size: it is damaged. Export it as MP4 (H.264) and replace it.",
    )
