"""What is wrong with a text before anything is drawn: no font for it, or longer than its card allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.blocks import ListBlockValidationError, StreamBlockValidationError, StructBlockValidationError

from cms.content.tables import RowsBlock, rows_of
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


def check_cards(body: Any, language: str) -> None:
    """Raises a ValidationError that shows each message at its own field of its own card."""
    errors = {
        place: error for place, card in enumerate(body or ()) if (error := _error(card.block, card.value, language))
    }
    if errors:
        raise StreamBlockValidationError(block_errors=errors)


def _error(block: Any, value: Any, language: str) -> ValidationError | None:
    """What is wrong with a block's value, in the shape that Wagtail shows at the right field."""
    if isinstance(block, blocks.StructBlock):
        fields = {
            name: error for name, one in value.items() if (error := _error(block.child_blocks[name], one, language))
        }
        return StructBlockValidationError(fields) if fields else None
    if isinstance(block, blocks.ListBlock):
        rows = {
            place: error for place, one in enumerate(value or ()) if (error := _error(block.child_block, one, language))
        }
        return ListBlockValidationError(block_errors=rows) if rows else None
    if isinstance(block, blocks.CharBlock | blocks.TextBlock) and value:
        limit = None if isinstance(block, RowsBlock) else block.field.max_length
        text = "\n".join(cell for row in rows_of(value) for cell in row) if isinstance(block, RowsBlock) else value
        said = text_problem(text, language, limit)
        return ValidationError(said) if said else None
    return None


def told(error: ValidationError, body: Any, language: str) -> list[str]:
    """The same, as lines of text, for places without a form."""
    lines = [
        _("Card %(place)d: %(problem)s") % {"place": place, "problem": said}
        for place, card in enumerate(body or (), 1)
        for said in _lines(_error(card.block, card.value, language))
    ]
    others = {name: said for name, said in getattr(error, "message_dict", {}).items() if name != "body"}
    return lines + [line for said in others.values() for line in said]


def _lines(error: ValidationError | None) -> Iterator[str]:
    if isinstance(error, StructBlockValidationError | ListBlockValidationError):
        for one in error.block_errors.values():
            yield from _lines(one)
    elif error is not None:
        yield from error.messages
