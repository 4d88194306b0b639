"""Proper names of An Giang's gate. How Khmer writes them is left to the province's translators."""

from __future__ import annotations

from cms.plugin_api.types import GlossaryTerm, Text

TERMS = (
    GlossaryTerm({"vi": "An Giang", "en": "An Giang"}),
    GlossaryTerm({"vi": "Tịnh Biên", "en": "Tinh Bien"}, Text("AG 7.1", "AG 7.1")),
    GlossaryTerm(
        {"vi": "Cửa khẩu quốc tế Tịnh Biên", "en": "Tinh Bien International Border Gate"}, Text("AG 7.1", "AG 7.1")
    ),
)
