"""500 MB into the library over a line that is cut five times, in a real browser, before a real server.

    python -m benchmarks.upload [MEGABYTES]

`bangtin up` serves an empty instance; the browser reaches it through a proxy that resets every connection at five places of the file.
Memory is the proportional share (PSS) of the server's processes, summed up, five times a second: first at rest, then
while the file arrives, then while it is checked. What went up is counted, whether or not it arrived.

One JSON line per result: name, value, unit, goal, holds.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from tests.browser import ARGUMENTS, CHROMIUM
from tests.content.cutting import breaking

MEGABYTES, CUTS, MORE_MB = 500, 5, 150
MB = 1_000_000
PIECE = 8 << 20
ROOT = Path(__file__).resolve().parents[1]
PERSON = """
from cms.accounts.models import User
from cms.accounts.services import ensure_groups
from cms.places.models import Province
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
Province.objects.get_or_create(code="an_giang", defaults={"name": "An Giang", "languages": ["vi"], "theme": "national"})
user = User.objects.create_user("uploader", "uploader@example.vn", "bến phà trên sông Tiền")
user.groups.add(ensure_groups("an_giang")["contributor"])
session = import_module(settings.SESSION_ENGINE).SessionStore()
session.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend", HASH_SESSION_KEY: user.get_session_auth_hash()})
session.save()
print("session", session.session_key)
"""


def result(name: str, value: float, unit: str, goal: str, holds: bool) -> None:
    line = {"name": f"upload.{name}", "value": round(value, 1), "unit": unit, "goal": goal, "holds": holds}
    print(json.dumps(line), flush=True)


def film(path: Path, size: int) -> Path:
    """A clip of so many bytes: two seconds with a free box behind them, as cameras leave them."""
    source = "testsrc2=s=1280x720:r=25:d=2"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        source,
        "-pix_fmt",
        "yuv420p",
        str(path),
    ]
    subprocess.run(command, check=True)  # noqa: S603
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", size - path.stat().st_size, b"free"))
        file.truncate(size)
    return path


def tree(root: int) -> list[int]:
    """A process and all its descendants."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(folder.name))
    found, left = [], [root]
    while left:
        one = left.pop()
        found.append(one)
        left.extend(parents.get(one, []))
    return found


def memory_mb(root: int) -> float:
    """Proportional share of memory of a tree of processes, in MB: what it would free by ending."""
    total = 0
    for pid in tree(root):
        with contextlib.suppress(OSError, IndexError, ValueError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024 / MB


class Watch:
    """The highest sum since the last question."""

    def __init__(self, root: int) -> None:
        self.root, self.peak, self.over = root, 0.0, threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while not self.over.wait(0.2):
            self.peak = max(self.peak, memory_mb(self.root))

    def take(self) -> float:
        self.peak, peak = memory_mb(self.root), self.peak
        return peak


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def server(folder: Path, port: int, making: str = PERSON) -> Iterator[tuple[int, dict[str, str]]]:
    """An empty instance that runs; yields its process and what `making`, run in its shell, prints: a word and its value a line."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("BANGTIN_", "DJANGO_"))}
    env = {
        **kept,
        "BANGTIN_DATA": str(folder),
        "BANGTIN_PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "cms.settings.development",
    }
    with (folder / "up.log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "cms.runtime", "up"], env=env, cwd=ROOT, stdout=log, stderr=log
        )
        try:
            _wait_for(f"http://localhost:{port}/account/login/")
            made = subprocess.run(  # noqa: S603
                [sys.executable, "-m", "cms.runtime", "shell", "-c", making],
                env=env,
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
            yield running.pid, dict(line.split() for line in made.stdout.splitlines() if line.count(" ") == 1)
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(60)


def _wait_for(url: str, seconds: float = 600) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
            if answer.status == 200:
                return
        time.sleep(1)
    raise RuntimeError("the server did not come up")


def send(folder: Path, megabytes: int) -> dict[str, Any]:
    """Send the film and wait for the library; what was measured on the way."""
    from playwright.sync_api import expect, sync_playwright

    size, port = megabytes * MB, free_port()
    path = film(folder / "film.mp4", size)
    cuts = [size * (2 * number + 1) // (2 * CUTS) for number in range(CUTS)]
    (folder / "data").mkdir(mode=0o700)
    found: dict[str, Any] = {}
    with server(folder / "data", port) as (pid, said), breaking(port, cuts) as line, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(locale="vi-VN")
        context.add_cookies([{"name": "sessionid", "value": said["session"], "url": f"http://localhost:{line.here}"}])
        page = context.new_page()
        page.goto(f"http://localhost:{line.here}/admin/library/upload/")
        time.sleep(5)
        idle, watch, began = memory_mb(pid), Watch(pid), time.monotonic()
        page.set_input_files("input[type=file]", path)
        expect(page.locator("[data-phase=checking], [data-phase=done], [data-phase=refused]")).to_be_visible(
            timeout=3_600_000
        )
        found |= {
            "seconds": time.monotonic() - began,
            "more": watch.take() - idle,
            "sent": line.sent,
            "cuts": line.made,
        }
        began = time.monotonic()
        expect(page.locator("[data-phase=done], [data-phase=refused], [data-phase=failed]")).to_be_visible(
            timeout=900_000
        )
        found |= {"check": time.monotonic() - began, "checking": watch.take() - idle, "idle": idle}
        found["done"] = page.locator("[data-phase=done]").count()
        watch.over.set()
        browser.close()
    kept = [one.stat().st_size for one in (folder / "data" / "media").rglob("*.mp4")]
    found["kept"] = kept == [size]
    return found


def main(megabytes: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="bangtin-bench-"))
    try:
        found = send(folder, megabytes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    size = megabytes * MB
    result("arrived", megabytes, "MB", f"{megabytes}", bool(found["done"] and found["kept"]))
    result("cuts", found["cuts"], "times", f"{CUTS}", found["cuts"] == CUTS)
    beyond = (found["sent"] - size) / CUTS
    result("sent_again_for_each_cut", beyond / MB, "MB", f"<= {PIECE / MB:.1f}", beyond <= PIECE * 1.05)
    result("memory_above_idle", found["more"], "MB", f"<= {MORE_MB}", found["more"] <= MORE_MB)
    result("memory_while_checked", found["checking"], "MB", "<= 700", found["checking"] <= 700)
    result("took", found["seconds"], "s", "<= 1800", found["seconds"] <= 1800)
    result("checked_in", found["check"], "s", "<= 300", found["check"] <= 300)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES)
