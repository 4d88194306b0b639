"""What of an item's media a panel cannot show anyway, or shows soft: remarks for the editor, never a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from PIL import Image

from cms.plugin_api.types import JSON, Card, DrawCache, Face, Geometry, ItemTranslation, canonical, sha256
from renderers.errors import Bilingual
from renderers.media import check_clip
from renderers.overspec import Note, clip_notes, picture_notes

BESIDE_TEXT = 1.6
"""A picture on a wide face stands beside its text, about this much wider than high."""
PARTIAL = frozenset({"beside", "quotation"})
"""Kinds whose picture takes a part of the face only."""


def notes_on(item: ItemTranslation, geometry: Geometry, cache: DrawCache) -> list[JSON]:
    """Notes on an item's pictures and clips: `{"code", "vi", "en"}` each. Media that cannot be read have none: their drawing says
    so."""
    found: list[JSON] = []
    for place, card in enumerate(item.cards, 1):
        if card.kind in PARTIAL:
            continue
        for path, sha in _media(card):
            key = sha256(canonical(["overspec", 1, card.kind == "video", sha, geometry.id]))
            for note in cache.once(key, partial(_notes, path, card, geometry)):
                found.append({**note, "vi": f"Thẻ {place}: {note['vi']}", "en": f"Card {place}: {note['en']}"})
    return found


def _media(card: Card) -> Iterator[tuple[Path, str]]:
    if card.media is not None:
        yield card.media, card.media_sha256
    for one in card.pictures:
        yield one.path, one.sha256


def _notes(path: Path, card: Card, geometry: Geometry) -> list[JSON]:
    try:
        if card.kind == "video":
            notes = clip_notes(check_clip(path), geometry.faces)
        else:
            with Image.open(path) as picture:
                size = picture.size
            notes = picture_notes(size, [_taken(face) for face in geometry.faces])
    except (OSError, ValueError, Bilingual):
        return []
    return [_json(one) for one in notes if one.code != "cropped"]  # the proof shows what is seen


def _taken(face: Face) -> Face:
    return replace(face, width=min(face.width, round(BESIDE_TEXT * face.height)))


def _json(note: Note) -> JSON:
    return {"code": note.code, "vi": note.vi, "en": note.en}
