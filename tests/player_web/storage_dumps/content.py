"""Content of the dumps: small, the same every time, and shown for as long as there are tests."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import numpy as np
from PIL import Image

from tests.player_web.content import SIZES, Content
from tests.player_web.fake_cms import FakeCms

LASTING = (1_577_836_800_000, 4_070_908_800_000)
"""From 2020 until 2099, UTC milliseconds."""


class LongLived(FakeCms):
    """Its metadata never expire, so that what was captured years ago still verifies; its keys are always the same."""

    def _expires(self, days: float) -> datetime:
        return datetime(2099, 1, 1, tzinfo=UTC)


def _pattern(seed: int, length: int) -> bytes:
    """Bytes that compress well and whose chunks still differ."""
    out = bytearray(bytes([seed]) * length)
    for at in range(0, length, 1024 * 1024):
        out[at : at + 4] = at.to_bytes(4, "big")
    return bytes(out)


LONG = _pattern(1, 2_500_000)
OTHER = _pattern(2, 3_600_000)


def flat(seed: int, size: tuple[int, int]) -> bytes:
    """A PNG of 8 × 8 blocks of colour."""
    blocks = np.random.default_rng(seed).integers(20, 235, (8, 8, 3)).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(blocks).resize(size, Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


class Lasting(Content):
    """Schedules that never end."""

    def scene(self, name: str, seed: int, **more: Any) -> str:
        scene = super().scene(name, seed, **more)
        for face, layers in self.scenes[scene]["faces"].items():
            layers[0]["asset"] = self.asset(flat(seed + ord(face), SIZES[face]), "image/png")
        return scene

    def publish(
        self, loop: list[str], *, in_ms: int = -1000, standby: list[bytes] | None = None, **more: Any
    ) -> tuple[int, dict[str, Any]]:
        document = self.schedule(loop, valid_from=LASTING[0], **more)
        document["valid_until"] = LASTING[1]
        for timeline in document["faces"].values():
            timeline["segments"][0]["from"], timeline["segments"][0]["until"] = LASTING
        for data in standby or []:
            sha = self.asset(data, "video/mp4")
            document["assets"][sha] = self.assets[sha]
            document["standby"].append(sha)
        return self.cms.publish("schedule.json", document), document
