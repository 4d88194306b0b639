"""Four faces on two controllers, one of whose machines is 90 s off, behind a slow network: how far apart they change.

    python -m benchmarks.sync [CHANGES]

Two browsers, each with its own process and profile, reach the CMS over ways that delay everything by 200 ± 100 ms, there and back.
When a change was painted is read in the page, after the frame in which it happened, on this machine's own clock, whose ticks
are looked for in each page. In the middle the programme comes as a new release, and one player's power is cut and comes back.
Then the ways vary each by itself, and at last one is longer than the other: what an exchange of messages can never find out.

One JSON line per result: name, value, unit, goal, holds.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

CHANGES = 500
SCENE_MS = 500
SHIFT_MS = 90_000
FRAME = 1000 / 60


def report(name: str, value: float, unit: str, goal: str, holds: bool) -> None:
    line = {"name": f"sync.{name}", "value": round(value, 2), "unit": unit, "goal": goal, "holds": holds}
    print(json.dumps(line), flush=True)


def run(folder: Path, changes: int) -> None:
    os.environ["BANGTIN_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.testing"
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.player_web.in_step import Cluster, Seen, share
    from tests.player_web.slow_way import independent, lopsided, symmetric

    def tell(name: str, seen: Seen, errors: list[float]) -> None:
        apart = seen.apart()
        for line in seen.wrong[:5]:
            print(line, file=sys.stderr)
        report(f"{name}.clock", max(errors), "ms", "<= 5", max(errors) <= 5)
        report(f"{name}.changes", len(apart), "changes", "all four faces", bool(apart))
        report(f"{name}.apart.p50", share(apart, 0.5), "ms", "", True)
        p99 = share(apart, 0.99)
        report(f"{name}.apart.p99", p99, "ms", f"<= {2 * FRAME:.1f}, reach: {FRAME:.1f}", p99 <= 2 * FRAME)
        report(f"{name}.other_scenes", len(seen.wrong), "changes", "0", not seen.wrong)
        report(f"{name}.missed", seen.missed(), "changes", "0", seen.missed() == 0)

    half = changes / 2 * SCENE_MS / 1000
    with sync_playwright() as playwright:
        cluster = Cluster(playwright, folder, symmetric(0.2, 0.1), scene_ms=SCENE_MS, shift_ms=SHIFT_MS)
        try:
            cluster.open()
            cluster.watch(8)
            first, errors = cluster.watch(half)
            tell("symmetric", first, errors)
            version = cluster.recompile()
            cluster.leave("tinh-bien-2")
            cluster.join("tinh-bien-2")
            late, late_errors = cluster.watch(half)
            states = [player.state["schedule"]["version"] for player in cluster.players.values()]
            report("recompiled.in_force", states.count(version), "players", "2", states == [version] * 2)
            tell("recompiled_and_late", late, late_errors)
            moved = abs(late.middle() - first.middle())
            # A browser that began anew has another beat of its frames, and changes at most one of them earlier or later.
            report("moved", moved, "ms", f"<= {FRAME:.1f}: one frame", moved <= FRAME)
            cluster.way(independent(0.2, 0.1))
            cluster.leave("tinh-bien-2")
            cluster.join("tinh-bien-2")
            cluster.watch(20)
            tell("each_way_by_itself", *cluster.watch(changes / 10 * SCENE_MS / 1000))
            cluster.way(lopsided(0.1, 0.3))
            for name in cluster.players:
                cluster.leave(name)
                cluster.join(name)
            cluster.watch(20)
            lopsided_seen, lopsided_errors = cluster.watch(changes / 20 * SCENE_MS / 1000)
            goal = "100, which nobody can know"
            report("lopsided.clock", max(lopsided_errors), "ms", goal, max(lopsided_errors) <= 110)
            p99 = share(lopsided_seen.apart(), 0.99)
            report("lopsided.apart.p99", p99, "ms", f"<= {2 * FRAME:.1f}", p99 <= 2 * FRAME)
        finally:
            cluster.close()


def main(changes: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bangtin-bench-") as folder:
        run(Path(folder), changes)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CHANGES)
