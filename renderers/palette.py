"""The colours of a theme."""

from __future__ import annotations

from dataclasses import dataclass

from renderers.colour import RGB


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
        """A colour that a background or a motif refers to."""
        return {
            "text": self.text,
            "muted": self.muted,
            "accent": self.accent,
            "accent2": self.accent2,
            "glow": self.glow,
            "ground": self.ground[0],
            "deep": self.ground[1],
        }[name]
