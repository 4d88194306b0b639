"""The instance's clock in templates."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone

from cms import clock

register = template.Library()


@register.simple_tag
def instance_now() -> datetime:
    """Now, by the one clock, in local time."""
    return timezone.localtime(clock.now())


@register.simple_tag
def shifted() -> bool:
    """Whether the clock is shifted for a demonstration."""
    return clock.offset_ms() != 0
