"""Draws the demo's pictures and clips anew into `cms/demo/media/` (a tool for developers; needs Chromium and Playwright).

python -m cms.demo.art.make [name …]
"""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
MEDIA = HERE.parent / "media"
WIDTH, HEIGHT, RATE, SECONDS = 1600, 900, 25, 6
CLIPS = ("ban-gioc", "bay-nui", "hoa-dao")


def _picture(page: Page, name: str, second: float) -> bytes:
    script = "([n, t]) => { paint(n, t); return document.querySelector('canvas').toDataURL('image/jpeg', 0.88) }"
    return base64.b64decode(str(page.evaluate(script, [name, second])).split(",", 1)[1])


def _clip(page: Page, name: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "image2pipe", "-c:v", "mjpeg", "-r", str(RATE), "-i", "-",
               "-vf", "scale=1280:720:flags=lanczos:out_color_matrix=bt709:out_range=tv", "-c:v", "libx264", "-crf", "23", "-preset", "slow",
               "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-movflags", "+faststart",
               "-bitexact", str(MEDIA / f"{name}.mp4")]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:  # noqa: S603
        if encoder.stdin is None:
            raise RuntimeError("ffmpeg has no standard input")
        for frame in range(RATE * SECONDS):
            encoder.stdin.write(_picture(page, name, frame / RATE))
        encoder.stdin.close()


def main(wanted: list[str]) -> None:
    """Draw all pictures, or those named; `clip:<name>` draws a clip."""
    MEDIA.mkdir(exist_ok=True)
    html = f'<canvas width="{WIDTH}" height="{HEIGHT}"></canvas>'
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"]
        )
        page = browser.new_page()
        page.set_content(html)
        page.add_script_tag(content=(HERE / "art.js").read_text(encoding="utf-8"))
        for name in wanted or [*page.evaluate("names"), *(f"clip:{clip}" for clip in CLIPS)]:
            if name.startswith("clip:"):
                _clip(page, name.removeprefix("clip:"))
            else:
                (MEDIA / f"{name}.jpg").write_bytes(_picture(page, name, 1.0))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
