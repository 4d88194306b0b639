"""A plugin that uses every hook; the tests spoil one part of it at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import (
    Card,
    CardField,
    CardTemplate,
    CheckSpec,
    ClusterSpec,
    ControllerSpec,
    Face,
    FaceRule,
    Feed,
    GlossaryTerm,
    Holiday,
    HoursSpec,
    ItemTemplate,
    Layer,
    LayoutRenderer,
    Obligation,
    OrganisationSpec,
    PlacementSpec,
    Plugin,
    Proof,
    ProvinceSpec,
    QuotaSpec,
    Reading,
    Rect,
    RegulationSpec,
    RenderRequest,
    Scene,
    StepSpec,
    Text,
    ThemeSource,
    Window,
    WorkflowSpec,
)

BANGTIN_PLUGIN = Plugin(code="dummy", name="Dummy")
DAY = (Window(7 * 60, 11 * 60), Window(14 * 60, 18 * 60))


def cluster() -> ClusterSpec:
    return ClusterSpec(
        code="dummy-gate",
        name=Text("Cụm thông tin thử", "Test cluster"),
        place=Text("Cửa khẩu", "Gate"),
        faces=(
            Face("a", 384, 192, 10.0, 20.0, languages=("vi", "en")),
            Face("b", 192, 384, 10.0, 20.0, languages=("vi",)),
        ),
        gaps_mm=(100.0,),
        closed_ring=False,
        mode="mirror",
        hours=(HoursSpec(date(2026, 1, 1), (DAY,) * 7, None, "DM 1"),),
        controllers=(
            ControllerSpec("dummy-gate-1", 768, 192, (PlacementSpec("a", 0, 0), PlacementSpec("b", 384, 0, 90))),
        ),
        clause="DM 1",
    )


def province() -> ProvinceSpec:
    return ProvinceSpec(
        code="dummy",
        name=Text("Tỉnh Thử", "Test province"),
        languages=("vi", "en"),
        theme="dummy",
        organisations=(
            OrganisationSpec("so", Text("Sở Thử", "Test department"), (("approver", date(2026, 1, 1), None, "DM 2"),)),
        ),
        clusters=(cluster(),),
        regulations=(RegulationSpec("DM", "1/2026", Text("Quyết định thử", "Test decision"), date(2026, 1, 1)),),
        face_rule=FaceRule(1, 4, "DM 3"),
    )


class OneFace:
    code = "dummy_one"
    version = "1"
    faces = 1

    def render(self, request: RenderRequest) -> Proof:
        asset = request.sink.put(b"pixels", "image/png")
        face = request.geometry.faces[0]
        layer = Layer("image", asset, Rect(0, 0, face.width, face.height))
        return Proof((Scene(5000, {face.id: (layer,)}),))


class Greeting:
    kind = "dummy_greeting"
    version = "1"
    name = Text("Lời chào", "Greeting")
    icon = "title"
    fields = (CardField("title", "line", Text("lời chào", "greeting"), required=True, max_length=40),)

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        asset = request.sink.put(card.title.encode(), "image/png")
        faces = request.geometry.faces
        return [Scene(5000, {one.id: (Layer("image", asset, Rect(0, 0, one.width, one.height)),) for one in faces})]


@hookimpl
def bangtin_province() -> ProvinceSpec:
    return province()


@hookimpl
def bangtin_renderers() -> Sequence[LayoutRenderer]:
    return [OneFace()]


@hookimpl
def bangtin_card_templates() -> Sequence[CardTemplate]:
    return [Greeting()]


@hookimpl
def bangtin_themes() -> Sequence[ThemeSource]:
    return [ThemeSource("dummy", Path(__file__).parent / "dummy_theme")]


@hookimpl
def bangtin_holidays(province: str, year: int) -> Sequence[Holiday]:
    return [Holiday(date(year, 9, 2), Text("Quốc khánh", "National Day"))]


@hookimpl
def bangtin_obligations(province: str) -> Sequence[Obligation]:
    return [Obligation("DM 1", Text("Phát đúng giờ", "Air on time"), "Sở Thử", "daily")]


@hookimpl
def bangtin_feeds(province: str) -> Sequence[Feed]:
    level = Text("Mực nước", "Water level")
    return [
        Feed(
            "water",
            level,
            lambda data, type: Reading(float(data)),
            "https://example.vn/water",
            "m",
            maximum=5,
            largest_change=1,
        )
    ]


@hookimpl
def bangtin_workflow_steps(province: str) -> Sequence[WorkflowSpec]:
    words = CheckSpec("words", Text("Đúng chính tả", "No mistakes of spelling"), "DM 2")
    steps = (
        StepSpec("tham-dinh", "appraisal", Text("Thẩm định", "Appraisal"), ("so",), (words,), 2),
        StepSpec("phe-duyet", "approval", Text("Phê duyệt", "Approval"), ("so",)),
    )
    return [WorkflowSpec("thuong", Text("Quy trình thường", "Usual way"), steps)]


@hookimpl
def bangtin_quotas(province: str) -> Sequence[QuotaSpec]:
    return [QuotaSpec("dai", Text("Đài tỉnh", "The station"), 1, "month", source="so", clause="DM 4")]


@hookimpl
def bangtin_glossary(province: str) -> Sequence[GlossaryTerm]:
    return [GlossaryTerm({"vi": "Cửa khẩu Thử", "en": "Test Gate"})]


@hookimpl
def bangtin_item_templates(province: str) -> Sequence[ItemTemplate]:
    cards = (("headline", {"title": "Tạm dừng thông quan"}),)
    return [
        ItemTemplate(
            "tam-dung",
            Text("Tạm dừng", "Suspension"),
            Text("Khi cửa khẩu tạm dừng", "When the gate is closed"),
            "grassroots",
            cards,
        )
    ]
