"""Panels for what is rarely needed: closed, unless something in them is in use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wagtail.admin.panels import MultiFieldPanel


class RarelyPanel(MultiFieldPanel):
    """Closed unless one of the fields `opens` of the record has another value than a new record has."""

    def __init__(self, children: Any = (), *args: Any, opens: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(children, *args, **more)
        self.opens = opens

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "opens": self.opens}

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def classes(self) -> list[str]:
            found: list[str] = super().classes()
            return found if self.used else [*found, "collapsed"]

        @property
        def classname(self) -> str:
            return " ".join(self.classes())

        @property
        def used(self) -> bool:
            fresh = type(self.instance)()
            return any(getattr(self.instance, name) != getattr(fresh, name) for name in self.panel.opens)


class RarelyInRowPanel(RarelyPanel):
    """The same within a row of an inline panel, where Wagtail's own panels do not close. Open also where something is wrong."""

    class BoundPanel(RarelyPanel.BoundPanel):
        template_name = "programmes/rarely_in_row.html"

        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self.summary, self.heading = self.panel.heading, ""

        def classes(self) -> list[str]:
            return []

        @property
        def open(self) -> bool:
            return self.used or any(name in self.form.errors for name in _fields(self.panel))


def _fields(panel: Any) -> Iterable[str]:
    for child in getattr(panel, "children", ()):
        yield from _fields(child)
    if name := getattr(panel, "field_name", ""):
        yield name
