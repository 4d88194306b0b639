"""Lạng Sơn: its own sources are of 2013 and speak of video conferences and the e-office; the cluster at Hữu Nghị is assumed
throughout, within the circular's 1 to 4 faces (TT06 k2)."""

from __future__ import annotations

from datetime import date

from cms.plugin_api.types import (
    ClusterSpec,
    ControllerSpec,
    Face,
    HoursSpec,
    OrganisationSpec,
    PlacementSpec,
    ProvinceSpec,
    RegulationSpec,
    Text,
    Window,
)

IN_FORCE = date(2022, 8, 14)
MERGED = date(2025, 7, 1)
LANGUAGES = ("vi", "en", "zh-hans")
DAY = (Window(7 * 60, 18 * 60),)

REGULATIONS = (
    RegulationSpec(
        key="LS",
        number="01/2013",
        title=Text(
            "Quy chế hội nghị truyền hình trực tuyến và Quy chế văn phòng điện tử của tỉnh Lạng Sơn (tin tháng 01/2013)",
            "Regulations on video conferences and on the e-office of Lạng Sơn (news item of January 2013)",
        ),
        in_force=date(2013, 1, 30),
    ),
)

ORGANISATIONS = (
    OrganisationSpec(
        code="so-tttt",
        name=Text(
            "Sở Thông tin và Truyền thông tỉnh Lạng Sơn", "Lạng Sơn Department of Information and Communications"
        ),
        roles=(
            ("appraiser", IN_FORCE, date(2025, 6, 30), "TT06 k5"),
            ("approver", IN_FORCE, date(2025, 6, 30), "TT06 k5"),
            ("operator", IN_FORCE, date(2025, 6, 30), "TT06 k5"),
        ),
        level="province",
    ),
    # The merger of the departments is general knowledge, in no source of ours: kept as data so that it can be corrected.
    OrganisationSpec(
        code="so-vhttdl",
        name=Text(
            "Sở Văn hóa, Thể thao và Du lịch tỉnh Lạng Sơn", "Lạng Sơn Department of Culture, Sports and Tourism"
        ),
        roles=(
            ("appraiser", MERGED, None, "TT06 k5"),
            ("approver", MERGED, None, "TT06 k5"),
            ("operator", MERGED, None, "TT06 k5"),
        ),
        level="province",
    ),
    OrganisationSpec(
        code="dien-luc",
        name=Text("Công ty Điện lực Lạng Sơn", "Lạng Sơn Power Company"),
        roles=(("power", date(2013, 1, 30), None, "LS"),),
    ),
    OrganisationSpec(
        code="vien-thong",
        name=Text("Viễn thông Lạng Sơn", "Lạng Sơn Telecommunications"),
        roles=(("supplier", date(2013, 1, 30), None, "LS"),),
    ),
)

NO_SOURCE = Text(
    "Không có văn bản nào nêu; giả định cho bản trình diễn.", "No source says; assumed for the demonstration."
)
WITHIN_CIRCULAR = Text(
    "Không có văn bản của tỉnh; 4 mặt là giả định trong khuôn khổ 1–4 mặt của TT06 k2.",
    "No provincial source; 4 faces are assumed within the 1 to 4 of TT06 k2.",
)


def _face(letter: str, bearing: int) -> Face:
    return Face(
        id=letter, width=640, height=320, pitch_mm=5.0, distance_m=12.0, languages=LANGUAGES, bearing_deg=bearing, max_brightness_nit=6000
    )  # fmt: skip


HUU_NGHI = ClusterSpec(
    code="huu-nghi",
    name=Text("Cụm thông tin cửa khẩu quốc tế Hữu Nghị", "Hữu Nghị international border gate cluster"),
    place=Text("Cửa khẩu quốc tế Hữu Nghị, tỉnh Lạng Sơn", "Hữu Nghị international border gate, Lạng Sơn"),
    faces=(_face("a", 0), _face("b", 90), _face("c", 180), _face("d", 270)),
    gaps_mm=(150.0, 150.0, 150.0, 150.0),
    closed_ring=True,
    mode="rotate",
    hours=(HoursSpec(valid_from=IN_FORCE, weekly=(DAY,) * 7, holiday=DAY, clause="", assumed=True, note=NO_SOURCE),),
    controllers=(
        ControllerSpec(
            code="huu-nghi-1",
            canvas_width=1280,
            canvas_height=640,
            placements=(
                PlacementSpec("a", 0, 0),
                PlacementSpec("b", 640, 0),
                PlacementSpec("c", 0, 320),
                PlacementSpec("d", 640, 320),
            ),
        ),
    ),
    clause="TT06 k2",
    assumed={
        "faces": WITHIN_CIRCULAR,
        "pixels": NO_SOURCE,
        "gaps_mm": NO_SOURCE,
        "bearing": NO_SOURCE,
        "hours": NO_SOURCE,
        "languages": NO_SOURCE,
    },
)

PROVINCE = ProvinceSpec(
    code="lang_son",
    name=Text("Lạng Sơn", "Lạng Sơn"),
    languages=LANGUAGES,
    theme="lang_son",
    organisations=ORGANISATIONS,
    clusters=(HUU_NGHI,),
    regulations=REGULATIONS,
)
