"""The library: by what right a file is shown, where it is used, and what is done with many at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import reverse
from wagtail.models import WorkflowState

from cms.accounts.models import AuditEntry
from cms.accounts.services import collection_of
from cms.approval.workflow import NotSubmitted, submit
from cms.content import media_uses
from cms.content.board import board_of
from cms.content.media_models import MediaUse, today
from cms.content.models import Clip, Picture
from cms.content.states import State
from tests.content.makers import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_picture(province):
    def make(title: str, province_code: str = "an_giang", **fields: Any) -> Picture:
        return Picture.objects.create(
            title=title,
            file=ImageFile(ContentFile(picture_bytes(size=(96, 64))), f"{title}.jpg"),
            collection=collection_of(province_code),
            **fields,
        )

    return make


@pytest.fixture
def photo(make_picture) -> Picture:
    return make_picture("Núi Cấm", rights="licensed", rights_until=today() + timedelta(days=90), source="TTXVN")


@pytest.fixture
def desk(client_for, editor):
    return client_for(editor)


def card(picture: Picture) -> dict[str, Any]:
    return {"type": "picture", "value": {"picture": picture.pk, "title": "Núi", "caption": "Núi"}}


def listed(client, **query: str) -> str:
    return client.get(reverse("library:list"), query).content.decode()


def bulk(client, act: str, *media: Any, **said: str):
    keys = [f"{media_uses.kind_of(one)}-{one.pk}" for one in media]
    return client.post(reverse("library:bulk"), {"act": act, "item": keys, "confirmed": "1", **said})


def test_a_draft_notes_what_it_uses_and_the_next_one_what_it_no_longer_uses(make_item, editor, photo, make_picture):
    page = make_item("Du lịch", cards=[card(photo)])
    assert media_uses.pages_using([photo])["picture", photo.pk] == {page.pk}
    other = make_picture("Sông Hậu")
    page.body = type(page).body.field.to_python([card(other)])
    page.save_revision(user=editor)
    assert list(MediaUse.objects.filter(page=page).values_list("picture", flat=True)) == [other.pk]


def test_pictures_in_the_lists_of_a_card_are_found_too(every_kind, make_item, every_card, picture_record):
    item = make_item("Mọi thứ", cards=[{"type": "every", "value": {**every_card, "picture": None}}])
    assert media_uses.pages_using([picture_record])["picture", picture_record.pk] == {item.pk}


def test_drafts_of_an_older_version_are_caught_up_with(make_item, photo):
    page = make_item("Du lịch", cards=[card(photo)])
    MediaUse.objects.all().delete()
    assert media_uses.catch_up() == 1
    assert media_uses.pages_using([photo])["picture", photo.pk] == {page.pk}
    assert media_uses.catch_up() == 0


def test_what_may_no_longer_be_shown_is_not_submitted_and_the_reason_is_said(make_item, editor, photo):
    page = make_item("Du lịch", cards=[card(photo)])
    Picture.objects.update(rights_until=today() - timedelta(days=1))
    with pytest.raises(Exception, match="Núi Cấm") as refused:
        submit(page, by=editor)
    assert "quyền" in str(refused.value).lower() or "right" in str(refused.value)
    assert not WorkflowState.objects.exists()
    Picture.objects.update(rights_until=today())
    try:
        submit(page, by=editor)
    except NotSubmitted as other:
        pytest.fail(str(other))


def test_the_item_warns_before_the_right_ends_and_after(make_item, editor, photo):
    page = make_item("Du lịch", cards=[card(photo)])

    def said() -> dict[str, str]:
        board = board_of(page, editor)
        return {note.kind: note.text for note in board.notes if "Núi Cấm" in note.text}

    assert said() == {}
    Picture.objects.update(rights_until=today() + timedelta(days=5))
    assert set(said()) == {"warning"}
    Picture.objects.update(rights_until=today() - timedelta(days=1))
    assert set(said()) == {"off"}


def test_rights_that_contradict_themselves_are_refused_at_the_field(desk, photo):
    url = reverse("wagtailimages:edit", args=(photo.pk,))
    fields = {
        "title": "Núi",
        "collection": photo.collection_id,
        "tags": "",
        "credit": "",
        "description": "",
        "rights": "licensed",
    }
    answer = desk.post(url, fields)
    assert answer.status_code == 200
    assert "rights_until" in answer.context["form"].errors
    answer = desk.post(url, {**fields, "rights": "own", "rights_until": "2099-01-01"})
    assert "rights_until" in answer.context["form"].errors
    assert desk.post(url, {**fields, "rights_until": "2099-01-01", "licence": "12/HĐ"}).status_code == 302
    photo.refresh_from_db()
    assert (photo.licence, photo.right) == ("12/HĐ", "fine")


def test_the_list_shows_rights_uses_and_finds_by_tag_source_and_state(desk, make_item, photo, make_picture):
    old = make_picture("Chợ cũ", rights="licensed", rights_until=today() - timedelta(days=3))
    soon = make_picture("Lễ hội", rights="permission", rights_until=today() + timedelta(days=3))
    soon.tags.add("cửa khẩu")
    make_item("Du lịch An Giang", cards=[card(photo)])
    page = listed(desk)
    for word in ("Núi Cấm", "Chợ cũ", "Lễ hội", "TTXVN", "Du lịch An Giang", "cửa khẩu"):
        assert word in page
    assert "Lễ hội" not in listed(desk, right="over")
    assert "Chợ cũ" in listed(desk, right="over")
    assert "Chợ cũ" not in listed(desk, right="soon")
    assert "Lễ hội" in listed(desk, q="cửa khẩu")
    assert "Núi Cấm" in listed(desk, q="ttxvn")
    assert "Núi Cấm" not in listed(desk, use="unused")
    assert "Chợ cũ" not in listed(desk, use="used")
    assert "Chợ cũ" not in listed(desk, kind="clip")
    assert old.title in listed(desk, sort="rights_until")


def test_the_page_of_a_file_names_every_item_with_its_state_and_its_clusters(desk, make_item, photo):
    make_item("Du lịch An Giang", cards=[card(photo)])
    page = desk.get(reverse("library:used", args=("picture", photo.pk))).content.decode()
    assert "Du lịch An Giang" in page
    assert "bt-status--draft" in page
    assert "TTXVN" in page


def test_the_clusters_of_an_item_on_the_screens_come_from_whoever_knows_them(desk, make_item, photo, monkeypatch):
    make_item("Du lịch An Giang", cards=[card(photo)])
    monkeypatch.setattr(media_uses, "_screens", [lambda pages: {one.pk: ["Tịnh Biên"] for one in pages}])
    url = reverse("library:used", args=("picture", photo.pk))
    assert "Tịnh Biên" not in desk.get(url).content.decode()
    monkeypatch.setattr(
        media_uses, "states_of", lambda pages: {one.pk: State("approved", "Đã phê duyệt") for one in pages}
    )
    assert "Tịnh Biên" in desk.get(url).content.decode()


def test_another_provinces_files_are_as_if_they_did_not_exist(client_for, outsider, photo):
    other = client_for(outsider)
    assert "Núi Cấm" not in listed(other)
    assert other.get(reverse("library:used", args=("picture", photo.pk))).status_code == 404
    bulk(other, "tag", photo, value="của tôi")
    bulk(other, "delete", photo)
    assert Picture.objects.filter(pk=photo.pk).exists()
    assert not photo.tags.exists()


def test_many_files_are_tagged_and_moved_within_the_province(desk, photo, make_picture, other_province):
    from wagtail.models import Collection

    here = collection_of("an_giang").add_child(instance=Collection(name="An Giang – Lễ hội"))
    there = collection_of("cao_bang")
    other = make_picture("Sông Hậu")
    assert bulk(desk, "tag", photo, other, value="sông").status_code == 200
    assert [list(one.tags.names()) for one in (photo, other)] == [["sông"], ["sông"]]
    bulk(desk, "move", photo, other, value=str(there.pk))
    assert set(Picture.objects.values_list("collection", flat=True)) == {collection_of("an_giang").pk}
    bulk(desk, "move", photo, other, value=str(here.pk))
    assert set(Picture.objects.values_list("collection", flat=True)) == {here.pk}
    assert AuditEntry.objects.filter(action="media.moved", province="an_giang").count() == 2


def test_only_what_is_unused_is_deleted(desk, make_item, photo, make_picture):
    spare = make_picture("Thừa")
    make_item("Du lịch", cards=[card(photo)])
    page = bulk(desk, "delete", photo, spare).content.decode()
    assert "Núi Cấm" in page
    assert set(Picture.objects.values_list("title", flat=True)) == {"Núi Cấm"}
    assert AuditEntry.objects.get(action="media.deleted").subject == "Thừa"


def test_who_may_only_choose_changes_nothing(client_for, appraiser, photo):
    bulk(client_for(appraiser), "delete", photo)
    bulk(client_for(appraiser), "tag", photo, value="x")
    assert Picture.objects.filter(pk=photo.pk).exists()
    assert not photo.tags.exists()


def test_the_chooser_of_pictures_says_the_right(desk, photo):
    page = desk.get(reverse("wagtailimages_chooser:choose_results")).content.decode()
    assert "bt-right--fine" in page


def test_the_chooser_of_clips_says_the_right(desk, province):
    Clip.objects.create(
        title="Lễ hội", type="video", duration=3, collection=collection_of("an_giang"),
        file=ContentFile(b"x", "a.mp4"), rights="own",
    )  # fmt: skip
    page = desk.get(reverse("wagtailmedia:chooser"), {"q": ""}).content.decode()
    assert "bt-right--fine" in page


def test_the_library_takes_as_many_queries_for_many_files_as_for_few(
    desk, make_item, make_picture, django_assert_max_num_queries
):
    for number in range(12):
        make_item(f"Tin {number}", cards=[card(make_picture(f"Ảnh {number}"))])
    listed(desk)
    with django_assert_max_num_queries(40):
        listed(desk)
