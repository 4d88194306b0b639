"""A player that plays on and on, in a real browser: what it holds must not grow.

    python -m benchmarks.soak [HOURS [MINUTES]]

First so many HOURS of schedule at sixty times their speed, without a network, with closing hours, the pictures under clips in place of
clips; then so many MINUTES in real time with eight scenes of clips on two faces. Both programmes have strips, a clock and every transition.
Once in a while the player stands still at the same place of its programme, garbage is collected, and everything is counted: the heap of
JavaScript, nodes and listeners of the document, addresses of blobs, elements of videos and pictures, and of all processes of the browser together
open files, threads (a decoder is some of them) and memory that is theirs alone.

The heap's growth is the slope of least squares over all samples but the first fifth, when caches fill; of what is counted one by one
the median of the last third may not be above that of the first.

One JSON line per result: name, value, unit, goal, holds.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.player_web.soaking import Sample

HOURS, MINUTES, PACE = 24.0, 60.0, 60
SAMPLES = 40
HEAP = 10
"""Most kilobytes that the heap may grow in a minute."""
FILES = 4
"""A browser's own databases and connections open and close some files at any time."""
THREADS = 8
"""A browser's pool gets threads when its work waits, and keeps them."""
LISTENERS = 4
"""Of the next scene, which may or may not be in its place already when the page stands still."""
MEMORY = 30
"""Megabytes; what V8 and the allocator keep for later is not given back at once. In real time the tool that drives the browser keeps its
network log as well (`blink::NetworkResourcesData`), up to a bound of its own."""


def report(name: str, value: float, unit: str, goal: float, holds: bool) -> None:
    line = {"name": f"soak.{name}", "value": round(value, 2), "unit": unit, "goal": goal, "holds": holds}
    print(json.dumps(line), flush=True)


def tell(sample: Sample) -> None:
    print(" ".join(f"{name}={value:.6g}" for name, value in asdict(sample).items()), file=sys.stderr, flush=True)


def soak(name: str, pace: int, minutes: float) -> None:
    """So many minutes of real time at such a pace."""
    from playwright.sync_api import sync_playwright

    from tests.player_web.soaking import Soak, growth, settled, slope

    with tempfile.TemporaryDirectory(prefix="bangtin-soak-") as folder, sync_playwright() as playwright:
        made = Soak(playwright, Path(folder), pace=pace)
        try:
            made.start()
            samples = settled(list(made.samples(minutes, minutes / SAMPLES, tell)))
            shown = made.shown()
        finally:
            made.close()
    expected = minutes * 60 * pace / made.seconds
    report(f"{name}.took", samples[-1].minutes, "min", round(minutes, 2), samples[-1].minutes >= 0.9 * minutes)
    # Of both faces; dark hours and a machine without time to spare take some.
    report(f"{name}.shown", shown, "scenes", round(expected), shown >= expected)
    heap = slope(samples, "heap_kb")
    report(f"{name}.heap", heap, "kB/min", HEAP, heap <= HEAP)
    for what, unit, most in (
        ("nodes", "nodes", 0),
        ("listeners", "listeners", LISTENERS),
        ("blobs", "addresses", 0),
        ("videos", "elements", 0),
        ("images", "elements", 0),
        ("threads", "threads", THREADS),
        ("files", "files", FILES),
        ("memory_mb", "MB", MEMORY),
    ):
        grown = growth(samples, what)
        report(f"{name}.{what.removesuffix('_mb')}", grown, unit, most, grown <= most)


def main(hours: float, minutes: float) -> None:
    os.environ["BANGTIN_DATA"] = tempfile.gettempdir()
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.testing"
    import django

    django.setup()
    if hours:
        soak("quick", PACE, hours * 60 / PACE)
    if minutes:
        soak("real", 1, minutes)


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:3]]
    main(*given, *(HOURS, MINUTES)[len(given) :])
