"""An Giang: what decision 17/2021/QĐ-UBND says of its cluster, and what no source says (`assumed`)."""

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

IN_FORCE = date(2021, 4, 26)
MERGED = date(2025, 7, 1)
EVERY_DAY = (Window(7 * 60, 11 * 60), Window(14 * 60, 18 * 60))
LANGUAGES = ("vi", "en", "km")

REGULATIONS = (
    RegulationSpec(
        key="51/2019",
        number="51/2019/QĐ-UBND",
        title=Text(
            "Quy chế phối hợp quản lý, vận hành Cụm Thông tin cơ sở trên địa bàn tỉnh An Giang",
            "Regulation on managing and operating the information clusters of An Giang",
        ),
        in_force=date(2019, 11, 1),
    ),
    RegulationSpec(
        key="AG",
        number="17/2021/QĐ-UBND",
        title=Text(
            "Sửa đổi, bổ sung một số điều của Quy chế ban hành kèm theo Quyết định số 51/2019/QĐ-UBND",
            "Amending the regulation issued with decision 51/2019/QĐ-UBND",
        ),
        in_force=IN_FORCE,
    ),
)

ORGANISATIONS = (
    OrganisationSpec(
        code="so-tttt",
        name=Text(
            "Sở Thông tin và Truyền thông tỉnh An Giang", "An Giang Department of Information and Communications"
        ),
        roles=(
            ("appraiser", IN_FORCE, date(2025, 6, 30), "AG 7.2"),
            ("approver", IN_FORCE, date(2025, 6, 30), "AG 7.1"),
            ("operator", IN_FORCE, date(2025, 6, 30), "AG 7.1"),
        ),
        level="province",
    ),
    # The merger of the departments is general knowledge, not in the decision: kept as data so that it can be corrected.
    OrganisationSpec(
        code="so-vhttdl",
        name=Text(
            "Sở Văn hóa, Thể thao và Du lịch tỉnh An Giang", "An Giang Department of Culture, Sports and Tourism"
        ),
        roles=(
            ("appraiser", MERGED, None, "AG 7.2"),
            ("approver", MERGED, None, "AG 7.1"),
            ("operator", MERGED, None, "AG 7.1"),
        ),
        level="province",
    ),
    OrganisationSpec(
        code="bien-phong",
        name=Text("Bộ Chỉ huy Bộ đội Biên phòng tỉnh An Giang", "An Giang Border Guard Command"),
        roles=(
            ("security", IN_FORCE, None, "AG 8.2"),
            ("supplier", IN_FORCE, None, "AG 8.3"),
            ("power", IN_FORCE, None, "AG 7.9a"),
        ),
    ),
    OrganisationSpec(
        code="ban-quan-ly-kkt",
        name=Text("Ban Quản lý Khu kinh tế tỉnh An Giang", "An Giang Economic Zone Authority"),
        roles=(("power", IN_FORCE, None, "AG 7.9a"),),
    ),
    OrganisationSpec(
        code="bao-pttth",
        name=Text("Báo và phát thanh, truyền hình An Giang", "An Giang Newspaper, Radio and Television"),
        roles=(("supplier", IN_FORCE, None, "51/2019"),),
    ),
    OrganisationSpec(
        code="so-tai-chinh",
        name=Text("Sở Tài chính tỉnh An Giang", "An Giang Department of Finance"),
        roles=(("finance", IN_FORCE, None, "AG 7.6"),),
    ),
)

NO_SOURCE = Text(
    "Quyết định không nêu; giả định cho bản trình diễn.", "The decision does not say; assumed for the demonstration."
)


def _face(letter: str, bearing: int) -> Face:
    return Face(
        id=letter, width=768, height=384, pitch_mm=5.0, distance_m=12.0, languages=LANGUAGES, bearing_deg=bearing, max_brightness_nit=6000
    )  # fmt: skip


TINH_BIEN = ClusterSpec(
    code="tinh-bien",
    name=Text("Cụm thông tin cửa khẩu quốc tế Tịnh Biên", "Tịnh Biên international border gate cluster"),
    place=Text("Cửa khẩu quốc tế Tịnh Biên, tỉnh An Giang", "Tịnh Biên international border gate, An Giang"),
    faces=(_face("a", 45), _face("b", 225)),
    gaps_mm=(600.0,),
    closed_ring=False,
    mode="rotate",
    hours=(HoursSpec(valid_from=IN_FORCE, weekly=(EVERY_DAY,) * 7, holiday=EVERY_DAY, clause="AG 7.1"),),
    controllers=(
        ControllerSpec(
            code="tinh-bien-1",
            canvas_width=768,
            canvas_height=768,
            placements=(PlacementSpec("a", 0, 0), PlacementSpec("b", 0, 384)),
        ),
    ),
    clause="AG 7.1",
    assumed={"faces": NO_SOURCE, "pixels": NO_SOURCE, "gaps_mm": NO_SOURCE, "bearing": NO_SOURCE},
)

PROVINCE = ProvinceSpec(
    code="an_giang",
    name=Text("An Giang", "An Giang"),
    languages=LANGUAGES,
    theme="an_giang",
    organisations=ORGANISATIONS,
    clusters=(TINH_BIEN,),
    regulations=REGULATIONS,
)
