"""Keeps a living player on the screen: looks, and helps by steps."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bangtin_kiosk import shots, systemd
from bangtin_kiosk.browser import Browser, Look, start
from bangtin_kiosk.cdp import Failed
from bangtin_kiosk.config import Config, State
from bangtin_kiosk.files import read_bounded, write_atomic
from bangtin_kiosk.say import note
from bangtin_kiosk.server import Server
from bangtin_kiosk.shell import Shells
from bangtin_kiosk.steps import Record, Step, next_step

TRIES = 2
"""So often the page of a player on trial may fail before the one before it returns."""


@dataclass(frozen=True, slots=True)
class Pace:
    """All in seconds."""

    look: float = 5
    answer: float = 8
    misses: int = 2
    load: float = 30
    """After a load, so long a page need not answer yet."""
    heartbeat: float = 180
    """A paired player that reports nothing for so long is stuck, whatever its page answers."""
    scene: float = 120
    """At the latest, a new player takes over."""
    settle: float = 60
    """A player that lived so long has proved to run here."""


@dataclass(slots=True)
class Watch:
    """`run()` until `stop()`. Other threads may call `tell`, `take_over`, `status` and what they need of `browser`."""

    config: Config
    state: State
    server: Server
    shells: Shells
    pace: Pace = field(default_factory=Pace)
    reboot: Callable[[], None] = lambda: _reboot()
    browser: Browser | None = None
    last: Look | None = None
    wake: threading.Event = field(default_factory=threading.Event)
    record: Record = field(default_factory=Record)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _to_tell: deque[tuple[str, dict[str, Any]]] = field(default_factory=lambda: deque(maxlen=50))
    _told: dict[str, float] = field(default_factory=dict)
    _misses: int = 0
    _tries: int = 0
    _loaded: float = 0
    _lived: float | None = None

    def stop(self) -> None:
        self._stopping.set()
        self.wake.set()

    def take_over(self) -> None:
        """Another player is being served: let the page change to it."""
        self._tries = 0
        self.wake.set()

    def tell(self, kind: str, detail: dict[str, Any]) -> None:
        """Have the player report an event to the CMS as soon as it can; the same again only after an hour."""
        key, now = json.dumps([kind, detail], sort_keys=True), time.monotonic()
        if now - self._told.get(key, float("-inf")) < 3600:
            return
        if len(self._told) > 200:
            self._told.clear()
        self._told[key] = now
        self._to_tell.append((kind, detail))

    def run(self) -> None:
        """Open the window and keep it alive. Returns after `stop()`, with the browser ended."""
        self.record = Record(machine=self._last_reboot())
        try:
            systemd.notify("READY=1")
            self._open(0)
            while not self._stopping.is_set():
                self.wake.wait(self.pace.look)
                self.wake.clear()
                systemd.notify("WATCHDOG=1")
                if self._stopping.is_set():
                    return
                trouble = self._trouble()
                if trouble:
                    self._help(trouble)
        finally:
            systemd.notify("STOPPING=1")
            if self.browser:
                self.browser.process.stop()

    # --- looking --------------------------------------------------------------------------------------------------------

    def _trouble(self) -> str | None:
        """What is wrong, in a few words; None when all is well, or it is too early to say."""
        browser, now = self.browser, time.monotonic()
        if browser is None or browser.gone:
            return "the browser ended"
        if browser.crashed:
            return "the page crashed"
        try:
            look = browser.look(self.pace.answer)
            wrong = self._wrong(look, now)
        except Failed as error:
            look, wrong = None, str(error)
        if browser.gone or browser.crashed:
            return "the page crashed"
        if wrong or look is None:
            self._misses += 1
            early = now - self._loaded < self.pace.load and self._lived is None
            return None if early or self._misses < self.pace.misses else wrong
        self._misses, self.last = 0, look
        self._well(look, now)
        return None

    def _wrong(self, look: Look, now: float) -> str | None:
        if look.version is None or look.address != self.config.origin:
            return f"another page is shown: {look.address}"
        if look.version and not look.runs:
            return "the player does not start"
        heard = max(self.server.heard_at, self._loaded)
        if look.paired and look.online != "refused" and now - heard > self.pace.heartbeat:
            return f"no heartbeat for {now - heard:.0f} s"
        return None

    def _well(self, look: Look, now: float) -> None:
        if look.version != self.server.version:
            self._change(look)
            return
        if self._lived is None:
            self._lived = now
        if now - self._lived > self.pace.settle and look.version and self.shells.on_trial(look.version):
            with suppress(OSError):
                self.shells.prove(look.version)
        if look.tells and self.browser:
            with suppress(Failed):
                shots.attend(self.browser)
        while look.tells and self._to_tell and self.browser:
            kind, detail = self._to_tell[0]
            try:
                self.browser.tell(kind, detail)
            except Failed:
                return
            self._to_tell.popleft()

    def _change(self, look: Look) -> None:
        """A new player takes over between two scenes, or when none ends for long."""
        browser, deadline = self.browser, time.monotonic() + (self.pace.scene if look.faces else 0)
        note(f"Đổi sang trình phát {self.server.version}", f"changing to player {self.server.version}")
        try:
            while browser and time.monotonic() < deadline and not self._stopping.is_set():
                if browser.look(self.pace.answer).faces != look.faces:
                    break
                systemd.notify("WATCHDOG=1")
                self._stopping.wait(0.1)
            if browser:
                browser.reload(self.config.page)
        except Failed as error:
            note(f"Không đổi được trình phát: {error}", f"the player could not be changed: {error}")
        self._loaded, self._lived = time.monotonic(), None

    # --- helping --------------------------------------------------------------------------------------------------------

    def _help(self, trouble: str) -> None:
        gone = self.browser is None or self.browser.gone
        plan = next_step(self.record, time.monotonic(), time.time(), browser_gone=gone, may_reboot=self.config.reboot)
        self.record, self._misses = plan.record, 0
        words = {
            Step.PAGE: ("tải lại trang", "the page is loaded anew"),
            Step.BROWSER: ("khởi động lại Chromium", "Chromium is started anew"),
            Step.MACHINE: ("khởi động lại máy", "the machine is restarted"),
        }[plan.step]
        note(f"{trouble} → {words[0]}", f"{trouble} → {words[1]}")
        self.tell("error", {"what": "kiosk", "reason": f"{trouble}: {words[1]}"[:200]})
        self._go_back(trouble)
        if plan.step is Step.MACHINE:
            with suppress(OSError):
                write_atomic(self.state.reboots, json.dumps({"at": plan.record.machine}).encode())
            self.reboot()
            self._open(0)  # should it be refused
        elif plan.step is Step.BROWSER:
            self._open(plan.wait)
        else:
            self._load()

    def _go_back(self, trouble: str) -> None:
        """A new player that fails again and again gives way to the one before it."""
        version = self.server.version
        self._tries += 1
        if not version or self._tries < TRIES or not self.shells.on_trial(version):
            return
        with suppress(OSError):
            before = self.shells.fail(version)
            if before is not None:
                note(f"Trình phát {version} không chạy được", f"player {version} does not run here")
                self.tell(
                    "refused", {"what": "player.json", "reason": "failed", "detail": f"{version}: {trouble}"[:200]}
                )
                self.server.serve(before)
                self._tries = 0

    def _load(self) -> None:
        try:
            if self.browser:
                self.browser.load(self.config.page)
        except Failed as error:
            note(f"Không tải lại được: {error}", f"it could not be loaded anew: {error}")
        self._loaded, self._lived = time.monotonic(), None

    def _open(self, wait: float) -> None:
        """End the browser that there may be, rest, and start one."""
        if self.browser:
            self.browser.process.stop(1)
            self.browser = None
        ends = time.monotonic() + wait
        while time.monotonic() < ends and not self._stopping.wait(min(5.0, max(0.0, ends - time.monotonic()))):
            systemd.notify("WATCHDOG=1")
        if self._stopping.is_set():
            return
        try:
            self.browser = start(self.config, self.state, self.wake)
        except (Failed, OSError) as error:
            note(f"Chromium không khởi động được: {error}", f"Chromium does not start: {error}")
        self._loaded, self._lived = time.monotonic(), None

    def _last_reboot(self) -> float | None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            return float(json.loads(read_bounded(self.state.reboots, 1000))["at"])
        return None

    def status(self) -> dict[str, Any]:
        """Figures for `bangtin-kiosk status`."""
        reached, browser, last = self.server.reached_at, self.browser, self.last
        return {
            "player": self.server.version,
            "browser": browser.process.pid if browser and not browser.gone else None,
            "cms_reached_s_ago": None if reached is None else round(time.monotonic() - reached),
            "paired": last.paired if last else None,
            "page": last.page if last else None,
            "schedule": last.schedule if last else None,
            "window": [last.width, last.height] if last else None,
            "faces": last.faces if last else None,
            "pages_loaded_anew": len(self.record.pages),
            "browsers_started_anew": len(self.record.browsers),
        }


def _reboot() -> None:
    """Ask systemd; polkit or root must allow it."""
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(["/usr/bin/systemctl", "reboot"], check=False, timeout=30)
