"""The link from a page of the admin to the part of the guide that tells of it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from cms.home import guide

register = template.Library()


@register.inclusion_tag("home/guide_link.html", takes_context=True)
def guide_link(context: Context) -> dict[str, Any]:
    """Headers are included without the page's context; the request is known all the same."""
    request = getattr(context, "request", None) or context.get("request")
    match = getattr(request, "resolver_match", None)
    return {"address": guide.address_of(guide.part_for(match.view_name if match else ""))}
