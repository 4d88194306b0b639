"""Files for translators outside: handed out for many items at once, and what comes back, compared before anything is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.models import Locale

from cms.content.models import ItemPage
from cms.content.services import SOURCE_LANGUAGE
from cms.content.translating import sheets
from cms.content.translating.glossary import Term, occurring
from cms.content.translating.passages import Passage, digest, is_plain, passages, problem

FORMAT = "bangtin-translations-1"
WAS = "bangtin:"
# Columns of the workbook, from 0.
KEY, MARK, TITLE, ORIGINAL, TRANSLATED, WORDS = range(6)


def po(found: Sequence[Passage], locale: Locale, terms: Sequence[Term]) -> bytes:
    """A PO file: msgctxt is the passage's key, an extracted comment the mark of what the translation said."""
    file = polib.POFile(wrapwidth=0)
    file.metadata = {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": locale.language_code,
        "X-Bangtin": FORMAT,
    }
    for one in found:
        said = [one.item.draft_title or one.item.title, *_words(one, terms, locale), f"{WAS}{digest(one.present)}"]
        file.append(
            polib.POEntry(
                msgctxt=one.key, msgid=one.text, msgstr=one.present, comment="\n".join(said), flags=_flags(one)
            )
        )
    return str(file).encode()


def _flags(one: Passage) -> list[str]:
    machine = one.translated is not None and one.translated.translation_type == "machine"
    return ["fuzzy"] if machine else []


def _words(one: Passage, terms: Sequence[Term], locale: Locale) -> list[str]:
    language = locale.language_code
    return [f"{term.words[SOURCE_LANGUAGE]} = {term.words[language]}" for term in occurring(one.data, terms, language)]


def xlsx(found: Sequence[Passage], locale: Locale, terms: Sequence[Term]) -> bytes:
    """A workbook with one row a passage, in which only the column of the translation may be written."""
    head = [
        _("Key (leave)"),
        _("Mark (leave)"),
        _("Item"),
        _("Vietnamese"),
        str(locale.get_display_name()),
        _("Glossary"),
    ]
    rows = [head]
    for one in found:
        words = "\n".join(_words(one, terms, locale))
        rows.append(
            [one.key, digest(one.present), one.item.draft_title or one.item.title, one.text, one.present, words]
        )
    note = f"{FORMAT} {locale.language_code}"
    return sheets.write_xlsx(_("Translations"), rows, [12, 12, 28, 60, 60, 30], open_columns=[TRANSLATED], note=note)


@dataclass(frozen=True, slots=True)
class Line:
    """A translation in a received file: the key it names, the original it repeats, what the translation said when it was
    handed out (a mark), and the text."""

    key: str
    original: str
    was: str
    text: str


@dataclass(frozen=True, slots=True)
class Received:
    language: str
    lines: tuple[Line, ...]


def read(data: bytes) -> Received:
    """What a file holds, by its content rather than its name. Raises `ValidationError` for a file that was not handed out here."""
    return _read_xlsx(data) if data[:4] == b"PK\x03\x04" else _read_po(data)


def _foreign() -> ValidationError:
    return ValidationError(_("This file was not handed out by this system. Hand one out, and fill that one in."))


def _read_po(data: bytes) -> Received:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("This is neither a PO file in UTF-8 nor an Excel workbook (.xlsx).")) from error
    # polib opens what is the name of a file: only text of several lines gets that far.
    if "msgid" not in text or "\n" not in text or "\0" in text:
        raise ValidationError(_("This is neither a PO file in UTF-8 nor an Excel workbook (.xlsx)."))
    try:
        file = polib.pofile(text)
    except (OSError, ValueError, IndexError) as error:
        raise ValidationError(_("This PO file cannot be read: %(why)s") % {"why": str(error)[:200]}) from error
    if file.metadata.get("X-Bangtin") != FORMAT:
        raise _foreign()
    if len(file) > sheets.MAX_ROWS:
        raise ValidationError(_("This table has more than %(count)d rows. Divide it.") % {"count": sheets.MAX_ROWS})
    lines = [
        Line(one.msgctxt or "", one.msgid, _mark(one.comment), one.msgstr)
        for one in file
        if not one.obsolete and "fuzzy" not in one.flags
    ]
    return Received(file.metadata.get("Language", ""), tuple(lines))


def _mark(comment: str) -> str:
    return next((one.removeprefix(WAS) for one in comment.split("\n") if one.startswith(WAS)), "")


def _read_xlsx(data: bytes) -> Received:
    rows, others = sheets.read_xlsx(data)
    note = (others.get("bangtin") or [[""]])[0][0].split()
    if len(note) != 2 or note[0] != FORMAT:
        raise _foreign()
    lines = []
    for row in rows[1:]:
        cells = [*row, *[""] * (WORDS + 1 - len(row))]
        if cells[KEY]:
            lines.append(Line(cells[KEY], cells[ORIGINAL], cells[MARK], cells[TRANSLATED]))
    return Received(note[1], tuple(lines))


@dataclass(frozen=True, slots=True)
class Change:
    """A translation that would be kept. `conflict`: somebody changed it here since the file was handed out."""

    passage: Passage
    text: str
    conflict: bool

    @property
    def title(self) -> str:
        return self.passage.item.draft_title or self.passage.item.title


@dataclass(slots=True)
class Comparison:
    """What a file would do. `refused`: (title or key, text, why)."""

    changes: list[Change] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    same: int = 0
    empty: int = 0
    unknown: int = 0


def compare(received: Received, items: list[ItemPage], locale: Locale) -> Comparison:
    """Against the present translations of these originals, the only ones that may be touched."""
    found = Comparison()
    known = {one.key: one for one in passages(items, locale)}
    locked = {one.translation_key for one in _under_decision(items, locale)}
    seen: set[str] = set()
    for line in received.lines:
        passage = known.get(line.key)
        text = line.text.replace("\r\n", "\n").strip(" \n\t")
        if not text:
            found.empty += 1
        elif passage is None:
            found.unknown += 1
        elif line.key in seen:
            found.refused.append((passage.text, text, _("stands twice in the file")))
        elif text == passage.present and not _by_machine(passage):
            found.same += 1
        else:
            why = _why_not(line, passage, text, locked)
            if why:
                found.refused.append((passage.text, text, why))
            else:
                conflict = bool(passage.present) and line.was != digest(passage.present)
                found.changes.append(Change(passage, text, conflict))
        seen.add(line.key)
    return found


def _by_machine(passage: Passage) -> bool:
    return passage.translated is not None and passage.translated.translation_type == "machine"


def _why_not(line: Line, passage: Passage, text: str, locked: set[object]) -> str:
    original = line.original.replace("\r\n", "\n")
    if original.strip() != passage.text.strip():
        return _("the original in the file was changed")
    if passage.item.translation_key in locked:
        return _("this translation is being appraised or approved")
    if is_plain(passage.data) and text.startswith("<") and text.endswith(">"):
        return _("holds markup, where the original has none")
    return problem(passage.data, text)


def _under_decision(items: list[ItemPage], locale: Locale) -> list[ItemPage]:
    from cms.content import states

    pages = ItemPage.objects.filter(translation_key__in=[one.translation_key for one in items], locale=locale)
    return list(pages.filter(states.where("appraisal") | states.where("approval")))
