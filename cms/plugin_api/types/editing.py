"""How a province's editors work, as data: steps of its workflows, quotas of its programmes, proper names, items to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cms.plugin_api.types.values import NO_TEXT, Text


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """Something that who takes a step looks at and ticks, and the clause that asks for it."""

    code: str
    text: Text
    clause: str = ""


@dataclass(frozen=True, slots=True)
class StepSpec:
    """A step of a workflow. `organisations`: codes of those whose people take it, while they hold the role on that day; none:
    every organisation that holds it. `days`: working days until it is late, 0 without a deadline."""

    code: str
    kind: Literal["appraisal", "approval"]
    name: Text
    organisations: tuple[str, ...] = ()
    checklist: tuple[CheckSpec, ...] = ()
    days: int = 0
    clause: str = ""


@dataclass(frozen=True, slots=True)
class WorkflowSpec:
    """A way from draft to approval: any number of appraisals, then one approval. The first workflow of a province whose `sources`
    name an item's source unit is taken, else the first one without sources. `sudden`: the path for what is directed at
    short notice (*đột xuất*), which needs the directing document; it is taken only when an item says so."""

    code: str
    name: Text
    steps: tuple[StepSpec, ...]
    sources: tuple[str, ...] = ()
    sudden: bool = False
    clause: str = ""


@dataclass(frozen=True, slots=True)
class QuotaSpec:
    """So many items of a source must air in each period. `source`: an organisation's code, or a level of `OrganisationSpec.level`;
    `kind`, `tag`: only such items count ("" = any)."""

    code: str
    name: Text
    at_least: int
    per: Literal["week", "month", "quarter", "year"]
    source: str = ""
    kind: str = ""
    tag: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A proper name or fixed term, by language code (`{"vi": "Tịnh Biên", "en": "Tinh Bien", "km": "…"}`)."""

    words: Mapping[str, str]
    note: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class ItemTemplate:
    """An item to start from: `cards` as (kind, value) in the province's first language; a person replaces the sample words."""

    code: str
    name: Text
    summary: Text
    kind: str
    cards: tuple[tuple[str, Mapping[str, Any]], ...]
    tags: tuple[str, ...] = field(default=())
