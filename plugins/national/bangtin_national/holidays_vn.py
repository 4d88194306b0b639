"""Public holidays of Vietnam, from the `holidays` package: 2024 to 2030 with Tết and the days swapped by decision. A later
decision of the Prime Minister is entered as a dated holiday decision in the CMS, which overrides these."""

from __future__ import annotations

from functools import lru_cache

import holidays

from cms.plugin_api.types import Holiday, Text


@lru_cache(maxsize=64)
def public_holidays(year: int) -> tuple[Holiday, ...]:
    """Days off of a year, in order, with their kinds. Names in Vietnamese and English."""
    vi = holidays.country_holidays("VN", years=year, language="vi")
    en = holidays.country_holidays("VN", years=year, language="en_US")
    return tuple(Holiday(day=day, name=Text(vi[day], en.get(day, vi[day])), kind=_kind(vi[day])) for day in sorted(vi))


def _kind(name: str) -> str:
    """The kind of a day off, which the package tells by its Vietnamese name alone. 1 January (Tết Dương lịch) is a public
    holiday like others."""
    if "nghỉ bù" in name or "thay cho ngày" in name:
        return "substitute"
    return "tet" if "Tết" in name and "Dương lịch" not in name else "public"
