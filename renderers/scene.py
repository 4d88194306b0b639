"""Cards become scenes: each by the template of its kind."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from cms.plugin_api.types import Card, CardTemplate, Picture, RenderRequest, Scene, Transition, TransitionKind
from renderers.cards import bundled
from renderers.errors import RenderError
from renderers.text import normalise

_TRANSITIONS = {"cut": 0, "fade": 500, "slide": 500, "wipe": 500}
"""Milliseconds each takes."""


def clean(card: Card) -> Card:
    """A card with its texts normalised; only running text keeps its paragraphs. Texts of a template's own fields, of tables and of
    live values are cleaned by the template, which alone knows what they are."""

    def line(text: str) -> str:
        return normalise(text).replace("\n", " ")

    def captioned(picture: Picture) -> Picture:
        return replace(picture, caption=line(picture.caption))

    return replace(
        card, title=line(card.title), text=normalise(card.text), kicker=line(card.kicker), caption=line(card.caption),
        pictures=tuple(captioned(picture) for picture in card.pictures),
    )  # fmt: skip


def scenes_of(request: RenderRequest, card: Card) -> list[Scene]:
    """The scenes of one card, each coming in as the card says. Raises `RenderError`."""
    template = template_of(request, card.kind)
    transition = transition_of(card)
    return [replace(scene, transition=transition) for scene in template.scenes(request, clean(card))]


def transition_of(card: Card) -> Transition:
    """How the card's scenes come in: a cross-fade unless its field `transition` says otherwise."""
    kind = card.get("transition")
    kind = kind if kind in _TRANSITIONS else "fade"
    return Transition(cast(TransitionKind, kind), _TRANSITIONS[kind])


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
