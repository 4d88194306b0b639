"""What approving an item would change on the screens. Only higher apps know what plays where, so they say it: a provider gives a
piece of HTML for the page on which somebody decides, at once; what takes long it loads later by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from cms.content.models import ItemPage

Provider = Callable[[ItemPage, Any], SafeString]
"""Takes the item and the person who looks; an empty text where there is nothing to say. It must not take long."""
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Called from an app's `ready()`; a second time does nothing."""
    if provider not in _providers:
        _providers.append(provider)


def impact_of_approval(page: ItemPage, user: Any) -> SafeString:
    """What the apps say of approving this item, one after the other."""
    return mark_safe("".join(provider(page, user) for provider in _providers))  # noqa: S308 - pieces are safe each
