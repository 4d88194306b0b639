"""Plugin `cao_bang`: the hooks it implements. Its facts lie in `province.py`, its duties in `obligations.py`, its
ways to approval in `workflow.py`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bangtin_cao_bang.glossary import TERMS
from bangtin_cao_bang.obligations import OBLIGATIONS
from bangtin_cao_bang.province import PROVINCE
from bangtin_cao_bang.quotas import QUOTAS
from bangtin_cao_bang.workflow import WORKFLOWS
from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import GlossaryTerm, Obligation, Plugin, ProvinceSpec, QuotaSpec, ThemeSource, WorkflowSpec

BANGTIN_PLUGIN = Plugin(code="cao_bang", name=PROVINCE.name.vi)


@hookimpl
def bangtin_province() -> ProvinceSpec:
    return PROVINCE


@hookimpl
def bangtin_themes() -> Sequence[ThemeSource]:
    return (ThemeSource(code="cao_bang", folder=Path(__file__).parent / "theme"),)


@hookimpl
def bangtin_obligations(province: str) -> Sequence[Obligation]:
    return OBLIGATIONS if province == PROVINCE.code else ()


@hookimpl
def bangtin_workflow_steps(province: str) -> Sequence[WorkflowSpec]:
    return WORKFLOWS if province == PROVINCE.code else ()


@hookimpl
def bangtin_glossary(province: str) -> Sequence[GlossaryTerm]:
    return TERMS if province == PROVINCE.code else ()


@hookimpl
def bangtin_quotas(province: str) -> Sequence[QuotaSpec]:
    return QUOTAS if province == PROVINCE.code else ()
