"""Between two scenes there is nothing: no black, no page behind, no picture of another scene. Read off the browser's own screencast."""

from __future__ import annotations

import base64
import io
import subprocess
from itertools import groupby, pairwise
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from tests.player_web.conftest import Player
from tests.player_web.content import SIZES, Content
from tests.player_web.fake_cms import FakeCms

pytestmark = pytest.mark.browser

COLOURS = {
    "red": (200, 40, 40),
    "orange": (240, 128, 32),
    "green": (40, 200, 40),
    "violet": (128, 32, 240),
    "blue": (40, 40, 200),
}
CLIPS = ("orange", "violet")
MAGENTA = "html, body, #stage, .canvas, .face { background: #f0f !important }"


def flat_picture(colour: tuple[int, int, int], size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def flat_clip(path: Path, colour: tuple[int, int, int]) -> bytes:
    source = f"color=c=0x{bytes(colour).hex()}:s=320x160:r=30"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-f", "lavfi", "-i", source, "-t", "0.8"]
    subprocess.run(
        [*command, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-movflags", "+faststart", str(path)], check=True
    )
    return path.read_bytes()


def name_of(frame: bytes) -> str:
    """The colour in the middle of face a, or what else is there."""
    pixel = np.asarray(Image.open(io.BytesIO(frame)).convert("RGB"))[100, 160].astype(int)
    for name, colour in COLOURS.items():
        if np.abs(pixel - colour).max() <= 12:
            return name
    return str(pixel.tolist())


def test_no_change_of_scene_shows_a_gap_or_another_scene(
    player: Player, cms: FakeCms, content: Content, tmp_path: Path
) -> None:
    scenes = []
    for name, colour in COLOURS.items():
        under = content.asset(flat_clip(tmp_path / f"{name}.mp4", colour), "video/mp4") if name in CLIPS else ""
        scene = content.scene(name, 0, duration=800, under=under)
        # Under a clip lies black: were the clip late, it would be seen.
        ground = content.asset(flat_picture((0, 0, 0) if under else colour, SIZES["a"]), "image/png")
        content.scenes[scene]["faces"]["a"][0]["asset"] = ground
        scenes.append(scene)
    version, _ = content.publish(scenes)
    player.open(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.ready")
    player.page.add_style_tag(content=MAGENTA)
    assert player.context is not None
    session = player.context.new_cdp_session(player.page)
    frames: list[bytes] = []

    def take(event: dict) -> None:
        frames.append(base64.b64decode(event["data"]))
        session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    session.on("Page.screencastFrame", take)
    session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
    player.page.wait_for_timeout(20 * 800)
    session.send("Page.stopScreencast")
    seen = [name for name, _ in groupby(name_of(frame) for frame in frames)]
    order = list(COLOURS)
    assert set(seen) == set(order)
    assert len(seen) >= 15
    assert all(order[(order.index(before) + 1) % len(order)] == after for before, after in pairwise(seen)), seen
