"""People without an account send by a personal link: it opens a form and what was sent through it, and nothing else."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms import clock
from cms.accounts.models import AuditEntry
from cms.requests.links import address_of, link_by, make_link, revoke_link, token_of
from cms.requests.models import ContentRequest, RequestFile, SenderLink
from tests.content.makers import picture_bytes

pytestmark = pytest.mark.django_db


def test_whoever_holds_the_link_sends_in_the_name_of_its_unit(link, unit, filled, mails):
    answer = Client().post(address_of(link), filled(organisation=unit.pk, email="tam@example.vn"))
    one = ContentRequest.objects.get()
    assert answer["Location"].startswith(f"{address_of(link)}{one.number}/")
    assert (one.organisation, one.link, one.sender) == (unit, link, None)
    receipt = next(text for text in mails() if "Đã tiếp nhận" in text)
    assert f"{address_of(link)}{one.number}/" in receipt
    assert Client().get(f"{address_of(link)}{one.number}/").status_code == 200


def test_the_organisation_cannot_be_changed_in_the_form(link, other_province, filled):
    from cms.places.models import Organisation

    foreign = Organisation.objects.create(province=other_province, code="cong-an", name="Công an Cao Bằng")
    assert Client().post(address_of(link), filled(organisation=foreign.pk)).status_code == 422


@pytest.mark.parametrize("how", ["expired", "revoked", "forged", "other nonce", "closed province"])
def test_a_link_that_ended_opens_nothing(link, unit, editor, filled, sent, how):
    address = address_of(link)
    Client().post(address, filled(organisation=unit.pk))
    number = ContentRequest.objects.get().number
    if how == "expired":
        SenderLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    elif how == "revoked":
        revoke_link(link, by=editor)
    elif how == "forged":
        address = address.replace(token_of(link), token_of(link)[:-3] + "abc")
    elif how == "other nonce":
        SenderLink.objects.update(nonce="0" * 32)
    else:
        unit.province.active = False
        unit.province.save()
    pages = ["", "da-gui/", f"{number}/", f"tep/?draft={uuid.uuid4()}"]
    answers = [Client().get(address + page) for page in pages]
    assert [one.status_code for one in answers] == [404] * 4
    assert not any("Lễ hội" in one.content.decode() for one in answers)
    assert Client().post(address, filled(organisation=unit.pk)).status_code == 404
    assert ContentRequest.objects.count() == 1


def test_a_longer_life_cannot_be_written_into_the_record(link):
    """The end is signed as well: whoever changes the row alone does not prolong a link that was given out."""
    token = token_of(link)
    SenderLink.objects.update(expires_at=clock.now() + timedelta(days=900))
    assert link_by(token) is not None
    SenderLink.objects.update(expires_at=clock.now() - timedelta(days=1))
    stale = token_of(SenderLink.objects.get())
    SenderLink.objects.update(expires_at=clock.now() + timedelta(days=900))
    assert link_by(stale) is None


def test_nothing_of_others_is_seen_through_a_link(link, unit, editor, sent):
    one = sent()
    second = make_link(unit, name="Lê Thị Chín", email="chin@example.vn", days=30, by=editor)
    for mine in (link, second):
        assert Client().get(f"{address_of(mine)}{one.number}/").status_code == 404
        assert one.title not in Client().get(f"{address_of(mine)}da-gui/").content.decode()


def test_files_of_another_link_are_neither_seen_nor_removed(link, unit, editor):
    second = make_link(unit, name="Lê Thị Chín", email="chin@example.vn", days=30, by=editor)
    draft = uuid.uuid4()
    upload = SimpleUploadedFile("ban do.jpg", picture_bytes(), "image/jpeg")
    kept = Client().post(f"{address_of(link)}tep/", {"draft": draft, "letter": "0", "file": upload}).json()
    assert kept["name"] == "ban do.jpg"
    other = address_of(second)
    assert Client().get(f"{other}tep/?draft={draft}").json() == {"files": []}
    assert Client().get(f"{other}tep/{kept['id']}/anh/").status_code == 404
    Client().post(f"{other}tep/{kept['id']}/xoa/")
    assert RequestFile.objects.filter(pk=kept["id"]).exists()
    assert Client().get(f"{address_of(link)}tep/{kept['id']}/anh/")["Content-Type"] == "image/jpeg"


def test_trying_tokens_is_slowed_down(link, db):
    client = Client()
    answers = [client.get(f"/yeu-cau/l/{n:032}.1800000000~x/").status_code for n in range(31)]
    assert answers == [404] * 30 + [429]
    assert client.get(address_of(link)).status_code == 200


def test_the_page_is_kept_out_of_caches_and_search_engines(link):
    answer = Client().get(address_of(link))
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_an_editor_makes_a_link_that_is_shown_once_and_mailed(editor, unit, client_for, mails):
    client = client_for(editor)
    data = {"organisation": unit.pk, "name": "Võ Văn Tám", "email": "tam@example.vn", "days": "90"}
    page = client.post("/admin/requests/links/make/", data).content.decode()
    made = SenderLink.objects.get()
    assert token_of(made) in page
    assert any(address_of(made) in text and "tam@example.vn" in text for text in mails())
    assert token_of(made) not in client.get("/admin/requests/links/").content.decode()
    assert AuditEntry.objects.filter(action="request.link_made", user=editor, province="an_giang").exists()
    client.post(f"/admin/requests/links/{made.pk}/revoke/")
    assert Client().get(address_of(made)).status_code == 404
    assert AuditEntry.objects.filter(action="request.link_revoked", user=editor).exists()


def test_links_belong_to_a_province(outsider, link, unit, client_for):
    client = client_for(outsider)
    assert link.name not in client.get("/admin/requests/links/").content.decode()
    assert client.post(f"/admin/requests/links/{link.pk}/revoke/").status_code == 404
    data = {"organisation": unit.pk, "name": "X", "email": "x@example.vn", "days": "90"}
    assert client.post("/admin/requests/links/make/", data).status_code in (302, 422)
    link.refresh_from_db()
    assert link.revoked_at is None
    assert SenderLink.objects.count() == 1


def test_a_contributor_makes_no_links(member, unit, client_for):
    data = {"organisation": unit.pk, "name": "X", "email": "x@example.vn", "days": "90"}
    client_for(member).post("/admin/requests/links/make/", data)
    assert not SenderLink.objects.exists()


def test_every_link_that_works_can_be_revoked_however_many_were_made(link, unit, editor, client_for):
    """The list showed the newest only; what is not listed could not be ended."""
    for number in range(205):
        SenderLink.objects.create(
            organisation=unit, name=f"Người {number}", email="x@example.vn", nonce=f"{number:032}",
            made_at=link.made_at + timedelta(minutes=number + 1), expires_at=link.made_at - timedelta(days=1),
        )  # fmt: skip
    page = client_for(editor).get("/admin/requests/links/").content.decode()
    assert f"/admin/requests/links/{link.pk}/revoke/" in page
