"""Spans and counts in the words of the pages of programmes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cms.programmes.explanations import moment
from cms.programmes.impact import ClusterImpact
from cms.programmes.words import some_of

register = template.Library()
NAMED = 6
"""So many are named; the others are counted."""
SHORT = {"zh-hans": "ZH"}


@register.filter
def short_language(code: str) -> str:
    """`VI`, `EN`, `ZH`."""
    return SHORT.get(code, code.upper())


@register.filter
def as_time(seconds: float) -> str:
    """“45 s”, “4 min 30 s”, “7 h 05 min”: the two largest units."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": f"{minutes:02}"} if minutes else _("%(hours)s h") % {"hours": hours}  # fmt: skip
    if minutes:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": f"{rest:02}"} if rest else _("%(minutes)s min") % {"minutes": minutes}  # fmt: skip
    return _("%(seconds)s s") % {"seconds": rest}


@register.filter
def as_time_ms(ms: float) -> str:
    """The same of milliseconds."""
    return as_time(ms / 1000)


@register.filter
def as_count(number: float) -> str:
    """A whole number from ten on, one decimal below."""
    return str(
        number_format(round(number) if number >= 10 or number == int(number) else round(number, 1), use_l10n=True)
    )


@register.filter
def first_change(one: ClusterImpact) -> str:
    """When a cluster first changes, by its own clock: dd/mm/yyyy HH:MM."""
    return moment(one.first_ms, one.cluster.timezone)


@register.filter
def named(found: Iterable[Any]) -> str:
    """“a”, “b” and 3 more."""
    return some_of([f"“{one}”" for one in found], NAMED)
