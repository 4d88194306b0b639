"""Panels for what is rarely needed: closed, unless something in them is in use."""

from __future__ import annotations

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
            return found if self._used() else [*found, "collapsed"]

        @property
        def classname(self) -> str:
            return " ".join(self.classes())

        def _used(self) -> bool:
            fresh = type(self.instance)()
            return any(getattr(self.instance, name) != getattr(fresh, name) for name in self.panel.opens)
