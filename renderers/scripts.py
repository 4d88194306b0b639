"""Scripts of the languages shown: which letters belong to which family of fonts, and what each needs to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["latin", "noto", "khmer", "lao", "han", "thai"]


@dataclass(frozen=True, slots=True)
class Script:
    """Proportions of a script, as shares of the nominal size (the em of the Latin letters beside it).

    `scale` sets scripts at equal optical size. `letter` is the height of a plain letter (Latin capital, Khmer and Lao
    base consonant, Han ideograph). `leading` is the line height of running text, `leading_head` of headlines.
    `least_px` is the em below which strokes of the bold weights fall under 2 px or close up.
    """

    scale: float
    letter: float
    leading: float
    leading_head: float
    least_px: int


SCRIPTS: dict[Family, Script] = {
    "latin": Script(scale=1.0, letter=0.74, leading=1.36, leading_head=1.24, least_px=15),
    "noto": Script(scale=1.0, letter=0.71, leading=1.36, leading_head=1.24, least_px=15),
    "khmer": Script(scale=1.10, letter=0.59, leading=1.64, leading_head=1.60, least_px=18),
    "lao": Script(scale=1.10, letter=0.56, leading=1.56, leading_head=1.50, least_px=18),
    "thai": Script(scale=1.10, letter=0.56, leading=1.50, leading_head=1.44, least_px=18),
    "han": Script(scale=1.0, letter=0.89, leading=1.46, leading_head=1.30, least_px=16),
}

_RANGES: tuple[tuple[int, int, Family], ...] = (
    (0x0E00, 0x0E7F, "thai"),
    (0x0E80, 0x0EFF, "lao"),
    (0x1780, 0x17FF, "khmer"),
    (0x19E0, 0x19FF, "khmer"),
    (0x2E80, 0x2FDF, "han"),
    (0x3000, 0x303F, "han"),
    (0x3400, 0x9FFF, "han"),
    (0xF900, 0xFAFF, "han"),
    (0xFE30, 0xFE4F, "han"),
    (0xFF00, 0xFFEF, "han"),
    (0x20000, 0x3FFFF, "han"),
)

_HAN_PUNCTUATION = frozenset("“”‘’…—·")


def family_of(char: str, language: str) -> Family:
    """The family that should draw a character in a text of this language."""
    point = ord(char)
    if point < 0x0E00:
        return "latin"
    for first, last, family in _RANGES:
        if first <= point <= last:
            return family
    if language.startswith("zh") and char in _HAN_PUNCTUATION:
        return "han"
    return "latin"


def main_family(language: str) -> Family:
    """The family of a language's own script."""
    return {"km": "khmer", "lo": "lao", "th": "thai", "zh": "han"}.get(language.split("-")[0], "latin")  # type: ignore[return-value]
