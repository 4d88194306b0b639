"""What is asked for before a decision."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ApprovalForm(forms.Form):
    """Approval: the confirmation, and the written decision where there is one."""

    confirmed = forms.BooleanField(
        label=_("I have looked at every picture above. They may be shown on the screens."),
        error_messages={"required": _("Confirm that you have looked at the pictures.")},
    )
    document = forms.CharField(
        label=_("Number of the document"), max_length=200, required=False, help_text=_("For example: 12/CV-SVHTTDL")
    )
    comment = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    """Ids of the proofs on the page, with commas; the board of proofs carries it (`content/_board.html`)."""


class ThemeForm(forms.Form):
    """Approval of a theme: the confirmation, and which pictures were shown (signed by the page that showed them)."""

    confirmed = forms.BooleanField(
        label=_("I have looked at every picture above. They may be shown on the screens."),
        error_messages={"required": _("Confirm that you have looked at the pictures.")},
    )
    shown = forms.CharField(widget=forms.HiddenInput)


class CommentForm(forms.Form):
    """Passing on: a word is optional."""

    comment = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ReturnForm(forms.Form):
    """Returning: the contributor must learn what to change."""

    comment = forms.CharField(
        label=_("What should be changed"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what should be changed.")},
    )


class WithdrawForm(forms.Form):
    """Withdrawing: a reason is required."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        error_messages={"required": _("Give the reason for withdrawing this item.")},
    )
