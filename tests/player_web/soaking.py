"""A player that runs for long, and what its browser holds meanwhile. Run by `benchmarks/soak.py`.

What is held is counted at the same place of the programme each time, standing still and after a forced collection, so that what is
counted differs only when something was kept.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Playwright

from cms.plugin_api.types import Glyphs, Layer, Rect, Strip
from tests.player_web.conftest import Player
from tests.player_web.content import HOUR, SIZES, Content, clip, picture
from tests.player_web.fake_cms import FakeCms

SCENES = 12
DAY_PART, DARK = 3 * HOUR, HOUR // 3
TRIES = 5
"""Collections at each sample: what is on its way is not what stays, so the least counts."""


@dataclass(frozen=True)
class Sample:
    """`minutes` of real time since the first one; `files` that all processes of the browser hold open, `threads` that they run
    (decoders are threads), `memory_mb` that belongs to them alone."""

    minutes: float
    heap_kb: float
    nodes: int
    listeners: int
    blobs: int
    videos: int
    images: int
    files: int
    threads: int
    memory_mb: float


def programme(content: Content, folder: Path, seconds: int) -> list[str]:
    """Twelve scenes of so many seconds: eight with clips on both faces, pictures, strips, a clock, and every transition."""
    strip = content.asset(picture(3, (2600, 24)), "image/png")
    names = [*"0123456789", ":"]
    atlas = content.asset(picture(4, (8 * len(names), 20)), "image/png")
    cells = tuple(sorted((name, Rect(8 * place, 0, 8, 20)) for place, name in enumerate(names)))
    moving = Layer("strip", strip, Rect(10, 30, 140, 24), strip=Strip((140, 0), (-120, 0)))
    clock = Layer("glyphs", atlas, Rect(10, 60, 120, 20), glyphs=Glyphs("time", cells, ("HH", ":", "mm", ":", "ss")))
    kinds = ("cut", "fade", "slide", "wipe")
    made = []
    for number in range(SCENES):
        film = number % 3 != 2
        scene = content.scene(f"{number}", 10 + number, duration=seconds * 1000)
        content.scenes[scene]["transition"] = {"kind": kinds[number % 4], "ms": 0 if number % 4 == 0 else 500}
        for face, size in SIZES.items():
            layers = content.scenes[scene]["faces"][face]
            if film:
                sha = content.asset(clip(folder / f"{number}{face}.mp4", size, seconds), "video/mp4")
                layers.append({"kind": "video", "asset": sha, "rect": [0, 0, *size]})
            else:
                layers += [moving.to_json(), clock.to_json()]
        made.append(scene)
    return made


def with_closing_hours(document: dict[str, Any]) -> None:
    """The first minutes of every third hour all faces are dark."""
    for face in document["faces"].values():
        (whole,) = face["segments"]
        cuts = []
        for start in range(whole["from"], whole["until"], DAY_PART):
            opened = start + DARK
            cuts.append({"from": start, "until": opened, "kind": "closed", "loop": None})
            cuts.append({**whole, "from": opened, "until": min(start + DAY_PART, whole["until"])})
        face["segments"] = cuts


def descendants(pid: int) -> list[int]:
    """A process and all that it started."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def browser_of(profile: Path) -> int:
    """The browser's main process: the one with this profile whose parent has another."""
    marked = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"--user-data-dir={profile}".encode() in (entry / "cmdline").read_bytes():
                    marked[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    return min(pid for pid, parent in marked.items() if parent not in marked)


def held_by(pids: list[int]) -> tuple[int, int, float]:
    """Open files, threads and megabytes of these processes; what ended meanwhile holds nothing."""
    files = threads = kilobytes = 0
    for pid in pids:
        try:
            files += len(os.listdir(f"/proc/{pid}/fd"))
            threads += len(os.listdir(f"/proc/{pid}/task"))
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
        except OSError:
            continue
    return files, threads, kilobytes / 1000


class Soak:
    """A player with the programme above, `pace` times faster than the day; without a network where it is faster."""

    def __init__(self, playwright: Playwright, folder: Path, *, pace: int) -> None:
        self.folder, self.pace = folder, pace
        self.cms = FakeCms()
        self.cms.start()
        self.content = Content(self.cms)
        self.player = Player(playwright, folder / "profile")
        self.boot = ""
        self.place = 0
        # At a multiple of the day's speed a scene still wants time to be fetched, verified and decoded.
        self.seconds = 5 if pace == 1 else 20

    def start(self) -> None:
        media = self.folder / "media"
        media.mkdir(exist_ok=True)
        document = self.content.schedule(
            programme(self.content, media, self.seconds), valid_from=self.cms.now_ms() - 1000
        )
        # In the third scene of the first loop that is to come; the programme began an hour ago or more.
        opened = document["faces"]["a"]["segments"][0]["from"] + DARK
        length = SCENES * self.seconds * 1000
        self.place = opened + -(-(self.cms.now_ms() - opened) // length) * length + 2400 * self.seconds
        if self.pace > 1:
            with_closing_hours(document)
        version = self.cms.publish("schedule.json", document)
        self.player.open(self.cms.origin + self.cms.invite().replace("&test=1", f"&test=1&pace={self.pace}"))
        self.player.until(f"s.schedule?.version === {version} && Object.keys(s.faces).length === 2", 120)
        self.boot = self.player.state["boot"]
        if self.pace > 1:
            self.player.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
            self.cms.stop()

    def shown(self) -> int:
        """Showings in the play log, once the server is back."""
        if self.pace > 1:
            self.cms.start()
        before = -1
        while len(self.cms.play_log) > before:
            before = len(self.cms.play_log)
            self.player.page.evaluate("() => window.bangtin.beat()")
        return before

    def close(self) -> None:
        self.player.close()
        self.cms.stop()

    def samples(
        self, minutes: float, every: float, said: Callable[[Sample], None] = lambda _: None
    ) -> Iterator[Sample]:
        """What is held, every so many minutes of real time."""
        context = self.player.context
        assert context is not None
        session = context.new_cdp_session(self.player.page)
        for domain in ("Performance", "HeapProfiler"):
            session.send(f"{domain}.enable")
        began = time.monotonic()
        number = 0
        while (passed := (time.monotonic() - began) / 60) < minutes:
            self.player.page.wait_for_timeout(max(0.0, number * every - passed) * 60_000)
            found = self._sample(session, (time.monotonic() - began) / 60)
            said(found)
            yield found
            number += 1

    def _sample(self, session: CDPSession, minutes: float) -> Sample:
        """Stands still at the place and counts."""
        page = self.player.page
        page.evaluate("(at) => window.bangtin.freeze(at)", self.place)
        heaps = []
        for _ in range(TRIES):
            session.send("HeapProfiler.collectGarbage")
            page.wait_for_timeout(50)
            heaps.append(session.send("Runtime.getHeapUsage")["usedSize"] / 1000)
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        state = self.player.state
        files, threads, memory = held_by(descendants(browser_of(self.player.profile)))
        page.evaluate("() => window.bangtin.thaw()")
        if state["boot"] != self.boot:
            raise AssertionError(f"the page was loaded anew: {state['events']}")
        return Sample(
            minutes=minutes,
            heap_kb=min(heaps),
            nodes=int(metrics["Nodes"]),
            listeners=int(metrics["JSEventListeners"]),
            blobs=state["blobs"],
            videos=state["watch"]["videos"],
            images=state["watch"]["images"],
            files=files,
            threads=threads,
            memory_mb=memory,
        )


def settled(samples: list[Sample]) -> list[Sample]:
    """Without the first fifth, when caches and pools fill."""
    return samples[len(samples) // 5 :]


def slope(samples: list[Sample], name: str) -> float:
    """Growth in a minute by least squares."""
    minutes = [one.minutes for one in samples]
    return float(np.polyfit(minutes, [getattr(one, name) for one in samples], 1)[0])


def growth(samples: list[Sample], name: str) -> float:
    """How much more there is in the last third than in the first, by their medians."""
    third = max(1, len(samples) // 3)
    values = [getattr(one, name) for one in samples]
    return float(np.median(values[-third:]) - np.median(values[:third]))
