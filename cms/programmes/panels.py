"""Panels for what is rarely needed: closed, unless something in them is in use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.forms import Media, Script
from django.urls import reverse
from wagtail.admin.panels import MultiFieldPanel, Panel

from cms.programmes.uses import uses_of


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


class FiguresPanel(Panel):
    """Filled by the page's script with what the programme comes to, while it is written."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "programmes/figures_panel.html"

        @property
        def media(self) -> Media:
            names = ("choose", "figures", "order")
            scripts: list[Any] = [Script(f"programmes/programme/{name}.js", type="module") for name in names]
            return Media(css={"all": ["programmes/programme/programme.css"]}, js=scripts)


class RowFiguresPanel(Panel):
    """The same for a row."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "programmes/figures_in_row.html"


class UsesPanel(Panel):
    """The slots that play a programme and the clusters that they reach."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "programmes/uses_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            context["uses"] = uses_of(self.instance)
            return context


class ImpactPanel(Panel):
    """Asks before saving, where that changes what screens show. `kind`: `programme` or `slot`. It has no place in the form."""

    def __init__(self, kind: str, **more: Any) -> None:
        super().__init__(**more)
        self.kind = kind

    def clone_kwargs(self) -> dict[str, Any]:
        return {**super().clone_kwargs(), "kind": self.kind}

    class BoundPanel(Panel.BoundPanel):
        template_name = "programmes/impact_dialog.html"

        @property
        def media(self) -> Media:
            scripts: list[Any] = [Script("programmes/programme/impact.js", type="module")]
            return Media(js=scripts)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            kind = self.panel.kind
            return {
                **context,
                "url": reverse(f"programmes:impact_of_{kind}"),
                "name": kind,
                "pk": self.instance.pk or "",
            }
