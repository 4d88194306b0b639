"""Tables from and for people outside: CSV and XLSX, read with suspicion and written so that no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 40
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def contents(file: Any) -> bytes:
    """An uploaded file's bytes. Raises `ValidationError` when there is none or it is too large."""
    if file is None:
        raise ValidationError(_("Choose a file."))
    if file.size > MAX_BYTES:
        raise ValidationError(_("This file is too large: at most 10 MB."))
    return bytes(file.read())


def read(data: bytes, name: str) -> list[list[str]]:
    """The rows of the first sheet as text, by the file's content rather than its name. Raises `ValidationError`."""
    if data[:4] == b"PK\x03\x04":
        return read_xlsx(data)[0]
    if name.lower().endswith((".xlsx", ".xls", ".ods")):
        raise ValidationError(_("This is not an Excel workbook (.xlsx). Save it as one, or as CSV in UTF-8."))
    return _read_csv(data)


def _read_csv(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("This file is not in UTF-8. Save it as “CSV UTF-8”.")) from error
    if "\0" in text:
        raise ValidationError(_("This is not a table: it holds binary data."))
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ValidationError(_("This table cannot be read: %(why)s.") % {"why": error}) from error
    return _limited([[_unquoted(cell) for cell in row] for row in rows])


def _unquoted(cell: str) -> str:
    """Without the apostrophe that `write_csv` puts before what a spreadsheet would take for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def read_xlsx(data: bytes) -> tuple[list[list[str]], dict[str, list[list[str]]]]:
    """The rows of the first sheet and those of the others by name; formulas are refused. Raises `ValidationError`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(one.file_size for one in archive.infolist()) > MAX_UNPACKED:
                raise ValidationError(_("This workbook unpacks to more than 100 MB."))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    except ValidationError:
        raise
    except Exception as error:  # whatever a broken or hostile archive makes the reader raise
        raise ValidationError(_("This workbook cannot be read. Save it anew as .xlsx.")) from error
    try:
        sheets = [(sheet.title, _rows(sheet)) for sheet in book.worksheets]
    except ValidationError:
        raise
    except Exception as error:
        raise ValidationError(_("This workbook cannot be read. Save it anew as .xlsx.")) from error
    finally:
        book.close()
    if not sheets:
        raise ValidationError(_("This workbook has no sheet."))
    return sheets[0][1], dict(sheets[1:])


def _rows(sheet: Any) -> list[list[str]]:
    found: list[list[str]] = []
    for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS):
        for cell in row:
            if cell.data_type == "f":
                raise ValidationError(
                    _("Cell %(cell)s holds a formula. Write its text instead.") % {"cell": cell.coordinate}
                )
        found.append(["" if cell.value is None else str(cell.value) for cell in row])
    return _limited(found)


def _limited(rows: list[list[str]]) -> list[list[str]]:
    if len(rows) > MAX_ROWS:
        raise ValidationError(_("This table has more than %(count)d rows. Divide it.") % {"count": MAX_ROWS})
    return rows


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """CSV in UTF-8 with a mark by which Excel knows it; what would be a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_xlsx(
    title: str,
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    open_columns: Iterable[int] = (),
    note: str = "",
) -> bytes:
    """A workbook of one sheet whose cells are all text, the first row a heading. `open_columns` (from 0): those that may be
    written in, the others are locked, without a password; none: no locks. `note`: kept in a hidden sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    writable = set(open_columns)
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            cell = sheet.cell(number, column + 1)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
            cell.data_type = "s"  # never a formula, whatever it begins with
            cell.quotePrefix = text.startswith(FORMULA)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.protection = Protection(locked=column not in writable)
            if number == 1:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="E8EEF2")
    for column, width in enumerate(widths):
        sheet.column_dimensions[get_column_letter(column + 1)].width = width
    sheet.freeze_panes = "A2"
    if writable:
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
    if note:
        hidden = book.create_sheet("bangtin")
        hidden["A1"] = note
        hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
