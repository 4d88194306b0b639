"""How soon a controller shows the right frame after a power cut in the middle of an update, with no network.

    python -m benchmarks.cold [STARTS]

The player holds a release of 35 days with some hundred files, and the next one half-way; its browser is killed with all its processes.
Each start is a new browser with the same profile, which shows an empty page first: the time runs from the navigation to the frame in
which every face shows what it should, and that frame is compared with the compiler's own. Then the page alone is loaded again, as after a
crash of the page. The same once more with a long clip on screen, every byte of which is verified before it is shown.

One JSON line per result: name, value, unit, goal, holds.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

STARTS = 10
MIB = 1024 * 1024


def report(name: str, value: float, unit: str, goal: float, holds: bool) -> None:
    line = {"name": f"cold.{name}", "value": round(value), "unit": unit, "goal": goal, "holds": holds}
    print(json.dumps(line), flush=True)


def run(folder: Path, starts: int) -> None:
    os.environ["BANGTIN_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.testing"
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.player_web.cold import ColdStart, Size

    sizes = {"pictures": Size(scenes=150, files=200), "clip": Size(scenes=20, files=20, clip_bytes=60 * MIB)}
    with sync_playwright() as playwright:
        for name, size in sizes.items():
            (folder / name).mkdir()
            made = ColdStart(playwright, folder / name, size)
            try:
                made.fill()
                made.update_half_way()
                cold, again = [], []
                for _ in range(starts):
                    made.power_cut()
                    cold.append(made.start())
                    again.append(made.again())
            finally:
                made.close()
            for what, times, goal in (("start", cold, 1500), ("reload", again, 2000)):
                ordered = sorted(times)
                report(f"{name}.{what}.p50", ordered[len(ordered) // 2], "ms", goal, ordered[len(ordered) // 2] <= goal)
                report(f"{name}.{what}.max", ordered[-1], "ms", goal, ordered[-1] <= goal)


def main(starts: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bangtin-bench-") as folder:
        run(Path(folder), starts)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else STARTS)
