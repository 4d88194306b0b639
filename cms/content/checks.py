"""What is wrong with a text before anything is drawn: no font for it, or longer than its card allows."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError, StructValue

from renderers.errors import RenderError
from renderers.fonts import itemize


def text_problem(text: str, language: str, limit: int | None = None) -> str:
    """A message for the editor, or "" when the text can be drawn in this language's fonts and is not too long."""
    if limit and len(text) > limit:
        return _(
            "Too long: %(count)d characters, at most %(limit)d. Shorten it, or move part of it to another card."
        ) % {
            "count": len(text),
            "limit": limit,
        }
    try:
        for line in text.splitlines():
            itemize(line, language)
    except RenderError as error:
        return error.message(get_language() or "vi")
    return ""


def card_problems(body: Any, language: str) -> dict[int, dict[str, str]]:
    """Messages by the card's place (from 0) and the field's name."""
    found: dict[int, dict[str, str]] = {}
    for place, card in enumerate(body or ()):
        if not isinstance(card.value, StructValue):
            continue
        for name, value in card.value.items():
            if isinstance(value, str) and value:
                field = getattr(card.value.block.child_blocks[name], "field", None)
                problem = text_problem(value, language, getattr(field, "max_length", None))
                if problem:
                    found.setdefault(place, {})[name] = problem
    return found


def check_cards(body: Any, language: str) -> None:
    """Raises a ValidationError that shows each message at its own field of its own card."""
    problems = card_problems(body, language)
    if problems:
        raise StreamBlockValidationError(
            block_errors={
                place: StructBlockValidationError({name: ValidationError(said) for name, said in fields.items()})
                for place, fields in problems.items()
            }
        )


def told(error: ValidationError, body: Any, language: str) -> list[str]:
    """The same, as lines of text, for places without a form."""
    lines = [
        _("Card %(place)d: %(problem)s") % {"place": place + 1, "problem": said}
        for place, fields in card_problems(body, language).items()
        for said in fields.values()
    ]
    others = {name: said for name, said in getattr(error, "message_dict", {}).items() if name != "body"}
    return lines + [line for said in others.values() for line in said]
