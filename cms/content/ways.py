"""Which workflow an item takes: a higher app says so; without one Wagtail's own rule holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wagtail.models import Workflow

    from cms.content.models import ItemPage

Chooser = Callable[["ItemPage"], "Workflow | None"]
_choosers: list[Chooser] = []


def register(chooser: Chooser) -> None:
    """`chooser(page)` answers the workflow of an item's latest draft, None when it knows of none."""
    if chooser not in _choosers:
        _choosers.append(chooser)


def workflow_of(page: ItemPage) -> Workflow | None:
    return next((found for chooser in _choosers if (found := chooser(page)) is not None), None)
