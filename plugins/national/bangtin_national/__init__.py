"""Plugin `national`: the circular's rules, the Ministry as a source of content, the public holidays, and feeds for all provinces."""

from __future__ import annotations

from collections.abc import Sequence

from bangtin_national.feeds import FEEDS
from bangtin_national.glossary import TERMS
from bangtin_national.holidays_vn import public_holidays
from bangtin_national.item_templates import TEMPLATES
from bangtin_national.obligations import OBLIGATIONS
from bangtin_national.province import PROVINCE
from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import Feed, GlossaryTerm, Holiday, ItemTemplate, Obligation, Plugin, ProvinceSpec

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


@hookimpl
def bangtin_feeds(province: str) -> Sequence[Feed]:
    return FEEDS


@hookimpl
def bangtin_item_templates(province: str) -> Sequence[ItemTemplate]:
    """What every gate needs; a province's own come after these."""
    return TEMPLATES


@hookimpl
def bangtin_glossary(province: str) -> Sequence[GlossaryTerm]:
    """Every province's translators see them; a province may say otherwise."""
    return TERMS
