"""Forms of pairing and revoking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cms.places.models import Controller
from cms.players import codes

if TYPE_CHECKING:
    _ControllerChoice = forms.ModelChoiceField[Controller]
else:
    _ControllerChoice = forms.ModelChoiceField


class ControllerField(_ControllerChoice):
    """A controller, called by its cluster and faces."""

    def label_from_instance(self, obj: Any) -> str:
        letters = ", ".join(sorted(placement.face.letter.upper() for placement in obj.placements.all()))
        return f"{obj.cluster.name} · {obj.slug} ({letters})" if letters else f"{obj.cluster.name} · {obj.slug}"


class CodeForm(forms.Form):
    """Which screen: its code."""

    code = forms.CharField(
        label=_("Code on the screen"),
        max_length=20,
        help_text=_("Eight letters and digits, as the screen shows them: XXXX-XXXX."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "placeholder": "XXXX-XXXX",
            }
        ),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if codes.normal(code) is None:
            raise forms.ValidationError(
                _("A code has eight letters and digits, such as 7KQ2-MX9D. Read it off the screen again.")
            )
        return code


class PairForm(CodeForm):
    """Which screen becomes the player of which controller. The code was typed in, or came by the screen's QR code."""

    controller = ControllerField(
        label=_("Controller"),
        queryset=Controller.objects.none(),
        error_messages={"required": _("Choose the controller whose faces this screen is.")},
    )
    replace = forms.BooleanField(
        label=_("Revoke the former players of this controller"),
        required=False,
        help_text=_("Tick this when the machine was replaced. Leave it when the new player runs beside the old one."),
    )

    def __init__(self, *args: Any, controllers: QuerySet[Controller], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = forms.HiddenInput()
        self.fields["controller"].queryset = controllers.prefetch_related("placements__face")  # type: ignore[attr-defined]


class RevokeForm(forms.Form):
    """Why a player is revoked: one of the usual reasons, words of one's own, or both."""

    LOST, REPLACED, MOVED = "lost", "replaced", "moved"
    USUAL = {
        LOST: _("The machine is lost or was stolen"),
        REPLACED: _("The machine was replaced"),
        MOVED: _("The machine now stands elsewhere"),
    }

    usual = forms.ChoiceField(label=_("Reason"), choices=list(USUAL.items()), required=False, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("In other words, or what else is to be known"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        parts = [str(self.USUAL.get(found.get("usual", ""), "")), found.get("reason", "").strip()]
        found["why"] = ". ".join(part for part in parts if part)
        if not found["why"]:
            raise forms.ValidationError(_("Say why."))
        return found


class ReasonForm(forms.Form):
    """Why something is done, in words of one's own."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why.")},
    )
