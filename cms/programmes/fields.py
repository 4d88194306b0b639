"""Fields in which an empty one means none, and a span is given in minutes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _


class CountField(forms.IntegerField):
    """A whole number from 0 on; empty is 0. `most` is the largest, `too_much` says so."""

    def __init__(self, *, most: int, too_much: Any = "", **more: Any) -> None:
        more.setdefault("required", False)
        super().__init__(min_value=0, **more)
        self.most, self.too_much = most, too_much
        self.widget.attrs["max"] = most

    def clean(self, value: Any) -> int:
        number: int = super().clean(value) or 0
        if number > self.most:
            raise forms.ValidationError(self.too_much or _("At most %(most)s.") % {"most": self.most})
        return number

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial or 0, data or 0)


class MinutesField(forms.FloatField):
    """Seconds, shown and typed in as minutes; empty is 0."""

    def __init__(self, *, most: int, too_much: Any, **more: Any) -> None:
        more.setdefault("required", False)
        super().__init__(min_value=0, step_size=None, **more)
        self.most, self.too_much = most, too_much

    def prepare_value(self, value: Any) -> Any:
        """Seconds as minutes. What was typed in comes as text and stays."""
        return f"{value / 60:.2f}".rstrip("0").rstrip(".") if isinstance(value, int) else value

    def clean(self, value: Any) -> int:
        seconds = round((super().clean(value) or 0) * 60)
        if seconds > self.most:
            raise forms.ValidationError(self.too_much)
        return seconds

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial or 0), data or 0)
