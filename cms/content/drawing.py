"""The way of drawing: which renderer, theme and kinds of cards made a proof, in their versions, and whether that is still
how it would be drawn."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cms.content.cards import content_hash
from cms.plugin_api.types import JSON, ItemTranslation, canonical, sha256
from cms.plugin_host.host import get_host

if TYPE_CHECKING:
    from cms.content.proofs import ProofTarget


def drawing_now(theme: str, faces: int, kinds: Iterable[str]) -> dict[str, JSON]:
    """How a proof for so many faces is drawn at present: the renderer's version, the theme's files, and the version of each
    kind of card. Raises `NoRenderer`."""
    host = get_host()
    renderer, source, templates = host.renderer(faces), host.themes().get(theme), host.card_templates()
    return {
        "faces": faces,
        "renderer": [renderer.code, str(getattr(renderer, "version", "1"))],
        "theme": folder_hash(source.folder) if source else "",
        "cards": {kind: templates[kind].version if kind in templates else "" for kind in sorted(set(kinds))},
    }


def drawing_of(item: ItemTranslation, target: ProofTarget) -> dict[str, JSON]:
    """How the proof of an item for a target is drawn at present."""
    return drawing_now(target.theme, len(target.geometry.faces), (card.kind for card in item.cards))


def is_outdated(theme: str, drawing: dict[str, JSON]) -> bool:
    """Whether a proof that was drawn so would be drawn otherwise now. Proofs from before this was written down are."""
    if not drawing:
        return True
    return bool(drawing != drawing_now(theme, drawing["faces"], drawing["cards"]))


def inputs_hash(item: ItemTranslation, target: ProofTarget) -> str:
    """SHA-256 of all that decides a proof's pixels: content, geometry, and the way of drawing. Equal inputs, equal proof."""
    return sha256(
        canonical(
            {
                "content": content_hash(item),
                "geometry": target.geometry.id,
                "faces": [face.id for face in target.geometry.faces],
                "theme": target.theme,
                "drawing": drawing_of(item, target),
                "span": target.span,
            }
        )
    )


def folder_hash(folder: Path) -> str:
    """SHA-256 of a folder's files; they are read again only when one has another size or time."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    facts = [(path, path.stat()) for path in files]
    return _folder_hash(folder, tuple((str(path), fact.st_size, fact.st_mtime_ns) for path, fact in facts))


@lru_cache(maxsize=64)
def _folder_hash(folder: Path, facts: tuple[tuple[str, int, int], ...]) -> str:
    paths = [Path(path) for path, _size, _time in facts]
    return sha256(canonical([[str(path.relative_to(folder)), sha256(path.read_bytes())] for path in paths]))
