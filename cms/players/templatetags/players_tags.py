"""Words and looks of events."""

from __future__ import annotations

from django import template

from cms.players import telling, words
from cms.players.models import PlayerEvent

register = template.Library()


@register.filter
def event_word(kind: str) -> str:
    """The shape and the word of an event's kind."""
    return f"{words.SHAPES.get(kind, '·')} {words.word(words.EVENTS, kind)}"


@register.filter
def event_class(kind: str) -> str:
    """What asks for attention stands out."""
    return "w-status--primary" if words.SHAPES.get(kind) == "▲" else ""


@register.filter
def told(event: PlayerEvent) -> telling.Told:
    """An event in sentences."""
    return telling.of_event(event)


@register.filter
def status_word(status: str) -> str:
    """The shape and the word of the status of a play."""
    shape = {"success": "●", "interrupted": "◐"}.get(status, "▲")
    return f"{shape} {words.word(words.STATUSES, status)}"
