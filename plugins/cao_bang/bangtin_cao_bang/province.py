"""Cao Bằng: what decision 31/2020/QĐ-UBND says of its two clusters, and what no source says (`assumed`)."""

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

IN_FORCE = date(2020, 12, 10)
MERGED = date(2025, 7, 1)
LANGUAGES = ("vi", "en", "zh-hans")

# CB 8.1a: working days, 8 h.
WORKING_DAY = (Window(7 * 60 + 30, 11 * 60), Window(13 * 60 + 30, 18 * 60))
HOURS = HoursSpec(
    valid_from=IN_FORCE,
    weekly=(WORKING_DAY,) * 7,
    holiday=WORKING_DAY,
    clause="CB 8.1a, 8.1b",
    note=Text(
        "Ngày lễ, thứ Bảy, Chủ nhật: quyết định cho phép 8–10 giờ tùy thực tế (CB 8.1b); ở đây giả định như ngày làm việc (8 giờ).",
        "Holidays, Saturdays, Sundays: the decision allows 8 to 10 hours as needed (CB 8.1b); assumed here as on working days (8 h).",
    ),
)

REGULATIONS = (
    RegulationSpec(
        key="CB",
        number="31/2020/QĐ-UBND",
        title=Text(
            "Quy chế phối hợp quản lý, vận hành Cụm thông tin trên địa bàn tỉnh Cao Bằng",
            "Regulation on managing and operating the information clusters of Cao Bằng",
        ),
        in_force=IN_FORCE,
    ),
)


def _own_content(start: date, end: date | None) -> tuple[tuple[str, date, date | None, str], ...]:
    """Who answers for the content that they produce (CB 8.6) supplies it, and appraises and approves it on a way of its own."""
    return tuple((role, start, end, "CB 8.6") for role in ("supplier", "appraiser", "approver"))


ORGANISATIONS = (
    OrganisationSpec(
        code="so-tttt",
        name=Text(
            "Sở Thông tin và Truyền thông tỉnh Cao Bằng", "Cao Bằng Department of Information and Communications"
        ),
        roles=(
            ("appraiser", IN_FORCE, date(2025, 6, 30), "CB 7.1"),
            ("approver", IN_FORCE, date(2025, 6, 30), "CB 7.1"),
        ),
        level="province",
    ),
    # The merger of the departments and the end of the districts are general knowledge, not in the decision: kept as data.
    OrganisationSpec(
        code="so-vhttdl",
        name=Text(
            "Sở Văn hóa, Thể thao và Du lịch tỉnh Cao Bằng", "Cao Bằng Department of Culture, Sports and Tourism"
        ),
        roles=(
            ("supplier", IN_FORCE, None, "CB 12"),
            ("appraiser", MERGED, None, "CB 7.1"),
            ("approver", MERGED, None, "CB 7.1"),
        ),
        level="province",
    ),
    OrganisationSpec(
        code="ubnd-trung-khanh",
        name=Text("Ủy ban nhân dân huyện Trùng Khánh", "People's Committee of Trùng Khánh district"),
        roles=(("operator", IN_FORCE, date(2025, 6, 30), "CB 8.1"), *_own_content(IN_FORCE, date(2025, 6, 30))),
        level="district",
    ),
    OrganisationSpec(
        code="ubnd-quang-hoa",
        name=Text("Ủy ban nhân dân huyện Quảng Hòa", "People's Committee of Quảng Hòa district"),
        roles=(("operator", IN_FORCE, date(2025, 6, 30), "CB 8.1"), *_own_content(IN_FORCE, date(2025, 6, 30))),
        level="district",
    ),
    OrganisationSpec(
        code="ubnd-xa-so-tai",
        name=Text("Ủy ban nhân dân xã nơi đặt cụm thông tin", "People's Committee of the commune of each cluster"),
        roles=(("operator", MERGED, None, "CB 8.1"), *_own_content(MERGED, None)),
        level="commune",
    ),
    OrganisationSpec(
        code="cong-an",
        name=Text("Công an tỉnh Cao Bằng", "Cao Bằng Police"),
        roles=(("security", IN_FORCE, None, "CB 9"),),
    ),
    OrganisationSpec(
        code="so-ngoai-vu",
        name=Text("Sở Ngoại vụ tỉnh Cao Bằng", "Cao Bằng Department of External Affairs"),
        roles=(("supplier", IN_FORCE, None, "CB 11"),),
    ),
    OrganisationSpec(
        code="dai-pttth",
        name=Text("Đài Phát thanh - Truyền hình tỉnh Cao Bằng", "Cao Bằng Radio and Television"),
        roles=(("supplier", IN_FORCE, None, "CB 13"),),
    ),
    OrganisationSpec(
        code="so-tai-chinh",
        name=Text("Sở Tài chính tỉnh Cao Bằng", "Cao Bằng Department of Finance"),
        roles=(("finance", IN_FORCE, None, "CB 10"),),
    ),
)

COUNT_BY_DECISION = Text(
    "CB 2.2 nêu màn hình 1 mặt và 3 mặt, giao cho huyện Trùng Khánh và huyện Quảng Hòa theo thứ tự ấy.",
    "CB 2.2 names screens of 1 face and of 3 faces, handed to Trùng Khánh and Quảng Hòa districts, read in that order.",
)
NO_SOURCE = Text(
    "Quyết định không nêu; giả định cho bản trình diễn.", "The decision does not say; assumed for the demonstration."
)

TRUNG_KHANH = ClusterSpec(
    code="trung-khanh",
    name=Text("Cụm thông tin đối ngoại Trùng Khánh", "Trùng Khánh external information cluster"),
    place=Text("Huyện Trùng Khánh (trước 01/7/2025), tỉnh Cao Bằng", "Trùng Khánh, Cao Bằng"),
    faces=(
        Face(
            id="a",
            width=960,
            height=540,
            pitch_mm=4.0,
            distance_m=12.0,
            languages=LANGUAGES,
            bearing_deg=180,
            max_brightness_nit=6000,
        ),
    ),
    gaps_mm=(),
    closed_ring=False,
    mode="mirror",
    hours=(HOURS,),
    controllers=(
        ControllerSpec(
            code="trung-khanh-1", canvas_width=960, canvas_height=540, placements=(PlacementSpec("a", 0, 0),)
        ),
    ),
    clause="CB 1.1",
    assumed={"faces": COUNT_BY_DECISION, "pixels": NO_SOURCE, "bearing": NO_SOURCE, "languages": NO_SOURCE},
)


def _face(letter: str, bearing: int) -> Face:
    return Face(
        id=letter, width=384, height=576, pitch_mm=5.0, distance_m=10.0, languages=LANGUAGES, bearing_deg=bearing, max_brightness_nit=6000
    )  # fmt: skip


TA_LUNG = ClusterSpec(
    code="ta-lung",
    name=Text("Cụm thông tin cơ sở cửa khẩu quốc tế Tà Lùng", "Tà Lùng international border gate cluster"),
    place=Text("Cửa khẩu quốc tế Tà Lùng, tỉnh Cao Bằng", "Tà Lùng international border gate, Cao Bằng"),
    faces=(_face("a", 0), _face("b", 120), _face("c", 240)),
    gaps_mm=(200.0, 200.0, 200.0),
    closed_ring=True,
    mode="rotate",
    hours=(HOURS,),
    controllers=(
        ControllerSpec(
            code="ta-lung-1",
            canvas_width=1152,
            canvas_height=576,
            placements=(PlacementSpec("a", 0, 0), PlacementSpec("b", 384, 0), PlacementSpec("c", 768, 0)),
        ),
    ),
    clause="CB 1.1",
    assumed={
        "faces": COUNT_BY_DECISION,
        "pixels": NO_SOURCE,
        "gaps_mm": NO_SOURCE,
        "bearing": NO_SOURCE,
        "languages": NO_SOURCE,
    },
)

PROVINCE = ProvinceSpec(
    code="cao_bang",
    name=Text("Cao Bằng", "Cao Bằng"),
    languages=LANGUAGES,
    theme="cao_bang",
    organisations=ORGANISATIONS,
    clusters=(TRUNG_KHANH, TA_LUNG),
    regulations=REGULATIONS,
)
