"""The outlines of every kind of shape, in unit coordinates (x to the right, y down)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
Outline = list[Point]
Spec = Mapping[str, Any]

_TOKEN = re.compile(r"[MLCQZ]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_CURVE_STEPS = 14
_SOFT = 5.0
"""How closely hills that meet keep to the higher one (a power mean)."""


def turned(point: Point, angle: float) -> Point:
    """A point turned clockwise about the origin by radians."""
    if not angle:
        return point
    cosine, sine = math.cos(angle), math.sin(angle)
    return point[0] * cosine - point[1] * sine, point[0] * sine + point[1] * cosine


def _circle(x: float, y: float, radius: float, steps: int = 0) -> Outline:
    steps = steps or max(24, min(240, round(radius * 200)))
    return [
        (x + radius * math.cos(2 * math.pi * i / steps), y + radius * math.sin(2 * math.pi * i / steps))
        for i in range(steps + 1)
    ]


def _path(shape: Spec) -> Iterator[Outline]:
    for outline in _traced(shape["d"]):
        yield outline
        if shape.get("mirror"):
            yield [(-x, y) for x, y in outline]


def _traced(d: str) -> Iterator[Outline]:
    """An SVG-like path of absolute commands; curves become short lines. Raises ValueError."""
    tokens = _TOKEN.findall(d)
    outline: Outline = []
    place, command = 0, ""

    def take(count: int) -> list[Point]:
        nonlocal place
        numbers = [float(token) for token in tokens[place : place + 2 * count]]
        if len(numbers) < 2 * count:
            raise ValueError("a path ends too early")
        place += 2 * count
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    while place < len(tokens):
        if tokens[place] in "MLCQZ":
            command = tokens[place]
            place += 1
        if command == "Z" and outline:
            yield [*outline, outline[0]]
            outline, command = [], ""
        elif command == "M":
            if outline:
                yield outline
            outline, command = take(1), "L"
        elif command == "L" and outline:
            outline += take(1)
        elif command in ("C", "Q") and outline:
            outline += _curve([outline[-1], *take(3 if command == "C" else 2)])
        else:
            raise ValueError(f"unexpected {tokens[min(place, len(tokens) - 1)]!r} in a path")
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


def _stroke(shape: Spec) -> Iterator[Outline]:
    for spine in _traced(shape["d"]):
        yield _brushed(spine, *shape["width"])


def _brushed(spine: Outline, first: float, last: float) -> Outline:
    """The outline of a line whose thickness runs from `first` to `last`."""
    left: Outline = []
    right: Outline = []
    for index, (x, y) in enumerate(spine):
        before, after = spine[max(0, index - 1)], spine[min(len(spine) - 1, index + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        half = (first + (last - first) * index / max(1, len(spine) - 1)) / 2
        left.append((x - dy / length * half, y + dx / length * half))
        right.append((x + dy / length * half, y - dx / length * half))
    return [*left, *reversed(right)]


def _ring(shape: Spec) -> Iterator[Outline]:
    if shape.get("inner"):
        yield [*_circle(0, 0, shape["radius"]), *reversed(_circle(0, 0, shape["inner"]))]
    else:
        yield _circle(0, 0, shape["radius"])


def _dots(shape: Spec) -> Iterator[Outline]:
    for index in range(shape["count"]):
        angle = 2 * math.pi * index / shape["count"]
        yield _circle(shape["radius"] * math.cos(angle), shape["radius"] * math.sin(angle), shape["dot"], 14)


def _star(shape: Spec) -> Iterator[Outline]:
    count = shape["points"]
    yield [
        (
            (shape["outer"] if i % 2 == 0 else shape["inner"]) * math.sin(math.pi * i / count),
            -(shape["outer"] if i % 2 == 0 else shape["inner"]) * math.cos(math.pi * i / count),
        )
        for i in range(2 * count + 1)
    ]


def _flower(shape: Spec) -> Iterator[Outline]:
    count, radius, wide = shape["petals"], shape["radius"], shape["petal"]
    heart = shape.get("heart", 0.08) * radius
    foot, tip = (0.0, -heart), (0.0, -radius)
    if shape.get("pointed"):
        side = _curve([foot, (wide * 1.15, -heart - (radius - heart) * 0.35), (wide * 0.55, -radius * 0.86), tip])
    else:
        round_ = _curve([foot, (wide * 1.5, -radius * 0.42), (wide * 1.35, -radius * 1.06), (wide * 0.2, -radius)])
        side = [*round_, (0.0, -radius * 0.93)]
    petal = [foot, *side, *((-x, y) for x, y in reversed(side)), foot]
    arc = float(shape.get("arc", 360.0))
    for index in range(count):
        share = index / count * arc if arc >= 360 else (index / max(1, count - 1) - 0.5) * arc
        yield [turned(point, math.radians(share)) for point in petal]


def _ridge(shape: Spec) -> Iterator[Outline]:
    """Every peak is a bell: round on top, steep at its sides, spreading at its foot."""
    start, stop = float(shape["start"]), float(shape["stop"])
    period, steep = float(shape["period"]), float(shape.get("steep", 2.0))
    rough, foot = 0.006 * float(shape.get("rough", 1.0)), float(shape.get("foot", 0.2))
    steps = max(2, round((stop - start) * 160))
    outline: Outline = [(start, foot)]
    for step in range(steps + 1):
        x = start + (stop - start) * step / steps
        total = 0.0
        for peak, height, half in shape["peaks"]:
            off = abs((x - peak + period / 2) % period - period / 2)
            total += (height * math.exp(-0.7 * (off / half) ** steep)) ** _SOFT
        wave = math.sin(31 * x + 2) + 0.6 * math.sin(67 * x + 1) + 0.4 * math.sin(131 * x)
        outline.append((x, -(total ** (1 / _SOFT)) - rough * wave))
    yield [*outline, (stop, foot)]


def _falls(shape: Spec) -> Iterator[Outline]:
    count, wide, high = shape["count"], float(shape["width"]), float(shape["height"])
    for index in range(count):
        golden, other = (index * 0.6180339887) % 1.0, (index * 0.7548776662) % 1.0
        x = wide * (index + 0.5 + 0.5 * (golden - 0.5)) / count
        top = -high * (0.93 + 0.05 * math.sin(index * 0.5) + 0.02 * math.sin(index * 1.9))
        bottom = top + high * (0.62 + 0.38 * other)
        half = wide / count * (0.16 + 0.2 * golden)
        left = _curve([(x, top), (x - half * 1.5, top), (x - half, top + (bottom - top) * 0.5), (x, bottom)])
        yield [(x, top), *left, *((2 * x - px, py) for px, py in reversed(left))]


def _palm(shape: Spec) -> Iterator[Outline]:
    """Fans stand all around but for the gap where the trunk is, in an outer and an inner ring; each is a half circle of
    narrow blades on a stalk."""
    leaves, radius, fan, blades = shape["leaves"], float(shape["radius"]), float(shape["fan"]), shape["blades"]
    for ring, number in ((1.0, leaves), (0.45, max(3, leaves * 2 // 3))):
        for index in range(number):
            share = index / (number - 1) * 2 - 1
            angle = math.radians(138) * share
            away = radius * ring * (1.0 + 0.06 * math.sin(index * 2.4))
            tip = (away * math.sin(angle), -away * math.cos(angle))
            large = fan * (1.0 - 0.15 * abs(share) + 0.06 * math.sin(index * 1.7))
            yield _brushed([(0.0, 0.0), (tip[0] * 0.5, tip[1] * 0.5), tip], radius * 0.1, radius * 0.06)
            for blade in range(blades):
                lean = math.radians(200) * (blade / (blades - 1) - 0.5)
                long = large * (1.0 - 0.2 * (lean / math.radians(100)) ** 2)
                half = large * 2.1 / blades / 2
                outline = [(0.0, 0.0), (half, -long * 0.55), (0.0, -long), (-half, -long * 0.55), (0.0, 0.0)]
                yield [(x + tip[0], y + tip[1]) for x, y in (turned(point, angle + lean) for point in outline)]


def _spiral(shape: Spec) -> Iterator[Outline]:
    turns, radius = float(shape["turns"]), float(shape["radius"])
    steps = max(24, round(turns * 48))
    spine = []
    for step in range(steps + 1):
        share = step / steps
        away = radius * (0.06 + 0.94 * share**0.85)
        spine.append((away * math.cos(2 * math.pi * turns * share), away * math.sin(2 * math.pi * turns * share)))
    yield _brushed(spine, shape["thin"], shape["thick"])


KINDS: dict[str, Callable[[Spec], Iterator[Outline]]] = {
    "path": _path,
    "stroke": _stroke,
    "ring": _ring,
    "dots": _dots,
    "star": _star,
    "flower": _flower,
    "ridge": _ridge,
    "falls": _falls,
    "palm": _palm,
    "spiral": _spiral,
}
