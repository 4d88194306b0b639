"""Themes: folders with a `theme.toml` of colours and motifs, checked when they are loaded."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from cms.plugin_api.types import Text, ThemeSource
from renderers import motif
from renderers.colour import MIN_CONTRAST, RGB, contrast, mix, parse

Shape = Literal["ribbon", "wide", "square", "tall"]
SHAPES: tuple[Shape, ...] = ("ribbon", "wide", "square", "tall")
_NAMES = ("text", "muted", "accent", "accent2")


class ThemeError(ValueError):
    """A theme folder that cannot be used; the message says which entry and why."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a theme by day or by night. `ground` runs from the first to the second; `text`, `muted` and the accents
    are read on it; `ink` is read on the accent; `glow` lights a part of the ground."""

    ground: tuple[RGB, RGB]
    text: RGB
    muted: RGB
    accent: RGB
    accent2: RGB
    ink: RGB
    glow: RGB

    def named(self, name: str) -> RGB:
        """A colour a motif refers to."""
        return {
            "text": self.text,
            "muted": self.muted,
            "accent": self.accent,
            "accent2": self.accent2,
            "glow": self.glow,
            "ground": self.ground[0],
            "deep": self.ground[1],
        }[name]


@dataclass(frozen=True, slots=True)
class Glow:
    """A soft light on the ground: centre (shares of the face), radius (share of the longer side), strength 0…1."""

    at: tuple[float, float]
    radius: float
    strength: float


@dataclass(frozen=True, slots=True)
class Theme:
    """A loaded theme. `motifs` are groups for `renderers.motif`, each with `on` (shapes of face) and `alpha`."""

    code: str
    name: Text
    day: Palette
    night: Palette
    glow: Glow
    room: Mapping[Shape, float]
    motifs: tuple[Mapping[str, Any], ...] = field(repr=False)
    key: str = ""

    def groups(self, shape: Shape) -> list[Mapping[str, Any]]:
        """The motif groups for a shape of face."""
        return [group for group in self.motifs if shape in group.get("on", SHAPES)]

    def __hash__(self) -> int:
        return hash((self.code, self.key))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Theme) and (self.code, self.key) == (other.code, other.key)


@lru_cache(maxsize=256)
def masks(theme: Theme, shape: Shape, width: int, height: int) -> tuple[tuple[Mapping[str, Any], Image.Image], ...]:
    """The drawn motif groups of a theme for a size of face."""
    return tuple((group, motif.mask(group, width, height)) for group in theme.groups(shape))


def load(source: ThemeSource | Path) -> Theme:
    """Load and check a theme. Raises `ThemeError`: a missing or malformed entry, contrast below 7:1, an undrawable motif."""
    folder = source.folder if isinstance(source, ThemeSource) else source
    path = folder / "theme.toml"
    try:
        raw = path.read_bytes()
        data = tomllib.loads(raw.decode())
        theme = _theme(
            data, source.code if isinstance(source, ThemeSource) else data["code"], hashlib.sha256(raw).hexdigest()
        )
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThemeError(f"{path.parent.name}/theme.toml: {error}") from error
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ThemeError(f"{path.parent.name}/theme.toml: {type(error).__name__}: {error}") from error
    for name, palette in (("day", theme.day), ("night", theme.night)):
        _check_contrast(theme, name, palette)
    _check_motifs(theme)
    return theme


def _theme(data: Mapping[str, Any], code: str, key: str) -> Theme:
    glow = data["glow"]
    return Theme(
        code=code,
        name=Text(data["name"]["vi"], data["name"]["en"]),
        day=_palette(data["day"]),
        night=_palette({**data["day"], **data.get("night", {})}),
        glow=Glow((float(glow["at"][0]), float(glow["at"][1])), float(glow["radius"]), float(glow["strength"])),
        room={shape: float(data.get("room", {}).get(shape, 0.25)) for shape in SHAPES},
        motifs=tuple(data.get("motif", ())),
        key=key,
    )


def _palette(data: Mapping[str, Any]) -> Palette:
    first, second = (parse(one) for one in data["ground"])
    rest = {name: parse(data[name]) for name in (*_NAMES, "ink", "glow")}
    return Palette(ground=(first, second), **rest)


def _check_contrast(theme: Theme, name: str, palette: Palette) -> None:
    lit = [mix(colour, palette.glow, theme.glow.strength) for colour in palette.ground]
    for colour in _NAMES:
        least = min(contrast(palette.named(colour), ground) for ground in (*palette.ground, *lit))
        if least < MIN_CONTRAST:
            raise ThemeError(
                f"{theme.code}: {name}.{colour} has contrast {least:.2f} on the ground; {MIN_CONTRAST}:1 is needed"
            )
    if contrast(palette.ink, palette.accent) < MIN_CONTRAST:
        raise ThemeError(
            f"{theme.code}: {name}.ink has contrast {contrast(palette.ink, palette.accent):.2f} on the accent"
        )


def _check_motifs(theme: Theme) -> None:
    for group in theme.motifs:
        try:
            theme.day.named(group["colour"])
            motif.mask(group, 64, 32)
        except (KeyError, motif.MotifError) as error:
            raise ThemeError(f"{theme.code}: motif {group.get('name', '')!r}: {error}") from error
