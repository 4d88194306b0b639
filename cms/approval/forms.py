"""What is asked for before a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.approval.evidence import check_file
from cms.approval.steps import StepTask


class Addresses(forms.Field):
    """Addresses, as many as the page has; the page itself says what each is."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        return [str(one) for one in value or ()]


def _comment() -> forms.CharField:
    return forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


def _document() -> forms.CharField:
    return forms.CharField(
        label=_("Number of the document"), max_length=200, required=False, help_text=_("For example: 12/CV-SVHTTDL")
    )


def _file(label: Any, help_text: Any) -> forms.FileField:
    return forms.FileField(
        label=label,
        required=False,
        help_text=help_text,
        validators=[check_file],
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class StepForm(forms.Form):
    """A step of a way: its checklist, every line of which is ticked before the item goes on. Without a task, as where a province
    decides about a national item, there is no checklist."""

    def __init__(self, *args: Any, task: StepTask | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        checklist = task.checklist if task is not None else []
        if not checklist:
            self.fields.pop("checks", None)
            return
        field: Any = self.fields["checks"]
        field.choices = [(one.code, str(one)) for one in checklist]

    def clean_checks(self) -> list[str]:
        """Everything was ticked. Raises `ValidationError`, naming what was not."""
        ticked: list[str] = self.cleaned_data["checks"]
        field: Any = self.fields["checks"]
        left = [str(text) for code, text in field.choices if code not in ticked]
        if left:
            raise forms.ValidationError(_("Tick what you have checked: %(what)s.") % {"what": "; ".join(left)})
        return ticked


def _checks() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Checked"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Tick each line.")
    )


def _directing_document() -> forms.CharField:
    return forms.CharField(
        label=_("Number of the directing document"),
        max_length=200,
        required=False,
        help_text=_("Of a sudden item: who directed it, and by which document (CB 7.1, AG 7.2)."),
    )


class AppraisalForm(StepForm):
    """Passing on: what was checked; the document and a word are optional."""

    checks = _checks()
    directing_document = _directing_document()
    document = _document()
    comment = _comment()


class ApprovalForm(StepForm):
    """Approval: the confirmation, and the written decision where there is one."""

    checks = _checks()
    confirmed = forms.BooleanField(
        label=_("I have looked at every picture above. They may be shown on the screens."),
        error_messages={"required": _("Confirm that you have looked at the pictures.")},
    )
    directing_document = _directing_document()
    document = _document()
    comment = _comment()
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    """Ids of the proofs on the page, with commas; the board of proofs carries it (`content/_board.html`)."""
    streams_shown = Addresses(required=False)
    """Addresses of live streams on the page (`approval/_streams.html`)."""
    streams = Addresses(required=False)
    """Those of them that are confirmed."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not set(data.get("streams_shown", ())) <= set(data.get("streams", ())):
            self.add_error(None, _("Confirm the address of every live stream: nobody sees its pictures beforehand."))
        return data


class _WithFiles(forms.Form):
    """What only our own page asks for: Wagtail's dialogue carries neither files nor dates. `sudden`: the item is; `directed`: an
    earlier step named what directs it."""

    def __init__(self, *args: Any, sudden: bool = False, directed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_directing = sudden and not directed
        self.fields["document_date"] = forms.DateField(
            label=_("Date of the document"),
            required=False,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        )
        self.fields["file"] = _file(
            _("File of the document"), _("PDF, or a photograph (JPEG, PNG), at most 20 MB. Kept with the decision.")
        )
        if sudden:
            self.fields["directing_file"] = _file(
                _("File of the directing document"), _("PDF, or a photograph (JPEG, PNG), at most 20 MB.")
            )
        else:
            self.fields.pop("directing_document", None)
        wanted = ("checks", "confirmed", "directing_document", "directing_file", "document", "document_date", "file")
        self.order_fields([*wanted, "comment"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        named = data.get("directing_document") or data.get("directing_file")
        if self.needs_directing and not named and "directing_file" not in self.errors:
            self.add_error(
                "directing_document",
                _("A sudden item needs the document that directs it: its number, or its file."),
            )
        return data


class AppraisalPageForm(_WithFiles, AppraisalForm):
    """`AppraisalForm` with the files of the documents."""


class ApprovalPageForm(_WithFiles, ApprovalForm):
    """`ApprovalForm` with the files of the documents."""


class ThemeForm(forms.Form):
    """Approval of a theme: the confirmation, and which pictures were shown (signed by the page that showed them)."""

    confirmed = forms.BooleanField(
        label=_("I have looked at every picture above. They may be shown on the screens."),
        error_messages={"required": _("Confirm that you have looked at the pictures.")},
    )
    shown = forms.CharField(widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    """Returning: the contributor must learn what to change."""

    comment = forms.CharField(
        label=_("What should be changed"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what should be changed.")},
    )


def _ticks(label: Any, said: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, widget=forms.CheckboxSelectMultiple, error_messages={"required": said, "invalid_choice": said}
    )


class WithdrawForm(forms.Form):
    """Withdrawing: where, in which languages, and why. Everything is ticked beforehand; what there is no choice of is not asked for.
    `provinces`, `languages`: codes with their names."""

    province = _ticks(_("From the screens of"), _("Tick the provinces from whose screens it is withdrawn."))
    language = _ticks(_("Language versions"), _("Tick the language versions that are withdrawn."))
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        error_messages={"required": _("Give the reason for withdrawing this item.")},
    )

    def __init__(
        self, *args: Any, provinces: Sequence[tuple[str, str]], languages: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.all = {"province": [code for code, _name in provinces], "language": [code for code, _name in languages]}
        self.single: list[tuple[Any, str]] = []
        for name, choices in (("province", provinces), ("language", languages)):
            field: Any = self.fields[name]
            field.choices, field.initial = choices, self.all[name]
            if len(choices) < 2:
                self.single += [(field.label, text) for _code, text in choices]
                del self.fields[name]

    def chosen(self, name: str) -> list[str]:
        """The codes that were ticked, of a valid form; all where there was nothing to tick."""
        found: list[str] = self.cleaned_data.get(name, self.all[name])
        return found
