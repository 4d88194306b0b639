"""The proofs of an item, first thing on its form."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel


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
