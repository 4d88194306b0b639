"""`{% impact_of_approval page %}`: what approving the item would change on the screens."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from cms.approval import impact
from cms.content.models import ItemPage

register = template.Library()


@register.simple_tag(takes_context=True)
def impact_of_approval(context: Any, page: ItemPage) -> SafeString:
    """Empty where no app has anything to say."""
    return impact.impact_of_approval(page, context["request"].user)
