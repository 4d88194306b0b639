"""How large things may be on a face, and which faces share their pixels."""

from __future__ import annotations

from cms.plugin_api.types import Face
from renderers.frames import Frame

Size = tuple[int, int, float, float]


def size_of(face: Face) -> Size:
    """Faces of equal size, pitch and viewing distance share their assets."""
    return face.width, face.height, face.pitch_mm, face.distance_m


def head_room(frame: Frame) -> int:
    """The largest em of a headline, at the theme's type scale."""
    shares = {"ribbon": 0.56, "wide": 0.30, "square": 0.235, "tall": 0.22}
    return round(_side(frame) * shares[frame.shape] * frame.scale.headline)


def body_room(frame: Frame) -> int:
    """The largest em of running text, at the theme's type scale."""
    shares = {"ribbon": 0.36, "wide": 0.165, "square": 0.12, "tall": 0.125}
    return round(_side(frame) * shares[frame.shape] * frame.scale.body)


def _side(frame: Frame) -> int:
    return frame.width if frame.shape == "tall" else frame.height


def rule_thickness(frame: Frame) -> int:
    """Thickness of the accent's rule."""
    return max(3, round(min(frame.width, frame.height) * 0.016))


def rule_width(frame: Frame) -> int:
    """Length of the accent's rule."""
    return max(24, round(min(frame.width, frame.height) * 0.19))
