"""An update of more than 300 MB that is interrupted 200 times, in a real browser.

    python -m benchmarks.faults [INTERRUPTIONS]

A fifth each: the browser is killed, the server dies, the network is cut, the disk is full (the browser's quota), a bit flips in a
stored file (on the disk itself, its times unchanged). They come in a random order while chunks are half-way: the server sends only
so many bytes before each, so that few find an idle player, and those are counted. After every interruption the screen is
photographed, and each face must show a whole picture of one of the two releases, all faces of the same one, byte by byte what was
signed. What the server sent of chunks is counted, whether or not it arrived. In the end the player looks through all it keeps.

One JSON line per result: name, value, unit, goal, holds.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.player_web.faults import Report

INTERRUPTIONS = 200
MIB = 1024 * 1024
LENGTHS = [150 * MIB, 60 * MIB + 1, 40 * MIB, 20 * MIB, 9_999_999, 5_000_000, *[MIB + 1] * 8, *[300_000] * 40]
"""Of release 2's assets that nobody sees, bytes: long clips, short ones, pictures."""


def report(name: str, value: float, unit: str, goal: float, holds: bool) -> None:
    line = {"name": f"faults.{name}", "value": round(value, 1), "unit": unit, "goal": round(goal, 1), "holds": holds}
    print(json.dumps(line), flush=True)


def progress(found: Report) -> None:
    if found.interruptions % 10 == 0:
        megabytes = f"{found.downloaded / MIB:.0f} of {found.needed / MIB:.0f} MiB"
        print(
            f"{found.interruptions} interruptions, {megabytes}, {len(found.strange)} strange",
            file=sys.stderr,
            flush=True,
        )


def ordeal(folder: Path, interruptions: int) -> Report:
    """The CMS in miniature uses the CMS's own code, so Django's settings come first."""
    os.environ["BANGTIN_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.testing"
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.player_web.faults import Ordeal

    with sync_playwright() as playwright:
        made = Ordeal(playwright, folder)
        try:
            return made.run(interruptions, LENGTHS, progress=progress)
        finally:
            made.close()


def main(interruptions: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bangtin-bench-") as folder:
        found = ordeal(Path(folder), interruptions)
    for strange in found.strange:
        print(strange, file=sys.stderr)
    report("update", found.needed / MIB, "MiB", 300, found.needed >= 300_000_000)
    report("interruptions", found.interruptions, "times", interruptions, found.interruptions >= interruptions)
    report("of_an_idle_player", found.idle, "times", interruptions / 2, found.idle <= interruptions / 2)
    report("bits_flipped", found.flipped, "times", interruptions / 10, found.flipped >= interruptions // 10)
    report("screens_looked_at", found.screens, "times", interruptions, found.screens >= interruptions)
    report("screens_without_a_verified_release", len(found.strange), "times", 0, not found.strange)
    report("ended_on_the_newest", found.newest, "of 1", 1, found.newest)
    report("assets_still_rotten", found.rotten, "of all", 0, found.rotten == 0)
    report("downloaded", found.downloaded / MIB, "MiB", found.bound / MIB, found.downloaded <= found.bound)
    beyond = (found.downloaded - found.needed) / max(1, found.interruptions)
    report("lost_to_each_interruption", beyond / MIB, "MiB", 4, beyond <= 4 * MIB)
    report("took", found.seconds, "s", 3600, found.seconds <= 3600)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else INTERRUPTIONS)
