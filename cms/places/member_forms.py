"""Who belongs to which organisation, as rows of a form: of one person, or of one organisation."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from cms.accounts.models import User
from cms.accounts.people import administered, people_of
from cms.places.models import Membership, Organisation

BLANK_ROWS = 2


def organisations_for(user: Any) -> QuerySet[Organisation]:
    """The organisations whose members somebody may write down."""
    codes = administered(user)
    found = Organisation.objects.select_related("province")
    return found if codes is None else found.filter(province__code__in=codes)


def members_for(user: Any, organisation: Organisation) -> QuerySet[User]:
    """The people who may be written down as members of an organisation: those of its province whom one looks after."""
    code = organisation.province.code
    at_home = Q(province=code) | Q(groups__province_group__province=code)
    return people_of(user).filter(at_home).order_by("last_name", "first_name").distinct()


class MembershipForm(forms.ModelForm[Membership]):
    """One row. The choices are set by the formset."""

    class Meta:
        model = Membership
        fields = ("user", "organisation", "valid_from", "valid_until")
        widgets = {"valid_from": AdminDateInput, "valid_until": AdminDateInput}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("valid_from"), data.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", _("The membership ends before it begins."))
        return data


class MembershipFormSet(forms.BaseInlineFormSet[Membership, Any, MembershipForm]):
    """The rows of one person or one organisation that somebody may change; others are neither shown nor touched."""

    def __init__(self, data: Any, *, instance: Any, choices: QuerySet[Any], field: str) -> None:
        self.choices, self.field = choices, field
        rows = Membership.objects.filter(**{f"{field}__in": choices}).select_related("user", "organisation")
        super().__init__(data, instance=instance, queryset=rows)

    @cached_property
    def _options(self) -> list[tuple[Any, str]]:
        """What every row offers, asked for once."""
        return [("", "---------"), *((one.pk, str(one)) for one in self.choices)]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields[self.field].queryset = self.choices
        form.fields[self.field].choices = self._options
        form.fields["DELETE"].label = _("Written down by mistake: remove")

    def clean(self) -> None:
        super().clean()
        kept = [
            form for form in self.forms if form.cleaned_data.get(self.field) and not form.cleaned_data.get("DELETE")
        ]
        for index, form in enumerate(kept):
            if any(_overlap(form.cleaned_data, other.cleaned_data, self.field) for other in kept[:index]):
                form.add_error(self.field, _("This overlaps another row of the same two."))


def _overlap(one: dict[str, Any], other: dict[str, Any], field: str) -> bool:
    if one[field] != other[field] or not (one.get("valid_from") and other.get("valid_from")):
        return False
    early, late = sorted((one, other), key=lambda row: row["valid_from"])
    return early["valid_until"] is None or early["valid_until"] >= late["valid_from"]


def formset_for_person(by: Any, person: User, data: Any = None) -> MembershipFormSet:
    """The organisations of a person."""
    made = forms.inlineformset_factory(
        User, Membership, form=MembershipForm, formset=MembershipFormSet, fk_name="user", extra=BLANK_ROWS
    )
    return cast(Any, made)(data, instance=person, choices=organisations_for(by), field="organisation")


def formset_for_organisation(by: Any, organisation: Organisation, data: Any = None) -> MembershipFormSet:
    """The people of an organisation."""
    made = forms.inlineformset_factory(
        Organisation, Membership, form=MembershipForm, formset=MembershipFormSet, extra=BLANK_ROWS
    )
    return cast(Any, made)(data, instance=organisation, choices=members_for(by, organisation), field="user")


REMOVED, ADDED, CHANGED = "membership.removed", "membership.added", "membership.changed"
LABELS = {
    ADDED: gettext_lazy("made somebody a member of an organisation"),
    CHANGED: gettext_lazy("changed since when or until when somebody belongs to an organisation"),
    REMOVED: gettext_lazy("removed a membership that was written down by mistake"),
}
