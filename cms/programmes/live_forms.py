"""How numbers are typed in and what is checked when a live value is defined."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from cms import clock
from cms.programmes import choices
from cms.programmes.live_values import LiveValue

MOST_WORDS = 20
_GROUPED = re.compile(r"-?\d{1,3}(\.\d{3})+")


def read_number(text: str) -> float:
    """A number as Vietnamese write it (25.480 or 25.480,5), or with a point (25480.5). Raises ValueError."""
    plain = text.strip().replace(" ", "").replace("−", "-")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif _GROUPED.fullmatch(plain):
        plain = plain.replace(".", "")
    if not re.fullmatch(r"-?\d+(\.\d+)?", plain):
        raise ValueError(text)
    return float(plain)


def write_number(number: float) -> str:
    """The same way: 25.480,5."""
    whole, _point, rest = f"{number:,.6f}".rstrip("0").partition(".")
    return whole.replace(",", ".") + (f",{rest}" if rest else "")


class WordsField(forms.CharField):
    """Words, one a line; a list."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        words = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        if len(words) > MOST_WORDS or any(len(word) > 40 for word in words):
            raise forms.ValidationError(_("At most 20 words of at most 40 letters."))
        return list(dict.fromkeys(words))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial or []), data)


class LiveValueForm(WagtailAdminModelForm):
    """What a value is. The value itself is set on the page of live values."""

    words = WordsField(
        required=False,
        label=gettext_lazy("Fixed words"),
        help_text=gettext_lazy(
            "One a line, spelt as in the card's atlas, e.g. open and closed. Only these can be chosen later."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = choices.provinces(self.for_user)
        if self.instance.pk:
            for name in ("province", "name", "kind"):
                self.fields[name].disabled = True
        else:
            self.fields["province"].queryset = mine
            if len(only := list(mine[:2])) == 1:
                self.fields["province"].initial = only[0].pk

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if data.get("kind") == LiveValue.Kind.WORD and not data.get("words") and "words" not in self.errors:
            self.add_error("words", _("Write the words that can be chosen, one a line."))
        if data.get("kind") == LiveValue.Kind.NUMBER:
            data["words"] = []
        if data.get("words") and self.instance.word and self.instance.word not in data["words"]:
            self.add_error(
                "words", _("“%(word)s” is shown now. Choose another word first.") % {"word": self.instance.word}
            )
        return data

    def save(self, commit: bool = True) -> Any:
        if not self.instance.pk:
            self.instance.at = clock.now()
        return super().save(commit)
