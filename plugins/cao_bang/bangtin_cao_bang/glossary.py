"""Proper names of Cao Bằng's clusters and places. How Chinese writes them is left to the province's translators."""

from __future__ import annotations

from cms.plugin_api.types import GlossaryTerm, Text

TERMS = (
    GlossaryTerm({"vi": "Cao Bằng", "en": "Cao Bang"}),
    GlossaryTerm({"vi": "Tà Lùng", "en": "Ta Lung"}, Text("CB 1.1", "CB 1.1")),
    GlossaryTerm(
        {"vi": "Cửa khẩu quốc tế Tà Lùng", "en": "Ta Lung International Border Gate"}, Text("CB 1.1", "CB 1.1")
    ),
    GlossaryTerm({"vi": "Trùng Khánh", "en": "Trung Khanh"}, Text("CB 1.1", "CB 1.1")),
    GlossaryTerm(
        {"vi": "Quảng Hòa", "en": "Quang Hoa"},
        Text("CB 1.1; đến 30/6/2025 là huyện", "CB 1.1; a district until 30 June 2025"),
    ),
)
