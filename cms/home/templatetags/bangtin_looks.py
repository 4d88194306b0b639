"""The emblem and the colours of the province that somebody works for, in every page's head and beside the mark."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cms.home import looks

register = template.Library()


@register.simple_tag(takes_context=True)
def own_colours(context: Context) -> SafeString:
    """A style sheet with the province's colours; nothing for people of no or of several provinces."""
    code = _code(context)
    if not code or looks.look_of(code) is None:
        return SafeString("")
    return format_html('<link rel="stylesheet" href="{}">', reverse("home:look_colours", args=(code,)))


@register.simple_tag(takes_context=True)
def own_emblem(context: Context) -> SafeString:
    """The province's emblem as a picture, in which no script would run."""
    code = _code(context)
    look = looks.look_of(code) if code else None
    if look is None or not look.emblem:
        return SafeString("")
    return format_html('<img class="bt-brand__emblem" src="{}" alt="">', reverse("home:look_emblem", args=(code,)))


def _code(context: Context) -> str:
    user = getattr(context.get("request"), "user", None)
    return looks.province_of(user) if user is not None and user.is_authenticated else ""
