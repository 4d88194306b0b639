"""A player in a real browser with its own profile, and the CMS it talks to."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.browser import ARGUMENTS, CHROMIUM, PATIENCE_S
from tests.player_web.content import CANVAS, Content
from tests.player_web.fake_cms import FakeCms


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


class Player:
    """A browser with a profile on the disk: `open` and `close` it like a controller's power."""

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        self.playwright, self.profile = playwright, profile
        self.context: BrowserContext | None = None
        self.page: Page
        self.console: list[str] = []

    def open(self, url: str, *arguments: str, size: tuple[int, int] = CANVAS, scale: float = 1) -> Player:
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, *arguments],
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=scale,
        )
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self.page = self.context.pages[0]
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.goto(url)
        return self

    def close(self) -> None:
        if self.context is not None:
            self.context.close()
        self.context = None

    @property
    def state(self) -> dict[str, Any]:
        return self.page.evaluate("() => window.bangtin.state")

    def until(self, condition: str, seconds: float = PATIENCE_S) -> None:
        """Wait until a condition on `s`, the state, holds. Tells the state when it does not."""
        script = f"() => {{ const s = window.bangtin?.state; return s && ({condition}); }}"
        try:
            self.page.wait_for_function(script, timeout=seconds * 1000, polling=50)
        except Exception as error:
            now = self.page.evaluate("() => JSON.stringify(window.bangtin?.state ?? document.body.innerText)")
            raise AssertionError(f"{condition} never held: {now}\nconsole: {self.console[-10:]}") from error

    def still(self, instant: int) -> Image.Image:
        """The exact picture of an instant."""
        self.page.evaluate("(at) => window.bangtin.freeze(at)", instant)
        picture = self.shot()
        self.page.evaluate("() => window.bangtin.thaw()")
        return picture

    def shot(self) -> Image.Image:
        return Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")


@pytest.fixture
def make_player(playwright: Playwright, tmp_path: Path) -> Iterator[Callable[[], Player]]:
    made: list[Player] = []

    def make() -> Player:
        made.append(Player(playwright, tmp_path / f"profile{len(made)}"))
        return made[-1]

    yield make
    for player in made:
        player.close()


@pytest.fixture
def player(make_player: Callable[[], Player]) -> Player:
    return make_player()


def same(left: Image.Image, right: Image.Image, tolerance: int = 2) -> bool:
    """No pixel differs by more than the tolerance."""
    difference = np.abs(np.asarray(left, dtype=np.int16) - np.asarray(right, dtype=np.int16))
    return bool(left.size == right.size and difference.max() <= tolerance)
