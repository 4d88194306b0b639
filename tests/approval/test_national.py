"""National items air in a province only after the province's own approval."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.approval.models import Approval, Decision
from cms.approval.national import rows_of
from cms.approval.services import ApprovalRefused, approve, ensure_workflow, withdraw
from cms.content.board import board_of
from cms.content.models import ItemPage
from cms.content.services import ensure_tree
from cms.places.models import Cluster, Face, Province
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/national-items/"


@pytest.fixture(autouse=True)
def private_data(settings, tmp_path):
    settings.DATA = tmp_path


@pytest.fixture
def home(db):
    """The Ministry's level, with its shelf and its way."""
    made = Province.objects.create(
        code="national", name="Trung ương", languages=["vi"], theme="national", national=True
    )
    ensure_tree(made)
    ensure_workflow(made)
    return made


@pytest.fixture
def writer(home):
    return make_user("writer", "national", "contributor")


@pytest.fixture
def chief(home):
    return make_user("chief", "national", "approver")


@pytest.fixture
def written(home, writer, cluster, draw_waiting):
    """`written("Chủ quyền")`: an item of the national level, drawn."""
    shelf = ensure_tree(home)["vi"]

    def make(title):
        page = ItemPage(title=title, slug=f"tin-{ItemPage.objects.count()}", locale=shelf.locale, live=False)
        page.owner = writer
        page.body = ItemPage.body.field.to_python([{"type": "title", "value": {"kicker": "", "title": title}}])
        shelf.add_child(instance=page)
        page.save_revision(user=writer)
        draw_waiting(page)
        return page

    return make


@pytest.fixture
def national_item(written):
    return written("Chủ quyền")


@pytest.fixture
def offered(national_item, home, writer, chief, appraiser):
    """An item that the national level has approved."""
    revision = national_item.latest_revision
    approve(national_item, revision, province=home, by=chief, submitted_by=writer, appraised_by=appraiser)
    return national_item


@pytest.fixture
def take_over(client_for, province):
    """`take_over(user, page, comment="…")`: press the button on the page of a national item."""

    def press(user, page, **fields):
        client, address = client_for(user), f"{LIST}{page.pk}/{province.code}/"
        shown = client.get(address).context
        data = {"revision": shown["revision"].pk, "seen": shown["board"].seen, "confirmed": "on", "comment": ""}
        return client.post(address, data | fields, follow=True)

    return press


def edited(page, by):
    """A newer draft of the national item, as its writer saves it."""
    draft = page.get_latest_revision_as_object()
    draft.body[0].value["title"] = "Chủ quyền biên giới"
    draft.save_revision(user=by)
    page.refresh_from_db()


def test_the_province_approves_after_the_national_level(
    national_item, home, writer, chief, province, approver, client_for, appraiser, take_over
):
    page = national_item
    with pytest.raises(ApprovalRefused):
        approve(page, page.latest_revision, province=province, by=approver, submitted_by=writer, appraised_by=appraiser)
    approve(page, page.latest_revision, province=home, by=chief, submitted_by=writer, appraised_by=appraiser)
    assert "Chủ quyền" in client_for(approver).get(LIST).content.decode()
    take_over(approver, page)
    assert Approval.objects.filter(province=province, revoked_at=None).count() == 1
    after = client_for(approver).get(LIST)
    (row,) = after.context["rows"]
    assert not row.waiting
    assert [one.province for one in row.current] == [province]
    assert "Chủ quyền" in after.content.decode()


def test_the_decision_is_kept_with_its_document(offered, approver, province, take_over):
    file = SimpleUploadedFile("cv.pdf", b"%PDF-1.7\n", "application/pdf")
    take_over(approver, offered, document="7/CV-SVHTTDL", document_date="2026-11-20", file=file)
    decision = Decision.objects.get(province=province, kind=Decision.Kind.APPROVAL)
    assert (decision.document, decision.by, bool(decision.file_sha256)) == ("7/CV-SVHTTDL", approver, True)


def test_others_do_not_see_the_list(offered, contributor, client_for, province):
    assert client_for(contributor).get(LIST).status_code == 302
    assert client_for(contributor).get(f"{LIST}{offered.pk}/{province.code}/").status_code == 404


def test_nobody_decides_for_another_province_there(offered, outsider, client_for, province):
    client = client_for(outsider)
    assert client.get(f"{LIST}{offered.pk}/{province.code}/").status_code == 404
    assert client.get(f"{LIST}{offered.pk}/{province.code}/differences/").status_code == 404


def test_an_item_of_the_province_itself_does_not_pass_there_without_its_checklist(
    submitted, appraiser, approver, decide, client_for, province
):
    """It waits for the approval, whose checklist only its own page asks for."""
    page = submitted()
    decide(appraiser, page, "approve")
    page.refresh_from_db()
    data = {"revision": page.latest_revision_id, "seen": board_of(page, approver).seen, "confirmed": "on"}
    answer = client_for(approver).post(f"{LIST}{page.pk}/{province.code}/", data)
    assert answer.status_code == 404
    assert client_for(approver).post(LIST, data | {"page": page.pk, "province": province.pk}).status_code == 405
    assert not Approval.objects.exists()


def test_a_provinces_item_is_not_for_another_province(
    cluster, make_item, contributor, outsider, other_province, draw_waiting
):
    page = make_item(by=contributor)
    draw_waiting(page)
    with pytest.raises(ApprovalRefused):
        approve(page, page.latest_revision, province=other_province, by=outsider, submitted_by=contributor)


def test_a_newer_draft_of_the_national_level_does_not_hold_the_provinces_up(
    offered, writer, approver, province, client_for, take_over, draw_waiting
):
    approved = offered.latest_revision_id
    edited(offered, writer)
    draw_waiting(offered)
    shown = client_for(approver).get(f"{LIST}{offered.pk}/{province.code}/")
    assert shown.context["board"].revision.pk == approved
    assert "đang được soạn" in shown.content.decode()
    take_over(approver, offered)
    assert Approval.objects.get(province=province).revision == approved


def test_a_draft_that_the_national_level_has_not_approved_is_not_taken_over(
    offered, writer, approver, province, draw_waiting
):
    edited(offered, writer)
    draw_waiting(offered)
    with pytest.raises(ApprovalRefused):
        approve(offered, offered.latest_revision, province=province, by=approver)


def test_a_refused_decision_stays_on_its_page_and_says_why(offered, approver, province, take_over):
    told = take_over(approver, offered, seen="", comment="Xem ở cửa khẩu rồi")
    assert told.request["PATH_INFO"].endswith(f"/{province.code}/")
    assert "Xem ở cửa khẩu rồi" in told.content.decode()
    assert "đã thay đổi" in told.content.decode()
    assert not Approval.objects.filter(province=province).exists()


def test_a_version_approved_meanwhile_is_looked_at_first(
    offered, home, writer, chief, appraiser, approver, province, take_over, draw_waiting
):
    before = offered.latest_revision
    edited(offered, writer)
    draw_waiting(offered)
    approve(offered, offered.latest_revision, province=home, by=chief, submitted_by=writer, appraised_by=appraiser)
    told = take_over(approver, offered, revision=before.pk).content.decode()
    assert "bản khác" in told
    assert not Approval.objects.filter(province=province).exists()


def test_what_was_withdrawn_meanwhile_is_not_offered_any_more(offered, home, chief, approver, province, client_for):
    withdraw(offered, province=home, by=chief, reason="Sai tên")
    answer = client_for(approver).get(f"{LIST}{offered.pk}/{province.code}/", follow=True)
    assert answer.request["PATH_INFO"] == LIST
    assert "không còn" in answer.content.decode()


@pytest.mark.parametrize("hand", ["writer", "appraiser", "editor"])
def test_four_eyes_hold_across_the_levels(home, national_item, chief, province, client_for, draw_waiting, hand):
    """Who wrote, submitted or appraised it at the national level does not approve it for the province either."""
    both = make_user("both", "national", "contributor", "appraiser")
    others = {name: make_user(f"other-{name}", "national", "contributor", "appraiser") for name in ("writer", "seer")}
    writer = both if hand == "writer" else others["writer"]
    seer = both if hand == "appraiser" else others["seer"]
    page = national_item
    page.save_revision(user=both if hand == "editor" else writer)
    draw_waiting(page)
    client_for(writer).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    for person, fields in ((seer, {}), (chief, {"confirmed": "on"})):
        page.refresh_from_db()
        sent = {"action": "approve", "revision": page.latest_revision_id, "seen": board_of(page, person).seen} | fields
        client_for(person).post(f"/admin/items/{page.pk}/review/", sent)
    assert Approval.objects.filter(province=home, revoked_at=None).exists()
    both.groups.add(*make_user("model", "an_giang", "approver").groups.all())
    page.refresh_from_db()
    fresh = type(both).objects.get(pk=both.pk)
    with pytest.raises(ApprovalRefused):
        approve(page, page.latest_revision, province=province, by=fresh)
    elsewhere = make_user("elsewhere", "an_giang", "approver")
    assert approve(page, page.latest_revision, province=province, by=elsewhere)


def test_the_page_tells_what_changed_since_the_provinces_last_approval(
    offered, home, writer, chief, appraiser, approver, province, take_over, draw_waiting, client_for
):
    take_over(approver, offered)
    edited(offered, writer)
    draw_waiting(offered)
    approve(offered, offered.latest_revision, province=home, by=chief, submitted_by=writer, appraised_by=appraiser)
    shown = client_for(approver).get(f"{LIST}{offered.pk}/{province.code}/")
    told = shown.context["differences"]
    assert told.approval.province == province
    assert [piece.text for piece in told.words.cards[0].fields[0].pieces if piece.kind == "added"]
    assert client_for(approver).get(f"{LIST}{offered.pk}/{province.code}/differences/").status_code == 200


def test_a_cluster_that_joins_later_brings_the_item_back_to_the_approver(
    offered, cluster, province, approver, client_for, take_over
):
    take_over(approver, offered)
    browser = client_for(approver)
    assert not browser.get(LIST).context["rows"][0].waiting
    later = Cluster.objects.create(slug="later", province=province, name="Cụm mới")
    Face.objects.create(cluster=later, letter="a", width=320, height=192, pitch_mm=5.0, distance_m=15.0)
    (row,) = browser.get(LIST).context["rows"]
    assert row.waiting == [province]
    assert not row.current


def test_other_provinces_are_counted_and_not_told_one_by_one(offered, approver, province, other_province, client_for):
    Approval.objects.create(
        page=offered, item=offered.item_id, item_key=offered.translation_key, title="x", language="vi",
        revision=offered.latest_revision_id, province=other_province, approved_by=make_user("far", first_name="Xa"),
        approved_at="2026-01-01T00:00Z",
    )  # fmt: skip
    shown = client_for(approver).get(f"{LIST}{offered.pk}/{province.code}/").content.decode()
    assert "ở 1 tỉnh khác" in shown
    assert "Cao Bằng" not in shown


def test_what_is_for_other_provinces_alone_is_not_offered(offered, other_province, outsider, client_for):
    """Cao Bằng has no cluster yet, so nothing waits for it."""
    assert not client_for(outsider).get(LIST).context["rows"].object_list
    assert rows_of(list(Approval.objects.all()), [other_province]) == []


def test_the_list_asks_the_database_as_often_for_many_items_as_for_one(
    offered, written, home, writer, chief, appraiser, approver, client_for
):
    client = client_for(approver)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    queries()
    few = queries()
    for number in range(4):
        page = written(f"Tin {number}")
        approve(page, page.latest_revision, province=home, by=chief, submitted_by=writer, appraised_by=appraiser)
    assert queries() == few
    assert few <= 40
