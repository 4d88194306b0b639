"""Motifs are data: vector shapes in unit coordinates, drawn once per size of face, four times too large and reduced.

What a shape may have is said in `renderers.theme_format`; here its outlines are put on a face.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import Image, ImageChops, ImageDraw

from renderers.motif_shapes import KINDS, Outline, turned

Spec = Mapping[str, Any]


class MotifError(ValueError):
    """A motif's data cannot be drawn."""


def mask(group: Spec, width: int, height: int) -> Image.Image:
    """A placed motif as coverage (mode L) of a face. `group` has `shapes`, `at` (shares of the face), `unit` and `size`, and
    may fade. Raises `MotifError`."""
    factor = 4 if width * height <= 1_000_000 else 2
    large = Image.new("L", (width * factor, height * factor), 0)
    canvas = ImageDraw.Draw(large)
    side = {"width": width, "height": height, "short": min(width, height)}[group.get("unit", "height")]
    unit = side * float(group.get("size", 1.0)) * factor
    origin = (group["at"][0] * width * factor, group["at"][1] * height * factor)
    for shape in group["shapes"]:
        value = round(255 * float(shape.get("alpha", 1.0)))
        for outline in _placed(shape):
            points = [(origin[0] + x * unit, origin[1] + y * unit) for x, y in outline]
            if shape.get("line"):
                canvas.line(points, fill=value, width=max(factor, round(shape["line"] * unit)), joint="curve")
            elif len(points) > 2:
                canvas.polygon(points, fill=value)
    drawn = large.reduce(factor)
    if group.get("fade"):
        drawn = ImageChops.multiply(drawn, ramp(group["fade"], width).resize((width, height)))
    if group.get("fade_y"):
        column = ramp(group["fade_y"], height).transpose(Image.Transpose.TRANSPOSE)
        drawn = ImageChops.multiply(drawn, column.resize((width, height)))
    return drawn


def ramp(ends: tuple[float, float], length: int) -> Image.Image:
    """A row of `length` that rises smoothly from 0 to 255 between two shares of it (also backwards)."""
    start, full = (share * length for share in ends)
    span = (full - start) or 1.0
    shares = (min(1.0, max(0.0, (place + 0.5 - start) / span)) for place in range(length))
    return Image.frombytes("L", (length, 1), bytes(round(255 * share * share * (3 - 2 * share)) for share in shares))


def _placed(shape: Spec) -> Iterator[Outline]:
    """The outlines of a shape and its copies, in the motif's units."""
    try:
        outlines = list(KINDS[shape["kind"]](shape))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise MotifError(f"{shape.get('kind')}: {error}") from error
    at, scale = shape.get("at", (0.0, 0.0)), float(shape.get("scale", 1.0))
    turn = math.radians(float(shape.get("turn", 0.0)))
    again = shape.get("repeat") or {}
    for copy in range(int(again.get("count", 1))):
        about = math.radians(float(again.get("turn", 0.0)) * copy)
        dx, dy = float(again.get("dx", 0.0)) * copy, float(again.get("dy", 0.0)) * copy
        for outline in outlines:
            moved = ((x + at[0], y + at[1]) for x, y in (turned((px * scale, py * scale), turn) for px, py in outline))
            yield [(x + dx, y + dy) for x, y in (turned(point, about) for point in moved)]
