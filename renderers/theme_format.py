"""The format of `theme.toml`, as pydantic models: every entry with its bounds; an unknown entry is an error.

The JSON Schema `docs/formats/theme.schema.json` is written from it: python -m renderers.theme_format docs/formats
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", description="#rrggbb")]
Share = Annotated[float, Field(ge=0, le=1)]
Place = Annotated[float, Field(ge=-2, le=3)]
Number = Annotated[float, Field(ge=-200, le=200)]
Size = Annotated[float, Field(gt=0, le=50)]
Count = Annotated[int, Field(ge=1, le=400)]
Named = Literal["text", "muted", "accent", "accent2", "glow", "ground", "deep"]
GroundColour = Literal["ground", "deep", "glow"]


class Entry(BaseModel):
    """Any table of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NameEntry(Entry):
    """The theme's name."""

    vi: Annotated[str, Field(min_length=1, max_length=60)]
    en: Annotated[str, Field(min_length=1, max_length=60)]


class PaletteEntry(Entry):
    """Colours by day. `ground` are two, named `ground` and `deep` elsewhere; `text`, `muted` and the accents are read on
    the ground, `ink` on the accent; `glow` lights a part of the ground."""

    ground: tuple[Colour, Colour]
    text: Colour
    muted: Colour
    accent: Colour
    accent2: Colour
    ink: Colour
    glow: Colour


class NightEntry(Entry):
    """Colours by night: those that differ from the day's."""

    ground: tuple[Colour, Colour] | None = None
    text: Colour | None = None
    muted: Colour | None = None
    accent: Colour | None = None
    accent2: Colour | None = None
    ink: Colour | None = None
    glow: Colour | None = None


class TypeEntry(Entry):
    """The type scale, as ratios of the sizes that a card asks for; legibility's own minimum always holds. Fonts and
    their weights are fixed."""

    headline: Annotated[float, Field(ge=0.8, le=1.15)] = 1.0
    body: Annotated[float, Field(ge=0.9, le=1.15)] = 1.0
    small: Annotated[float, Field(ge=0.9, le=1.3)] = 1.0


class GlowEntry(Entry):
    """A soft light: centre (shares of the face), radius (share of the longer side), strength."""

    at: tuple[Place, Place]
    radius: Annotated[float, Field(ge=0.05, le=2)]
    strength: Share


class PictureEntry(Entry):
    """A picture (PNG or WebP) in the theme's folder, laid over the gradient with an opacity; `fade` lets it in between two
    shares of the width (of the height on tall faces), `focal` is kept when it is cropped."""

    file: Annotated[str, Field(min_length=1, max_length=120)]
    opacity: Annotated[float, Field(gt=0, le=0.8)]
    focal: tuple[Share, Share] = (0.5, 0.5)
    fade: tuple[Place, Place] | None = None


class PlacedMotif(Entry):
    """A motif on a face: its origin lies `at` shares of the face, its unit is `size` times the face's width, height or short
    side. `fade` and `fade_y` let it in between two shares of the width and height (also from the second to the first)."""

    motif: str
    at: tuple[Place, Place]
    unit: Literal["width", "height", "short"] = "height"
    size: Size = 1.0
    colour: Named
    alpha: Annotated[float, Field(gt=0, le=0.9)]
    fade: tuple[Place, Place] | None = None
    fade_y: tuple[Place, Place] | None = None


class BackgroundEntry(Entry):
    """The composition of one shape of face. The gradient runs in a `direction` (degrees, as in CSS: 90 to the right, 180
    down) through `stops` (share, colour); `room` is the share of the face (width; height on tall ones) that a headline leaves
    to the motifs."""

    direction: Annotated[float, Field(ge=0, le=360)] = 150.0
    stops: Annotated[tuple[tuple[Share, GroundColour], ...], Field(min_length=1, max_length=6)] = (
        (0.0, "ground"),
        (1.0, "deep"),
    )
    glow: Annotated[tuple[GlowEntry, ...], Field(max_length=3)] = ()
    room: Annotated[float, Field(ge=0, le=0.5)] = 0.2
    picture: PictureEntry | None = None
    motifs: Annotated[tuple[PlacedMotif, ...], Field(max_length=24)] = ()


class Backgrounds(Entry):
    """One for each shape of face."""

    square: BackgroundEntry
    wide: BackgroundEntry
    tall: BackgroundEntry
    ribbon: BackgroundEntry


class Repeat(Entry):
    """Copies of a shape: each moved by (dx, dy) or turned (degrees) about the motif's origin."""

    count: Count
    dx: Number = 0.0
    dy: Number = 0.0
    turn: Number = 0.0


class Shape(Entry):
    """What every shape may have. `alpha` is its strength (0 cuts a hole), `line` makes its outline a line so thick."""

    at: tuple[Number, Number] = (0.0, 0.0)
    turn: Annotated[float, Field(ge=-360, le=360)] = 0.0
    scale: Size = 1.0
    alpha: Share = 1.0
    line: Annotated[float, Field(gt=0, le=1)] | None = None
    repeat: Repeat | None = None


class Path_(Shape):
    """An outline of absolute commands (M L C Q Z), as in SVG; `mirror` adds its reflection across the y axis."""

    model_config = ConfigDict(title="Path")
    kind: Literal["path"]
    d: Annotated[str, Field(min_length=3, max_length=8000, pattern=r"^[MLCQZ0-9eE+\-., \n]+$")]
    mirror: bool = False


class Stroke(Shape):
    """A brush stroke along a path, `width` wide at its start and end."""

    kind: Literal["stroke"]
    d: Annotated[str, Field(min_length=3, max_length=8000, pattern=r"^[MLCQZ0-9eE+\-., \n]+$")]
    width: tuple[Share, Share]


class Ring(Shape):
    """A disc (`line`: a circle), or with `inner` what lies between two circles."""

    kind: Literal["ring"]
    radius: Size
    inner: Annotated[float, Field(ge=0, le=50)] | None = None


class Dots(Shape):
    """`count` dots on a circle."""

    kind: Literal["dots"]
    radius: Size
    count: Count
    dot: Size


class Star(Shape):
    """A star with `points` between two circles."""

    kind: Literal["star"]
    points: Annotated[int, Field(ge=3, le=120)]
    outer: Size
    inner: Size


class Flower(Shape):
    """Petals `radius` long and `petal` wide around a centre; `pointed` ones, else round with a notch. `heart` is the free
    share in the middle, `arc` the degrees they fill."""

    kind: Literal["flower"]
    petals: Annotated[int, Field(ge=1, le=40)]
    radius: Size
    petal: Size
    heart: Share = 0.08
    pointed: bool = False
    arc: Annotated[float, Field(gt=0, le=360)] = 360.0


class Ridge(Shape):
    """Hills seen from the side: `peaks` of (x, height, half width) that come again every `period`, from `start` to `stop`;
    `steep` 2 is a hill, 4 a tower of karst; `rough` the unevenness of the line; `foot` how far below the origin it reaches."""

    kind: Literal["ridge"]
    start: Number
    stop: Number
    period: Size
    peaks: Annotated[tuple[tuple[Number, Size, Size], ...], Field(min_length=1, max_length=40)]
    steep: Annotated[float, Field(ge=1, le=8)] = 2.0
    rough: Annotated[float, Field(ge=0, le=5)] = 1.0
    foot: Annotated[float, Field(ge=0, le=20)] = 0.2


class Falls(Shape):
    """Falling water: `count` upright strokes over `width`, hanging `height` down from an uneven ledge."""

    kind: Literal["falls"]
    count: Count
    width: Size
    height: Size


class Palm(Shape):
    """The crown of a sugar palm: `leaves` fans of `blades` on stalks `radius` long, each fan `fan` large."""

    kind: Literal["palm"]
    leaves: Annotated[int, Field(ge=3, le=40)]
    radius: Size
    fan: Size
    blades: Annotated[int, Field(ge=3, le=30)] = 11


class Spiral(Shape):
    """A spiral of `turns` out to `radius`, its line growing from `thin` to `thick`."""

    kind: Literal["spiral"]
    radius: Size
    turns: Annotated[float, Field(gt=0, le=8)]
    thin: Share
    thick: Share


AnyShape = Annotated[
    Path_ | Stroke | Ring | Dots | Star | Flower | Ridge | Falls | Palm | Spiral, Field(discriminator="kind")
]


class ThemeFile(Entry):
    """A theme: `theme.toml` in a folder with the pictures it names."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    name: NameEntry
    day: PaletteEntry
    night: NightEntry = NightEntry()
    type: TypeEntry = TypeEntry()
    background: Backgrounds
    motif: dict[str, Annotated[tuple[AnyShape, ...], Field(min_length=1, max_length=200)]] = {}


def schema() -> str:
    """The JSON Schema of `theme.toml` (read as JSON)."""
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **ThemeFile.model_json_schema(by_alias=True),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (Path(sys.argv[1]) / "theme.schema.json").write_text(schema(), encoding="utf-8")
