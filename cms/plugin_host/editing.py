"""Checks of what plugins say about the work of a province's editors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cms.plugin_api.types import GlossaryTerm, ItemTemplate, QuotaSpec, WorkflowSpec
from cms.plugin_host.facts import check_code
from cms.plugin_host.problems import Nonsense
from cms.plugin_host.shapes import check

LONGEST, CLAUSE, TAG, TITLE = 60, 40, 100, 255
"""Characters of a code, of a workflow's clause, of a tag and of a title, as the CMS keeps them."""
MOST_DAYS = 366
"""Working days of a step."""


def _codes(codes: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for code in codes:
        check_code(code, where, LONGEST)
        if code in seen:
            raise Nonsense(f"{where}: {code!r} comes twice.")
        seen.add(code)


def check_workflows(result: Any) -> None:
    """Each ends with its one approval, after at least one appraisal."""
    check(result, Sequence[WorkflowSpec], "result")
    _codes((one.code for one in result), "result")
    for index, one in enumerate(result):
        where = f"result[{index}]"
        if len(one.clause) > CLAUSE:
            raise Nonsense(f"{where}.clause: more than {CLAUSE} characters.")
        _codes((step.code for step in one.steps), f"{where}.steps")
        kinds = [step.kind for step in one.steps]
        if len(kinds) < 2 or kinds[-1] != "approval" or "approval" in kinds[:-1]:
            raise Nonsense(f"{where}.steps: one or more appraisals, then one approval.")
        for number, step in enumerate(one.steps):
            _codes((check.code for check in step.checklist), f"{where}.steps[{number}].checklist")
            if not 0 <= step.days <= MOST_DAYS:
                raise Nonsense(f"{where}.steps[{number}].days: {step.days} days.")


def check_quotas(result: Any) -> None:
    check(result, Sequence[QuotaSpec], "result")
    _codes((one.code for one in result), "result")
    for index, one in enumerate(result):
        if one.at_least < 1:
            raise Nonsense(f"result[{index}].at_least: {one.at_least}.")


def check_glossary(result: Any) -> None:
    check(result, Sequence[GlossaryTerm], "result")
    for index, one in enumerate(result):
        if not one.words.get("vi", "").strip():
            raise Nonsense(f"result[{index}].words: no Vietnamese.")


def check_item_templates(result: Any) -> None:
    check(result, Sequence[ItemTemplate], "result")
    _codes((one.code for one in result), "result")
    for index, one in enumerate(result):
        if not one.cards:
            raise Nonsense(f"result[{index}].cards: none.")
        if len(one.name.vi) > TITLE:
            raise Nonsense(f"result[{index}].name: more than {TITLE} characters.")
        if any(not 0 < len(tag.strip()) <= TAG for tag in one.tags):
            raise Nonsense(f"result[{index}].tags: a tag has 1 to {TAG} characters.")
