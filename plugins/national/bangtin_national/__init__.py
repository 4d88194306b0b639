"""Plugin `national`: the circular's rules, the Ministry as a source of content, and the public holidays."""

from __future__ import annotations

from collections.abc import Sequence

from bangtin_national.holidays_vn import public_holidays
from bangtin_national.obligations import OBLIGATIONS
from bangtin_national.province import PROVINCE
from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import Holiday, Obligation, Plugin, ProvinceSpec

BANGTIN_PLUGIN = Plugin(code="national", name=PROVINCE.name.vi)


@hookimpl
def bangtin_province() -> ProvinceSpec:
    return PROVINCE


@hookimpl
def bangtin_holidays(province: str, year: int) -> Sequence[Holiday]:
    return public_holidays(year)


@hookimpl
def bangtin_obligations(province: str) -> Sequence[Obligation]:
    """The circular binds every province, so its rows stand on each province's list."""
    return OBLIGATIONS
