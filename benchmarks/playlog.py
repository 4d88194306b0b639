"""Five weeks of a play log, kept offline, delivered to a real CMS; and ten thousand plays on a line that is cut, in a browser that is killed, by a
clock that leaps.

    python -m benchmarks.playlog [--lines 300000] [--plays 10000]

A real Chromium with the player's own outbox, the real web server on SQLite. What must arrive is known from a record of its own: a function of the
number for the weeks, a list kept by this process for the plays. One JSON line per result.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from tests.browser import ARGUMENTS, CHROMIUM
from tests.e2e.instance import ROOT, Instance
from tests.player_web import plays

SEAT = "bench"
START, STEP = 1_800_000_000_000, 2520
"""Four faces in turn: each shows a scene for ten seconds, twelve hours a day, for five weeks and a little more."""
CLUSTER = """
from datetime import date
from cms.accounts.models import User
from cms.places.models import Cluster, Controller, Face, Placement, Province
from cms.release.services import ensure_province_keys
province, _ = Province.objects.get_or_create(code="bench", defaults=dict(name="Thử", languages=["vi"], theme="national"))
ensure_province_keys(province)
cluster = Cluster.objects.create(slug="bench", province=province, name="Thử", gaps_mm=[200, 200, 200])
user = User.objects.create_superuser("bench", "bench@example.vn", "đèn lồng trên sông Hậu")
for name in ("weeks", "trials"):
    controller = Controller.objects.create(cluster=cluster, slug=name, canvas_width=1024, canvas_height=192)
    for number, letter in enumerate("abcd"):
        face, _ = Face.objects.get_or_create(cluster=cluster, letter=letter, defaults=dict(width=256, height=192, pitch_mm=5, distance_m=15, languages=["vi"]))
        Placement.objects.create(controller=controller, face=face, x=256 * number)
"""
INVITE = """
from cms.accounts.models import User
from cms.places.models import Controller
from cms.players.services import invite
answer = invite(Controller.objects.get(slug={name!r}), User.objects.get(username="bench"))[0]
"""
WEEKS = """
from cms.players.models import PlayLogBoot, PlayLogEntry
rows = PlayLogEntry.objects.filter(player__controller__slug="weeks", item__startswith="play-").order_by("seq")
wrong = last = 0
for seq, face, item, start, end, schedule in rows.values_list("seq", "face", "item", "started_at", "ended_at", "schedule").iterator(chunk_size=5000):
    n = seq - 1
    due = ("abcd"[n % 4], "play-%d:vi" % (n % 40), {start} + n * {step}, {start} + (n + 4) * {step}, 7)
    wrong += (face, item, round(start.timestamp() * 1000), round(end.timestamp() * 1000), schedule) != due or seq != last + 1
    last = seq
answer = [rows.count(), wrong, sum(PlayLogBoot.objects.filter(player__controller__slug="weeks").values_list("lost", flat=True))]
"""
PLAYS = """
from collections import Counter
from cms.players.models import PlayLogEntry
found = Counter(PlayLogEntry.objects.filter(player__controller__slug="trials", scene__startswith="n-").values_list("scene", flat=True))
answer = {int(one[2:-3]): number for one, number in found.items()}
"""
LIST = """
import time
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from cms.accounts.models import User
from cms.accounts.services import has_second_factor, set_totp
client, user = Client(HTTP_HOST="localhost"), User.objects.get(username="bench")
if not has_second_factor(user):
    set_totp(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
answer = {}
for name, query in {"first": "", "last": "?p=200", "face": "?face=b", "title": "?title=none"}.items():
    client.get(reverse("players:play_log"))
    began = time.perf_counter()
    page = client.get(reverse("players:play_log") + query)
    answer[name] = [page.status_code, (time.perf_counter() - began) * 1000]
"""


def report(name: str, value: float, unit: str, goal: float, *, least: bool = False) -> None:
    holds = value >= goal if least else value <= goal
    line = {"name": f"playlog.{name}", "value": round(value, 3), "unit": unit, "goal": goal, "holds": holds}
    print(json.dumps(line), flush=True)


class Server(Instance):
    """`bangtin up` on an empty database."""

    def start(self, seconds: float = 900) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cms.runtime", "up"],
            env={**self.env, "DJANGO_SETTINGS_MODULE": "cms.settings.development"},
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._read, args=(self.process, threading.Event()), daemon=True).start()
        deadline = time.monotonic() + seconds
        while True:
            with suppress(OSError):
                urllib.request.urlopen(f"{self.url}/health/", timeout=5).close()  # noqa: S310
                return
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("\n".join(self.lines[-30:]))
            time.sleep(0.5)

    def resident(self) -> int:
        """Bytes of memory that all its processes hold; what they share counts for each."""
        below = {self.process.pid} if self.process else set()
        for _ in range(4):
            for pid in (int(one.name) for one in Path("/proc").glob("[0-9]*")):
                with suppress(OSError, ValueError):
                    if int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) in below:
                        below.add(pid)
        return sum(resident(one) for one in below)


def _read(path: str) -> bytes:
    with suppress(OSError):
        return Path(path).read_bytes()
    return b""


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    found = re.search(rb"VmRSS:\s+(\d+)", _read(f"/proc/{pid}/status"))
    return int(found[1]) * 1024 if found else 0


@contextmanager
def browser(playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=[*ARGUMENTS, "--enable-precise-memory-info"]
    )
    try:
        yield context
    finally:
        with suppress(Exception):
            context.close()


def paired(playwright: Playwright, server: Server, port: int, name: str, profile: Path) -> str:
    """Pair a browser through the real page; the player's version."""
    code = server.do(INVITE.format(name=name))
    with browser(playwright, profile) as context:
        page = context.pages[0]
        page.goto(f"http://localhost:{port}/player/?seat={SEAT}#code={code}")
        page.wait_for_function("() => window.bangtin", timeout=90_000)
        return str(page.evaluate("() => document.body.dataset.version"))


def weeks(playwright: Playwright, server: Server, folder: Path, lines: int) -> None:
    """The weeks are made offline, then delivered."""
    line = plays.Line(server.port)
    version = paired(playwright, server, line.port, "weeks", folder / "weeks")
    with browser(playwright, folder / "weeks") as context:
        page = context.pages[0]
        page.set_default_timeout(0)
        page.goto(f"http://localhost:{line.port}/api/player/v1/time")
        plays.begin(page, version, SEAT)
        line.down = True
        line.cut()
        held = page.evaluate("(task) => outbox.stock(...task)", [lines, START, STEP])
        stored = sum(
            file.stat().st_size for file in (folder / "weeks").rglob("*") if "IndexedDB" in str(file) and file.is_file()
        )
        report("weeks.held", held, "lines", lines, least=True)
        report("weeks.disk", stored / held, "bytes a line", 600)
        line.down = False
        before, watching = server.resident(), threading.Event()
        most = before

        def watch() -> None:
            nonlocal most
            while not watching.wait(1):
                most = max(most, server.resident())

        watcher = threading.Thread(target=watch)
        watcher.start()
        began = time.monotonic()
        page.evaluate("() => outbox.send()")
        took = time.monotonic() - began
        watching.set()
        watcher.join()
        spent = page.evaluate("() => outbox.spent")
        report("weeks.delivered", took, "s", 60)
        report("weeks.waited_for_the_server", spent["ms"] / 1000, "s", 60)
        report("weeks.sent", spent["bytes"] / lines, "bytes a line", 80)
        heap = spent["heap"]
        tenth = max(1, len(heap) // 10)
        report("weeks.browser_heap_growth", (min(heap[-tenth:]) - min(heap[:tenth])) / 1e6, "MB", 5)
        report("weeks.server_growth", (most - before) / 1e6, "MB", 60)
        report("weeks.left", page.evaluate("() => outbox.held()"), "lines", 0)
    kept, wrong, lost = server.do(WEEKS.replace("{start}", str(START)).replace("{step}", str(STEP)))
    report("weeks.lost", lines - kept, "lines", 0)
    report("weeks.wrong_or_twice", wrong, "lines", 0)
    report("weeks.said_to_be_lost", lost, "lines", 0)
    line.close()


def trials(playwright: Playwright, server: Server, folder: Path, wanted: int, seed: int = 6) -> None:
    """Plays, until so many are on record; every few seconds something happens."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    line, profile = plays.Line(server.port), folder / "trials"
    version = paired(playwright, server, line.port, "trials", profile)
    recorded: set[int] = set()
    first = kills = cuts = jumps = 0
    while len(recorded) < wanted:
        line.down = line.deaf = False
        with browser(playwright, profile) as context:
            page = context.pages[0]
            page.goto(f"http://localhost:{line.port}/api/player/v1/time")
            page.expose_function("recorded", lambda number: recorded.add(number))
            plays.begin(page, version, SEAT)
            page.evaluate("() => void outbox.keepSending()")
            for _ in range(chance.randint(1, 5)):
                page.evaluate("(by) => outbox.jump(by)", chance.choice([0, 1000, -90_000, 86_400_000, -3_600_000]))
                jumps += 1
                page.evaluate("(task) => outbox.play(...task)", [first, chance.randint(20, 150)])
                first = max(recorded) + 1
                line.down, line.deaf = chance.choice([(False, False), (True, False), (False, True)])
                line.cut()
                cuts += 1
            # In the middle of plays, of sending, or of nothing.
            page.evaluate("(task) => void outbox.play(...task)", [first, 1000])
            page.wait_for_timeout(chance.random() * 300)
            plays.kill_browser(profile)
            kills += 1
        first = max(recorded) + 100
    line.down = line.deaf = False
    with browser(playwright, profile) as context:
        page = context.pages[0]
        page.goto(f"http://localhost:{line.port}/api/player/v1/time")
        plays.begin(page, version, SEAT)
        page.evaluate("() => outbox.send()")
        report("trials.left", page.evaluate("() => outbox.held()"), "lines", 0)
    found = {int(number): times for number, times in server.do(PLAYS).items()}
    report("trials.recorded", len(recorded), "plays", wanted, least=True)
    report("trials.kills", kills, "times", 20 * wanted / 10_000, least=True)
    report("trials.cuts", cuts, "times", kills, least=True)
    report("trials.clock_jumps", jumps, "times", kills, least=True)
    report("trials.lost", len(recorded - found.keys()), "plays", 0)
    report("trials.twice", sum(times > 1 for times in found.values()), "plays", 0)
    # Written down by the player, which was killed before it could say so to the record.
    report("trials.not_on_record", len(found.keys() - recorded), "plays", kills)
    line.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lines", type=int, default=300_000)
    asked.add_argument("--plays", type=int, default=10_000)
    asked.add_argument("--migrated", type=Path, help="an empty, migrated database, to save the time for making one")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="bangtin-playlog-") as folder, sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        server = Server(Path(folder) / "data")
        server.data.mkdir()
        if told.migrated:
            shutil.copy(told.migrated, server.data / "bangtin.sqlite3")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        try:
            server.start()
            (server.data / "clock.json").write_text('{"offset_ms": 0}')  # the demo's, which the console reads
            server.do(CLUSTER)
            if told.lines:
                weeks(playwright, server, Path(folder), told.lines)
                for name, (status, ms) in server.do(LIST).items():
                    report(f"list.{name}", ms if status == 200 else 1e9, "ms", 400)
            if told.plays:
                trials(playwright, server, Path(folder), told.plays)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
