"""A cold start: from the navigation to the first right frame, from what lies on the disk, with no network. The browser is started before
and shows an empty page. Used by `test_cold_start.py` and, with a release of real size, by `benchmarks/cold.py`."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Playwright

from tests.player_web.conftest import Player, same
from tests.player_web.content import SIZES, Content, clip
from tests.player_web.fake_cms import CHUNK
from tests.player_web.faults import Dripping, processes

LOOP_MS = 600_000

# Painted: the message comes after the frame in which the stage said that all faces show what they should.
FIRST = """(() => {
  if (window.top !== window || !location.pathname.startsWith("/player/")) return;
  const channel = new MessageChannel();
  channel.port1.onmessage = () => { window.firstFrame = performance.now(); };
  const look = () => (window.bangtin?.state.ready ? channel.port2.postMessage(0) : requestAnimationFrame(look));
  requestAnimationFrame(look);
})()"""


@dataclass(frozen=True)
class Size:
    """How much a player holds: scenes of a picture per face, files that are not on screen, bytes of the clip that is (0: a picture)."""

    scenes: int = 12
    files: int = 12
    days: int = 35
    clip_bytes: int = 0


def padded(film: bytes, length: int) -> bytes:
    """A clip with a free box behind it, so that it is as long as clips of a minute are."""
    rest = length - len(film)
    return film + rest.to_bytes(4, "big") + b"free" + np.random.default_rng(1).bytes(rest - 8)


class ColdStart:
    """A controller with a release on its disk; the CMS sends no more than it is allowed to."""

    def __init__(self, playwright: Playwright, folder: Path, size: Size) -> None:
        self.folder, self.size = folder, size
        self.cms = Dripping()
        self.cms.start()
        self.content = Content(self.cms)
        self.content.folder = folder / "assets"
        self.content.folder.mkdir()
        self.player = Player(playwright, folder / "profile")
        self.shown: dict[str, Any] = {}

    def close(self) -> None:
        self.player.close()
        self.cms.stop()

    def release(self, seed: int) -> dict[str, Any]:
        """One scene is on screen for hours; the others take their turns at night, each of the days."""
        content, size = self.content, self.size
        film = ""
        if size.clip_bytes:
            film = content.asset(padded(clip(self.folder / f"{seed}.mp4", SIZES["a"]), size.clip_bytes), "video/mp4")
        main = content.scene(f"main-{seed}", seed, duration=LOOP_MS, under=film)
        others = [
            content.scene(f"scene-{seed}-{number}", 1000 * seed + number, duration=10_000)
            for number in range(size.scenes)
        ]
        document = content.schedule([main, *others], valid_from=self.cms.now_ms() - 1000)
        segments, at, hour = [], document["valid_until"] - size.days * 86_400_000, 3_600_000
        for _ in range(size.days):
            for quarter in range(4):
                loop = "night" if quarter == 3 and at > self.cms.now_ms() + 12 * hour else "day"
                segments.append({"from": at, "until": at + 6 * hour, "kind": "programme", "loop": loop})
                at += 6 * hour
        document["loops"] = {"day": [0], "night": list(range(1, len(others) + 1)) or [0]}
        document["faces"] = {face: {"segments": segments} for face in SIZES}
        for number in range(size.files):
            data = np.random.default_rng([seed, number]).bytes(300_000 if number % 10 else 3 * CHUNK)
            sha = content.asset(data, "video/mp4")
            document["assets"][sha] = content.assets[sha]
            document["standby"].append(sha)
        return document

    def fill(self) -> None:
        """The first release is here, and the player's own files too."""
        self.shown = self.release(1)
        version = self.cms.publish("schedule.json", self.shown)
        self.player.open(self.cms.origin + self.cms.invite())
        self.player.until(f"s.schedule?.version === {version} && s.ready", 120)
        self.player.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    def update_half_way(self) -> None:
        """The next release is on its way, and stops in the middle of a file."""
        self.cms.allow(int(2.5 * CHUNK))
        self.cms.publish("schedule.json", self.release(2))
        assert self.cms.stalled(60), "the update never began"
        self.player.until("s.storage.fetching")

    def power_cut(self) -> None:
        """Everything of the browser dies at once, and the network with it."""
        for pid in processes(self.player.profile):
            os.kill(pid, signal.SIGKILL)
        self.cms.drop()
        with suppress(PlaywrightError):
            self.player.close()
        self.player.context = None

    def start(self) -> float:
        """Milliseconds from the navigation to the first frame; it is the right one."""
        self.player.open("about:blank")
        return self.again(f"{self.cms.origin}/player/?seat={self.cms.controller}&test=1")

    def again(self, url: str = "") -> float:
        """The same in a browser that runs, as after a reload or a crash of the page."""
        page = self.player.page
        if url:
            page.add_init_script(FIRST)
            page.goto(url, wait_until="commit")
        else:
            page.reload(wait_until="commit")
        page.wait_for_function("() => window.firstFrame", timeout=60_000, polling=20)
        took = float(page.evaluate("() => window.firstFrame"))
        self.looks_right()
        return took

    def looks_right(self) -> None:
        shown = self.player.shot()
        moving = bool(self.size.clip_bytes)
        instant = self.cms.now_ms()
        expected = self.content.expected(self.shown, instant)
        if moving:  # a clip that runs is at its frame when it stands still
            shown = self.player.still(instant)
            expected = self.content.expected(self.shown, instant)
            apart = np.abs(np.asarray(shown, dtype=int) - np.asarray(expected, dtype=int)).mean()
            assert apart < 12, f"the first frame is another one: {apart:.1f}"
            return
        assert same(shown, expected), "the first frame is not the right one"
