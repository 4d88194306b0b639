"""Editors take a request over, ask back, make an item of it, and it follows the item until it is on the screens."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.models import WorkflowState

from cms.accounts.models import AuditEntry
from cms.approval.models import Approval
from cms.approval.signals import announce_approvals
from cms.content.models import Clip, ItemPage, Picture
from cms.programmes.models import Programme, ProgrammeEntry, Slot
from cms.requests import services
from cms.requests.errors import Changed, RequestRefused
from cms.requests.files import keep
from cms.requests.jobs import follow_requests
from cms.requests.making import make_item, pieces
from cms.requests.models import ContentRequest, RequestFile
from tests.conftest import make_user
from tests.content.makers import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_editor(province) -> Any:
    return make_user("second", "an_giang", "editor", first_name="Thu", last_name="Lý")


@pytest.fixture
def with_files(sent, member, clip_file) -> Any:
    """A request with a picture, a clip and the scan of a letter."""
    import uuid

    draft = uuid.uuid4()
    for name, content, letter in (
        ("le hoi.jpg", picture_bytes(), False),
        ("ghe ngo.mp4", clip_file.read_bytes(), False),
        ("cong van.pdf", picture_bytes("PDF"), True),
    ):
        keep(SimpleUploadedFile(name, content), draft=draft, owner=f"user:{member.pk}", letter=letter)
    return sent(draft=str(draft))


@pytest.fixture
def approved(approver) -> Any:
    """`approved(page)`: put the item on record for its province, as the approver's decision does."""

    def make(page: ItemPage, **fields: Any) -> Approval:
        made = Approval.objects.create(
            page=page,
            item=page.item_id,
            item_key=page.translation_key,
            title=page.title,
            language="vi",
            revision=page.latest_revision_id,
            province=page.province,
            approved_by=approver,
            approved_at=page.latest_revision.created_at,
            **({"valid_from": page.valid_from, "valid_until": page.valid_until} | fields),
        )
        announce_approvals([made.province_id], [made.item_key])
        return made

    return make


def on_screens(page: ItemPage, cluster: Any, **days: date) -> Slot:
    """A programme with the item, in a slot of the cluster."""
    programme = Programme.objects.create(province=page.province, title="Lễ hội")
    ProgrammeEntry.objects.create(programme=programme, item=page, sort_order=0)
    slot = Slot(programme=programme, title="Cả ngày", **({"date_from": date(2026, 1, 1)} | days))
    slot.clusters = [cluster]
    slot.save()
    return slot


def test_an_editor_takes_it_and_the_sender_hears_of_it(sent, editor, client_for, mails):
    one = sent()
    client_for(editor).post(f"/admin/requests/{one.pk}/take/", {"version": one.version})
    one.refresh_from_db()
    assert (one.state, one.assigned_to) == ("assigned", editor)
    assert any("Đã giao biên tập viên" in text for text in mails())
    assert AuditEntry.objects.filter(action="request.assigned", user=editor, province="an_giang").exists()


def test_it_is_given_to_editors_of_the_province_only(sent, editor, outsider, contributor):
    one = sent()
    for person in (outsider, contributor):
        with pytest.raises(RequestRefused):
            services.assign(one, person, by=editor)


def test_of_two_editors_at_once_one_is_told(sent, editor, second_editor, client_for):
    one = sent()
    seen = one.version
    services.assign(one, editor, by=editor, version=seen)
    with pytest.raises(Changed):
        services.assign(one, second_editor, by=second_editor, version=seen)
    text = "Không thuộc phạm vi cụm thông tin"
    answer = client_for(second_editor).post(
        f"/admin/requests/{one.pk}/decline/", {"decline-text": text, "decline-version": seen}
    )
    assert answer.status_code == 409
    assert text in answer.content.decode()
    one.refresh_from_db()
    assert (one.state, one.assigned_to) == ("assigned", editor)


def test_a_question_and_its_reply(sent, editor, member, client_for, mails):
    one = sent()
    client_for(editor).post(f"/admin/requests/{one.pk}/ask/", {"ask-text": "Lễ hội mở cửa lúc mấy giờ?"})
    assert any("Lễ hội mở cửa lúc mấy giờ?" in text and "hoa@example.vn" in text for text in mails())
    client = client_for(member)
    assert "mấy giờ?" in client.get(f"/yeu-cau/{one.number}/").content.decode()
    reply = {
        "draft": "0b8f9c1e-6f0e-4a53-9d57-7a0c3c1f5d11",
        "text": "Từ 7 giờ sáng.",
        "files": [SimpleUploadedFile("so do.jpg", picture_bytes())],
    }
    assert client.post(f"/yeu-cau/{one.number}/tra-loi/", reply).status_code == 302
    assert [entry.kind for entry in one.entries.all()] == ["state", "question", "reply"]
    assert one.files.get().name == "so do.jpg"
    assert any("đơn vị đã trả lời" in text for text in mails())
    assert "Từ 7 giờ sáng." in client_for(editor).get(f"/admin/requests/{one.pk}/").content.decode()


def test_a_refused_reply_keeps_its_words(sent, member, client_for):
    one = sent()
    bad = SimpleUploadedFile("virus.exe", b"MZ" + b"\0" * 600)
    answer = client_for(member).post(
        f"/yeu-cau/{one.number}/tra-loi/",
        {"draft": "0b8f9c1e-6f0e-4a53-9d57-7a0c3c1f5d11", "text": "Xin gửi thêm", "files": [bad]},
    )
    assert answer.status_code == 422
    assert "Xin gửi thêm" in answer.content.decode()
    assert one.entries.count() == 1


def test_a_refused_reply_keeps_the_files_that_were_accepted(sent, member, client_for):
    """And its form leads to where it led before, though the page stands at the address of the reply."""
    one, client = sent(), client_for(member)
    address = f"/yeu-cau/{one.number}/tra-loi/"
    good = SimpleUploadedFile("so do.jpg", picture_bytes())
    bad = SimpleUploadedFile("virus.exe", b"MZ" + b"\0" * 600)
    draft = "0b8f9c1e-6f0e-4a53-9d57-7a0c3c1f5d11"
    answer = client.post(address, {"draft": draft, "text": "Xin gửi thêm", "files": [good, bad]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "so do.jpg" in page
    assert f'action="{address}"' in page
    assert f'name="draft" value="{draft}"' in page
    assert client.post(address, {"draft": draft, "text": "Xin gửi thêm"}).status_code == 302
    assert [file.name for file in one.files.all()] == ["so do.jpg"]


def test_a_file_is_taken_off_a_reply_before_it_is_sent(sent, member, client_for):
    one, client = sent(), client_for(member)
    address, draft = f"/yeu-cau/{one.number}/tra-loi/", "0b8f9c1e-6f0e-4a53-9d57-7a0c3c1f5d11"
    client.post(
        address,
        {
            "draft": draft,
            "text": "",
            "files": [SimpleUploadedFile("cu.jpg", picture_bytes()), SimpleUploadedFile("virus.exe", b"MZ")],
        },
    )
    (kept,) = RequestFile.objects.filter(draft=draft)
    answer = client.post(address, {"draft": draft, "text": "Bỏ ảnh cũ", "drop": kept.pk})
    assert "Bỏ ảnh cũ" in answer.content.decode()
    assert "cu.jpg" not in answer.content.decode()
    assert one.entries.count() == 1
    assert not RequestFile.objects.filter(draft=draft).exists()


def test_declined_with_a_reason(sent, editor, client_for, mails):
    one = sent()
    client = client_for(editor)
    assert client.post(f"/admin/requests/{one.pk}/decline/", {"decline-text": " "}).status_code == 422
    client.post(
        f"/admin/requests/{one.pk}/decline/", {"decline-text": "Nội dung quảng cáo", "decline-version": one.version}
    )
    one.refresh_from_db()
    assert one.state == "declined"
    assert any("Nội dung quảng cáo" in text and "Từ chối" in text for text in mails())
    with pytest.raises(RequestRefused):
        services.ask(one, "Còn gì nữa không?", by=editor)


def test_answered_and_closed(sent, editor):
    one = sent()
    services.answer(one, "Đã phát theo đề nghị.", by=editor, version=one.version)
    one.refresh_from_db()
    assert (one.state, one.is_open) == ("answered", False)


def test_an_item_is_made_of_it(with_files, cluster, unit, editor, client_for, shelves):
    with_files.clusters.add(cluster)
    answer = client_for(editor).post(f"/admin/requests/{with_files.pk}/item/", {"version": with_files.version})
    page = ItemPage.objects.get()
    assert answer["Location"] == f"/admin/pages/{page.pk}/edit/"
    draft = page.get_latest_revision_as_object()
    assert (draft.title, draft.supplier, draft.live) == (with_files.title, unit, False)
    assert (draft.valid_from, draft.valid_until) == (with_files.wished_from, with_files.wished_until)
    assert [one.slug for one in draft.destinations.all()] == ["tinh-bien"]
    assert [card.block_type for card in draft.body] == ["title", "text", "picture", "video"]
    picture, clip = Picture.objects.get(), Clip.objects.get()
    assert picture.credit.startswith("Sở Văn hoá An Giang")
    assert (picture.collection.name, clip.collection.name) == ("An Giang", "An Giang")
    with_files.refresh_from_db()
    assert (with_files.state, with_files.item, with_files.assigned_to) == ("writing", page, editor)
    assert not Approval.objects.exists()


def test_of_two_editors_who_make_it_at_once_one_item_comes(with_files, editor, second_editor, shelves):
    make_item(with_files, by=editor, version=with_files.version)
    for version in (with_files.version, None):
        with pytest.raises(Changed):
            make_item(with_files, by=second_editor, version=version)
    assert ItemPage.objects.count() == 1
    assert Picture.objects.count() == 1


def test_what_was_brought_in_before_a_failure_is_not_brought_in_twice(with_files, editor, shelves, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(ItemPage, "save_revision", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            make_item(with_files, by=editor)
    make_item(with_files, by=editor)
    assert (Picture.objects.count(), Clip.objects.count(), ItemPage.objects.count()) == (1, 1, 1)


def test_smileys_and_long_texts_of_a_telephone_become_an_item(sent, editor, shelves):
    one = sent(title="Chợ phiên 🎉", text="Câu dài. " * 400)
    page, left = make_item(one, by=editor)
    assert "🎉" in left[0]
    texts = [str(card.value["text"]) for card in page.body if card.block_type == "text"]
    assert all(len(text) <= 1200 and text.endswith(".") for text in texts)
    assert " ".join(texts).count("Câu dài.") == 400


def test_a_text_is_cut_between_paragraphs_sentences_or_words():
    assert pieces("", 10) == []
    assert pieces("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
    assert pieces("Một hai ba.\n\nBốn năm sáu.", 14) == ["Một hai ba.", "Bốn năm sáu."]


def test_it_follows_its_item_to_the_screens_and_back(
    sent, editor, member, cluster, shelves, approved, client_for, mails, today
):
    one = sent(wished_from=today.isoformat())
    page, _left = make_item(one, by=editor)
    client_for(editor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
    one.refresh_from_db()
    assert one.state == "appraisal"
    sender = client_for(member)
    assert "Tịnh Biên" not in sender.get(f"/yeu-cau/{one.number}/").content.decode()
    slot = on_screens(page, cluster)
    assert "Tịnh Biên" not in sender.get(f"/yeu-cau/{one.number}/").content.decode(), (
        "nothing that is not approved is told"
    )
    approval = approved(page)
    one.refresh_from_db()
    assert one.state == "airing"
    shown = sender.get(f"/yeu-cau/{one.number}/").content.decode()
    assert "Tịnh Biên" in shown
    assert f"{one.wished_until:%d/%m/%Y}" in shown
    assert any("Nơi phát: Tịnh Biên" in text for text in mails())
    slot.delete()
    follow_requests()
    one.refresh_from_db()
    assert one.state == "approved"
    Approval.objects.filter(pk=approval.pk).update(revoked_at=approval.approved_at)
    WorkflowState.objects.update(status="cancelled")
    announce_approvals([approval.province_id], [approval.item_key])
    one.refresh_from_db()
    assert one.state == "writing"
    assert any("không còn trên màn hình" in text for text in mails())


def test_a_slot_of_later_days_is_told_but_not_on_the_screens_yet(
    sent, editor, member, cluster, shelves, approved, client_for, today
):
    one = sent(wished_from=today.isoformat())
    page, _left = make_item(one, by=editor)
    on_screens(page, cluster, date_from=today + timedelta(days=3))
    approved(page)
    one.refresh_from_db()
    assert one.state == "approved"
    assert "Tịnh Biên" in client_for(member).get(f"/yeu-cau/{one.number}/").content.decode()


def test_it_is_answered_by_itself_when_its_days_are_over(sent, editor, cluster, shelves, approved, today, mails):
    one = sent(wished_from=today.isoformat(), wished_until=today.isoformat())
    page, _left = make_item(one, by=editor)
    on_screens(page, cluster)
    made = approved(page)
    Approval.objects.filter(pk=made.pk).update(
        valid_from=today - timedelta(days=9), valid_until=today - timedelta(days=1)
    )
    assert follow_requests() == 1
    one.refresh_from_db()
    assert one.state == "answered"
    assert any("Tin đã phát từ ngày" in text for text in mails())
    assert follow_requests() == 0


def test_a_returned_item_brings_no_flood_of_messages(sent, editor, shelves, mails, client_for):
    one = sent()
    page, _left = make_item(one, by=editor)
    for _ in range(3):
        client_for(editor).post(f"/admin/items/{page.pk}/review/", {"action": "submit"})
        page.refresh_from_db()
        page.current_workflow_state.cancel(user=editor)
    assert sum("Đang thẩm định" in text for text in mails()) == 1
    assert sum("Đang biên tập" in text for text in mails()) == 1


def test_a_message_that_could_not_be_sent_goes_later(sent, settings, tmp_path, mails):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    one = sent()
    assert one.entries.get().mail_due
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    follow_requests()
    follow_requests()
    assert sum("Đã tiếp nhận" in text for text in mails()) == 1


def test_another_province_neither_sees_nor_acts(sent, outsider, client_for):
    one = sent()
    client = client_for(outsider)
    assert one.title not in client.get("/admin/requests/?state=all").content.decode()
    assert client.get(f"/admin/requests/{one.pk}/").status_code == 404
    for action in ("take", "assign", "ask", "item", "answer", "decline"):
        assert client.post(f"/admin/requests/{one.pk}/{action}/", {}).status_code == 404
    one.refresh_from_db()
    assert one.version == 1


@pytest.mark.parametrize("person", ["appraiser", "approver"])
def test_appraisers_and_approvers_read_and_do_not_act(sent, client_for, request, person):
    one = sent()
    client = client_for(request.getfixturevalue(person))
    page = client.get(f"/admin/requests/{one.pk}/").content.decode()
    assert one.text.splitlines()[0] in page
    assert "Tạo tin từ yêu cầu" not in page
    assert client.post(f"/admin/requests/{one.pk}/take/", {"version": one.version}).status_code == 409
    one.refresh_from_db()
    assert one.state == "received"


def test_operators_and_contributors_have_no_list(sent, operator, member, client_for):
    sent()
    for person in (operator, member):
        assert client_for(person).get("/admin/requests/").status_code == 302


def test_the_nearest_day_stands_first_and_filters_narrow(sent, editor, client_for, today):
    far = sent(title="Xa", wished_from=(today + timedelta(days=40)).isoformat(), wished_until="")
    near = sent(title="Gần", wished_from=(today + timedelta(days=2)).isoformat())
    none = sent(title="Khi nào cũng được", wished_from="", wished_until="")
    closed = sent(title="Đã xong")
    services.answer(closed, "Xong", by=editor)
    client = client_for(editor)
    listed = client.get("/admin/requests/").content.decode()
    places = [listed.index(one.number) for one in (near, far, none)]
    assert places == sorted(places)
    assert closed.number not in listed
    assert "còn 2 ngày" in listed
    assert closed.number in client.get("/admin/requests/?state=all").content.decode()
    soon = client.get("/admin/requests/?due=7").content.decode()
    assert near.number in soon
    assert far.number not in soon
    assert near.number not in client.get("/admin/requests/?whose=mine").content.decode()


def test_a_long_list_takes_few_queries(sent, editor, cluster, client_for, django_assert_max_num_queries):
    sent()
    first = ContentRequest.objects.get()
    for n in range(2, 40):
        first.pk, first.serial, first.number = None, n, f"AG-2026-{n:04}"
        first.draft = f"0b8f9c1e-6f0e-4a53-9d57-7a0c3c1f{n:04}"
        first.save()
    client = client_for(editor)
    with django_assert_max_num_queries(40):
        client.get("/admin/requests/")
    with django_assert_max_num_queries(40):
        client.get(f"/admin/requests/{ContentRequest.objects.first().pk}/")
