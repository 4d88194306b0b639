"""The window: one Chromium, one page, looked at and steered over DevTools."""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from bangtin_kiosk.cdp import Failed
from bangtin_kiosk.chromium import Process, arguments, environment, find, forget_crash
from bangtin_kiosk.config import Config, State

START_S = 60.0
LOOK = """new Promise((done) => requestAnimationFrame(() => {
  const s = window.bangtin?.state;
  const ratio = window.devicePixelRatio;
  done({
    version: document.body?.dataset.version ?? null, page: s?.page ?? null, online: s?.online ?? null,
    runs: !!s || document.querySelector("#page > :not(noscript)") !== null, schedule: s?.schedule?.version ?? null, faces: s?.faces ?? null, paired: !!s, tells: !!window.bangtin?.tell,
    width: Math.round(innerWidth * ratio), height: Math.round(innerHeight * ratio), address: location.origin,
  });
}))"""
"""Answers only while scripts run and frames are painted."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the page said of itself. `version` None: it is not the player's page; `runs`: its scripts have begun."""

    version: str | None
    runs: bool
    page: str | None
    online: str | None
    schedule: int | None
    faces: dict[str, Any] | None
    paired: bool
    tells: bool
    width: int
    height: int
    address: str


@dataclass(slots=True)
class Browser:
    """`wake` is set when something happened that is worth a look."""

    process: Process
    wake: threading.Event
    session: str = ""
    target: str = ""
    crashed: bool = field(default=False)
    closed: bool = field(default=False)

    @property
    def gone(self) -> bool:
        """Whether there is no window any more."""
        return self.closed or self.process.ended is not None

    def look(self, timeout: float) -> Look:
        """Ask the page how it is; `timeout` in seconds. Raises Failed."""
        said = self.evaluate(LOOK, timeout)
        try:
            return Look(**said)
        except TypeError as error:
            raise Failed(f"the page says {said!r}") from error

    def evaluate(self, script: str, timeout: float = 5) -> Any:
        """The value of a script in the page, or of its promise. Raises Failed."""
        params = {"expression": script, "awaitPromise": True, "returnByValue": True}
        said = self.process.pipe.call("Runtime.evaluate", params, session=self.session, timeout=timeout)
        if "exceptionDetails" in said:
            raise Failed(f"the page's script failed: {said['exceptionDetails'].get('text')}")
        return said["result"].get("value")

    def tell(self, kind: str, detail: dict[str, Any]) -> None:
        """Let the player report an event with its own key. Raises Failed."""
        self.evaluate(f"window.bangtin.tell({json.dumps(kind)}, {json.dumps(detail)}) ?? null")

    def load(self, address: str) -> None:
        """Load the page anew, in a fresh process: one that hangs would only hang again. Raises Failed."""
        pipe = self.process.pipe
        if not self.crashed:
            pipe.post("Page.crash", session=self.session)
            deadline = time.monotonic() + 5
            while not self.crashed and time.monotonic() < deadline:
                self.wake.wait(0.2)
                self.wake.clear()
        self.crashed = False
        pipe.call("Page.navigate", {"url": address}, session=self.session, timeout=20)

    def reload(self, address: str) -> None:
        """Load the page of a new version; the old one runs well. Raises Failed."""
        self.process.pipe.call("Page.navigate", {"url": address}, session=self.session, timeout=20)

    def screenshot(self) -> bytes:
        """The pixels of the window as a PNG. Raises Failed."""
        params = {"format": "png", "fromSurface": True, "captureBeyondViewport": False}
        said = self.process.pipe.call("Page.captureScreenshot", params, session=self.session, timeout=20)
        return base64.b64decode(said["data"])

    def heard(self, method: str, params: dict[str, Any], session: str) -> None:
        """An event of the browser."""
        if method == "Inspector.targetCrashed" or (
            method == "Target.targetCrashed" and params.get("targetId") == self.target
        ):
            self.crashed = True
        elif method == "Target.targetDestroyed" and params.get("targetId") == self.target:
            self.closed = True
        elif method == "Page.javascriptDialogOpening":  # nobody is there to close it
            self.process.pipe.post("Page.handleJavaScriptDialog", {"accept": True}, session=session)
            return
        else:
            return
        self.wake.set()


def start(config: Config, state: State, wake: threading.Event) -> Browser:
    """Start Chromium with its window on the player's page. Raises Failed, OSError."""
    command = find(config.chromium)
    if command is None:
        raise Failed("Chromium is not installed")
    for folder in (state.profile, state.home):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    forget_crash(state.profile)
    holder: list[Browser] = []
    process = Process(
        [command, *arguments(config, state)],
        environment(state),
        lambda method, params, session: holder[0].heard(method, params, session) if holder else None,
    )
    browser = Browser(process, wake)
    holder.append(browser)
    try:
        _attach(browser, config)
    except (Failed, KeyError) as error:
        process.stop(0)
        raise Failed(f"{error}; {' | '.join(list(process.last_words)[-4:])}") from error
    return browser


def _attach(browser: Browser, config: Config) -> None:
    call, deadline = browser.process.pipe.call, time.monotonic() + START_S
    call("Target.setDiscoverTargets", {"discover": True}, timeout=START_S)
    while not browser.target:
        if time.monotonic() > deadline:
            raise Failed("no window opened")
        found = [one for one in call("Target.getTargets")["targetInfos"] if one["type"] == "page"]
        if found:
            browser.target = found[0]["targetId"]
        elif browser.process.wait(0.1):
            raise Failed("the browser ended")
    browser.session = call("Target.attachToTarget", {"targetId": browser.target, "flatten": True})["sessionId"]
    for command in ("Page.enable", "Inspector.enable"):
        call(command, session=browser.session)
    # What the player stores must not be thrown away when the disk gets full, and the screen must stay on.
    rights = {"origin": config.origin, "permissions": ["durableStorage", "wakeLockScreen"]}
    call("Browser.grantPermissions", rights)
