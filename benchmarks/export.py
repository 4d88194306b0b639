"""MP4 export: how long a minute of one face at 1024 × 512 takes on two cores, and how near its pictures are to `draw()`.

    python -m benchmarks.export

The minute is what a programme is made of: a photograph, a text, a clip of 15 s with sound under a caption, a strip at 120 px/s, a
clock with seconds, a photograph again; each comes in by a transition of half a second. It is written at 30 pictures a second,
three times; the median counts. Then 60 pictures, evenly over the minute and at least 80 ms after a scene came in, are compared by
their luma with what `draw()` gives for their instants.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from itertools import accumulate
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cms.plugin_api.types import Glyphs, Layer, Rect, Scene, Strip, Transition, sha256
from renderers.colour import Pixels
from renderers.draw import draw
from renderers.encode import png
from renderers.landscape import landscape
from renderers.movie import Film, Part, Shown, write

WIDTH, HEIGHT, FPS = 1024, 512, 30
SECONDS, SAMPLES, ROUNDS = 60, 60, 3
START = 1_800_000_000_000
GOAL_S, GOAL_DB = 20, 38


class Folder:
    """Assets by their hash in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        name = sha256(data)
        self.path(name).write_bytes(data)
        return name

    def path(self, name: str) -> Path:
        return self.folder / name


def text(width: int, height: int, words: str, size: int, ground: tuple[int, ...]) -> bytes:
    picture = Image.new("RGBA" if len(ground) == 4 else "RGB", (width, height), ground)
    ImageDraw.Draw(picture).text((24, 12), words, fill=(240, 236, 220), font=ImageFont.load_default(size))
    return png(picture)


def clip(folder: Path) -> bytes:
    """15 s of a moving picture with a tone, as the media pipeline makes clips."""
    path = folder / "clip.mp4"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y", "-f", "lavfi", "-i", f"mandelbrot=s={WIDTH}x{HEIGHT}:r=30",
        "-f", "lavfi", "-i", "sine=f=440:r=48000", "-t", "15", "-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
        "-c:v", "libx264", "-preset", "medium", "-crf", "19", "-g", "30", "-bf", "0", "-colorspace", "bt709",
        "-color_primaries", "bt709", "-color_trc", "bt709", "-c:a", "aac", "-movflags", "+faststart", str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True)  # noqa: S603
    return path.read_bytes()


def scenes(store: Folder) -> list[Scene]:
    whole, green, blue = Rect(0, 0, WIDTH, HEIGHT), (6, 59, 51), (20, 32, 74)
    atlas = Image.new("RGB", (11 * 96, 160), blue)
    for place, one in enumerate("0123456789:"):
        ImageDraw.Draw(atlas).text((96 * place + 12, 4), one, fill=(250, 240, 200), font=ImageFont.load_default(140))
    cells = tuple((one, Rect(96 * place, 0, 96, 160)) for place, one in enumerate("0123456789:"))
    clock = Glyphs("time", cells, ("HH", ":", "mm", ":", "ss"))
    photo = Layer("image", store.put(png(landscape(WIDTH, HEIGHT))), whole)
    ground = Layer("image", store.put(png(Image.new("RGB", (WIDTH, HEIGHT), blue))), whole)
    words = "Cửa khẩu mở từ 7 giờ đến 11 giờ\nvà từ 14 giờ đến 18 giờ"
    said = Layer("image", store.put(text(WIDTH, HEIGHT, words, 52, green)), whole)
    film = Layer("video", store.put(clip(store.folder)), whole, sound=True)
    caption = Layer("image", store.put(text(900, 96, "Bến phà Châu Giang", 48, (0, 0, 0, 170))), Rect(40, 380, 900, 96))
    band = store.put(text(2400, 96, "Chợ nổi họp từ năm giờ sáng · Xe buýt đến bến mỗi mười lăm phút", 56, blue))
    strip = Layer("strip", band, Rect(0, 200, WIDTH, 96), strip=Strip((WIDTH, 0), (-120, 0)))
    time_ = Layer("glyphs", store.put(png(atlas)), Rect(100, 180, 800, 160), glyphs=clock)
    shown = [
        (9, (photo,), "fade"), (8, (said,), "slide"), (15, (ground, film, caption), "wipe"), (10, (ground, strip), "fade"),
        (9, (ground, time_), "fade"), (9, (photo,), "fade"),
    ]  # fmt: skip
    return [Scene(s * 1000, {"a": layers}, Transition(kind, 500)) for s, layers, kind in shown]  # type: ignore[arg-type]


def showing(planned: list[Scene]) -> Any:
    ends = [START + end for end in accumulate(one.duration_ms for one in planned)]

    def at(instant: int) -> Shown:
        place = next(number for number, end in enumerate(ends) if instant < end)
        began = ends[place] - planned[place].duration_ms
        scene, offset = planned[place], instant - began
        if place == 0 or offset >= scene.transition.ms:
            return Shown(scene.faces["a"], offset, ends[place])
        before = planned[place - 1]
        return Shown(
            scene.faces["a"], offset, began + scene.transition.ms, before.faces["a"], offset + before.duration_ms,
            offset / scene.transition.ms, scene.transition.kind,
        )  # fmt: skip

    return at


def drawn(film: Film, instant: int) -> tuple[Pixels, int]:
    """The luma of what `draw()` gives (BT.709, limited range), and how long its scene has been on."""
    one = film.parts[0].at(instant)
    picture = draw(
        WIDTH, HEIGHT, one.layers, one.offset_ms, previous=one.previous, previous_offset_ms=one.previous_offset_ms,
        progress=one.progress, transition=one.transition, instant_ms=instant, asset_path=film.asset_path,
    )  # fmt: skip
    return 16 + np.asarray(picture, dtype=float) @ np.array([0.2126, 0.7152, 0.0722]) * 219 / 255, one.offset_ms


def worst(film: Film, path: Path) -> tuple[float, int]:
    """The least PSNR of the luma in dB, and of how many pictures."""
    step = film.count // SAMPLES
    found = []
    with av.open(str(path)) as opened:
        for number, picture in enumerate(opened.decode(video=0)):
            if number % step != step // 2:
                continue
            expected, offset = drawn(film, film.instant(number))
            if offset < 80:
                continue
            plane: Any = picture.planes[0]
            luma = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:HEIGHT, :WIDTH]
            error = float(np.mean((luma - expected) ** 2))
            found.append(10 * np.log10(255**2 / max(error, 1e-6)))
    return min(found), len(found)


def say(name: str, value: float, unit: str, goal: str, holds: bool, **more: Any) -> None:
    line = {"name": name, "value": value, "unit": unit, "goal": goal, "holds": holds, **more}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        store = Folder(Path(made))
        part = Part(WIDTH, HEIGHT, showing(scenes(store)))
        film = Film(WIDTH, HEIGHT, FPS, START, SECONDS * FPS, (part,), store.path, heard=part)
        target = Path(made) / "film.mp4"
        taken = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            write(film, target)
            taken.append(time.perf_counter() - began)
        seconds = statistics.median(taken)
        rounds = [round(one, 2) for one in taken]
        say("export.minute", round(seconds, 2), "s", f"<= {GOAL_S}", seconds <= GOAL_S, rounds=rounds)
        least, count = worst(film, target)
        holds = least >= GOAL_DB and count >= SAMPLES - 8
        megabytes = round(target.stat().st_size / 1e6, 1)
        say("export.psnr", round(least, 1), "dB", f">= {GOAL_DB}", holds, pictures=count, megabytes=megabytes)


if __name__ == "__main__":
    main()
