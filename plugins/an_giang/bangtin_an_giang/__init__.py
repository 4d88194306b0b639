"""Plugin `an_giang`: the hooks it implements. Its facts lie in `province.py`, its duties in `obligations.py`, its
ways to approval in `workflow.py`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bangtin_an_giang.glossary import TERMS
from bangtin_an_giang.item_templates import TEMPLATES
from bangtin_an_giang.obligations import OBLIGATIONS
from bangtin_an_giang.province import PROVINCE
from bangtin_an_giang.workflow import WORKFLOWS
from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import GlossaryTerm, ItemTemplate, Obligation, Plugin, ProvinceSpec, ThemeSource, WorkflowSpec

BANGTIN_PLUGIN = Plugin(code="an_giang", name=PROVINCE.name.vi)


@hookimpl
def bangtin_province() -> ProvinceSpec:
    return PROVINCE


@hookimpl
def bangtin_themes() -> Sequence[ThemeSource]:
    return (ThemeSource(code="an_giang", folder=Path(__file__).parent / "theme"),)


@hookimpl
def bangtin_obligations(province: str) -> Sequence[Obligation]:
    return OBLIGATIONS if province == PROVINCE.code else ()


@hookimpl
def bangtin_item_templates(province: str) -> Sequence[ItemTemplate]:
    return TEMPLATES if province == PROVINCE.code else ()


@hookimpl
def bangtin_workflow_steps(province: str) -> Sequence[WorkflowSpec]:
    return WORKFLOWS if province == PROVINCE.code else ()


@hookimpl
def bangtin_glossary(province: str) -> Sequence[GlossaryTerm]:
    return TERMS if province == PROVINCE.code else ()
