"""How a face is divided: margins, furniture, and where picture and text lie in each composition."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cms.plugin_api.types import Face, Rect
from renderers.ground import shape_of
from renderers.legibility import least_size
from renderers.theme_format import TypeEntry
from renderers.themes import Shape, Theme

_PLAIN = TypeEntry()


@dataclass(frozen=True, slots=True)
class Frame:
    """The measures of a face in whole pixels. `margin_x`/`margin_y` keep text off the edge, `small` is the em of the
    furniture (language, province), `gap` the space between things, `body` the part of the face below the
    furniture, whose row starts at (`head_x`, `head_y`)."""

    shape: Shape
    width: int
    height: int
    margin_x: int
    margin_y: int
    small: int
    gap: int
    body: Rect
    head_x: int
    head_y: int
    smooth: bool = True
    scale: TypeEntry = _PLAIN


def frame_of(face: Face, scale: TypeEntry = _PLAIN) -> Frame:
    """The measures of a face, at a theme's type scale (`Theme.type`)."""
    shape = shape_of(face.width, face.height)
    short = min(face.width, face.height)
    margin_y = max(8, round(short * 0.055))
    margin_x = margin_y if shape == "tall" else max(8, round(margin_y * 1.45))
    share = (0.058 if shape != "tall" else 0.062) * scale.small
    small = max(least_size(face, "vi", limit=True), round(short * share))
    gap = max(4, round(short * 0.035))
    if shape == "ribbon":
        left = margin_x
        body = Rect(left, margin_y, face.width - 2 * margin_x, face.height - 2 * margin_y)
    else:
        top = margin_y + chip_height(small) + gap
        body = Rect(margin_x, top, face.width - 2 * margin_x, face.height - top - margin_y)
    return Frame(
        shape, face.width, face.height, margin_x, margin_y, small, gap, body, margin_x, margin_y, face.smooth, scale
    )


def chip_height(small: int) -> int:
    """Height of the language tag for an em of the furniture."""
    return 2 * round(small * 0.72)


def beside_motif(frame: Frame, theme: Theme, share: float = 1.0) -> Rect:
    """The body less the room that the theme wants for its motif (times `share`)."""
    body, room = frame.body, theme.room[frame.shape] * share
    if frame.shape == "tall":
        return Rect(body.x, body.y, body.width, round(body.height - frame.height * room))
    return Rect(body.x, body.y, round(body.width - frame.width * room), body.height)


def picture_first(frame: Frame, aspect: float) -> tuple[Rect, Frame]:
    """Where a picture of an aspect (width ÷ height) goes, and the frame that is left for its text.

    Wide and ribbon: picture at the left over the full height, text right. Tall: picture on top. Square: the picture is
    the whole face and the text lies in its lower part.
    """
    width, height = frame.width, frame.height
    if frame.shape in ("wide", "ribbon"):
        share = (0.30, 0.44) if frame.shape == "wide" else (0.10, 0.24)
        wide = round(max(width * share[0], min(width * share[1], height * max(1.2, min(aspect, 2.0)))))
        left = wide + frame.margin_x
        body = Rect(left, frame.body.y, width - left - frame.margin_x, frame.body.height)
        return Rect(0, 0, wide, height), replace(frame, head_x=left, body=body)
    if frame.shape == "tall":
        high = round(max(height * 0.3, min(height * 0.46, width / max(0.7, min(aspect, 1.5)))))
        head = high + frame.margin_y
        top = head + chip_height(frame.small) + frame.gap
        body = Rect(frame.margin_x, top, frame.body.width, height - top - frame.margin_y)
        return Rect(0, 0, width, high), replace(frame, head_y=head, body=body)
    return Rect(0, 0, width, height), lower_part(frame)


def picture_beside(frame: Frame, aspect: float, *, narrow: bool = False) -> tuple[Rect, Frame]:
    """Where a picture of an aspect (width ÷ height) goes when running text stands beside it, never on it, and the frame that is left
    for the text. As `picture_first`, but a square face is divided too: upright where it is wider than high, else picture on top.
    `narrow`: the picture of a square face leaves the text all the room it can."""
    if frame.shape != "square":
        return picture_first(frame, aspect)
    width, height = frame.width, frame.height
    if width >= 1.3 * height:
        share = (0.24, 0.28) if narrow else (0.34, 0.42)
        wide = round(max(width * share[0], min(width * share[1], height * max(0.7, min(aspect, 1.2)))))
        left = wide + frame.margin_x
        body = Rect(left, frame.body.y, width - left - frame.margin_x, frame.body.height)
        return Rect(0, 0, wide, height), replace(frame, head_x=left, body=body)
    high = round(height * (0.3 if narrow else 0.42))
    head = high + frame.margin_y
    top = head + chip_height(frame.small) + frame.gap
    body = Rect(frame.margin_x, top, frame.body.width, height - top - frame.margin_y)
    return Rect(0, 0, width, high), replace(frame, head_y=head, body=body)


def lower_part(frame: Frame) -> Frame:
    """The frame of a text that lies on a picture covering the whole face."""
    share = {"square": 0.54, "wide": 0.42, "tall": 0.60, "ribbon": 0.0}[frame.shape]
    top = max(frame.body.y, round(frame.height * share))
    width = frame.body.width if frame.shape in ("square", "tall") else round(frame.body.width * 0.6)
    return replace(frame, body=Rect(frame.body.x, top, width, frame.height - top - frame.margin_y))
