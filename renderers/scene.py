"""Cards become scenes: each by the template of its kind."""

from __future__ import annotations

from dataclasses import replace

from cms.plugin_api.types import Card, CardTemplate, RenderRequest, Scene
from renderers.cards import bundled
from renderers.errors import RenderError
from renderers.text import normalise


def clean(card: Card) -> Card:
    """A card with its texts normalised; only running text keeps its paragraphs."""

    def line(text: str) -> str:
        return normalise(text).replace("\n", " ")

    return replace(
        card, title=line(card.title), text=normalise(card.text), kicker=line(card.kicker), caption=line(card.caption)
    )


def scenes_of(request: RenderRequest, card: Card) -> list[Scene]:
    """The scenes of one card. Raises `RenderError`."""
    template = template_of(request, card.kind)
    return list(template.scenes(request, clean(card)))


def template_of(request: RenderRequest, kind: str) -> CardTemplate:
    """The template of a kind of card. Raises `RenderError("kind")` when no plugin brings it (any more)."""
    template = request.templates.get(kind) or bundled.TEMPLATES.get(kind)
    if template is None:
        raise RenderError(
            "kind",
            f"Không có thành phần nào vẽ được loại thẻ “{kind}”. Hãy cài lại tiện ích của loại thẻ này hoặc xóa thẻ.",
            f"Nothing installed draws cards of the kind “{kind}”. Install its plugin again or remove the card.",
        )
    return template
