"""Words and looks of events."""

from __future__ import annotations

from django import template

from cms.players import words

register = template.Library()


@register.filter
def event_word(kind: str) -> str:
    """The shape and the word of an event's kind."""
    return f"{words.SHAPES.get(kind, '·')} {words.word(words.EVENTS, kind)}"


@register.filter
def event_class(kind: str) -> str:
    """What asks for attention stands out."""
    return "w-status--primary" if words.SHAPES.get(kind) == "▲" else ""
