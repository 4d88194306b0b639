"""Plugin `cao_bang`: the hooks it implements. Its facts lie in `province.py`, its duties in `obligations.py`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bangtin_cao_bang.obligations import OBLIGATIONS
from bangtin_cao_bang.province import PROVINCE
from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import Obligation, Plugin, ProvinceSpec, ThemeSource

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
