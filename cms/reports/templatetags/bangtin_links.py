"""Addresses of pages that may not be installed."""

from __future__ import annotations

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()


@register.simple_tag
def page_address(name: str) -> str:
    """The address of a page by its name; empty when there is none."""
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""
