"""How large letters must be on a face, and how long a screen must stand.

Character height in mm × 0.4 ≈ metres read clearly, × 0.6 ≈ limit; reading speed indoors halved outdoors (field notes
on public LED screens). Below the pixels a script needs for its strokes nothing is legible at any distance.
"""

from __future__ import annotations

import math

from cms.plugin_api.types import Face
from renderers.scripts import SCRIPTS, Family, main_family

CLEAR_M_PER_MM = 0.4
LIMIT_M_PER_MM = 0.6
MIN_CARD_MS = 6000
_CHARACTERS_PER_SECOND = {"en": 20.0, "vi": 17.0, "zh": 9.0}
_UNKNOWN_SPEED = 17.0  # as Thai, the nearest script measured
_NOTICE_MS = 1500


def least_size(face: Face, language: str, *, limit: bool = False) -> int:
    """The smallest nominal em in pixels that is read clearly (with `limit`: at all) from the face's viewing distance."""
    family: Family = main_family(language)
    script = SCRIPTS[family]
    metres_per_mm = LIMIT_M_PER_MM if limit else CLEAR_M_PER_MM
    letter_px = face.distance_m / metres_per_mm / face.pitch_mm
    return max(script.least_px, math.ceil(letter_px / script.letter / script.scale))


def reading_ms(text: str, language: str) -> int:
    """How long a screen with this text must stand for a passing reader: half the indoor speed, and a moment to notice."""
    speed = _CHARACTERS_PER_SECOND.get(language.split("-")[0], _UNKNOWN_SPEED) / 2
    wanted = _NOTICE_MS + 1000 * len(text.replace("\n", "").strip()) / speed
    return max(MIN_CARD_MS, 500 * math.ceil(wanted / 500))
