"""What is checked when somebody changes a programme. Nothing is saved while something is wrong."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.programmes import choices, nesting
from cms.programmes.choosing import ItemField, Known
from cms.programmes.fields import CountField
from cms.programmes.models import Programme, new_seed

MOST_AT_ONCE = 200


class ProgrammeForm(WagtailAdminModelForm):
    """Items of the programme's own province or of the national level, other programmes of these, and filters; at least one
    of them, and no programme within itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = choices.provinces(self.for_user)
        self.fields["province"].queryset = mine
        if not self.instance.pk and len(only := list(mine[:2])) == 1:
            self.fields["province"].initial = only[0].pk
        if "order" in self.fields:
            self.fields["order"].required = False
        if "missing" in self.fields:
            self.fields["missing"].required = False
        if "entries" in self.formsets:
            self._limit(self.formsets["entries"])

    def _limit(self, formset: Any) -> None:
        """The same lists for every row, asked for once."""
        known = Known(self.for_user, self._named(formset))
        nestable = choices.nestable(self.for_user).exclude(pk=self.instance.pk)
        programmes = [("", "---------"), *choices.programme_options(nestable)]
        tags = choices.tag_options()
        original = formset.add_fields

        def add_fields(form: Any, index: int | None) -> None:
            original(form, index)
            form.fields["item"] = ItemField(known, label=form.fields["item"].label)
            if "nested" in form.fields:
                form.fields["nested"].queryset = nestable
                form.fields["nested"].widget.choices = programmes
                form.fields["nested"].error_messages["invalid_choice"] = _(
                    "This programme is not one that yours may hold. Choose another."
                )
            if "tags" in form.fields:
                form.fields["tags"] = _tags(form.fields["tags"].label, tags)
            for name in {"most", "take"} & form.fields.keys():
                field = form.fields[name]
                form.fields[name] = CountField(most=MOST_AT_ONCE, label=field.label, help_text=field.help_text)

        formset.add_fields = add_fields
        formset.__dict__.pop("forms", None)

    def _named(self, formset: Any) -> list[Any]:
        """Primary keys of the items that rows name, saved or sent."""
        saved = [one.item_id for one in self.instance.entries.all() if one.item_id]
        field = re.compile(rf"{re.escape(formset.prefix)}-\d+-item")
        return [*saved, *(value for name, value in self.data.items() if field.fullmatch(name))]

    def clean_order(self) -> str:
        return self.cleaned_data["order"] or Programme.Order.LISTED

    def clean_missing(self) -> str:
        return self.cleaned_data["missing"] or Programme.Missing.NEXT

    def clean_seed(self) -> str:
        return self.cleaned_data["seed"].strip() or new_seed()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if "entries" not in self.formsets:
            return data
        rows = [form for form in self.formsets["entries"].forms if form.is_valid() and not _gone(form)]
        sound = self.formsets["entries"].is_valid()
        if not rows and not self.is_deferred_validation and sound:
            self.add_error(None, _("A programme needs at least one item. Add one below."))
        for form in rows:
            if self._says_one_thing(form):
                self._fits(form, data.get("province"))
        return data

    def _says_one_thing(self, form: Any) -> bool:
        row = form.cleaned_data
        said = [bool(row.get("item")), bool(row.get("nested")), bool(row.get("kind") or row.get("tags"))]
        if sum(said) == 1:
            if not said[2]:
                form.instance.most = 0
            if said[0]:
                form.instance.take = 0
            return True
        if not any(said):
            words = _("Choose an item, another programme or what to gather, or remove this row.")
        else:
            words = _("This row names more than one thing to show. Keep one, and add a row for each of the others.")
        form.add_error("item", words)
        self.add_error(None, words)
        return False

    def _fits(self, form: Any, province: Any) -> None:
        item, nested = form.cleaned_data.get("item"), form.cleaned_data.get("nested")
        if province and item and (home := item.province) != province and not home.national:
            form.add_error(
                "item",
                _("This item belongs to %(province)s. Choose one of the programme's province.") % {"province": home},
            )
            self.add_error(None, _("“%(item)s” is not an item of %(province)s.") % {"item": item, "province": province})
        if nested is None:
            return
        words = self._circle(nested)
        if not words and province and nested.province != province and not nested.province.national:
            words = _("“%(programme)s” belongs to %(province)s. Choose a programme of this one's province.") % {
                "programme": nested,
                "province": nested.province,
            }
        if words:
            form.add_error("nested", words)
            self.add_error(None, words)

    def _circle(self, nested: Programme) -> str:
        """Why a programme cannot be held: because it holds this one."""
        path = nesting.path(nested.pk, self.instance.pk) if self.instance.pk else []
        if not path:
            return ""
        titles = dict(Programme.objects.filter(pk__in=path).values_list("pk", "title"))
        return _(
            "“%(programme)s” already holds this programme (%(path)s), so the two would go round in a circle. "
            "Take one out of the other."
        ) % {"programme": nested, "path": " → ".join(titles[one] for one in path)}


def _tags(label: str, options: list[tuple[int, str]]) -> forms.Field:
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=options,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="" if options else _("No item has tags yet. Tags are given on the page of an item."),
    )


def _gone(form: Any) -> bool:
    return bool(form.cleaned_data.get("DELETE"))
