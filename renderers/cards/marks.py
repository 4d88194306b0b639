"""Marks of cards that are not text: rules, quiet bands of rows, plates, pictures. `name` is what `painted` is told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from renderers.colour import RGB
from renderers.furniture import plate
from renderers.text import Box


@dataclass(frozen=True, slots=True)
class Bar:
    """A rule or a plain field of one colour."""

    box: Box
    colour: RGB
    name: str = "rule"

    def draw(self, image: Image.Image) -> None:
        image.paste(self.colour, self.box)


@dataclass(frozen=True, slots=True)
class Shade:
    """A band a little darker than the ground, so that what is read on it only gains contrast."""

    box: Box
    share: float = 0.2
    name: str = "panel"

    def draw(self, image: Image.Image) -> None:
        part = image.crop(self.box).point([round(value * (1 - self.share)) for value in range(256)] * 3)
        image.paste(part, self.box)


@dataclass(frozen=True, slots=True)
class Plate:
    """A field with rounded corners."""

    box: Box
    radius: int
    colour: RGB
    name: str = "panel"

    def draw(self, image: Image.Image) -> None:
        plate(image, self.box, self.radius, self.colour)


@dataclass(frozen=True, slots=True, eq=False)
class Pasted:
    """A picture with its top left corner at (x, y); `radius` rounds its corners (half its side: a circle)."""

    picture: Image.Image
    x: int
    y: int
    radius: int = 0
    name: str = "picture"

    @property
    def box(self) -> Box:
        return self.x, self.y, self.x + self.picture.width, self.y + self.picture.height

    def draw(self, image: Image.Image) -> None:
        mask = rounded(self.picture.width, self.picture.height, self.radius) if self.radius else None
        image.paste(self.picture, (self.x, self.y), mask)


@lru_cache(maxsize=32)
def rounded(width: int, height: int, radius: int) -> Image.Image:
    """Coverage of a rectangle with smooth round corners."""
    factor = 4
    mask = Image.new("L", (width * factor, height * factor), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width * factor - 1, height * factor - 1), radius * factor, fill=255)
    return mask.reduce(factor)
