"""What the review page shows beside the proofs."""

from __future__ import annotations

from typing import Any

from django import template

from cms.approval.comparison import Comparison, comparison_of
from cms.approval.versions import RemarkBoard, Version, remark_board, versions_of
from cms.content.board import Board
from cms.content.models import ItemPage

register = template.Library()


@register.simple_tag
def language_versions(page: ItemPage) -> list[Version]:
    """All language versions of an item."""
    return versions_of(page)


@register.simple_tag
def differences_of(board: Board | None) -> Comparison:
    """What changed since the last approval."""
    return comparison_of(board)


@register.simple_tag
def remarks_beside(board: Board | None, user: Any) -> RemarkBoard | None:
    """The remarks beside a version's proofs."""
    return remark_board(board.page, user, board) if board is not None else None
