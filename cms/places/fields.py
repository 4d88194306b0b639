"""Lists that people tick or type instead of writing JSON."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class LanguagesFormField(forms.MultipleChoiceField):
    """Ticked languages, in the order of `settings.LANGUAGES` (Vietnamese first)."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        for unfit in ("encoder", "decoder", "empty_value"):
            kwargs.pop(unfit, None)
        super().__init__(choices=settings.LANGUAGES, **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != list(data or [])


class NumbersFormField(forms.CharField):
    """Numbers between semicolons or commas."""

    def __init__(self, **kwargs: Any) -> None:
        for unfit in ("encoder", "decoder", "empty_value"):
            kwargs.pop(unfit, None)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "; ".join(f"{number:g}" for number in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        words = [word.strip() for word in str(value or "").replace(",", ";").split(";") if word.strip()]
        try:
            numbers = [float(word) for word in words]
        except ValueError as error:
            raise ValidationError(_("Type numbers with semicolons between them, for example 200; 200.")) from error
        if any(number < 0 or number > 100_000 for number in numbers):
            raise ValidationError(_("A gap is between 0 and 100,000 mm."))
        return numbers

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial or []) != self.prepare_value(data or "")


class _JSONList(models.JSONField):
    form_field: type[forms.Field]

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.pop("form_class", None)
        return self.form_field(
            **{"required": not self.blank, "label": self.verbose_name, "help_text": self.help_text, **kwargs}
        )

    def deconstruct(self) -> Any:
        """For the database it is plain JSON, so migrations say so."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


class LanguagesField(_JSONList):
    """Language tags in order."""

    form_field = LanguagesFormField


class NumbersField(_JSONList):
    """Numbers in order."""

    form_field = NumbersFormField
