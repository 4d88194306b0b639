"""The obligations of a province, grouped by the regulation they come from."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.utils import translation

from cms.plugin_api.types import Obligation, RegulationSpec, Text
from cms.plugin_host.host import get_host
from cms.reports.evidence import Evidence, evidence_for


def said(text: Text) -> str:
    """A text in the language in use."""
    return text.vi if (translation.get_language() or "vi").startswith("vi") or not text.en else text.en


@dataclass(frozen=True, slots=True)
class Row:
    """A clause as people read it."""

    clause: str
    duty: str
    who: str
    rhythm: str
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Group:
    """A regulation with its rows. `regulation` is None for clauses of one that no plugin describes; `key` is then all there is."""

    key: str
    regulation: RegulationSpec | None
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        return said(self.regulation.title) if self.regulation else self.key


def regulations() -> dict[str, RegulationSpec]:
    """Every regulation that a plugin describes, by the key its clauses are quoted with."""
    return {one.key: one for spec in get_host().provinces().values() for one in spec.regulations}


def grouped(province_code: str, search: str = "") -> list[Group]:
    """The obligations of a province by regulation, in the order of the plugins; `search` keeps the rows with all its words."""
    known = regulations()
    rows: dict[str, list[Row]] = {}
    for one in get_host().obligations(province_code):
        row = _row(one)
        if _matches(row, search):
            rows.setdefault(one.clause.split()[0].rstrip(","), []).append(row)
    return [Group(key, known.get(key), tuple(found)) for key, found in rows.items()]


def _row(one: Obligation) -> Row:
    return Row(one.clause, said(one.duty), one.who, one.rhythm, evidence_for(one.evidence))


def _plain(text: str) -> str:
    """Without marks and case, so that 'bao cao' finds 'báo cáo'."""
    split = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def _matches(row: Row, search: str) -> bool:
    hay = _plain(" ".join((row.clause, row.duty, row.who, row.rhythm)))
    return all(word in hay for word in _plain(search).split())
