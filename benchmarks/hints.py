"""Hints: what many open lines cost a web process, how fast a hint reaches all of them, and how soon something withdrawn is gone from a
face, with hints and by polls alone.

    python -m benchmarks.hints [--lines 200] [--seconds 45] [--withdrawals 20]

One JSON line per result: name, value, unit, goal, holds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from tests.player_web.conftest import Player
    from tests.player_web.fake_cms import FakeCms

ROOT = Path(__file__).parents[1]
CLUSTER = "tinh-bien"
POLL_MS = 3000  # what an instance tells its players by default
TICKS = os.sysconf("SC_CLK_TCK")


def report(name: str, value: float, unit: str, goal: str, holds: bool) -> None:
    line = {"name": f"hints.{name}", "value": round(value, 3), "unit": unit, "goal": goal, "holds": holds}
    print(json.dumps(line, ensure_ascii=False), flush=True)


# --- the server ---------------------------------------------------------------------------------------------------------


@contextmanager
def serving(folder: Path, url: str) -> Iterator[tuple[int, int]]:
    """The project's application in granian; yields its port and the number of the process that answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "cms.settings.testing",
        "BANGTIN_DATA": str(folder),
        "BANGTIN_REDIS_URL": url,
        "BANGTIN_HINTS": "4096",
    }
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--port", str(port), "cms.asgi:application"]
    process = subprocess.Popen([*command, "--log-level", "error"], cwd=ROOT, env=environment)  # noqa: S603
    try:
        until = time.monotonic() + 120
        while True:
            with suppress(OSError):
                ask_time(port)
                break
            if time.monotonic() > until:
                raise TimeoutError("granian did not start")
            time.sleep(0.1)
        yield port, worker_of(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def ask_time(port: int) -> float:
    """Milliseconds that an ordinary question takes."""
    begun = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/player/v1/time", timeout=10) as answer:
        answer.read()
    return (time.monotonic() - begun) * 1000


def worker_of(parent: int) -> int:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return max(map(int, children), key=memory)


def memory(process: int) -> int:
    """Private bytes."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) * 1024


def busy(process: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Listener:
    """An open line; `heard` is when each version came."""

    def __init__(self) -> None:
        self.heard: dict[int, float] = {}
        self.open = asyncio.Event()

    async def listen(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /api/player/v1/hints?cluster={CLUSTER} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        while line := await reader.readline():
            if line.startswith(b": hello"):
                self.open.set()
            elif line.startswith(b"data: "):
                self.heard[int(line[6:])] = time.monotonic()


async def lines(port: int, process: int, url: str, count: int, seconds: float) -> None:
    import redis.asyncio

    from cms.release.hints import CHANNEL

    before = memory(process)
    listeners = [Listener() for _ in range(count)]
    tasks = [asyncio.ensure_future(one.listen(port)) for one in listeners]
    await asyncio.wait_for(asyncio.gather(*(one.open.wait() for one in listeners)), 60)
    await asyncio.sleep(1)
    each = (memory(process) - before) / count
    report("memory_per_line", each / 1024, f"kB of {count} lines", "≤ 64", each <= 64 * 1024)
    begun, spent = time.monotonic(), busy(process)
    await asyncio.sleep(seconds)
    share = (busy(process) - spent) / (time.monotonic() - begun) * 100
    report("processor_idle", share, f"% of a core, {count} lines that only live", "≤ 2", share <= 2)
    delays: list[float] = []
    async with redis.asyncio.Redis.from_url(url) as connection:
        for version in range(1, 21):
            told = time.monotonic()
            await connection.publish(CHANNEL, json.dumps({"cluster": CLUSTER, "version": version}))
            while not all(version in one.heard for one in listeners):
                await asyncio.sleep(0.005)
            delays += [(one.heard[version] - told) * 1000 for one in listeners]
    report("to_every_line_p50", statistics.median(delays), "ms", "≤ 100", statistics.median(delays) <= 100)
    last = sorted(delays)[int(len(delays) * 0.99)]
    report("to_every_line_p99", last, "ms", "≤ 250", last <= 250)
    loop = asyncio.get_running_loop()
    asked = [await loop.run_in_executor(None, ask_time, port) for _ in range(50)]
    report("other_requests_p50", statistics.median(asked), "ms beside them", "≤ 50", statistics.median(asked) <= 50)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


# --- a face -------------------------------------------------------------------------------------------------------------


def withdrawals(count: int, folder: Path) -> None:
    """From the signature of a withdrawal until nothing of it is on any face, in a real browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        for hints, name in ((False, "by_polls"), (True, "by_hints")):
            took = sorted(_faces(playwright, hints, count, folder / name))
            median, worst = statistics.median(took), took[-1]
            goal = 5000 if not hints else 1500
            report(f"withdrawn_{name}_p50", median, "ms until it is gone", f"≤ {goal}", median <= goal)
            report(f"withdrawn_{name}_worst", worst, f"ms, of {count}", f"≤ {goal * 2}", worst <= goal * 2)


def _faces(playwright: Playwright, hints: bool, count: int, folder: Path) -> Iterator[float]:
    from tests.player_web.conftest import Player
    from tests.player_web.content import Content
    from tests.player_web.fake_cms import FakeCms

    cms = FakeCms(poll_ms=POLL_MS)
    cms.hints = hints
    cms.start()
    player = Player(playwright, folder)
    try:
        content = Content(cms)
        content.publish([content.scene("one", 1, duration=2000)])
        player.open(cms.origin + cms.invite())
        player.until(f"s.ready && s.hints.connected === {json.dumps(hints)}")
        for number in range(count):
            tell(cms, player, shown=True)
            time.sleep(0.7 + number * 0.37 % 3)  # anywhere between two polls
            begun = time.monotonic()
            tell(cms, player, shown=False)
            yield (time.monotonic() - begun) * 1000
    finally:
        player.close()
        cms.stop()


def tell(cms: FakeCms, player: Player, *, shown: bool) -> None:
    """Withdraw the item, or let it be shown again, and wait until every face follows."""
    notices = {"format": 1, "cluster": cms.cluster, "withdrawn": [] if shown else ["one:vi"]}
    cms.publish("now.json", notices)
    player.until(f"Object.values(s.faces).every((face) => face.scene {'!==' if shown else '==='} 'theme')", 30)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--lines", type=int, default=200)
    arguments.add_argument("--seconds", type=float, default=45)
    arguments.add_argument("--withdrawals", type=int, default=20)
    given = arguments.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.testing")
    import django

    django.setup()
    from django.conf import settings

    from benchmarks.clusters import redis

    with tempfile.TemporaryDirectory(prefix="hints") as made:
        folder = Path(made)
        with redis(folder):
            url = str(settings.RQ_QUEUES["sign"]["URL"])
            with serving(folder / "data", url) as (port, process):
                asyncio.run(lines(port, process, url, given.lines, given.seconds))
        withdrawals(given.withdrawals, folder)


if __name__ == "__main__":
    main()
