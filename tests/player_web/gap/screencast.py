"""Every frame that the browser composes, with its time, as DevTools hands them out."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import BrowserContext, Error, Page

from tests.player_web.gap.media import Pixels


@dataclass
class Screencast:
    """`frames`: UTC milliseconds and a JPEG in base64. It is read afterwards, so that reading takes nothing from the browser."""

    context: BrowserContext
    page: Page
    frames: list[tuple[float, str]] = field(default_factory=list)

    def start(self) -> Screencast:
        self._session = self.context.new_cdp_session(self.page)
        self._session.on("Page.screencastFrame", self._take)
        self._session.send("Page.startScreencast", {"format": "jpeg", "quality": 90, "everyNthFrame": 1})
        return self

    def _take(self, event: dict[str, Any]) -> None:
        self.frames.append((event["metadata"]["timestamp"] * 1000, event["data"]))
        with suppress(Error):  # one that was under way when it was stopped
            self._session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    def stop(self) -> Screencast:
        self._session.send("Page.stopScreencast")
        self._session.detach()
        return self

    def pictures(self) -> Iterator[tuple[float, Pixels]]:
        """Time and height × width × 3, in the order of time."""
        for at, data in sorted(self.frames):
            yield at, np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))
