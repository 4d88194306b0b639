"""From an item's stored cards to what the renderers draw, and the hash of all that can change a pixel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cms.content.assets import file_sha256
from cms.content.blocks import UNKNOWN
from cms.content.card_blocks import CardBlock, as_text
from cms.content.models import Clip, Picture
from cms.content.tables import rows_of
from cms.plugin_api import types
from cms.plugin_api.types import JSON, Card, CardField, Focal, ItemTranslation, Live, canonical, sha256
from renderers.errors import RenderError

WORDS = ("title", "text", "kicker", "caption")


def cards_of(body: Any) -> tuple[Card, ...]:
    """The cards of a stream of blocks. Raises `RenderError` when a picture or clip is gone."""
    return tuple(card_of(block.block_type, block.value, place, block.block) for place, block in enumerate(body, 1))


def card_of(kind: str, value: Any, place: int, block: Any) -> Card:
    """One card; `place` counts from 1, for messages. A kind that nobody brings becomes a card that cannot be drawn, which its
    drawing says. Raises `RenderError("media_missing")`."""
    if kind == UNKNOWN or not isinstance(block, CardBlock):
        stored = value if isinstance(value, Mapping) else {}
        return Card(str(stored.get("kind") or kind), fields=(("stored", canonical(stored.get("value")).decode()),))
    found: dict[str, Any] = {}
    others: list[tuple[str, str]] = []
    for name, field in block.fields.items():
        _take(found, others, field, value.get(name), place)
    if value.get("transition"):
        others.append(("transition", str(value["transition"])))
    if value.get("seconds"):
        found["duration_ms"] = 1000 * int(value["seconds"])
    return Card(kind, fields=tuple(others), **found)


def _take(found: dict[str, Any], others: list[tuple[str, str]], field: CardField, value: Any, place: int) -> None:
    if field.kind in ("picture", "clip") and field.name == "media":
        if value is not None or field.required:
            found["media"] = original(value, place)
            found["media_sha256"] = media_sha256(value)
            found["focal"] = focal_of(value) if field.kind == "picture" else None
    elif field.kind == "pictures":
        found["pictures"] = tuple(_picture(one, place) for one in value or ())
    elif field.kind == "table":
        rows = rows_of(value or "")
        found["rows"], found["head"] = rows, bool(rows)
    elif field.kind == "live":
        found["live"] = tuple(_live(one) for one in value or ())
    elif text := as_text(value):
        if field.name in WORDS:
            found[field.name] = text
        else:
            others.append((field.name, text))


def _picture(value: Any, place: int) -> types.Picture:
    media = value["picture"]
    path = original(media, place)
    return types.Picture(path, media_sha256(media), focal_of(media), as_text(value["caption"]))


def _live(value: Any) -> Live:
    until = value["until"]
    return Live(
        of=value["of"],
        label=as_text(value["label"]),
        name=value["name"] or "" if value["of"] == "value" else "",
        unit=as_text(value["unit"]),
        decimals=value["decimals"] or 0,
        until=round(until.timestamp() * 1000) if until and value["of"] == "countdown" else 0,
        max_age_ms=60_000 * (value["minutes"] or 0),
    )


def original(media: Picture | Clip | None, place: int) -> Path:
    """The file of a picture or clip. Raises `RenderError("media_missing")`."""
    path = Path(media.file.path) if media is not None else None
    if path is None or not path.is_file():
        raise RenderError(
            "media_missing",
            f"Thẻ {place}: ảnh hoặc clip không còn trong thư viện. Hãy chọn tệp khác rồi lưu lại.",
            f"Card {place}: its picture or clip is no longer in the library. Choose another one and save again.",
        )
    return path


def media_sha256(media: Picture | Clip) -> str:
    """SHA-256 of the original, kept on the record once it is known."""
    if not media.sha256:
        media.sha256 = file_sha256(Path(media.file.path))
        type(media).objects.filter(pk=media.pk).update(sha256=media.sha256)
    return media.sha256


def focal_of(picture: Picture) -> Focal | None:
    """The point that must stay in view, as shares of the picture."""
    if picture.focal_point_x is None or not picture.width or not picture.height:
        return None
    width, height = picture.width, picture.height
    shares = (
        picture.focal_point_x / width,
        (picture.focal_point_y or 0) / height,
        (picture.focal_point_width or 0) / width,
        (picture.focal_point_height or 0) / height,
    )
    x, y, w, h = (min(1.0, max(0.0, round(share, 6))) for share in shares)
    return x, y, w, h


def content_hash(item: ItemTranslation) -> str:
    """SHA-256 of everything in a translation that can change a pixel. What a card does not have is left out, so that a new
    attribute of cards leaves the proofs of older items valid."""
    cards = [_document(card) for card in item.cards]
    return sha256(canonical({"language": item.language, "source": item.source, "cards": cards}))


def _document(card: Card) -> JSON:
    document: dict[str, JSON] = {
        "kind": card.kind,
        "texts": [card.kicker, card.title, card.text, card.caption],
        "media": card.media_sha256,
        "focal": _listed(card.focal),
        "duration": card.duration_ms,
    }
    if card.pictures:
        document["pictures"] = [[one.sha256, _listed(one.focal), one.caption] for one in card.pictures]
    if card.rows:
        document |= {"rows": [list(row) for row in card.rows], "head": card.head}
    if card.live:
        document["live"] = [asdict(one) for one in card.live]
    if card.fields:
        document["fields"] = [list(one) for one in card.fields]
    return document


def _listed(values: Iterable[float] | None) -> list[float] | None:
    return None if values is None else list(values)
