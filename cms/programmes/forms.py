"""What is checked when somebody changes a programme or a slot. Nothing is saved while something is wrong."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from cms.places.models import OperatingWindow
from cms.plugin_api.types import Window
from cms.programmes import choices
from cms.programmes.inputs import slot_windows

WEEKDAYS = OperatingWindow.DAYS[:7]
FACES = [(letter, letter.upper()) for letter in "abcd"]
MAX_WEIGHT = 100
WEEK_MIN = 7 * 1440


class ProgrammeForm(WagtailAdminModelForm):
    """Items of the programme's own province or of the national level, at least one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = choices.provinces(self.for_user)
        self.fields["province"].queryset = mine
        if not self.instance.pk and len(only := list(mine[:2])) == 1:
            self.fields["province"].initial = only[0].pk
        if "entries" in self.formsets:
            self._limit(self.formsets["entries"])

    def _limit(self, formset: Any) -> None:
        """The same list of items for every row, asked for once."""
        allowed, options = choices.items(self.for_user), [("", "---------"), *choices.item_options(self.for_user)]
        original = formset.add_fields

        def add_fields(form: Any, index: int | None) -> None:
            original(form, index)
            form.fields["item"].queryset = allowed
            form.fields["item"].widget.choices = options
            form.fields["item"].error_messages["invalid_choice"] = _(
                "This item is not one of your province's in Vietnamese. Choose another."
            )

        formset.add_fields = add_fields
        formset.__dict__.pop("forms", None)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        province = data.get("province")
        if "entries" not in self.formsets:
            return data
        kept = [
            form for form in self.formsets["entries"].forms if form.is_valid() and not form.cleaned_data.get("DELETE")
        ]
        chosen = [(form, form.cleaned_data["item"]) for form in kept if form.cleaned_data.get("item")]
        if not chosen and not self.is_deferred_validation and self.formsets["entries"].is_valid():
            self.add_error(None, _("A programme needs at least one item. Add one below."))
        for form, item in chosen:
            home = item.province
            if province and home != province and not home.national:
                form.add_error(
                    "item",
                    _("This item belongs to %(province)s. Choose one of the programme's province.")
                    % {"province": home},
                )
                self.add_error(
                    None, _("“%(item)s” is not an item of %(province)s.") % {"item": item, "province": province}
                )
        return data


class SlotForm(WagtailAdminModelForm):
    """Days, hours, clusters and faces that fit together."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"),
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one weekday.")},
    )
    faces = forms.MultipleChoiceField(
        label=gettext_lazy("Faces"),
        choices=FACES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all faces."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clusters = self.fields["clusters"]
        clusters.queryset = choices.clusters(self.for_user)
        self.fields["programme"].queryset = choices.programmes(self.for_user)
        self.fields["mode"].choices = [("", _("As the cluster")), *list(self.fields["mode"].choices)[1:]]
        self.fields["date_until"].help_text = _("Empty: until further notice.")

    def clean_weight(self) -> int:
        weight: int = self.cleaned_data["weight"]
        if not 1 <= weight <= MAX_WEIGHT:
            raise forms.ValidationError(_("The weight is a number from 1 to %(most)s.") % {"most": MAX_WEIGHT})
        return weight

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        since, until = data.get("date_from"), data.get("date_until")
        if since and until and until < since:
            self.add_error(
                "date_until",
                _("The slot ends before it begins. Choose a day from %(day)s on.") % {"day": f"{since:%d/%m/%Y}"},
            )
        elif since and until and data.get("weekdays") and (until - since).days < 6:
            days = {(since.weekday() + number) % 7 for number in range((until - since).days + 1)}
            if not days & set(data["weekdays"]):
                self.add_error("weekdays", _("None of these weekdays lies between the first and the last day."))
        if "clusters" in data and not data["clusters"] and not data.get("cluster_tags"):
            self.add_error("clusters", _("Choose at least one cluster."))
        self._check_places(data)
        if "windows" in self.formsets:
            self._check_windows()
        return data

    def _check_places(self, data: dict[str, Any]) -> None:
        programme, chosen = data.get("programme"), data.get("faces") or []
        for cluster in data.get("clusters") or []:
            name = {"cluster": cluster}
            letters = {face.letter for face in cluster.faces.all()}
            if programme and programme.province != cluster.province and not programme.province.national:
                self.add_error("clusters", _("%(cluster)s is not a cluster of the programme's province.") % name)
            if not letters:
                self.add_error(
                    "clusters",
                    _(
                        "%(cluster)s has no faces yet, so nothing can be shown there. Leave it out, or have its faces entered."
                    )
                    % name,
                )
            elif chosen and not letters & set(chosen):
                known = ", ".join(sorted(letters)).upper()
                self.add_error(
                    "faces", _("%(cluster)s has only faces %(faces)s. Choose one of them.") % {**name, "faces": known}
                )

    def _check_windows(self) -> None:
        rows = []
        for form in self.formsets["windows"].forms:
            if form.is_valid() and not form.cleaned_data.get("DELETE") and form.cleaned_data.get("start") is not None:
                start, end = form.cleaned_data["start"], form.cleaned_data.get("end")
                if end is None:
                    continue
                if start == end:
                    form.add_error("end", _("The hours end when they begin. For the whole day, remove this row."))
                    self.add_error(None, _("Hours: an end must differ from its beginning."))
                    continue
                rows.append((slot_windows([(start, end)])[0], form))
        rows.sort(key=lambda row: row[0].start_min)
        for (before, _form), (after, form) in pairwise(rows):
            if after.start_min < before.end_min:
                self._overlap(form)
        if len(rows) > 1 and rows[-1][0].end_min - 1440 > rows[0][0].start_min:
            self._overlap(rows[-1][1])

    def _overlap(self, form: Any) -> None:
        form.add_error("start", _("These hours overlap others of the slot."))
        self.add_error(None, _("Hours: two rows overlap. Join them."))


def said_window(window: Window) -> str:
    """Hours as people write them; those of the next morning with a plus."""
    later = "+1" if window.end_min > 1440 else ""
    return f"{window.start_min // 60:02}:{window.start_min % 60:02}–{window.end_min % 1440 // 60:02}:{window.end_min % 60:02}{later}"
