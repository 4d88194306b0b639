"""Lists to download that a spreadsheet takes as text, whatever somebody typed into them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what it is mixed into
    from wagtail.admin.views.reports.base import ReportView as _View
else:
    _View = object

# What spreadsheets take for the beginning of a formula, or skip before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_text(value: Any) -> Any:
    """A value for a cell of CSV or XLSX: text that would count as a formula gets an apostrophe before it; everything else is
    returned as it is."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA) else value


class SafeSpreadsheet(_View):
    """For Wagtail's reports."""

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        return as_text(super().preprocess_field_value(field, value, export_format))
