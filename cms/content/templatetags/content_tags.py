"""What templates of items need."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Model

from cms.content.board import Board, board_of
from cms.content.models import ItemPage

register = template.Library()


@register.simple_tag
def item_board(page: Model, user: Any) -> Board | None:
    """The board of an item; None for any other page."""
    return board_of(page, user) if isinstance(page, ItemPage) else None
