"""Which part of a picture every face shows: each its own crop, or one wide picture cut across the faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cms.plugin_api.types import Geometry, Rect
from renderers.pictures import Focal, Window, window


@dataclass(frozen=True, slots=True)
class View:
    """The part of the picture on a face (left, top, width, height in the picture's pixels). `furnished` is False on the
    faces of a wide picture that carry neither text nor furniture."""

    window: Window
    furnished: bool = True


class HasPicture(Protocol):
    @property
    def picture(self) -> Rect: ...


def views(
    geometry: Geometry, settings: Mapping[str, HasPicture], size: tuple[int, int], focal: Focal | None, *, span: bool
) -> dict[str, View]:
    """The view of every face, by its id."""
    if not span or len(geometry.faces) == 1:
        areas = {face.id: settings[face.id].picture for face in geometry.faces}
        return {face: View(window(size, area.width / area.height, focal)) for face, area in areas.items()}
    return _across(geometry, size, focal)


def _across(geometry: Geometry, size: tuple[int, int], focal: Focal | None) -> dict[str, View]:
    """Faces in millimetres, side by side with their gaps, centred on one line; what lies behind a gap is not seen. A
    closed ring is unrolled through the middle of the gap before its first face, so that a picture whose edges meet runs
    on around the corner."""
    lefts, whole_width = places(geometry)
    whole_height = max(face.height * face.pitch_mm for face in geometry.faces)
    x, y, wide, _ = window(size, whole_width / whole_height, focal)
    scale = wide / whole_width
    found: dict[str, View] = {}
    for index, face in enumerate(geometry.faces):
        width, height = face.width * face.pitch_mm, face.height * face.pitch_mm
        top = (whole_height - height) / 2
        part = (x + lefts[index] * scale, y + top * scale, width * scale, height * scale)
        found[face.id] = View(part, furnished=index == 0)
    return found


def places(geometry: Geometry) -> tuple[list[float], float]:
    """Where the left edge of each face lies in a panorama, and how wide that is, in millimetres. Gaps that nobody
    measured count as none."""
    count = len(geometry.faces)
    gaps = [*geometry.gaps_mm, *[0.0] * count][:count]
    closing = gaps[-1] if geometry.closed_ring else 0.0
    lefts, left = [], closing / 2
    for face, gap in zip(geometry.faces, gaps, strict=True):
        lefts.append(left)
        left += face.width * face.pitch_mm + gap
    return lefts, left - gaps[-1] + closing / 2
