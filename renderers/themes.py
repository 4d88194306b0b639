"""Themes: folders with a `theme.toml` and the pictures it names, checked when they are loaded."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image
from pydantic import ValidationError

from cms.plugin_api.types import Text, ThemeSource
from renderers import motif
from renderers.backdrop import backdrop, open_ornament
from renderers.colour import MIN_CONTRAST, contrast, luminance, luminances, parse, ratio
from renderers.palette import Palette as Palette
from renderers.theme_format import BackgroundEntry, PaletteEntry, ThemeFile, TypeEntry

Shape = Literal["ribbon", "wide", "square", "tall"]
SHAPES: tuple[Shape, ...] = ("ribbon", "wide", "square", "tall")
PAINTING = "3"
"""Version of how grounds are painted: raised when the same theme would get other pixels."""

_READ = ("text", "muted", "accent", "accent2")
_TRIAL: dict[Shape, tuple[int, int]] = {"ribbon": (480, 30), "wide": (256, 64), "square": (128, 64), "tall": (64, 192)}


class ThemeError(ValueError):
    """A theme folder that cannot be used; the message says which file, which entry and why."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A loaded theme. `backgrounds` is the composition of each shape of face, `room` the share of the face that a headline
    leaves to its motifs, `type` the type scale; `key` is the hash of all that decides the ground's pixels."""

    code: str
    name: Text
    day: Palette
    night: Palette
    type: TypeEntry
    room: Mapping[Shape, float]
    backgrounds: Mapping[Shape, BackgroundEntry] = field(repr=False)
    pictures: Mapping[Shape, Image.Image] = field(repr=False)
    placed: Mapping[Shape, tuple[Mapping[str, Any], ...]] = field(repr=False)
    key: str = ""

    def groups(self, shape: Shape) -> tuple[Mapping[str, Any], ...]:
        """The placed motifs for a shape of face, the lowest first."""
        return self.placed[shape]

    def palette(self, night: bool = False) -> Palette:
        """The colours of the day or of the night."""
        return self.night if night else self.day

    def __hash__(self) -> int:
        return hash((self.code, self.key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Theme) and (self.code, self.key) == (other.code, other.key)


@lru_cache(maxsize=96)
def masks(theme: Theme, shape: Shape, width: int, height: int) -> tuple[tuple[Mapping[str, Any], Image.Image], ...]:
    """The drawn motifs of a theme for a size of face."""
    return tuple((group, motif.mask(group, width, height)) for group in theme.groups(shape))


def load(source: ThemeSource | Path) -> Theme:
    """Load and check a theme. Raises `ThemeError`: an unknown, missing or malformed entry, a picture that cannot be used, contrast
    below 7:1 by day or by night, an undrawable motif."""
    folder = source.folder if isinstance(source, ThemeSource) else source
    name = f"{folder.parent.name}/{folder.name}/theme.toml"
    try:
        raw = (folder / "theme.toml").read_bytes()
        entries = ThemeFile.model_validate_json(_as_json(raw))
        theme = _theme(entries, source.code if isinstance(source, ThemeSource) else entries.code, folder, raw)
        _check_contrast(theme)
        _check_motifs(theme)
    except ValidationError as error:
        raise ThemeError(f"{name}: {_told(error)}") from error
    except (OSError, ValueError) as error:
        raise ThemeError(f"{name}: {error}") from error
    return theme


def _as_json(raw: bytes) -> str:
    """TOML as JSON, whose strict reading knows tuples from lists. Raises ValueError."""
    import json

    return json.dumps(tomllib.loads(raw.decode()), default=str)


def _told(error: ValidationError) -> str:
    """What is wrong, entry by entry: `background.wide.glow.0.at: …`."""
    said = []
    for one in error.errors():
        place = ".".join(str(part) for part in one["loc"])
        what = "there is no such entry" if one["type"] == "extra_forbidden" else one["msg"]
        said.append(
            f"{place}: {what}" + (f" ({one['input']!r})" if isinstance(one["input"], str | int | float) else "")
        )
    return "; ".join(said)


def _theme(entries: ThemeFile, code: str, folder: Path, raw: bytes) -> Theme:
    backgrounds: dict[Shape, BackgroundEntry] = {shape: getattr(entries.background, shape) for shape in SHAPES}
    pictures: dict[Shape, Image.Image] = {}
    files: dict[str, str] = {}
    for shape, background in backgrounds.items():
        if background.picture is not None:
            try:
                pictures[shape] = open_ornament(folder, background.picture)
            except ValueError as error:
                raise ValueError(f"background.{shape}.picture.file: {error}") from error
            files[background.picture.file] = hashlib.sha256((folder / background.picture.file).read_bytes()).hexdigest()
        if any(one[0] > two[0] for one, two in zip(background.stops, background.stops[1:], strict=False)):
            raise ValueError(f"background.{shape}.stops: they must stand in order")
    decides = "\n".join([PAINTING, hashlib.sha256(raw).hexdigest(), *(f"{a}={b}" for a, b in sorted(files.items()))])
    night = entries.night.model_dump(exclude_none=True)
    return Theme(
        code=code,
        name=Text(entries.name.vi, entries.name.en),
        day=_palette(entries.day),
        night=_palette(entries.day.model_copy(update=night)),
        type=entries.type,
        room={shape: background.room for shape, background in backgrounds.items()},
        backgrounds=backgrounds,
        pictures=pictures,
        placed={shape: _placed(entries, shape, background) for shape, background in backgrounds.items()},
        key=hashlib.sha256(decides.encode()).hexdigest(),
    )


def _placed(entries: ThemeFile, shape: Shape, background: BackgroundEntry) -> tuple[Mapping[str, Any], ...]:
    """The motifs of a background with the shapes they consist of."""
    found = []
    for index, place in enumerate(background.motifs):
        if place.motif not in entries.motif:
            raise ValueError(f"background.{shape}.motifs.{index}.motif: there is no motif {place.motif!r}")
        shapes = [one.model_dump(exclude_none=True) for one in entries.motif[place.motif]]
        found.append({**place.model_dump(exclude_none=True), "shapes": shapes})
    return tuple(found)


def _palette(entry: PaletteEntry) -> Palette:
    first, second = (parse(one) for one in entry.ground)
    return Palette((first, second), **{name: parse(getattr(entry, name)) for name in (*_READ, "ink", "glow")})


def _check_contrast(theme: Theme) -> None:
    """Text is kept clear of motifs (`renderers.ground`), so it may lie on all of the gradient, its lights and its picture:
    its colours are held against the brightest and the darkest pixel of every shape of face."""
    for name, palette in (("day", theme.day), ("night", theme.night)):
        if (least := contrast(palette.ink, palette.accent)) < MIN_CONTRAST:
            raise ValueError(f"{name}.ink has contrast {least:.2f} on the accent; {MIN_CONTRAST}:1 is needed")
        for shape in SHAPES:
            picture = theme.pictures.get(shape)
            width, height = _TRIAL[shape]
            scale = 4 if picture else 1  # a picture's bright points would be lost in a small trial
            pixels = backdrop(theme.backgrounds[shape], palette, picture, width * scale, height * scale)
            # Dithering moves a value to the whole number above or below.
            darkest, brightest = luminances(np.floor(pixels)).min(), luminances(np.ceil(pixels)).max()
            for colour in _READ:
                lit = luminance(palette.named(colour))
                least = min(ratio(lit, float(darkest)), ratio(lit, float(brightest)))
                if least < MIN_CONTRAST:
                    raise ValueError(
                        f"{name}.{colour} has contrast {least:.2f} on the ground of background.{shape} (gradient, glow "
                        f"and picture); {MIN_CONTRAST}:1 is needed"
                    )


def _check_motifs(theme: Theme) -> None:
    for shape in SHAPES:
        for index, group in enumerate(theme.groups(shape)):
            try:
                motif.mask(group, 64, 32)
            except motif.MotifError as error:
                raise ValueError(f"background.{shape}.motifs.{index}: motif {group['motif']!r}: {error}") from error
