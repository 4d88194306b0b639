"""Rules of rectangles: what fits on a controller's canvas. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Placed:
    """A face on a canvas: its own size in px, its place, its clockwise rotation in degrees."""

    face: str
    width: int
    height: int
    x: int
    y: int
    rotation: int = 0

    @property
    def rect(self) -> tuple[int, int, int, int]:
        """x, y, width, height on the canvas, after the rotation."""
        turned = self.rotation in (90, 270)
        return (self.x, self.y, self.height if turned else self.width, self.width if turned else self.height)


def outside(canvas: tuple[int, int], placed: Iterable[Placed]) -> list[Placed]:
    """The faces that stick out of the canvas (width, height in px)."""
    found = []
    for one in placed:
        x, y, width, height = one.rect
        if x < 0 or y < 0 or x + width > canvas[0] or y + height > canvas[1]:
            found.append(one)
    return found


def overlapping(placed: Iterable[Placed]) -> list[tuple[Placed, Placed]]:
    """Pairs of faces that cover the same pixels."""
    faces = list(placed)
    found = []
    for index, one in enumerate(faces):
        ax, ay, aw, ah = one.rect
        for other in faces[index + 1 :]:
            bx, by, bw, bh = other.rect
            if ax < bx + bw and bx < ax + aw and ay < by + bh and by < ay + ah:
                found.append((one, other))
    return found
