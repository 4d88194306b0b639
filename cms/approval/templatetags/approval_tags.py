"""What a page of Wagtail's own shows of a decision."""

from __future__ import annotations

from django import template

from cms.approval.streams import Live, of_item
from cms.content.models import ItemPage

register = template.Library()


@register.simple_tag
def item_streams(page: ItemPage) -> list[Live]:
    """The live streams of an item's latest draft, each to be confirmed by name."""
    return of_item(page, page.latest_revision, page.province)
