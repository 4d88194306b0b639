"""The item's form."""

from __future__ import annotations

from typing import Any

from django.forms import Script
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from cms.content.starting_words import sample_words


class ItemPageForm(WagtailAdminPageForm):
    """The item's own rules stand in `ItemPage.clean`; here only what concerns the form: cards are asked for when it is
    submitted, no sample words of a template may be left and the right of no picture or clip may have ended, while a
    draft may still be empty."""

    class Media:
        js = ["content/proofs.js", "content/tables.js", Script("content/preview.js", type="module")]
        css = {"all": ["content/content.css", "content/preview.css"]}

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
        if not self.is_deferred_validation and "body" in cleaned:
            if not cleaned["body"]:
                self.add_error(
                    "body", _("An item needs at least one card. Add a headline, a text, a picture or a clip.")
                )
            elif left := sample_words(cleaned["body"]):
                self.add_error("body", samples_left(left))
            else:
                from cms.content.media_rights import refusals  # knows the models, which know this form

                for said in refusals(cleaned["body"]):
                    self.add_error("body", said)
        return cleaned


def samples_left(words: list[str]) -> str:
    """What to say to who would submit sample words of a template."""
    return _("Replace the sample words in square brackets before you submit: %(words)s") % {"words": " ".join(words)}
