"""Terms that every gate uses, from the circular and the decisions. Languages beyond English are left to the provinces' translators."""

from __future__ import annotations

from cms.plugin_api.types import GlossaryTerm, Text

TERMS = (
    GlossaryTerm({"vi": "Việt Nam", "en": "Viet Nam"}),
    GlossaryTerm({"vi": "cửa khẩu", "en": "border gate"}, Text("TT06 k1", "TT06 k1")),
    GlossaryTerm({"vi": "cửa khẩu quốc tế", "en": "international border gate"}, Text("TT06 k1", "TT06 k1")),
    GlossaryTerm({"vi": "cụm thông tin", "en": "information cluster"}, Text("TT06 k2", "TT06 k2")),
    GlossaryTerm({"vi": "Bộ đội Biên phòng", "en": "Border Guard"}, Text("AG 8", "AG 8")),
    GlossaryTerm({"vi": "thông tin đối ngoại", "en": "external information"}, Text("CB 2.1", "CB 2.1")),
    GlossaryTerm({"vi": "thông tin cơ sở", "en": "grassroots information"}, Text("CB 3.2", "CB 3.2")),
)
