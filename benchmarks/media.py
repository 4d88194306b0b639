"""`make bench NAME=media`: 30 s of 1080p to 1024 × 512 beside ffmpeg's plain scale-and-encode, and the memory of awkward files."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from renderers.landscape import landscape
from renderers.media import ClipFacts, check_clip, check_picture
from renderers.video import ENCODER, SOUND_ENCODER, Crop, transcode

RATIO = 1.25
MEMORY_MB = 600
_ROUNDS = 2


def result(name: str, value: float, unit: str, goal: str, holds: bool, **more: object) -> None:
    print(
        json.dumps({"name": name, "value": round(value, 3), "unit": unit, "goal": goal, "holds": holds, **more}),
        flush=True,
    )


def ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-y", *arguments]
    subprocess.run(command, check=True)  # noqa: S603


def plain(source: Path, target: Path) -> None:
    """The command that a technician would type, with our codec settings."""
    ffmpeg(
        "-threads", "2", "-i", str(source), "-vf", "crop=1920:960:0:60,scale=1024:512:flags=lanczos", *ENCODER, "-threads", "2",
        "-g", "30", "-x264-params", "keyint=30:min-keyint=30:scenecut=0:bframes=0", *SOUND_ENCODER,
        "-movflags", "+faststart", str(target),
    )  # fmt: skip


def ours(source: Path, target: Path) -> None:
    """All that a clip goes through: check, loudness, transcoding, reading back."""
    transcode(source, check_clip(source), Crop(0, 60, 1920, 960), 1024, 512, target)


def processor() -> float:
    """Seconds of processor time of all ended children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def speed(folder: Path) -> None:
    source = folder / "hd.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=30,noise=alls=2:allf=t", "-f", "lavfi", "-i", "anoisesrc=d=30:a=0.1",
        "-c:v", "libx264", "-preset", "superfast", "-crf", "24", "-pix_fmt", "yuv420p", "-c:a", "aac", str(source),
    )  # fmt: skip
    times: dict[str, list[float]] = {"plain": [], "ours": []}
    cores: dict[str, list[float]] = {"plain": [], "ours": []}
    for index in range(_ROUNDS):  # in turn, so that what else the machine does falls on both
        for name, make in (("plain", plain), ("ours", ours))[:: 1 if index % 2 else -1]:
            began, spent = time.perf_counter(), processor()
            make(source, folder / f"{name}.mp4")
            times[name].append(time.perf_counter() - began)
            cores[name].append(processor() - spent)
    peer, own = min(times["plain"]), min(times["ours"])
    result("media_transcode_ratio", own / peer, "x", f"<= {RATIO}", own / peer <= RATIO, peer="ffmpeg", peer_seconds=round(peer, 2),
           seconds=round(own, 2), processor=round(min(cores["ours"]) / min(cores["plain"]), 3))  # fmt: skip


def memory(name: str, make: str, folder: Path) -> None:
    """The peak of any process that one job starts, in a fresh process of its own."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "benchmarks.media", make, str(folder)], stdout=subprocess.PIPE, text=True, check=True
    )
    peak = int(done.stdout)
    result(name, peak, "MB", f"<= {MEMORY_MB}", peak <= MEMORY_MB)


def deep_clip(folder: Path) -> None:
    facts: ClipFacts = check_clip(folder / "deep.mp4")
    transcode(folder / "deep.mp4", facts, Crop(0, 0, facts.width, facts.height), 1024, 576, folder / "small.mp4")


def materials(folder: Path) -> None:
    landscape(1600, 1240).resize((16000, 12400), Image.Resampling.NEAREST).save(folder / "huge.jpg", quality=70)
    landscape(1540, 1153).resize((9240, 6918), Image.Resampling.NEAREST).save(folder / "huge.png", compress_level=1)
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=s=3840x2160:r=30:d=2", "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le",
        "-x265-params", "log-level=error:ref=4:bframes=4", "-tag:v", "hvc1", str(folder / "deep.mp4"),
    )  # fmt: skip


JOBS = {
    "huge_png": lambda folder: check_picture(folder / "huge.png"),
    "huge_jpeg": lambda folder: check_picture(folder / "huge.jpg"),
    "deep_clip": deep_clip,
}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        speed(folder)
        materials(folder)
        memory("media_memory_png_64mp", "huge_png", folder)
        memory("media_memory_jpeg_198mp", "huge_jpeg", folder)
        memory("media_memory_hevc_4k_10bit", "deep_clip", folder)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        JOBS[sys.argv[1]](Path(sys.argv[2]))
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
    else:
        main()
