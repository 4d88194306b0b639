"""The rows of a table card: typed into a grid or pasted from a spreadsheet, kept as text, translated cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail_localize.segments import StringSegmentValue

from cms.plugin_api.types import sha256

MAX_ROWS, MAX_COLUMNS, MAX_CELL = 60, 8, 120
Rows = tuple[tuple[str, ...], ...]


def rows_of(text: str) -> Rows:
    """The cells of a table's text: a line is a row; tabs (as spreadsheets paste them) or else “|” part its cells. Empty rows
    and columns at the end are left out."""
    mark = "\t" if "\t" in text else "|"
    lines = [line.rstrip("\r") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    if mark == "|":
        lines = [line.strip().removeprefix("|").removesuffix("|") for line in lines]
    cells = [[" ".join(cell.split()) for cell in line.split(mark)] for line in lines]
    cells = [row for row in cells if any(row)]
    width = max((place + 1 for row in cells for place, cell in enumerate(row) if cell), default=0)
    return tuple(tuple(row[:width]) for row in cells)


def text_of(rows: Sequence[Sequence[str]]) -> str:
    """Rows as they are kept: tabs between cells, a line for each row."""
    return "\n".join("\t".join(row) for row in rows)


def segment_of(cell: str) -> str:
    """The name of a cell among the passages to translate: by its wording, so that a row put in between moves nothing, and
    equal cells are translated once."""
    return "c" + sha256(cell.encode())[:16]


def has_words(cell: str) -> bool:
    """Whether a cell holds more than numbers and signs."""
    return any(char.isalpha() for char in cell)


class RowsInput(forms.Textarea):
    """A text area that its script turns into a grid; without the script it takes pasted cells as well."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-controller": "bt-table", "rows": 6, "class": "bt-table__text", **(attrs or {})})

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        said = {
            "data-bt-row": _("Add a row"),
            "data-bt-column": _("Add a column"),
            "data-bt-less-row": _("Remove this row"),
            "data-bt-less-column": _("Remove this column"),
            "data-bt-cell": _("Row %(row)s, column %(column)s") % {"row": "{row}", "column": "{column}"},
        }
        final = self.build_attrs(self.attrs, {**(attrs or {}), **said, "name": name})
        return format_html("<textarea{}>\n{}</textarea>", flatatt(final), self.format_value(value) or "")


class RowsBlock(blocks.TextBlock):
    """Its value is text (see `rows_of`). wagtail-localize asks for each wording once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.field = forms.CharField(widget=RowsInput(), **self.field_options)

    def to_python(self, value: Any) -> str:
        return str(value or "")

    def clean(self, value: Any) -> str:
        """The text with its cells trimmed. Raises ValidationError for rows of unequal length and for too large a table."""
        rows = rows_of(super().clean(value) or "")
        if len(rows) > MAX_ROWS or any(len(row) > MAX_COLUMNS for row in rows):
            raise ValidationError(
                _("A table has at most %(rows)d rows and %(columns)d columns. Split it into several cards.")
                % {"rows": MAX_ROWS, "columns": MAX_COLUMNS}
            )
        for place, row in enumerate(rows, 1):
            if len(row) != len(rows[0]):
                raise ValidationError(
                    _("Row %(row)d has %(count)d cells, the first row has %(first)d. Give every row as many cells.")
                    % {"row": place, "count": len(row), "first": len(rows[0])}
                )
            if long := next((cell for cell in row if len(cell) > MAX_CELL), ""):
                raise ValidationError(
                    _("Row %(row)d: “%(cell)s…” is too long for a cell, at most %(limit)d characters. Shorten it.")
                    % {"row": place, "cell": long[:30], "limit": MAX_CELL}
                )
        if self.required and len(rows) == 1:
            raise ValidationError(_("A table needs a head and at least one row below it."))
        return text_of(rows)

    def get_translatable_segments(self, value: str) -> list[StringSegmentValue]:
        cells = dict.fromkeys(cell for row in rows_of(value or "") for cell in row if has_words(cell))
        return [StringSegmentValue(segment_of(cell), cell) for cell in cells]

    def restore_translated_segments(self, value: str, segments: Sequence[StringSegmentValue]) -> str:
        said = {one.path: " ".join(one.render_text().split()) for one in segments}
        return text_of([[said.get(segment_of(cell), cell) for cell in row] for row in rows_of(value or "")])

    class Meta:
        icon = "table"
        default = ""
