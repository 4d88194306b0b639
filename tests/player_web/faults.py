"""An update that is interrupted again and again: the browser is killed, the server dies, the network is cut, the disk fills, a
stored bit flips. Run by `test_faults.py` (a few) and by `benchmarks/faults.py` (hundreds, of a release of 300 MB).
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import CDPSession, Playwright
from playwright.sync_api import Error as PlaywrightError

from tests.player_web.conftest import Player, same
from tests.player_web.content import CANVAS, PLACED, SIZES, Content, picture
from tests.player_web.fake_cms import CHUNK, FakeCms

KINDS = ("kill browser", "kill server", "cut network", "fill disk", "flip bit")
PIECE = 64 * 1024
PARALLEL = 4
"""Chunks that a player fetches at a time (`PARALLEL` in player_web/src/storage/assets.js)."""


class Dripping(FakeCms):
    """Sends the bytes of chunks only as far as it is allowed to, and counts them; what it was told to send and could not stays unsent."""

    def __init__(self) -> None:
        super().__init__()
        self.allowed: float = float("inf")
        self.sent = 0
        self.life = 0

    def start(self) -> None:
        super().start()
        assert self._server is not None
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # connections die here all the time

    def send(self, out: BufferedIOBase, path: str, data: bytes) -> None:
        if not path.startswith("/store/"):
            return super().send(out, path, data)
        life = self.life
        for at in range(0, len(data), PIECE):
            with self.changed:
                self.changed.wait_for(lambda: self.sent < self.allowed or self.life != life, 14)
                if self.life != life:
                    raise ConnectionResetError
                piece = data[at : at + PIECE]
                self.sent += len(piece)
                self.changed.notify_all()
            out.write(piece)
            out.flush()
        return None

    def allow(self, more: float) -> None:
        with self.changed:
            self.allowed = self.sent + more
            self.changed.notify_all()

    def stalled(self, seconds: float) -> bool:
        """Wait until all that is allowed is under way."""
        with self.changed:
            return self.changed.wait_for(lambda: self.sent >= self.allowed, seconds)

    def drop(self) -> None:
        """Every connection dies."""
        with self.changed:
            self.life += 1
            self.changed.notify_all()
        self.stop()


def processes(profile: Path) -> list[int]:
    """Those of the browser with this profile."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if f"--user-data-dir={profile}".encode() in line:
                found.append(int(entry.name))
    return found


@dataclass
class Report:
    """What an ordeal showed."""

    interruptions: int = 0
    needed: int = 0
    """Bytes of the chunks of the new release that were not there before."""
    downloaded: int = 0
    screens: int = 0
    """Times the screen was looked at."""
    strange: list[str] = field(default_factory=list)
    """What was wrong with a screen."""
    newest: bool = False
    rotten: int = 0
    """Assets that were not whole in the end, after the player's own look through them."""
    seconds: float = 0
    idle: int = 0
    """Interruptions that found nothing half-way: the player rested after a failure, or was slower than the patience with it."""
    flipped: int = 0
    """Bits flipped: before anything is stored there is none to flip."""

    @property
    def bound(self) -> int:
        """Most bytes that may be downloaded."""
        return self.needed + CHUNK * self.interruptions * PARALLEL


class Ordeal:
    """A player on release 1 that is to get release 2, of so many bytes, through so many interruptions."""

    def __init__(self, playwright: Playwright, folder: Path, seed: int = 1) -> None:
        self.playwright, self.folder = playwright, folder
        self.random = random.Random(seed)  # noqa: S311
        self.cms = Dripping()
        self.cms.start()
        self.content = Content(self.cms)
        self.player = Player(playwright, folder / "profile")
        self.report = Report()
        self.pictures: dict[str, list[tuple[int, Image.Image]]] = {face: [] for face in SIZES}
        """By face: the release that holds a picture, and how it looks; every release holds the fallback."""
        self.releases = 0

    # --- content --------------------------------------------------------------------------------------------------------

    def release(self, name: str, seed: int, lengths: list[int]) -> dict[str, Any]:
        """A schedule whose picture on face a is longer than a chunk, and assets of these lengths that nobody sees."""
        content = self.content
        self.releases += 1
        scene = content.scene(name, seed)
        long = picture(seed + 50, SIZES["a"]) + np.random.default_rng(seed).bytes(1_500_000)
        content.scenes[scene]["faces"]["a"][0]["asset"] = content.asset(long, "image/png")
        document = content.schedule([scene], valid_from=self.cms.now_ms() - 1000)
        for number, length in enumerate(lengths):
            sha = content.asset(np.random.default_rng([seed, number]).bytes(length), "video/mp4")
            document["assets"][sha] = content.assets[sha]
            document["standby"].append(sha)
        for one in document["scenes"].values():
            for face, (layer,) in one["faces"].items():
                self._know(face, content.data[layer["asset"]])
        return document

    def _know(self, face: str, data: bytes) -> None:
        path = self.folder / "known.png"
        path.write_bytes(data)
        with Image.open(path) as image:
            shown = image.convert("RGB").rotate(-PLACED[face]["rotation"], expand=True)
        self.pictures[face].append((self.releases, shown))

    # --- what is on the screen ----------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Every face must show a whole picture of a release that was verified, and all of the same one; or the fallback, where
        what should be shown has just been spoilt on the disk."""
        self.report.screens += 1
        try:
            version = (self.player.state.get("schedule") or {}).get("version")
            shot = self.player.shot()
        except PlaywrightError as error:
            self.report.strange.append(f"no screen: {error}")
            return
        wrong = [] if version in (1, 2) else [f"release {version}"]
        shown: dict[str, set[int]] = {}
        for face in SIZES:
            x, y, width, height = PLACED[face]["rect"]
            region = shot.crop((x, y, min(x + width, CANVAS[0]), min(y + height, CANVAS[1])))
            known = [(number, one.crop((0, 0, *region.size))) for number, one in self.pictures[face]]
            shown[face] = {number for number, one in known if same(region, one)}
            if not shown[face]:
                wrong.append(f"face {face}: {self.player.state['faces'][face]}")
        if not wrong and not set.intersection(*shown.values()):
            wrong.append(f"faces of different releases: {shown}")
        if wrong:
            self.report.strange.append(f"after {self.report.interruptions}: {', '.join(wrong)}")

    # --- interruptions ------------------------------------------------------------------------------------------------------

    def kill_browser(self) -> None:
        for pid in processes(self.player.profile):
            with suppress(ProcessLookupError):  # its parent's end was its own
                os.kill(pid, signal.SIGKILL)
        try:
            self.player.close()
        except PlaywrightError:
            self.player.context = None
        self._open(f"{self.cms.origin}/player/?seat={self.cms.controller}&test=1")

    def _open(self, url: str) -> None:
        for tries in (1, 2, 3):
            try:
                self.player.open(url)
                break
            except PlaywrightError:  # the profile of a killed browser may be locked for a moment
                if tries == 3:
                    raise
                self.player.close()
        self.session: CDPSession = self.player.page.context.new_cdp_session(self.player.page)
        self.player.until("s.ready", 60)

    def kill_server(self) -> None:
        self.cms.drop()
        self.player.page.wait_for_timeout(self.random.uniform(50, 900))
        self.look()
        self.cms.start()

    def cut_network(self) -> None:
        assert self.player.context is not None
        self.player.context.set_offline(True)
        self.cms.drop()
        self.cms.start()
        self.player.page.wait_for_timeout(self.random.uniform(50, 900))
        self.look()
        self.player.context.set_offline(False)

    def fill_disk(self) -> None:
        quota = {"origin": self.cms.origin}
        self.session.send("Storage.overrideQuotaForOrigin", {**quota, "quotaSize": 1})
        self.cms.allow(self.random.uniform(0, 2 * CHUNK))
        self.player.page.wait_for_timeout(self.random.uniform(50, 900))
        self.look()
        self.session.send("Storage.overrideQuotaForOrigin", quota)

    def flip_bit(self) -> None:
        """On the disk itself, and the file's times stay what they were: nothing but the hashes can tell."""
        files = sorted(self.player.profile.glob("Default/File System/*/t/*/*"))
        self.random.shuffle(files)
        for path in files:
            with suppress(OSError, ValueError, IndexError):  # the player renames, empties and removes files
                before = path.stat()
                at = self.random.randrange(before.st_size)
                with path.open("r+b") as file:
                    file.seek(at)
                    byte = file.read(1)[0]
                    file.seek(at)
                    file.write(bytes([byte ^ (1 << self.random.randrange(8))]))
                os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
                self.report.flipped += 1
                return

    def interrupt(self, kind: str) -> None:
        {
            "kill browser": self.kill_browser,
            "kill server": self.kill_server,
            "cut network": self.cut_network,
            "fill disk": self.fill_disk,
            "flip bit": self.flip_bit,
        }[kind]()
        self.report.interruptions += 1
        self.look()

    # --- the whole ------------------------------------------------------------------------------------------------------------

    def run(
        self,
        interruptions: int,
        lengths: list[int],
        patience: float = 4,
        progress: Callable[[Report], None] | None = None,
    ) -> Report:
        """`lengths` of release 2's assets in bytes; `patience` in seconds for the bytes allowed before each interruption."""
        cms, report = self.cms, self.report
        began = time.monotonic()
        cms.publish("schedule.json", self.release("one", 1, [2_300_000, 700_000]))
        self._open(cms.origin + cms.invite())
        self.player.until("s.schedule?.version === 1 && s.ready", 60)
        before = {path for path in cms.files if path.startswith("store/")}
        document = self.release("two", 2, lengths)
        report.needed = sum(
            len(data) for path, data in cms.files.items() if path.startswith("store/") and path not in before
        )
        cms.sent = 0
        step = report.needed / interruptions
        cms.allow(step)
        cms.publish("schedule.json", document)
        kinds = [KINDS[number % len(KINDS)] for number in range(interruptions)]
        self.random.shuffle(kinds)
        for kind in kinds:
            report.idle += not cms.stalled(patience)
            self.interrupt(kind)
            report.downloaded = cms.sent
            if progress:
                progress(report)
            cms.allow(step * self.random.uniform(0.6, 1.4))
        cms.allow(float("inf"))
        self._finish()
        report.downloaded = cms.sent
        report.seconds = time.monotonic() - began
        return report

    def _finish(self) -> None:
        try:
            self.player.until("s.schedule.version === 2 && s.pending.length === 0 && s.ready", 300)
        except AssertionError as error:
            self.report.strange.append(str(error)[:2000])
            return
        self.report.newest = True
        whole = "() => window.bangtin.scrub().then(() => window.bangtin.state.storage)"
        for _ in range(3):
            self.player.page.evaluate(whole)
            self.player.until("s.storage.missing === 0 && !s.storage.fetching", 120)
        self.look()
        self.report.rotten = self.player.state["storage"]["missing"]

    def close(self) -> None:
        try:
            self.player.close()
        except PlaywrightError:
            self.player.context = None
        self.cms.drop()
