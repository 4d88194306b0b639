"""Test media in flat colours that say on every frame which item they are of and which frame they are.

A frame of W × H pixels is one colour of `GROUND` with a band of sixteen columns in its middle, light for 1 and dark for 0: a set bit, seven
bits of the item's number, seven of the frame's, and one that makes the number of set bits even. The last sixteen pixels of each row are
ground: a `glyphs` layer says its seconds there. No colour is near black or magenta, nor is any mixture of two.
"""

from __future__ import annotations

import functools
import io
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

GROUND = [
    (220, 90, 60),
    (60, 160, 80),
    (70, 110, 220),
    (220, 200, 70),
    (150, 90, 200),
    (60, 190, 200),
    (240, 160, 190),
    (130, 130, 120),
]
LIGHT, DARK = (240, 240, 240), (40, 60, 50)
MARGIN, BITS, FPS = 16, 16, 30
KINDS = ("image", "video", "strip", "glyphs")
TRANSITIONS = ("cut", "fade", "slide", "wipe")
CHANGE_MS = 300


@dataclass(frozen=True)
class Item:
    """A scene of the test: `number` is what its code says, `ms` how long it is shown, `transition` how it comes in."""

    number: int
    kind: str
    transition: str
    ms: int

    @property
    def ground(self) -> tuple[int, int, int]:
        return GROUND[self.number * 3 % len(GROUND)]

    @property
    def frames(self) -> int:
        """Of its clip."""
        return self.ms * FPS // 1000


def every_change(short_ms: int, long_ms: int, transitions: tuple[str, ...] = TRANSITIONS) -> list[Item]:
    """A loop with every ordered pair of kinds under every transition once (Hierholzer's circuit). Clips and pictures that are cut in are
    shown `long_ms`, all else `short_ms`."""
    left = {kind: [(after, how) for how in transitions for after in KINDS] for kind in KINDS}
    for ways in left.values():
        random.Random(7).shuffle(ways)  # noqa: S311
    path, circuit = [(KINDS[0], "")], []
    while path:
        if ways := left[path[-1][0]]:
            path.append(ways.pop())
        else:
            circuit.append(path.pop())
    steps = circuit[::-1][1:]
    long = {("image", "cut"), ("video", "cut")}
    return [Item(number, *step, long_ms if step in long else short_ms) for number, step in enumerate(steps)]


def bits(item: int, frame: int) -> list[bool]:
    """What the sixteen columns say of two numbers below 128."""
    said = [True, *((item >> place) & 1 == 1 for place in range(7)), *((frame >> place) & 1 == 1 for place in range(7))]
    return [*said, sum(said) % 2 == 1]


def column(width: int) -> int:
    """Pixels across of one bit."""
    return (width - MARGIN) // BITS


def picture(item: Item, size: tuple[int, int], frame: int = 0) -> Pixels:
    """Height × width × 3."""
    width, height = size
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = item.ground
    across = column(width)
    for place, bit in enumerate(bits(item.number, frame)):
        pixels[height // 2 - 20 : height // 2 + 20, place * across : (place + 1) * across] = LIGHT if bit else DARK
    return pixels


def png(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


@functools.cache
def clip(item: Item, size: tuple[int, int], path: Path) -> bytes:
    """An MP4 as the renderers make them: H.264, BT.709, 30 frames a second, no B frames."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{size[0]}x{size[1]}", "-r", str(FPS), "-i", "-"]
    tags = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    command += ["-vf", f"scale=out_color_matrix=bt709:out_range=tv,{tags}", "-pix_fmt", "yuv420p", "-c:v", "libx264"]
    command += ["-preset", "veryfast", "-crf", "16", "-g", str(FPS), "-bf", "0", "-movflags", "+faststart"]
    frames = b"".join(picture(item, size, number).tobytes() for number in range(item.frames))
    subprocess.run([*command, str(path)], input=frames, check=True)
    return path.read_bytes()


def atlas(item: Item, size: tuple[int, int]) -> tuple[Pixels, dict[str, list[int]]]:
    """A cell that is the whole picture but its margin, and ten digits of half the margin, darker by their value."""
    width, height = size
    digits = np.empty((height, 10 * MARGIN // 2, 3), np.uint8)
    digits[:] = item.ground
    cells = {"scene": [0, 0, width - MARGIN, height]}
    for digit in range(10):
        left = digit * MARGIN // 2
        digits[height // 2 - 20 : height // 2 + 20, left : left + MARGIN // 2] = 240 - 16 * digit
        cells[str(digit)] = [width - MARGIN + left, 0, MARGIN // 2, height]
    return np.concatenate([picture(item, size)[:, : width - MARGIN], digits], axis=1), cells


def band(item: Item, width: int, height: int) -> Pixels:
    """What runs along a strip: light and dark by turns, sixteen pixels each."""
    pixels = np.empty((height, 8 * MARGIN, 3), np.uint8)
    pixels[:] = item.ground
    pixels[:, np.arange(pixels.shape[1]) % 32 < 16] = LIGHT
    return pixels


def layers_of(item: Item, size: tuple[int, int], folder: Path) -> Iterator[tuple[dict[str, object], bytes, str]]:
    """The layers of an item on a face without their assets, first at the bottom; each with its bytes and their type. Nothing lies under
    a clip: were it late, the black of its scene would be seen."""
    width, height = size
    whole = [0, 0, width, height]
    if item.kind == "video":
        yield {"kind": "video", "rect": whole}, clip(item, size, folder / f"{item.number}-{width}.mp4"), "video/mp4"
    elif item.kind == "image":
        yield {"kind": "image", "rect": whole}, png(picture(item, size)), "image/png"
    elif item.kind == "strip":
        still = {"start": [0, 0], "speed": [0, 0], "repeat": [0, 0]}
        yield {"kind": "strip", "rect": whole, "strip": still}, png(picture(item, size)), "image/png"
        place = [0, height * 7 // 10, width, height // 10]
        moving = {"start": [0, 0], "speed": [-60, 0], "repeat": [8 * MARGIN, 0]}
        yield {"kind": "strip", "rect": place, "strip": moving}, png(band(item, width, height // 10)), "image/png"
    else:
        pixels, cells = atlas(item, size)
        glyphs = {
            "of": "time",
            "cells": cells,
            "align": "left",
            "fallback": [],
            "pattern": ["scene", "ss"],
            "offset": 420,
        }
        yield {"kind": "glyphs", "rect": whole, "glyphs": glyphs}, png(pixels), "image/png"
