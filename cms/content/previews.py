"""Pictures of proofs for people: one face of one scene as a PNG, drawn by the same code as the screens' pixels."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings
from PIL import Image

from cms.content.assets import AssetStore
from cms.content.models import Proof
from cms.plugin_api.types import Layer
from renderers.draw import draw

STILL_MS = 1500
"""Offset of the moment shown of a moving scene."""


def face_size(layers: tuple[Layer, ...]) -> tuple[int, int]:
    """Width and height in pixels that the layers of a face cover."""
    return max(one.rect.x + one.rect.width for one in layers), max(one.rect.y + one.rect.height for one in layers)


def face_png(proof: Proof, scene: int, face: str, width: int | None = None) -> Path:
    """A face's picture, exact, or scaled down to a width in pixels; drawn once and kept. Raises LookupError when the proof
    has no such scene or face."""
    folder = Path(settings.ASSETS_ROOT).parent / "previews" / proof.id[:2]
    target = folder / f"{proof.id}-{scene}-{face}{f'-{width}' if width else ''}.png"
    if target.is_file():
        return target
    value = proof.value.scenes[scene]
    layers = value.faces[face]
    size = face_size(layers)
    made = round(proof.created_at.timestamp() * 1000)  # what clocks tell: the same in every picture of the proof
    offset = min(STILL_MS, value.duration_ms // 2)
    picture: Image.Image = draw(*size, layers, offset, instant_ms=made, asset_path=AssetStore().path)
    if width and width < size[0]:
        picture = picture.resize((width, max(1, round(size[1] * width / size[0]))), Image.Resampling.LANCZOS)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".png", delete=False) as file:
        picture.save(file, "PNG")
    os.replace(file.name, target)
    return target
