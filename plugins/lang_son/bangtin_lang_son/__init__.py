"""Plugin `lang_son`: the hooks it implements. Its facts lie in `province.py`, its duties in `obligations.py`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bangtin_lang_son.glossary import TERMS
from bangtin_lang_son.obligations import OBLIGATIONS
from bangtin_lang_son.province import PROVINCE
from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import GlossaryTerm, Obligation, Plugin, ProvinceSpec, ThemeSource

BANGTIN_PLUGIN = Plugin(code="lang_son", name=PROVINCE.name.vi)


@hookimpl
def bangtin_province() -> ProvinceSpec:
    return PROVINCE


@hookimpl
def bangtin_themes() -> Sequence[ThemeSource]:
    return (ThemeSource(code="lang_son", folder=Path(__file__).parent / "theme"),)


@hookimpl
def bangtin_obligations(province: str) -> Sequence[Obligation]:
    return OBLIGATIONS if province == PROVINCE.code else ()


@hookimpl
def bangtin_glossary(province: str) -> Sequence[GlossaryTerm]:
    return TERMS if province == PROVINCE.code else ()
