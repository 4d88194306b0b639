"""A place where somebody tries something: a CMS, the line, and a player in a real browser that shows the newest release."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Playwright

from tests.browser import PATIENCE_S
from tests.player_web.conftest import Player, same
from tests.player_web.content import CANVAS, Content
from tests.player_web.fake_cms import FakeCms

POLL_MS = 200


class Site:
    """What the player shows is compared to the pixel, all the time."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self.cms = FakeCms(poll_ms=POLL_MS)
        self.cms.start()
        self.content = Content(self.cms)
        self.content.folder = folder / "assets"
        self.content.folder.mkdir()
        self.player = Player(playwright, folder / "profile")
        self._numbers = itertools.count(1)
        self.good = Image.new("RGB", CANVAS)
        self.version = 0

    def open(self, *, simulated: bool = False) -> None:
        """Pairs the player. With a simulated clock its time passes as ever, and in leaps with `leap`."""
        self.expect(*self.publish())
        self.player.open("about:blank")
        if simulated:
            self.player.page.clock.install()
        self.player.page.goto(self.cms.origin + self.cms.invite())
        self.shows_the_good()

    def leap(self, ms: int, *, server: bool = True) -> None:
        """So much time passes at once on the controller, and for the CMS unless it stands still."""
        if server:
            self.cms.offset_ms += ms
        self.player.page.clock.fast_forward(ms)

    def close(self) -> None:
        self.player.close()
        self.cms.stop()

    def publish(self) -> tuple[int, dict[str, Any]]:
        """A release that differs from all before."""
        number = next(self._numbers)
        return self.content.publish([self.content.scene(f"release-{number}", 10 * number)])

    def expect(self, version: int, document: dict[str, Any]) -> None:
        self.version = version
        self.good = self.content.expected(document, self.cms.now_ms())

    def shows_the_good(self) -> None:
        """The newest release stands on the screen."""
        self.player.until(f"s.schedule?.version === {self.version} && s.ready")
        self.settles()

    def settles(self, seconds: float = PATIENCE_S) -> None:
        """The screen comes to the good picture."""
        deadline = time.monotonic() + seconds
        while not same(self.player.shot(), self.good):
            assert time.monotonic() < deadline, "the good picture never came"

    def watched(self, what: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
        """The first true value of `what()`; until it comes the screen shows the good release, to the pixel."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert same(self.player.shot(), self.good), "something else was on the screen"
            if found := what():
                return found
        raise AssertionError(f"never heard; events: {self.cms.events[-10:]}")

    def refused(self, *words: object) -> dict[str, Any]:
        """The CMS hears of a refusal of this file for this reason; nothing else is shown until then, and shortly after."""

        def told() -> dict[str, Any] | None:
            return next((one for one in self.cms.refusals() if [one["what"], one["reason"]] == list(words[:2])), None)

        found: dict[str, Any] = self.watched(told)
        polls = len(self.cms.asked)
        self.watched(lambda: len(self.cms.asked) > polls + 2)
        assert self.player.state["schedule"]["version"] == self.version
        return found

    def recovers(self) -> None:
        """The next good release comes through, with nothing done on the controller."""
        self.expect(*self.publish())
        self.shows_the_good()
