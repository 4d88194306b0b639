"""`frame()`: what a face shows at an instant. Pure; finds its way by bisection. Mirrored in `player_web/src/core/frame.js`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class FrameResult:
    """`kind` closed, blackout → black and silent. `scene` is shown at `offset_ms` since it came in; while it comes in,
    `previous` is the scene underneath (None: black) at `previous_offset_ms` and `progress` runs 0…1. `until` is the next instant at which
    anything but offsets changes. `withdrawn` says that the fallback stands in for a withdrawn scene."""

    kind: Literal["programme", "fallback", "closed", "blackout", "alert"]
    scene: str | None
    offset_ms: int
    until: int
    previous: str | None = None
    previous_offset_ms: int = 0
    progress: float = 1.0
    withdrawn: bool = False
