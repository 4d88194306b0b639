"""Motifs are data: vector shapes in unit coordinates, drawn once per size of face, four times too large and reduced.

A group of shapes has an anchor (shares of the face), a unit (a share of its width, height or short side), a colour of the
palette, and may `fade` in between two shares of the width. Shapes: `path` (M L C Q Z, absolute), `ring`, `dots`, `star`, `flower`, `ridge`, `falls`,
`crown`. Every shape may have `at`,
`turn` (degrees), `scale`, `alpha` and `repeat` (count, dx, dy, turn: each copy is moved or turned about the anchor).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from PIL import Image, ImageChops, ImageDraw

Point = tuple[float, float]
Outline = list[Point]
Spec = Mapping[str, Any]

_TOKEN = re.compile(r"[MLCQZ]|-?\d*\.?\d+")
_CURVE_STEPS = 14


class MotifError(ValueError):
    """A motif's data cannot be drawn."""


def mask(group: Spec, width: int, height: int) -> Image.Image:
    """A group of shapes as coverage (mode L) of a face. Raises `MotifError`."""
    factor = 4 if width * height <= 1_000_000 else 2
    large = Image.new("L", (width * factor, height * factor), 0)
    canvas = ImageDraw.Draw(large)
    anchor = group.get("anchor", (0.5, 0.5))
    side = {"width": width, "height": height, "short": min(width, height)}[group.get("unit", "short")]
    unit = side * float(group.get("size", 1.0)) * factor
    origin = (anchor[0] * width * factor, anchor[1] * height * factor)
    for shape in group["shapes"]:
        value = round(255 * float(shape.get("alpha", 1.0)))
        for outline in _placed(shape):
            points = [(origin[0] + x * unit, origin[1] + y * unit) for x, y in outline]
            if "line" in shape:
                canvas.line(points, fill=value, width=max(factor, round(shape["line"] * unit)), joint="curve")
            elif len(points) > 2:
                canvas.polygon(points, fill=value)
    drawn = large.reduce(factor)
    if "fade" in group:
        start, full = (float(share) * width for share in group["fade"])
        row = [round(255 * min(1.0, max(0.0, (x + 0.5 - start) / (full - start)))) for x in range(width)]
        veil = Image.frombytes("L", (width, 1), bytes(row)).resize((width, height), Image.Resampling.NEAREST)
        drawn = ImageChops.multiply(drawn, veil)
    return drawn


def _placed(shape: Spec) -> Iterator[Outline]:
    """The outlines of a shape and its copies, in the group's units."""
    try:
        outlines = list(_KINDS[shape["kind"]](shape))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise MotifError(f"shape {dict(shape)!r}: {error!r}") from error
    at, scale = shape.get("at", (0.0, 0.0)), float(shape.get("scale", 1.0))
    turn = math.radians(float(shape.get("turn", 0.0)))
    again = shape.get("repeat", {})
    for copy in range(int(again.get("count", 1))):
        about = math.radians(float(again.get("turn", 0.0)) * copy)
        dx, dy = float(again.get("dx", 0.0)) * copy, float(again.get("dy", 0.0)) * copy
        for outline in outlines:
            moved = ((x + at[0], y + at[1]) for x, y in (_turned((px * scale, py * scale), turn) for px, py in outline))
            yield [(x + dx, y + dy) for x, y in (_turned(point, about) for point in moved)]


def _turned(point: Point, angle: float) -> Point:
    if not angle:
        return point
    cosine, sine = math.cos(angle), math.sin(angle)
    return point[0] * cosine - point[1] * sine, point[0] * sine + point[1] * cosine


def _circle(x: float, y: float, radius: float, steps: int = 0) -> Outline:
    steps = steps or max(16, min(240, round(radius * 200)))
    return [
        (x + radius * math.cos(2 * math.pi * i / steps), y + radius * math.sin(2 * math.pi * i / steps))
        for i in range(steps + 1)
    ]


def _path(shape: Spec) -> Iterator[Outline]:
    """An SVG-like path of absolute commands; curves become short lines."""
    tokens = _TOKEN.findall(shape["d"])
    outline: Outline = []
    place, command = 0, ""

    def take(count: int) -> list[Point]:
        nonlocal place
        numbers = [float(token) for token in tokens[place : place + 2 * count]]
        place += 2 * count
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    while place < len(tokens):
        if tokens[place] in "MLCQZ":
            command = tokens[place]
            place += 1
        if command == "Z":
            yield [*outline, outline[0]]
            outline, command = [], ""
        elif command == "M":
            if outline:
                yield outline
            outline, command = take(1), "L"
        elif command == "L":
            outline += take(1)
        elif command in "CQ" and command:
            outline += _curve([outline[-1], *take(3 if command == "C" else 2)])
        else:
            raise ValueError(f"unexpected {tokens[place]!r} in a path")
    if outline:
        yield outline


def _curve(points: Sequence[Point]) -> Outline:
    """A Bézier curve of any degree (de Casteljau), without its first point."""
    found: Outline = []
    for step in range(1, _CURVE_STEPS + 1):
        share, row = step / _CURVE_STEPS, list(points)
        while len(row) > 1:
            row = [(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in pairwise(row)]
        found.append(row[0])
    return found


def _ring(shape: Spec) -> Iterator[Outline]:
    """A circle line, or between `radius` and `inner` a filled annulus."""
    if "inner" in shape:
        yield [*_circle(0, 0, shape["radius"]), *reversed(_circle(0, 0, shape["inner"]))]
    else:
        yield _circle(0, 0, shape["radius"])


def _dots(shape: Spec) -> Iterator[Outline]:
    """Dots evenly on a circle of `radius`."""
    for index in range(shape["count"]):
        angle = 2 * math.pi * index / shape["count"]
        yield _circle(shape["radius"] * math.cos(angle), shape["radius"] * math.sin(angle), shape["dot"], 14)


def _star(shape: Spec) -> Iterator[Outline]:
    """A star with so many `points` between `outer` and `inner`."""
    count = shape["points"]
    yield [
        (
            (shape["outer"] if i % 2 == 0 else shape["inner"]) * math.sin(math.pi * i / count),
            -(shape["outer"] if i % 2 == 0 else shape["inner"]) * math.cos(math.pi * i / count),
        )
        for i in range(2 * count + 1)
    ]


def _flower(shape: Spec) -> Iterator[Outline]:
    """Petals around a centre: each is a rounded drop `radius` long and `petal` wide; pointed ones with `point`."""
    count, radius, wide = shape["petals"], shape["radius"], shape["petal"]
    tip = 0.0 if shape.get("pointed") else wide * 0.55
    heart = shape.get("heart", 0.08) * radius
    petal = [
        (0.0, -heart),
        *_curve([(0.0, -heart), (-wide, -radius * 0.35), (-wide * 0.9, -radius * 0.95), (-tip * 0.4, -radius)]),
        *_curve([(-tip * 0.4, -radius), (0.0, -radius * (1.0 if shape.get("pointed") else 0.9)), (tip * 0.4, -radius)]),
        *_curve([(tip * 0.4, -radius), (wide * 0.9, -radius * 0.95), (wide, -radius * 0.35), (0.0, -heart)]),
    ]
    for index in range(count):
        yield [_turned(point, 2 * math.pi * index / count) for point in petal]


def _ridge(shape: Spec) -> Iterator[Outline]:
    """Hills seen from the side: `peaks` of (x, height, half width), `steep` (2 a dome … 5 a karst tower), repeated every
    `period` from `start` to `stop`, down to `foot`."""
    start, stop = float(shape["start"]), float(shape["stop"])
    period, steep = float(shape["period"]), float(shape.get("steep", 2.0))
    steps = max(2, round((stop - start) * 120))
    outline: Outline = [(start, float(shape.get("foot", 0.2)))]
    for step in range(steps + 1):
        x = start + (stop - start) * step / steps
        high = 0.0
        for peak, height, half in shape["peaks"]:
            off = (x - peak + period / 2) % period - period / 2
            away = min(1.0, abs(off) / half)
            high = max(high, height * (1 - away**steep) ** (1.0 / max(1.0, steep / 2.2)))
        wave = 0.012 * math.sin(7.3 * x) + 0.008 * math.sin(17.1 * x + 1)
        outline.append((x, -high - wave * float(shape.get("rough", 1.0))))
    yield [*outline, (stop, float(shape.get("foot", 0.2)))]


def _falls(shape: Spec) -> Iterator[Outline]:
    """Falling water: a curtain of `count` upright strokes over `width`, hanging `height` down from an uneven ledge."""
    count, wide, high = shape["count"], float(shape["width"]), float(shape["height"])
    for index in range(count):
        golden = (index * 0.6180339887) % 1.0
        x = wide * (index + 0.5) / count
        top, length = high * 0.07 * math.sin(index * 0.9), high * (0.74 + 0.26 * ((index * 0.7548776662) % 1.0))
        half = wide / count * (0.2 + 0.16 * golden)
        yield [
            (x - half, -high + top),
            (x + half, -high + top),
            (x + half * 0.8, -high + top + length),
            (x - half * 0.8, -high + top + length),
        ]


def _crown(shape: Spec) -> Iterator[Outline]:
    """The round crown of a sugar palm: `leaves` fans with `points` blades, `fan` large, on a circle of `radius` and in its
    middle."""
    leaves, radius, fan, points = shape["leaves"], float(shape["radius"]), float(shape["fan"]), shape["points"]
    for index in range(leaves):
        angle = math.radians(-90 + 360 * index / leaves)
        away = radius if index % 2 == 0 else radius * 0.72
        x, y = away * math.cos(angle), away * math.sin(angle) * 0.92
        large = fan * (1.0 if math.sin(angle) < 0.5 else 0.8)
        blades = _star({"points": points, "outer": large, "inner": large * 0.62})
        yield [(px + x, py + y) for px, py in (_turned(point, angle + index) for point in next(blades))]
    yield _circle(0, 0, radius * 0.5)


_KINDS = {
    "path": _path,
    "ring": _ring,
    "dots": _dots,
    "star": _star,
    "flower": _flower,
    "ridge": _ridge,
    "falls": _falls,
    "crown": _crown,
}
