"""A picture or clip in an item stays, whichever of Wagtail's pages is asked to delete it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import transaction
from django.urls import reverse

from cms.accounts.services import collection_of
from cms.content.media_kept import StillUsed
from cms.content.models import Clip, Picture
from tests.content.makers import picture_bytes

pytestmark = pytest.mark.django_db


def picture(title: str, province: str = "an_giang") -> Picture:
    file = ImageFile(ContentFile(picture_bytes(size=(96, 64))), f"{title}.jpg")
    made: Picture = Picture.objects.create(title=title, file=file, collection=collection_of(province))
    return made


@pytest.fixture
def photo(make_item, contributor) -> Picture:
    """In an item that only a draft holds."""
    made = picture("Núi Cấm")
    make_item(
        "Núi", by=contributor, cards=[{"type": "picture", "value": {"picture": made.pk, "title": "Núi", "caption": ""}}]
    )
    return made


@pytest.fixture
def clip(make_item, contributor) -> Clip:
    made: Clip = Clip.objects.create(
        title="Chợ nổi",
        type="video",
        file=ContentFile(b"x", "boats.mp4"),
        duration=8,
        collection=collection_of("an_giang"),
    )
    make_item("Chợ", by=contributor, cards=[{"type": "video", "value": {"clip": made.pk, "caption": ""}}])
    return made


@pytest.fixture
def desk(client_for, editor):
    return client_for(editor)


def several(*pictures: Picture) -> str:
    path = reverse("wagtail_bulk_action", args=("content", "picture", "delete"))
    return f"{path}?{'&'.join(f'id={one.pk}' for one in pictures)}"


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize(("kind", "package"), [("photo", "wagtailimages"), ("clip", "wagtailmedia")])
def test_a_used_file_is_not_deleted_and_the_reader_sees_its_items(desk, request, kind, package, verb):
    medium = request.getfixturevalue(kind)
    answer = getattr(desk, verb)(reverse(f"{package}:delete", args=[medium.pk]), follow=True)
    used = f"/admin/library/{'picture' if kind == 'photo' else 'clip'}/{medium.pk}/used/"
    assert answer.redirect_chain == [(used, 302)]
    assert "đang được dùng" in answer.content.decode()
    assert type(medium).objects.filter(pk=medium.pk).exists()


@pytest.mark.parametrize("verb", ["get", "post"])
def test_of_several_none_is_deleted_when_one_is_used(desk, photo, verb):
    other = picture("Không dùng")
    answer = getattr(desk, verb)(several(photo, other), follow=True)
    assert "“Núi Cấm” đang được dùng" in answer.content.decode()
    assert Picture.objects.filter(pk__in=[photo.pk, other.pk]).count() == 2


def test_all_of_a_list_are_not_deleted_either(desk, photo):
    answer = desk.post(reverse("wagtail_bulk_action", args=("content", "picture", "delete")) + "?id=all", follow=True)
    assert "đang được dùng" in answer.content.decode()
    assert Picture.objects.filter(pk=photo.pk).exists()


def test_the_page_of_several_uploads_is_told_in_words(desk, photo):
    answer = desk.post(
        reverse("wagtailimages:delete_multiple", args=[photo.pk]), headers={"x-requested-with": "XMLHttpRequest"}
    )
    assert answer.status_code == 409
    assert "đang được dùng" in answer.json()["error_message"]
    assert Picture.objects.filter(pk=photo.pk).exists()


def test_no_code_deletes_what_is_used(photo, clip):
    for one in (photo, clip):
        with pytest.raises(StillUsed), transaction.atomic():
            one.delete()
        with pytest.raises(StillUsed), transaction.atomic():
            type(one)._default_manager.all().delete()


def test_what_nothing_uses_is_deleted_on_every_path(desk):
    one, two, three = (picture(title) for title in ("Một", "Hai", "Ba"))
    assert desk.get(reverse("wagtailimages:delete", args=[one.pk])).status_code == 200
    desk.post(reverse("wagtailimages:delete", args=[one.pk]))
    desk.post(several(two))
    desk.post(reverse("wagtailimages:delete_multiple", args=[three.pk]), headers={"x-requested-with": "XMLHttpRequest"})
    assert not Picture.objects.exists()


def test_whoever_may_not_delete_it_learns_nothing_of_its_items(client_for, outsider, photo):
    answer: Any = client_for(outsider).get(reverse("wagtailimages:delete", args=[photo.pk]), follow=True)
    assert "Núi Cấm" not in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/admin/"
