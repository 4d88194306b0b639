"""A controller with the kiosk on it, and the CMS it talks to."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bangtin_kiosk.config import Config, State, save
from bangtin_kiosk.files import write_atomic
from bangtin_kiosk.kiosk import Kiosk
from bangtin_kiosk.shell import Shells
from bangtin_kiosk.watch import Pace
from cms.players.web import TYPES
from tests.browser import CHROMIUM
from tests.player_web.content import CANVAS, Content
from tests.player_web.fake_cms import FakeCms

QUICK = Pace(look=0.2, answer=1.5, misses=2, load=6, heartbeat=60, scene=5, settle=0.5)


@pytest.fixture
def cms() -> Iterator[FakeCms]:
    fake = FakeCms()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def content(cms: FakeCms, tmp_path: Path) -> Content:
    made = Content(cms)
    made.folder = tmp_path / "assets"
    made.folder.mkdir()
    return made


def manifest(cms: FakeCms, files: dict[str, bytes], version: str | None = None) -> dict[str, Any]:
    """`player.json` of these files, whose bytes are put in the store."""
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
    named = {}
    for path, data in files.items():
        sha, entry = cms.store(data, TYPES[Path(path).suffix])
        named[path] = {**entry, "sha256": sha}
    return {"format": 1, "version": version or digest[:12], "files": named}


def offer(cms: FakeCms, files: dict[str, bytes] | None = None, version: str | None = None) -> str:
    """The CMS signs a player: the real one, or other files. Returns its version."""
    document = manifest(cms, cms.web.files, cms.web.version) if files is None else manifest(cms, files, version)
    cms.publish("player.json", document)
    return document["version"]


def changed(cms: FakeCms, comment: str) -> dict[str, bytes]:
    """The real player with one line more."""
    return {**cms.web.files, "src/main.js": cms.web.files["src/main.js"] + f"\n// {comment}\n".encode()}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def config(cms: FakeCms) -> Config:
    flags = ("--headless=new", "--no-sandbox", "--disable-gpu", f"--screen-info={{{CANVAS[0]}x{CANVAS[1]}}}")
    origin = f"http://127.0.0.1:{cms.port}"
    return Config(origin, cms.cluster, seat=cms.controller, port=free_port(), flags=flags, chromium=CHROMIUM or "")


@pytest.fixture
def state(tmp_path: Path, cms: FakeCms, config: Config) -> State:
    """What `bangtin-kiosk install` leaves, without a player yet."""
    made = State(tmp_path / "kiosk")
    write_atomic(made.root, cms.files[f"releases/{cms.cluster}/metadata/1.root.json"])
    save(made, config)
    return made


@pytest.fixture
def shells(state: State, config: Config) -> Shells:
    return Shells(state.shells, state.metadata, state.root.read_bytes(), config.cluster)


class Running:
    """A kiosk in a thread of its own, like a controller under power."""

    def __init__(self, config: Config, state: State, **more: Any) -> None:
        self.kiosk = Kiosk(config, state, **{"pace": QUICK, "update_s": 0.5, **more})
        self.thread = threading.Thread(target=self.kiosk.run, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.kiosk.stop()
        self.thread.join(20)
        assert not self.thread.is_alive()

    def until(self, what: Callable[[], Any], seconds: float = 25) -> Any:
        """The first true value of `what()`; looked at often, since a browser tells nobody else."""
        deadline = time.monotonic() + seconds
        while not (found := what()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not seen in {seconds} s; {self.kiosk.watch.status()}")
            threading.Event().wait(0.05)
        return found

    def state(self) -> dict[str, Any]:
        """What the page says of itself; empty while it cannot."""
        browser = self.kiosk.watch.browser
        try:
            return (browser and browser.evaluate("window.bangtin?.state ?? null", 2)) or {}
        except Exception:
            return {}

    def playing(self, version: int) -> Callable[[], bool]:
        def holds() -> bool:
            said = self.state()
            return (said.get("schedule") or {}).get("version") == version and said["ready"] and said["page"] == ""

        return holds


@pytest.fixture
def run(config: Config, state: State) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def make(**more: Any) -> Running:
        started.append(Running(config, state, **more))
        return started[-1]

    yield make
    for one in started:
        one.stop()
