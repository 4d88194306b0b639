"""Proper names of Lạng Sơn's gate. How Chinese writes them is left to the province's translators."""

from __future__ import annotations

from cms.plugin_api.types import GlossaryTerm

TERMS = (
    GlossaryTerm({"vi": "Lạng Sơn", "en": "Lang Son"}),
    GlossaryTerm({"vi": "Hữu Nghị", "en": "Huu Nghi"}),
    GlossaryTerm({"vi": "Cửa khẩu quốc tế Hữu Nghị", "en": "Huu Nghi International Border Gate"}),
)
