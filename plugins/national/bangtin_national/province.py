"""The national level: circular 06/2022/TT-BTTTT and the Ministry as a source of content (TT06 k5)."""

from __future__ import annotations

from datetime import date

from cms.plugin_api.types import FaceRule, OrganisationSpec, ProvinceSpec, RegulationSpec, Text

CIRCULAR = RegulationSpec(
    key="TT06",
    number="06/2022/TT-BTTTT",
    title=Text(
        "Thông tư hướng dẫn thực hiện Dự án Truyền thông và giảm nghèo về thông tin, Điều 4: thiết lập cụm thông tin điện tử",
        "Circular 06/2022/TT-BTTTT, article 4: electronic information clusters at border gates",
    ),
    in_force=date(2022, 8, 14),
)

MINISTRY = OrganisationSpec(
    code="bo-tttt",
    name=Text("Bộ Thông tin và Truyền thông", "Ministry of Information and Communications"),
    roles=(
        ("supplier", date(2022, 8, 14), date(2025, 2, 28), "TT06 k5"),
        ("superior", date(2022, 8, 14), date(2025, 2, 28), "TT06 k5"),
    ),
    level="ministry",
)

# The ministries were merged on 1 March 2025; external and grassroots information went to Culture.
SUCCESSOR = OrganisationSpec(
    code="bo-vhttdl",
    name=Text("Bộ Văn hóa, Thể thao và Du lịch", "Ministry of Culture, Sports and Tourism"),
    roles=(
        ("supplier", date(2025, 3, 1), None, "TT06 k5"),
        ("superior", date(2025, 3, 1), None, "TT06 k5"),
    ),
    level="ministry",
)

PROVINCE = ProvinceSpec(
    code="national",
    name=Text("Trung ương", "National"),
    languages=("vi", "en"),
    theme="national",
    organisations=(MINISTRY, SUCCESSOR),
    clusters=(),
    regulations=(CIRCULAR,),
    national=True,
    face_rule=FaceRule(minimum=1, maximum=4, clause="TT06 k2"),
)
