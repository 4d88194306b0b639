"""Units without training send what they want to have shown; nothing that they typed or sent is lost."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms.accounts.models import AuditEntry
from cms.requests.models import ContentRequest, RequestFile
from tests.content.makers import picture_bytes

pytestmark = pytest.mark.django_db


def picture(name: str = "le hoi.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_bytes(), "image/jpeg")


def test_a_contributor_sends_in_the_name_of_the_unit(sent, unit, member, mails, today):
    one = sent()
    assert (one.organisation, one.sender, one.state) == (unit, member, "received")
    assert one.number == f"AG-{today.year}-0001"
    assert (one.wished_from, one.letter_number) == (today + timedelta(days=5), "125/SVHTTDL-QLVH")
    assert one.languages == ["vi", "en"]
    receipt = next(text for text in mails() if "Đã tiếp nhận" in text)
    assert f"/yeu-cau/{one.number}/" in receipt
    assert "hoa@example.vn" in receipt


def test_the_words_that_were_confirmed_are_kept(sent):
    one = sent()
    assert "được phép công bố" in one.declaration_text
    assert "chịu trách nhiệm về nội dung thông tin do đơn vị mình cung cấp" in one.declaration_text
    assert one.declaration == "CB14.2-1"
    assert AuditEntry.objects.get(action="request.sent").data["declaration"] == "CB14.2-1"


def test_without_the_confirmation_nothing_is_sent(member, unit, client_for, filled):
    answer = client_for(member).post("/yeu-cau/", filled(organisation=unit.pk, declared=""))
    assert answer.status_code == 422
    assert "Chưa gửi" in answer.content.decode()
    assert not ContentRequest.objects.exists()


def test_numbers_follow_each_other_without_gaps(sent, today):
    assert [sent().number for _ in range(3)] == [f"AG-{today.year}-000{n}" for n in (1, 2, 3)]


def test_a_refused_form_keeps_what_was_typed_and_the_files(member, unit, client_for, filled):
    data = filled(organisation=unit.pk, email="khong phai", files=[picture()])
    client = client_for(member)
    page = client.post("/yeu-cau/", data).content.decode()
    assert "Lễ hội Vía Bà Chúa Xứ núi Sam" in page
    assert "le hoi.jpg" in page
    again = filled(organisation=unit.pk, draft=data["draft"])
    assert client.post("/yeu-cau/", again).status_code == 302
    assert [one.name for one in ContentRequest.objects.get().files.all()] == ["le hoi.jpg"]


def test_the_same_form_twice_is_one_request(member, unit, client_for, filled):
    data = filled(organisation=unit.pk)
    client = client_for(member)
    first, second = client.post("/yeu-cau/", data), client.post("/yeu-cau/", data)
    assert ContentRequest.objects.count() == 1
    assert second["Location"].rstrip("/") in first["Location"]


def test_what_is_written_over_a_form_that_was_sent_is_another_request(member, unit, client_for, filled):
    data = filled(organisation=unit.pk)
    client = client_for(member)
    client.post("/yeu-cau/", data)
    answer = client.post("/yeu-cau/", {**data, "title": "Hội chợ biên giới", "files": [picture()]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ContentRequest.objects.get().number in page
    assert "Hội chợ biên giới" in page
    assert "le hoi.jpg" in page
    fresh = answer.context["draft"]
    assert str(fresh) != data["draft"]
    assert client.post("/yeu-cau/", {**data, "title": "Hội chợ biên giới", "draft": str(fresh)}).status_code == 302
    assert [one.name for one in ContentRequest.objects.get(title="Hội chợ biên giới").files.all()] == ["le hoi.jpg"]


def test_a_form_that_comes_again_lets_its_draft_go(member, unit, client_for, filled):
    data = filled(organisation=unit.pk)
    client = client_for(member)
    first, second = client.post("/yeu-cau/", data), client.post("/yeu-cau/", data)
    assert second["Location"] == first["Location"]
    assert f"sent={data['draft']}" in second["Location"]


@pytest.mark.parametrize("number", ["9" * 5000, "x", "-1"])
def test_a_file_to_be_removed_that_is_no_number_is_none(member, unit, client_for, filled, number):
    data = filled(organisation=unit.pk, drop=number)
    assert client_for(member).post("/yeu-cau/", data).status_code == 200


def test_somebody_without_a_unit_reads_what_to_do(contributor, client_for):
    answer = client_for(contributor).get("/yeu-cau/")
    assert answer.status_code == 403
    assert "quản trị" in answer.content.decode()


def test_a_membership_that_ended_sends_nothing_more(member, unit, client_for, filled, today):
    member.memberships.update(valid_until=today - timedelta(days=1))
    assert client_for(member).post("/yeu-cau/", filled(organisation=unit.pk)).status_code == 403
    assert not ContentRequest.objects.exists()


def test_nobody_sends_in_the_name_of_another_unit(member, other_province, client_for, filled):
    from cms.places.models import Organisation

    foreign = Organisation.objects.create(province=other_province, code="cong-an", name="Công an Cao Bằng")
    assert client_for(member).post("/yeu-cau/", filled(organisation=foreign.pk)).status_code == 422
    assert not ContentRequest.objects.exists()


def test_gates_of_another_province_cannot_be_wished(member, unit, other_province, client_for, filled):
    from cms.places.models import Cluster

    foreign = Cluster.objects.create(slug="ta-lung", province=other_province, name="Tà Lùng")
    data = filled(organisation=unit.pk, clusters=[foreign.pk])
    assert client_for(member).post("/yeu-cau/", data).status_code == 422


def test_who_is_not_logged_in_is_asked_to(db):
    answer = Client().get("/yeu-cau/")
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_days_in_the_wrong_order_and_days_gone_by_are_refused(member, unit, client_for, filled, today):
    client = client_for(member)
    late = filled(organisation=unit.pk, wished_until=today.isoformat())
    assert "trước ngày đầu" in client.post("/yeu-cau/", late).content.decode()
    past = filled(organisation=unit.pk, wished_from="2020-01-01", wished_until="2020-01-02")
    assert "đã qua" in client.post("/yeu-cau/", past).content.decode()


def test_a_program_that_fills_in_every_field_is_refused(member, unit, client_for, filled):
    data = filled(organisation=unit.pk, website="https://spam.example")
    assert client_for(member).post("/yeu-cau/", data).status_code == 422
    page = client_for(member).get("/yeu-cau/").content.decode()
    trap = re.search(r'<div class="bq-trap"[^>]*>.*?</div>', page, re.DOTALL)
    assert trap
    assert 'aria-hidden="true"' in trap.group()
    assert 'tabindex="-1"' in trap.group()


def test_who_sends_too_often_waits_and_loses_nothing(member, unit, client_for, filled):
    client = client_for(member)
    for _ in range(10):
        assert client.post("/yeu-cau/", filled(organisation=unit.pk)).status_code == 302
    answer = client.post("/yeu-cau/", filled(organisation=unit.pk, title="Lần thứ mười một"))
    assert answer.status_code == 429
    assert "Lần thứ mười một" in answer.content.decode()
    assert ContentRequest.objects.count() == 10


def test_a_forged_form_is_refused(member, unit, filled):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/yeu-cau/", filled(organisation=unit.pk)).status_code == 403


def test_the_form_speaks_vietnamese_first_and_english_on_request(member, client_for):
    client = client_for(member)
    first = client.get("/yeu-cau/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="vi">' in first
    assert '<html lang="en">' in client.get("/yeu-cau/?lang=en").content.decode()
    assert '<html lang="en">' in client.get("/yeu-cau/").content.decode()


def test_another_contributor_sees_nothing_of_it(sent, unit, client_for, today):
    from cms.places.models import Membership
    from tests.conftest import make_user

    one = sent()
    colleague = make_user("colleague", "an_giang", "contributor")
    Membership.objects.create(user=colleague, organisation=unit, valid_from=today)
    client = client_for(colleague)
    assert client.get(f"/yeu-cau/{one.number}/").status_code == 404
    assert one.title not in client.get("/yeu-cau/da-gui/").content.decode()
    assert client.post(f"/yeu-cau/{one.number}/tra-loi/", {"draft": uuid.uuid4(), "text": "Tôi"}).status_code == 404


def test_a_file_of_somebody_elses_form_is_not_taken(member, unit, link, client_for, filled):
    from cms.requests.files import keep

    draft = uuid.uuid4()
    keep(picture(), draft=draft, owner=f"link:{link.pk}")
    client_for(member).post("/yeu-cau/", filled(organisation=unit.pk, draft=str(draft)))
    assert ContentRequest.objects.get().files.count() == 0
    assert RequestFile.objects.get().request is None


def test_the_list_of_sent_requests_is_few_queries(sent, member, client_for, django_assert_max_num_queries):
    for _ in range(3):
        sent()
    client = client_for(member)
    with django_assert_max_num_queries(20):
        assert client.get("/yeu-cau/da-gui/").status_code == 200
