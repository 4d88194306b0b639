"""The item's form."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm


class ItemPageForm(WagtailAdminPageForm):
    """The item's own rules stand in `ItemPage.clean`; here only what concerns the form: cards are asked for when it is
    submitted, while a draft may still be empty."""

    class Media:
        js = ["content/proofs.js", "content/tables.js"]
        css = {"all": ["content/content.css"]}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "destinations" in self.fields:
            self._limit_destinations()
        if "grace_days" in self.fields:
            self.fields["grace_days"].required = False

    def clean_grace_days(self) -> int:
        return self.cleaned_data["grace_days"] or 0

    def _limit_destinations(self) -> None:
        """Clusters of the item's own province; national items go anywhere."""
        shelf = self.parent_page or (self.instance.get_parent() if self.instance.pk else None)
        home = getattr(shelf.specific if shelf else None, "province", None)
        if home is not None and not home.national:
            clusters = self.fields["destinations"].queryset
            self.fields["destinations"].queryset = clusters.filter(province=home)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.is_deferred_validation and "body" in cleaned and not cleaned["body"]:
            self.add_error("body", _("An item needs at least one card. Add a headline, a text, a picture or a clip."))
        return cleaned
