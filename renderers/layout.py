"""Layout renderers: an item translation on a geometry becomes a proof."""

from __future__ import annotations

from dataclasses import dataclass

from cms.plugin_api.types import Card, Layer, Proof, Rect, RenderRequest, Scene, Transition
from renderers.cards import COMFORTS, Comfort, draw_card, set_card
from renderers.encode import PNG, png
from renderers.errors import RenderError
from renderers.fonts import require_shaping
from renderers.furniture import Furniture
from renderers.legibility import reading_ms
from renderers.pages import MAX_PAGES, paginate
from renderers.sizes import Size, size_of
from renderers.text import normalise
from renderers.themes import Theme


@dataclass(slots=True)
class FlatLayout:
    """Draws every face for itself; `faces` is the number of faces a cluster has."""

    code: str
    faces: int

    def render(self, request: RenderRequest) -> Proof:
        require_shaping()
        if len(request.geometry.faces) != self.faces:
            raise RenderError("face", "Số mặt màn hình không khớp.", "The number of faces does not match.")
        scenes: list[Scene] = []
        cards = request.item.cards
        if not cards:
            raise RenderError(
                "empty",
                "Tin chưa có thẻ nào. Hãy thêm một tiêu đề hoặc nội dung.",
                "The item has no cards. Add a headline or a text.",
            )
        for index, card in enumerate(cards):
            scenes += _text_scenes(request, clean(card))
            request.progress((index + 1) / len(cards))
        return Proof(tuple(scenes))


def clean(card: Card) -> Card:
    """A card with normalised texts."""
    return Card(
        card.kind, normalise(card.title).replace("\n", " "), normalise(card.text), normalise(card.kicker).replace("\n", " "),
        normalise(card.caption).replace("\n", " "), card.media, card.media_sha256, card.focal, card.duration_ms,
    )  # fmt: skip


def _text_scenes(request: RenderRequest, card: Card) -> list[Scene]:
    theme: Theme = request.theme
    item = request.item
    faces = {size_of(face): face for face in request.geometry.faces}

    def furniture(page: int, pages: int) -> Furniture:
        return Furniture(item.language, normalise(item.source), page, pages)

    def fits(text: str, comfort: Comfort, pages: int) -> bool:
        return all(
            set_card(card, text, face, theme, item.language, furniture(0, pages), comfort) for face in faces.values()
        )

    for comfort in COMFORTS:
        pages = [card.text] if fits(card.text, comfort, 1) else None
        if pages is None and card.kind == "text":
            pages = paginate(card.text, item.language, lambda text, c=comfort: fits(text, c, MAX_PAGES))
        if pages is not None:
            break
    else:
        raise too_long(card)
    scenes = []
    for index, text in enumerate(pages):
        what = furniture(index, len(pages))
        assets = {}
        for size, face in faces.items():
            setting = set_card(card, text, face, theme, item.language, what, comfort)
            if setting is None:
                raise too_long(card)
            assets[size] = request.sink.put(png(draw_card(setting, face, theme, what)), PNG)
        duration = card.duration_ms or reading_ms(" ".join((card.kicker, card.title, text)), item.language)
        scenes.append(still(request, assets, duration))
    return scenes


def still(request: RenderRequest, assets: dict[Size, str], duration_ms: int) -> Scene:
    """A scene of one picture per face."""
    return Scene(
        duration_ms,
        {
            face.id: (Layer("image", assets[size_of(face)], Rect(0, 0, face.width, face.height)),)
            for face in request.geometry.faces
        },
        Transition("fade", 500),
    )


def too_long(card: Card) -> RenderError:
    start = (card.title or card.text or card.caption)[:40]
    return RenderError(
        "too_long",
        f"Văn bản “{start}…” quá dài so với màn hình: chữ sẽ nhỏ hơn mức đọc được. Hãy rút gọn hoặc chia thành nhiều thẻ.",
        f"The text “{start}…” is too long for the screen: its letters would be too small to read. Shorten it or split it into several cards.",
    )
