"""The item's form."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm


class ItemPageForm(WagtailAdminPageForm):
    """The item's own rules stand in `ItemPage.clean`; here only what concerns the form: cards are asked for when it is
    submitted, while a draft may still be empty."""

    class Media:
        js = ["content/proofs.js"]
        css = {"all": ["content/content.css"]}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation and "body" in cleaned and not cleaned["body"]:
            self.add_error("body", _("An item needs at least one card. Add a headline, a text, a picture or a clip."))
        return cleaned
