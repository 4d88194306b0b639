"""The item's form: beside it the picture of what is being written, first thing on it the proofs of what was saved."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel, PanelGroup


class ProofPanel(Panel):
    """Shows what the screens will show: every face's pictures, or how far their making is."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "content/proof_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            from cms.content.board import board_of

            context: dict[str, Any] = super().get_context_data(parent_context)
            page = self.instance
            context["board"] = board_of(page, self.request.user) if page.pk and self.request else None
            return context


class WritingPanel(PanelGroup):
    """The fields, and beside them the draft as a face shows it, drawn anew whenever the editor stops typing."""

    class BoundPanel(PanelGroup.BoundPanel):
        template_name = "content/writing_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            from cms.content.drafts_shown import preview_of

            context: dict[str, Any] = super().get_context_data(parent_context)
            shelf = getattr(self.form, "parent_page", None) or (
                self.instance.get_parent() if self.instance.pk else None
            )
            shelf = shelf.specific if shelf is not None else None
            province = getattr(shelf, "province", None)
            if shelf is not None and province is not None and self.request is not None:
                context["preview"] = preview_of(self.instance, province, shelf.pk)
            return context
