"""Addresses of pages that may not be installed, or not be open to a reader."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from cms.reports.evidence import Evidence

register = template.Library()


@register.simple_tag(takes_context=True)
def page_of(context: dict[str, Any], evidence: Evidence) -> str:
    """The address of the page where evidence is seen; empty when there is none, or the reader may not open it."""
    if not evidence.url_name or not evidence.may_see(context["request"].user):
        return ""
    try:
        return reverse(evidence.url_name)
    except NoReverseMatch:
        return ""
