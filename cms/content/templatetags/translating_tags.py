"""What the page of a translation needs beside its own pictures."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.translation import gettext as _

from cms.content.board import Board, board_of
from cms.content.models import ItemPage
from cms.content.translating import glossary, localize, notes
from cms.content.translating.glossary import Hint
from cms.content.translating.progress import unread

register = template.Library()


@register.simple_tag
def original_board(translation: Any, user: Any) -> Board | None:
    """The pictures of the original that a translation follows; None where this person may not see them."""
    page = translation.source.get_source_instance()
    return board_of(page, user) if isinstance(page, ItemPage) else None


@register.simple_tag
def glossary_hints(page: ItemPage) -> list[Hint]:
    return glossary.hints(page)


@register.simple_tag
def unread_passages(page: ItemPage) -> int:
    return unread(page)


@register.simple_tag
def is_behind(page: ItemPage) -> bool:
    return notes.behind(page)


@register.simple_tag
def localize_words(translation: Any, target: Any) -> str:
    """JSON for `localize.js`: what the editor itself says in English only, and what its fields are called."""
    title = _("From %(source)s into %(target)s") % {
        "source": translation.source.locale.get_display_name(),
        "target": target.get_display_name(),
    }
    words = {"more": _("More actions"), "passage": _("Translation of this passage"), "file": _("PO file to upload")}
    return json.dumps(words | {"title": title})


@register.filter
def readable_props(props: str) -> str:
    """What wagtail-localize's editor is told, with passages to read."""
    return localize.readable_props(props)
