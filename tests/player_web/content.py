"""Small content to play: pictures of noise (every pixel tells), a clip, and schedules made of them."""

from __future__ import annotations

import hashlib
import io
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
from PIL import Image

from cms.schedule.format import Notices, Schedule
from cms.schedule.frame import frame
from renderers.draw import draw
from tests.player_web.fake_cms import FakeCms

HOUR = 3_600_000
DAY = 24 * HOUR
SIZES = {"a": (320, 160), "b": (160, 320)}
CANVAS = (640, 200)
PLACED: dict[str, dict[str, Any]] = {
    "a": {"rect": [0, 20, 320, 160], "rotation": 0},
    "b": {"rect": [320, 10, 320, 160], "rotation": 90},
}


def picture(seed: int, size: tuple[int, int]) -> bytes:
    """A PNG of blocks of colour with noise: no two pixels alike by chance."""
    random = np.random.default_rng(seed)
    blocks = random.integers(20, 235, (8, 8, 3)).astype(np.uint8)
    large = np.asarray(Image.fromarray(blocks).resize(size, Image.Resampling.NEAREST)).astype(np.int16)
    noisy = np.clip(large + random.integers(-20, 20, large.shape), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(noisy).save(out, "PNG")
    return out.getvalue()


def clip(path: Path, size: tuple[int, int], seconds: float = 4) -> bytes:
    """An MP4 as the renderers make them: H.264, BT.709, 30 frames a second, a bar that moves."""
    width, height = size
    graph = f"color=c=0x203050:s={width}x{height}:r=30,drawbox=x=mod(t*60\\,{width}):y=0:w=40:h={height}:color=0xd0a040:t=fill"
    tags = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-f", "lavfi", "-i", graph, "-t", str(seconds)]
    command += [
        "-vf",
        "scale=out_color_matrix=bt709:out_range=tv",
        "-pix_fmt",
        "yuv420p",
        "-c:v",
        "libx264",
        "-g",
        "15",
    ]
    subprocess.run([*command, *tags, "-movflags", "+faststart", str(path)], check=True)
    return path.read_bytes()


class Content:
    """Collects assets and scenes, makes schedules of them and draws what is expected."""

    def __init__(self, cms: FakeCms) -> None:
        self.cms = cms
        self.assets: dict[str, dict[str, Any]] = {}
        self.data: dict[str, bytes] = {}
        self.scenes: dict[str, dict[str, Any]] = {}
        self.folder: Path | None = None

    def asset(self, data: bytes, type_: str) -> str:
        sha, entry = self.cms.store(data, type_)
        self.assets[sha], self.data[sha] = entry, data
        return sha

    def scene(self, name: str, seed: int, *, duration: int = 3000, fade: int = 0, under: str = "") -> str:
        """A scene of one picture per face; `under` puts a clip over face a's picture."""
        faces: dict[str, list[dict[str, Any]]] = {}
        for face, (width, height) in SIZES.items():
            sha = self.asset(picture(seed + ord(face), (width, height)), "image/png")
            faces[face] = [{"kind": "image", "asset": sha, "rect": [0, 0, width, height]}]
        if under:
            faces["a"].append({"kind": "video", "asset": under, "rect": [0, 0, *SIZES["a"]]})
        proof = hashlib.sha256(name.encode()).hexdigest()
        scene = f"{name}:vi#0@{proof[:12]}"
        kind = "fade" if fade else "cut"
        self.scenes[scene] = {
            "item": f"{name}:vi",
            "language": "vi",
            "proof": proof,
            "duration": duration,
            "faces": faces,
            "transition": {"kind": kind, "ms": fade},
        }
        return scene

    def schedule(self, loop: list[str], *, valid_from: int, closed_from: int | None = None) -> dict[str, Any]:
        """Both faces play `loop` from an hour ago on, black from `closed_from`."""
        if "theme" not in self.scenes:
            theme = self.scene("theme", 99)
            self.scenes["theme"] = {**self.scenes.pop(theme), "item": "theme:national", "proof": "theme"}
        start = self.cms.now_ms() // HOUR * HOUR - HOUR
        end = start + 35 * DAY
        segments: list[dict[str, Any]] = [
            {"from": start, "until": closed_from or end, "kind": "programme", "loop": "one"}
        ]
        if closed_from:
            segments.append({"from": closed_from, "until": end, "kind": "closed", "loop": None})
        used = {**{name: self.scenes[name] for name in loop}, "theme": self.scenes["theme"]}
        hashes = {layer["asset"] for one in used.values() for layers in one["faces"].values() for layer in layers}
        return {
            "format": 1,
            "cluster": self.cms.cluster,
            "valid_from": valid_from,
            "valid_until": end,
            "timezone": "Asia/Ho_Chi_Minh",
            "controllers": {self.cms.controller: {"canvas": list(CANVAS), "faces": PLACED}},
            "assets": {sha: self.assets[sha] for sha in sorted(hashes)},
            "scenes": used,
            "turns": [[name, self.scenes[name]["duration"]] for name in loop],
            "loops": {"one": list(range(len(loop)))},
            "faces": {face: {"segments": segments} for face in SIZES},
            "power": {face: [] for face in SIZES},
            "standby": [],
            "fallback": "theme",
        }

    def publish(self, loop: list[str], *, in_ms: int = -1000, **more: Any) -> tuple[int, dict[str, Any]]:
        """Sign a schedule of this loop that takes effect so many milliseconds from now."""
        document = self.schedule(loop, valid_from=self.cms.now_ms() + in_ms, **more)
        return self.cms.publish("schedule.json", document), document

    def expected(self, document: dict[str, Any], instant: int, notices: dict[str, Any] | None = None) -> Image.Image:
        """The canvas that the compiler's `frame()` and the renderers' `draw()` give."""
        schedule = Schedule.model_validate(document)
        known = Notices.model_validate(notices) if notices else None
        canvas = Image.new("RGB", CANVAS)
        for face, (width, height) in SIZES.items():
            found = frame(schedule, known, face, instant)
            image = Image.new("RGB", (width, height))
            if found.scene:
                under = schedule.scenes[found.previous].faces[face] if found.previous else None
                layers = schedule.scenes[found.scene].faces[face]
                image = draw(
                    width,
                    height,
                    layers,
                    found.offset_ms,
                    previous=under,
                    previous_offset_ms=found.previous_offset_ms,
                    progress=found.progress,
                    transition=schedule.scenes[found.scene].transition.kind,
                    instant_ms=instant,
                    values=known.values if known else None,
                    asset_path=self._path,
                )
            x, y = PLACED[face]["rect"][:2]
            canvas.paste(image.rotate(-PLACED[face]["rotation"], expand=True), (x, y))
        return canvas

    def _path(self, sha: str) -> Path:
        assert self.folder is not None
        path = self.folder / sha
        if not path.exists():
            path.write_bytes(self.data[sha])
        return path
