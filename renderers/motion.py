"""Where things stand while a scene comes in or a strip moves, in whole pixels. Pure; mirrored in
`player_web/src/core/motion.js`; both run `tests/vectors/glyphs/motion.json`."""

from __future__ import annotations

from math import floor
from typing import Protocol

from cms.plugin_api.types import TransitionKind


class Moving(Protocol):
    """A `Strip`, whether of `cms.plugin_api.types` or of a schedule."""

    @property
    def start(self) -> tuple[int, int]: ...
    @property
    def speed(self) -> tuple[int, int]: ...
    @property
    def repeat(self) -> tuple[int, int]: ...


def eased(kind: TransitionKind, progress: float) -> float:
    """The eased progress of a transition, 0…1, from the one linear in time: what moves comes to rest gently, a fade is even."""
    p = min(1.0, max(0.0, progress))
    return p * (2 - p) if kind in ("slide", "wipe") else p


def edge(kind: TransitionKind, progress: float, width: int) -> int:
    """The column of a face `width` pixels wide at which a `slide` or a `wipe` has arrived: the incoming scene's left edge, or
    how many columns are uncovered. `progress` is linear."""
    p = eased(kind, progress)
    return floor(width * (1 - p if kind == "slide" else p) + 0.5)


def corners(strip: Moving, offset_ms: float, picture: tuple[int, int], room: tuple[int, int]) -> list[tuple[int, int]]:
    """The top left corners at which a strip's picture is seen in its rectangle (both width × height), `offset_ms` after its
    scene came in, in the order of drawing."""
    across, down = (
        _along(strip.start[n], strip.speed[n], strip.repeat[n], offset_ms, picture[n], room[n]) for n in (0, 1)
    )
    return [(x, y) for y in down for x in across]


def _along(start: int, speed: int, repeat: int, offset_ms: float, size: int, room: int) -> range:
    """The places along one axis. What moves is followed by its repetitions; nothing runs before it."""
    at = start + int(speed * offset_ms / 1000)
    if not repeat:
        return range(at, at + 1) if -size < at < room else range(0)
    low, high = (-size - at) // repeat + 1, -((at - room) // repeat)
    if speed < 0:
        low = max(low, 0)
    if speed > 0:
        high = min(high, 1)
    return range(at + low * repeat, at + high * repeat, repeat)
