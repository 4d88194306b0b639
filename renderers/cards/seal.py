"""The round mark of a notice: rings around the star or flower of the theme. An original drawing, no authority's seal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PIL import Image

from renderers import motif
from renderers.colour import RGB
from renderers.text import Box
from renderers.themes import SHAPES, Theme

_SHARE = 0.62
_RADIUS = 0.27
_PLAIN: Mapping[str, Any] = {"kind": "flower", "petals": 8, "radius": 0.27, "petal": 0.085}
_RINGS: tuple[Mapping[str, Any], ...] = (
    {"kind": "ring", "radius": 0.48, "inner": 0.455},
    {"kind": "ring", "radius": 0.345, "inner": 0.333},
    {"kind": "dots", "radius": 0.4, "count": 32, "dot": 0.014},
)


@dataclass(frozen=True, slots=True)
class Seal:
    """The mark in a square of `side` pixels with its top left corner at (x, y)."""

    theme: Theme
    x: int
    y: int
    side: int
    name: str = "seal"

    @property
    def box(self) -> Box:
        return self.x, self.y, self.x + self.side, self.y + self.side

    def draw(self, image: Image.Image) -> None:
        image.paste(
            _colour(self.theme), self.box, _cover(self.theme, self.side).point([round(v * _SHARE) for v in range(256)])
        )


def _colour(theme: Theme) -> RGB:
    return theme.day.accent


@lru_cache(maxsize=32)
def _cover(theme: Theme, side: int) -> Image.Image:
    return motif.mask(
        {"at": (0.5, 0.5), "unit": "short", "size": 1.0, "shapes": [*_RINGS, ornament(theme)]}, side, side
    )


def ornament(theme: Theme) -> Mapping[str, Any]:
    """The first star or flower among the theme's motifs, at the size of the seal's middle; else a plain flower. A star of five
    points is passed over: it belongs to the State."""
    shapes = (shape for kind in SHAPES for group in theme.groups(kind) for shape in group["shapes"])
    return next((found for shape in shapes if (found := _scaled(shape))), _PLAIN)


def _scaled(shape: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if shape.get("kind") == "star" and shape["points"] != 5:
        factor = _RADIUS / float(shape["outer"])
        return {
            "kind": "star",
            "points": shape["points"],
            "outer": _RADIUS,
            "inner": float(shape["inner"]) * factor,
        }
    if shape.get("kind") == "flower":
        factor = _RADIUS / float(shape["radius"])
        kept = {name: shape[name] for name in ("kind", "petals", "pointed", "heart") if name in shape}
        return {**kept, "radius": _RADIUS, "petal": float(shape["petal"]) * factor}
    return None
