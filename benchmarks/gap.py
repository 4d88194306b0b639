"""What is seen between two items: our player, a plain page with two slots and `@xiboplayer/renderer` 0.5.20 beside it.

    python -m benchmarks.gap [TRANSITIONS]

**Media.** Flat colours on a magenta page; every frame of every item carries its number, the frame's and a parity bit
(`tests/player_web/gap/media.py`). Images, clips, strips and live values follow one another in every order under every transition.

**Oracle.** The browser's own screencast delivers each composed frame with its time; black, the page behind, an old frame of the next clip, the item
before again and clip frames that never came are read off. Frames are read after the recording, so that reading takes nothing from what is measured.

**Ours** plays on three faces of two clusters, two on one canvas (one of them turned) and one on its own, served by a CMS in miniature; half of
the transitions on a quiet machine, cluster by cluster, half in two browsers at once with a busy process for each core. **The plain page** and **the peer** play on one
face, one after the other. The peer builds layouts ahead in its pool as its documents say; it counts whole seconds, fades from its background and knows no
wipe, so it is given only cuts, which is the best it does. Media come to both as blobs that are fetched before.

The peer (AGPL-3.0) is installed for this measurement alone, by `npm ci` into `build/`. One JSON line per result.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copy
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.frames import FOLDER, installed

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from tests.player_web.gap.cluster import Controller
    from tests.player_web.gap.media import Item
    from tests.player_web.gap.oracle import Verdict

TRANSITIONS = 1000
SHORT_MS, LONG_MS = 600, 3000
PAGES = Path(__file__).parent / "gap_pages"
PEER = "@xiboplayer/renderer"
FRAME_MS = 1000 / 60
FAULTS = ("black", "magenta", "stale", "other")


@dataclass
class Seen:
    """What one player showed in one condition."""

    verdicts: list[Verdict] = field(default_factory=list)
    taken: float = 0.0
    """Share of the processors' time that others on the same host took away meanwhile."""

    @property
    def changes(self) -> int:
        return sum(one.changes for one in self.verdicts)

    def frames(self, *faults: str) -> int:
        return sum(one.wrong[fault] for one in self.verdicts for fault in faults)

    def faulty(self, *faults: str) -> int:
        """Changes at which any of these was seen."""
        return sum(len(set().union(*(one.faulty.get(fault, set()) for fault in faults))) for one in self.verdicts)

    def clip_frames(self) -> list[int]:
        """Of each clip of 90 frames that was cut in, how many were seen."""
        return sorted(len(clip.frames) for one in self.verdicts for clip in one.clips() if clip.item.frames == 90)

    def held(self) -> list[float]:
        """How far from 3 s items stood that should, ms."""
        return sorted(abs(ms - LONG_MS) for one in self.verdicts for item, ms in one.held() if item.ms == LONG_MS)

    def second_frames(self) -> list[float]:
        return sorted(ms for one in self.verdicts for ms in one.second_frames())

    def told(self) -> str:
        clips, held, second = self.clip_frames(), self.held(), self.second_frames()
        parts = [f"{self.changes} changes", *(f"{fault} at {self.faulty(fault)}" for fault in FAULTS)]
        parts.append(f"skipped {sum(one.skipped for one in self.verdicts)}")
        if clips:
            parts.append(f"{median(clips):.0f} of 90 frames (least {clips[0]}, N {len(clips)})")
        if held:
            parts.append(f"3 s ± {median(held):.0f} ms (most {held[-1]:.0f})")
        if second:
            parts.append(f"second frame p50 {quantile(second, 0.5):.0f} p95 {quantile(second, 0.95):.0f} ms")
        return ", ".join(parts)


def quantile(values: Sequence[float], share: float) -> float:
    """Of sorted values."""
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


@contextmanager
def loaded() -> Iterator[None]:
    """A process that does nothing but compute for each core."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for one in busy:
            one.kill()
            one.wait()


def processors() -> tuple[int, int]:
    """Time stolen from this virtual machine, and all its time (`/proc/stat`, ticks)."""
    ticks = [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return ticks[7], sum(ticks)


Shown = tuple[Any, Any, "Controller", "list[Item]", "float | None"]
"""A context, its page, what is seen in it, the loop, and when that began (UTC ms; None: nobody said)."""


def record(recorded: Sequence[Shown], seconds: float) -> list[Verdict]:
    """Screencasts of these pages at the same time, read off."""
    from tests.player_web.gap.cluster import verdicts
    from tests.player_web.gap.screencast import Screencast

    casts = [Screencast(context, page).start() for context, page, *_ in recorded]
    recorded[0][1].wait_for_timeout(seconds * 1000)
    for cast in casts:
        cast.stop()
    found: list[Verdict] = []
    for cast, (_, _, controller, loop, began) in zip(casts, recorded, strict=True):
        found += verdicts(cast.pictures(), controller, loop, began).values()
    return found


@contextmanager
def playing(playwright: Playwright, folder: Path, controller: Controller, loop: list[Item]) -> Iterator[Shown]:
    """Our player with its CMS in miniature."""
    from tests.player_web.conftest import Player
    from tests.player_web.fake_cms import FakeCms
    from tests.player_web.gap.cluster import MAGENTA, TICK, publish

    folder.mkdir()
    name = folder.name
    cms = FakeCms(f"cluster-{name}", f"cluster-{name}-1", poll_ms=5000)
    player = Player(playwright, folder / "profile")
    cms.start()
    try:
        version, began = publish(cms, controller, loop, folder)
        player.open(cms.origin + cms.invite(), size=controller.canvas)
        player.until(f"s.schedule?.version === {version} && s.ready", 60)
        player.page.add_style_tag(content=MAGENTA + TICK)
        player.page.wait_for_timeout(3000)
        yield player.context, player.page, controller, loop, began
    finally:
        player.close()
        cms.stop()


def ours(playwright: Playwright, folder: Path, seconds: float) -> dict[str, Seen]:
    """Two clusters, so many seconds each: one after the other while it is quiet, as each is a machine of its own; both at once under load."""
    from tests.player_web.gap.cluster import ONE_FACE, TWO_FACES
    from tests.player_web.gap.media import every_change

    loop = every_change(SHORT_MS, LONG_MS)
    quiet, began = Seen(), processors()
    for name, controller in (("two", TWO_FACES), ("one", ONE_FACE)):
        with playing(playwright, folder / name, controller, loop) as shown:
            quiet.verdicts += record([shown], seconds)
    quiet.taken = (processors()[0] - began[0]) / max(1, processors()[1] - began[1])
    with ExitStack() as open_:
        both = [
            open_.enter_context(playing(playwright, folder / name, controller, loop))
            for name, controller in (("two-loaded", TWO_FACES), ("one-loaded", ONE_FACE))
        ]
        with loaded():
            return {"quiet": quiet, "loaded": Seen(record(both, seconds))}


def beside(playwright: Playwright, folder: Path, page_name: str, loop: list[Item], seconds: float) -> dict[str, Seen]:
    """Another page with the same media on one face, quiet and loaded (half as long)."""
    from tests.browser import ARGUMENTS, CHROMIUM
    from tests.player_web.gap.cluster import TICK, Controller, Place
    from tests.player_web.gap.media import layers_of

    items = []
    for item in loop:
        layers = []
        for number, (layer, data, _) in enumerate(layers_of(item, (320, 160), folder)):
            name = f"{item.number}-{number}.media"
            (folder / name).write_bytes(data)
            layers.append({**layer, "url": name})
        items.append(
            {
                "number": item.number,
                "kind": item.kind,
                "transition": item.transition,
                "ms": item.ms,
                "layers": layers,
            }
        )
    (folder / "items.json").write_text(json.dumps(items), encoding="utf-8")
    for path in PAGES.iterdir():
        copy(path, folder)
    controller = Controller((320, 160), (Place("a", (0, 0, 320, 160)),))
    with served(folder) as origin:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            context = browser.new_context(viewport={"width": 320, "height": 160})
            page = context.new_page()
            page.on("pageerror", lambda error: print(f"{page_name}: {error}", file=sys.stderr))
            page.goto(f"{origin}/{page_name}.html")
            page.wait_for_function("document.title.startsWith('playing')")
            page.add_style_tag(content=TICK)
            page.wait_for_timeout(3000)
            recorded: list[Shown] = [(context, page, controller, loop, None)]
            quiet = Seen(record(recorded, seconds))
            with loaded():
                return {"quiet": quiet, "loaded": Seen(record(recorded, seconds / 2))}
        finally:
            browser.close()


class _Quiet(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript", ".json": "application/json"}

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder on a port of this machine; the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def report(name: str, value: float | None, unit: str, goal: str, holds: bool, **more: object) -> None:
    line = {"name": f"gap.{name}", "value": value, "unit": unit, "goal": goal, "holds": holds, **more}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def main(transitions: int) -> None:
    problem = installed()
    with tempfile.TemporaryDirectory(prefix="bangtin-bench-") as name:
        folder = Path(name)
        os.environ["BANGTIN_DATA"] = name
        os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.testing"
        import django

        django.setup()
        from playwright.sync_api import sync_playwright

        from tests.player_web.gap.media import every_change

        loop = every_change(SHORT_MS, LONG_MS)
        length = sum(item.ms for item in loop) / 1000
        seconds = transitions / (3 * len(loop)) * length / 2
        found: dict[str, dict[str, Seen]] = {}
        with sync_playwright() as playwright:
            found["ours"] = ours(playwright, folder, seconds + 2)
            for page in ("plain", "xibo"):
                if page == "xibo" and problem:
                    continue
                (folder / page).mkdir()
                if page == "xibo":
                    (folder / page / "node_modules").symlink_to(FOLDER / "node_modules")
                shown = loop if page == "plain" else every_change(1000, LONG_MS, ("cut",))
                most = sum(item.ms for item in shown) / 1000 * (1 if page == "plain" else 2)
                found[page] = beside(playwright, folder / page, page, shown, min(seconds, most))
    for who, conditions in found.items():
        for condition, seen in conditions.items():
            print(f"{who}, {condition}: {seen.told()}", file=sys.stderr)
            for verdict in seen.verdicts:
                for note in verdict.notes[:10] if who == "ours" else ():
                    print(f"  {note}", file=sys.stderr)
    results(found, transitions, problem)


def results(found: dict[str, dict[str, Seen]], transitions: int, problem: str) -> None:
    """A line for each goal, the others' figures beside it."""
    mine, others = found["ours"], {who: seen for who, seen in found.items() if who != "ours"}
    changes = sum(seen.changes for seen in mine.values())
    report("transitions", changes, "changes of item", f">= {transitions}", changes >= transitions)
    for condition, seen in mine.items():
        beside_it = {who: one[condition] for who, one in others.items()}
        for what, faults in (("black_or_page_behind", ("black", "magenta", "other")), ("stale", ("stale",))):
            frames = seen.frames(*faults)
            told = {who: f"at {one.faulty(*faults)} of {one.changes} changes" for who, one in beside_it.items()}
            report(f"{condition}.{what}", frames, "frames", "0", frames == 0, changes=seen.changes, peers=told)
        clips = seen.clip_frames()
        if clips:
            told = {who: f"{(one.clip_frames() or [0])[0]}" for who, one in beside_it.items()}
            goal = ">= 89 in 19 of 20 clips" if condition == "quiet" else "no goal"
            value = quantile(clips, 0.05)
            more = {"least": clips[0], "median": median(clips), "clips": len(clips), "peers_least": told}
            report(
                f"{condition}.clip_frames", value, "of 90", goal, condition != "quiet" or value >= 89,
                taken_away=round(seen.taken, 3), **more,
            )  # fmt: skip
    quiet = {who: one["quiet"] for who, one in others.items()}
    held, second = mine["quiet"].held(), mine["quiet"].second_frames()
    told = {who: f"{quantile(one.held(), 0.95):.0f}" for who, one in quiet.items()}
    off = quantile(held, 0.95)
    report(
        "quiet.held_3s", round(off, 1), "ms off, p95", "<= 1 frame", off <= FRAME_MS + 1,
        most=round(held[-1], 1), items=len(held), peers=told,
    )  # fmt: skip
    late = quantile(second, 0.95)
    told = {who: f"{quantile(one.second_frames(), 0.95):.0f}" for who, one in quiet.items()}
    report("quiet.clip_second_frame", round(late, 1), "ms, p95", "<= 120", late <= 120, clips=len(second), peers=told)
    if problem:
        report("peer", None, "", f"{PEER} beside it", False, note=problem)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TRANSITIONS)
