"""The admin in a real browser, as its cast uses it: bad input is answered where it is entered and nothing is half-saved,
everybody keeps to their work, and what is decided reaches the screens."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.conftest import Cast
from tests.e2e.instance import Instance
from tests.e2e.people import Person

KEPT = """
from pathlib import Path
from django.conf import settings
from cms.content.models import Clip, Picture
files = sorted(str(one) for one in Path(settings.MEDIA_ROOT).rglob("*") if one.is_file() and "max-" not in one.name)
answer = [Picture.objects.count(), Clip.objects.count(), files]
"""
ON_SCREEN = """
from cms.places.models import Cluster
from cms.release.services import current
answer = current(Cluster.objects.get(slug="tinh-bien"), "schedule").sha256
"""
FACES = """
from cms.places.models import Cluster
answer = [[cluster.slug, face.letter, face.width] for cluster in Cluster.objects.filter(active=True) for face in cluster.faces.all()]
"""
COUNTS = """
from cms.content.models import ItemPage
from cms.programmes.models import Programme, Slot
answer = [ItemPage.objects.count(), Programme.objects.count(), Slot.objects.count()]
"""


@pytest.fixture
def unchanged(instance: Instance) -> Iterator[None]:
    """Neither the records nor what the screens of Tịnh Biên obey changes meanwhile."""
    before = [instance.do(one) for one in (KEPT, COUNTS, ON_SCREEN)]
    yield
    assert [instance.do(one) for one in (KEPT, COUNTS, ON_SCREEN)] == before


def test_a_newcomer_logs_in_and_sees_what_all_four_clusters_show(cast: Cast, instance: Instance) -> None:
    page = cast("admin").page
    faces = instance.do(FACES)
    assert len({cluster for cluster, _, _ in faces}) == 4
    for cluster, letter, width in faces:
        picture = page.locator(f"main img[src*='/face/{cluster}/{letter}.png']").first
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("picture => picture.naturalWidth") == width


def noise() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


BAD_FILES = [
    ("images/add/", "hong.jpg", noise()[:3000], "Ảnh bị hỏng", "damaged"),
    ("images/add/", "hinh.jpg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "bản vẽ SVG", "SVG"),
    ("media/video/add/", "phim.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n", "danh sách phát", "playlist"),
]


def upload(person: Person, form: str, path: Path) -> None:
    page = person.open(form)
    page.fill("#id_title", path.stem)
    page.set_input_files("#id_file", path)
    with page.expect_navigation():
        page.locator("main form[enctype] button[type=submit]").first.click()


@pytest.mark.usefixtures("unchanged")
def test_a_hostile_or_broken_file_is_refused_and_none_of_it_is_kept(cast: Cast, tmp_path: Path) -> None:
    editor = cast("angiang.editor")
    for _, name, data, _, _ in BAD_FILES:
        (tmp_path / name).write_bytes(data)
    for form, name, _, words, _ in BAD_FILES:
        upload(editor, form, tmp_path / name)
        editor.sees(words, "chỗ cần sửa", within="body")
        assert editor.page.locator(".error-message").count() == 1
    page = editor.open("images/multiple/add/")
    page.set_input_files("input[type=file]", [tmp_path / name for form, name, *_ in BAD_FILES if "images" in form])
    editor.sees(*(words for form, _, _, words, _ in BAD_FILES if "images" in form))
    with editor.speaking("en"):
        for form, name, _, _, words in BAD_FILES:
            upload(editor, form, tmp_path / name)
            editor.sees(words, "due to errors", within="body")


@pytest.mark.usefixtures("unchanged")
def test_a_text_that_no_font_can_draw_is_refused_at_its_field(cast: Cast) -> None:
    editor = cast("angiang.editor")

    def refused(words: str) -> None:
        editor.write("Không phông", [("title", {"title": "Xin chào 🎉"})])
        editor.save()
        editor.sees(words, "U+1F389", within="[data-contentpath=body] [data-contentpath=title] .w-field__errors")

    refused("Không có phông chữ")
    with editor.speaking("en"):
        refused("No font")


def test_a_text_too_long_for_the_faces_is_told_beside_the_form(cast: Cast, instance: Instance) -> None:
    editor = cast("angiang.editor")
    before = instance.do(ON_SCREEN)
    editor.write("Quá dài", [("text", {"text": "Nghiêng" * 150})])
    expect(editor.page.locator("main .help-critical, main .error-message")).to_have_count(0)
    editor.save()
    editor.sees("quá dài so với màn hình", within=".bt-proofs")
    address = editor.page.url
    with editor.speaking("en"):
        editor.page.goto(address)
        editor.sees("too long", within=".bt-proofs")
    assert instance.do(ON_SCREEN) == before


@pytest.fixture
def empty_cluster(instance: Instance) -> Iterator[str]:
    """A cluster of An Giang whose faces nobody has entered yet."""
    yield instance.do("""
from cms.places.models import Cluster, Province
answer = Cluster.objects.create(slug="trong", province=Province.objects.get(code="an_giang"), name="Cụm chưa lắp").name
""")
    instance.do("from cms.places.models import Cluster\nCluster.objects.filter(slug='trong').delete()")


def fill_slot(person: Person, clusters: list[str], weekdays: list[int], **dates: str) -> None:
    page = person.open("snippets/programmes/slot/add/")
    page.fill("[name=title]", "Lịch thử")
    page.select_option("[name=programme]", index=1)
    for name in clusters:
        page.get_by_label(name).check()
    for day in range(7):
        page.locator(f"[name=weekdays][value='{day}']").set_checked(day in weekdays)
    for name, value in dates.items():
        page.fill(f"[name={name}]", value)
        page.keyboard.press("Escape")


def keep(person: Person) -> None:
    person.save("footer button[type=submit], main form footer button")


@pytest.mark.usefixtures("unchanged")
def test_a_slot_that_cannot_be_is_refused_in_words(cast: Cast, empty_cluster: str) -> None:
    editor = cast("angiang.editor")

    def refused(backwards: str, no_day: str, no_faces: str) -> None:
        fill_slot(editor, [empty_cluster], [], date_from="01/02/2027", date_until="01/01/2027")
        keep(editor)
        editor.sees(backwards, no_day, no_faces)

    refused("kết thúc trước khi bắt đầu", "ít nhất một thứ", "chưa có mặt màn hình")
    with editor.speaking("en"):
        refused("ends before it begins", "at least one weekday", "no faces yet")


def make_programme(person: Person, title: str, item: str = "") -> None:
    page = person.open("snippets/programmes/programme/add/")
    page.fill("[name=title]", title)
    if item:
        page.locator("#id_entries-ADD").click()
        page.locator("#id_entries-0-item-search").press_sequentially(item)
        page.locator("#id_entries-0-item-list [role=option]").first.click()
    keep(person)


def test_a_programme_without_items_is_refused(cast: Cast) -> None:
    editor = cast("angiang.editor")
    make_programme(editor, "Rỗng")
    editor.sees("cần ít nhất một tin")
    with editor.speaking("en"):
        make_programme(editor, "Rỗng")
        editor.sees("needs at least one item")


def item_of(instance: Instance, title: str) -> dict[str, Any]:
    found: dict[str, Any] = instance.do(f"""
from cms.content.models import ItemPage
page = ItemPage.objects.get(draft_title={title!r}, alias_of=None)
answer = {{"pk": page.pk, "id": page.item_id}}
""")
    return found


def airing(item: str) -> str:
    """Whether the schedule in force at Tịnh Biên holds the item."""
    return f"""
from cms.places.models import Cluster
from cms.release.services import schedule_in_force
schedule = schedule_in_force(Cluster.objects.get(slug="tinh-bien"))
answer = any(scene.item == {item!r} for scene in schedule.scenes.values())
"""


def proofs_ready(pk: int) -> str:
    return f"""
from cms.content.models import ItemPage
from cms.content.proofs import ready
page = ItemPage.objects.get(pk={pk})
answer = ready(page, page.latest_revision)
"""


def tick_all(person: Person) -> None:
    """The step's checklist."""
    for box in person.page.locator("[name=checks]").all():
        box.check()


def submit_and_appraise(author: Person, appraiser: Person, item: dict[str, Any]) -> str:
    """The first two steps of the way; returns the address of the third."""
    review = f"items/{item['pk']}/review/"
    author.instance.eventually(proofs_ready(item["pk"]))
    author.open(review)
    author.press("Trình thẩm định")
    author.page.wait_for_url("**/admin/items/")
    author.open(review)
    expect(author.page.locator("button[value=approve]")).to_have_count(0)
    appraiser.open(review)
    tick_all(appraiser)
    appraiser.page.locator("button[value=approve]").click()
    appraiser.page.wait_for_url("**/admin/items/")
    return review


def test_an_item_goes_through_four_hands_to_the_screens_and_is_withdrawn_at_once(
    cast: Cast, instance: Instance
) -> None:
    contributor, editor = cast("angiang.contributor"), cast("angiang.editor")
    approver = cast("angiang.approver")
    contributor.write("Chợ phiên đầu năm", [("title", {"title": "Chợ phiên Tịnh Biên họp sáng mai"})])
    contributor.save()
    item = item_of(instance, "Chợ phiên đầu năm")

    make_programme(editor, "Chợ phiên", "Chợ phiên đầu năm")
    editor.sees("chưa có tin nào được phê duyệt", within="body")
    fill_slot(editor, ["Cụm thông tin cửa khẩu quốc tế Tịnh Biên"], list(range(7)), date_from="01/01/2027")
    editor.page.select_option("[name=programme]", label="Chợ phiên")
    keep(editor)
    editor.sees("chưa có tin nào được phê duyệt", within="body")

    review = submit_and_appraise(contributor, cast("angiang.appraiser"), item)
    assert not instance.do(airing(item["id"]))

    page = approver.open(review)
    proof = page.locator(".bt-proofs img.bt-led").first
    proof.scroll_into_view_if_needed()
    expect(proof).to_have_js_property("naturalWidth", 768)
    tick_all(approver)
    page.check("[name=confirmed]")
    page.fill("[name=document]", "07/TTr-SVHTT")
    page.locator("button[value=approve]").click()
    page.wait_for_url("**/admin/items/")
    instance.eventually(airing(item["id"]))
    approver.open(review)
    approver.sees("07/TTr-SVHTT", "Đang có hiệu lực")

    approver.open(f"items/{item['pk']}/withdraw/")
    approver.page.fill("[name=reason]", "  ")
    page.locator("main form button.no").click()
    approver.sees("lý do")
    assert instance.do(airing(item["id"]))
    approver.page.fill("[name=reason]", "Chợ hoãn vì mưa bão")
    page.locator("main form button.no").click()
    approver.page.wait_for_url("**/admin/items/")
    instance.eventually(f"""
from cms.places.models import Cluster
from cms.release import documents
from cms.release.services import current
release = current(Cluster.objects.get(slug="tinh-bien"), "now")
answer = {item["id"]!r} in documents.notices("tinh-bien", release.sha256).withdrawn
""")


def test_who_submitted_an_item_cannot_approve_it(cast: Cast, instance: Instance) -> None:
    contributor, approver = cast("angiang.contributor"), cast("angiang.approver")
    contributor.write("Sếp tự trình", [("title", {"title": "Người trình không tự duyệt"})])
    contributor.save()
    review = submit_and_appraise(approver, cast("angiang.appraiser"), item_of(instance, "Sếp tự trình"))
    approver.open(review)
    approver.sees("không được phê duyệt tin đó")
    expect(approver.page.locator("button[value=approve]")).to_have_count(0)


DARK = """
from cms.alerts.models import Blackout
answer = list(Blackout.objects.filter(lifted_at=None).values_list("cluster__slug", "reason"))
"""


def test_an_operator_blacks_a_cluster_out_with_a_reason_and_lights_it_again(cast: Cast, instance: Instance) -> None:
    operator = cast("langson.operator")
    operator.open("clusters/huu-nghi/")
    operator.press(re.compile("Tắt khẩn"))
    operator.page.fill("[name=reason]", "  ")
    operator.press(re.compile("^Tắt ngay"))
    operator.sees("Hãy ghi rõ lý do")
    assert instance.do(DARK) == []
    operator.page.fill("[name=reason]", "Kiểm tra nguồn điện")
    operator.press(re.compile("^Tắt ngay"))
    operator.page.wait_for_url("**/admin/black-out/")
    assert instance.do(DARK) == [["huu-nghi", "Kiểm tra nguồn điện"]]
    operator.open("clusters/huu-nghi/")
    operator.sees("Đã tắt khẩn", "Kiểm tra nguồn điện")
    operator.press(re.compile("Tắt khẩn hoặc bật lại"))
    operator.open("black-out/")
    operator.press(re.compile("^Bật lại"))
    operator.press(re.compile("^Bật lại"))
    operator.page.wait_for_url("**/admin/black-out/")
    assert instance.do(DARK) == []


THEIRS = """
from cms.content.models import ProofJob
from cms.places.models import Controller
from cms.programmes.models import Slot
from cms.release.models import Release
slot = Slot.objects.filter(clusters__slug="tinh-bien", programme__province__code="an_giang").first()
job = ProofJob.objects.filter(page__slug="gio-hoat-dong-tinh-bien").first()
controller = Controller.objects.get(slug="tinh-bien-1")
answer = dict(item=job.page_id, job=job.pk, slot=slot.pk, programme=slot.programme_id, controller=controller.pk,
    cluster=controller.cluster_id, release=Release.objects.filter(cluster=controller.cluster).first().pk)
"""
CLOSED = [
    "items/{item}/board/", "items/{item}/proofs/", "items/{item}/review/", "items/{item}/withdraw/", "proofs/{job}/0/a.png",
    "pages/{item}/edit/", "pages/{item}/history/", "pages/{item}/delete/", "pages/{item}/copy/",
    "snippets/programmes/programme/edit/{programme}/", "snippets/programmes/programme/history/{programme}/",
    "snippets/programmes/slot/edit/{slot}/", "snippets/programmes/slot/history/{slot}/",
    "snippets/programmes/slot/delete/{slot}/", "snippets/places/cluster/inspect/{cluster}/",
    "snippets/places/controller/inspect/{controller}/", "snippets/places/cluster/edit/{cluster}/",
    "clusters/tinh-bien/", "clusters/tinh-bien/now/", "programmes/face/tinh-bien/a.png", "programmes/preview/tinh-bien/",
    "black-out/clusters/tinh-bien/", "players/invite/{controller}/", "releases/{release}/",
]  # fmt: skip


@pytest.mark.parametrize("role", ["editor", "operator"])
def test_people_of_another_province_get_at_nothing(cast: Cast, instance: Instance, role: str) -> None:
    outsider = cast(f"caobang.{role}")
    theirs = instance.do(THEIRS)
    answers = {path: outsider.status(path.format(**theirs)) for path in CLOSED}
    assert {path: status for path, status in answers.items() if status not in (403, 404)} == {}
    for path in ("items/", "snippets/programmes/slot/", "snippets/programmes/programme/", "players/", "releases/"):
        assert "Tịnh Biên" not in outsider.open(path).locator("main").inner_text(), path
