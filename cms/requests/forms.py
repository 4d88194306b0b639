"""The sender's form, and the small ones of editors."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms import clock
from cms.places.models import Cluster, Organisation
from cms.requests.models import ContentRequest
from cms.requests.senders import Sender

MAX_TEXT = 10_000
STORED = (
    "kind", "title", "text", "wished_from", "wished_until", "fixed", "languages", "letter_number", "letter_date",
    "sender_name", "email", "phone",
)  # fmt: skip
"""Fields that go into the request as they are."""


class DayInput(forms.DateInput):
    """The calendar of the browser; it wants and gives ISO days whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, required=False, widget=DayInput(), input_formats=["%Y-%m-%d", "%d/%m/%Y"]
    )


class SendForm(forms.Form):
    """What a unit asks to be shown. `typed`: what stands in the fields, without a word on what is wrong with it. Files are taken in beside it, so that a wrong field never
    loses them."""

    draft = forms.UUIDField(widget=forms.HiddenInput)
    organisation = forms.ModelChoiceField(label=_("Your unit"), queryset=Organisation.objects.none(), empty_label=None)
    kind = forms.ChoiceField(
        label=_("Kind of request"), choices=ContentRequest.Kind.choices, widget=forms.RadioSelect, initial="event"
    )
    title = forms.CharField(
        label=_("Headline"),
        max_length=200,
        help_text=_("As travellers should read it, for example: Spring fair at the gate"),
    )
    text = forms.CharField(
        label=_("What to say"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("What, where, when, for whom. Editors shorten it for the screens."),
    )
    wished_from = _day(_("Show from"))
    wished_until = _day(_("Show until"))
    fixed = forms.BooleanField(
        label=_("These dates are fixed"), required=False, help_text=_("For example the day of the event itself.")
    )
    clusters = forms.ModelMultipleChoiceField(
        label=_("At which gates"),
        queryset=Cluster.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: the editors decide."),
    )
    languages = forms.MultipleChoiceField(
        label=_("In which languages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The department translates. Send a translation if you have one."),
    )
    letter_number = forms.CharField(
        label=_("Number of the letter"), max_length=60, required=False, help_text=_("For example 125/SVHTTDL-QLVH")
    )
    letter_date = _day(_("Date of the letter"))
    sender_name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Every news of the request is sent here."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=30,
        required=False,
        validators=[
            RegexValidator(r"^[0-9+(). -]{6,30}$", _("Write the number with digits, for example 0912 345 678."))
        ],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    declared = forms.BooleanField(
        label=_("We confirm"),
        error_messages={"required": _("Without this confirmation the request cannot be accepted.")},
    )
    website = forms.CharField(label=_("Leave this empty"), required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, sender: Sender, typed: Any = None) -> None:
        super().__init__(
            data,
            initial={"draft": uuid.uuid4(), "sender_name": sender.name, "email": sender.email, "languages": ["vi"]},
            label_suffix="",
        )
        units = sender.organisations
        provinces = {one.province for one in units}
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = Organisation.objects.filter(pk__in=[one.pk for one in units]).select_related(
            "province"
        )
        fields["organisation"].initial = units[0].pk
        fields["clusters"].queryset = Cluster.objects.filter(province__in=provinces, active=True).order_by(
            "province", "name"
        )
        names = dict(settings.LANGUAGES)
        codes = dict.fromkeys(["vi", *(code for one in provinces for code in one.languages)])
        fields["languages"].choices = [(code, names.get(code, code)) for code in codes]
        if typed is not None:
            self.initial.update({name: one.widget.value_from_datadict(typed, {}, name) for name, one in fields.items()})

    def sections(self) -> Iterator[tuple[str, list[Any]]]:
        """Headings and the fields below them. Files, the confirmation and the trap are set by the template."""
        units: Any = self.fields["organisation"]
        who = ["organisation"] if len(units.queryset) > 1 else []
        yield gettext("What should be shown"), [self[one] for one in (*who, "kind", "title", "text")]
        yield (
            gettext("When and where"),
            [self[one] for one in ("wished_from", "wished_until", "fixed", "clusters", "languages")],
        )
        yield gettext("The letter (công văn)"), [self[one] for one in ("letter_number", "letter_date")]
        yield gettext("Whom we ask"), [self[one] for one in ("sender_name", "email", "phone")]

    def clean_website(self) -> str:
        """Programs fill in every field; people neither see this one nor hear of it."""
        if self.cleaned_data["website"]:
            raise ValidationError(gettext("This field has to stay empty."))
        return ""

    def clean_title(self) -> str:
        """One line."""
        return " ".join(self.cleaned_data["title"].split())

    def clean_sender_name(self) -> str:
        return " ".join(self.cleaned_data["sender_name"].split())

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = found.get("wished_from"), found.get("wished_until")
        today: date = timezone.localdate(clock.now())
        if first and last and last < first:
            self.add_error("wished_until", gettext("The last day lies before the first. Choose a later last day."))
        elif (ends := last or first) and ends < today:
            self.add_error(
                "wished_until" if last else "wished_from", gettext("This day has passed. Choose a later one.")
            )
        if found.get("fixed") and not first:
            self.add_error("wished_from", gettext("Say which day is fixed."))
        if not found.get("languages"):
            found["languages"] = ["vi"]
        return found

    def stored(self) -> dict[str, Any]:
        """Values of the request, after `is_valid()`."""
        return {name: self.cleaned_data[name] for name in STORED}


class TextForm(forms.Form):
    """A question, an answer, a reason; `version` is what the editor saw."""

    text = forms.CharField(label=_("What to say"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AssignForm(forms.Form):
    person: Any = forms.ModelChoiceField(label=_("Editor"), queryset=None, empty_label=None)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.queryset = people


class LinkForm(forms.Form):
    """For whom a personal link is, and how long it works."""

    organisation: Any = forms.ModelChoiceField(
        label=_("Unit of the sender"), queryset=None, empty_label=_("Choose the unit")
    )
    name = forms.CharField(
        label=_("Name of the person"), max_length=120, help_text=_("Who answers for what is sent through the link.")
    )
    email = forms.EmailField(label=_("E-mail"), help_text=_("The link and all news are sent here."))
    days = forms.TypedChoiceField(
        label=_("Works for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (180, _("half a year")), (365, _("a year"))],
        initial=90,
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = organisations

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())
