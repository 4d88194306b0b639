"""Bad input is refused where it is entered, in the reader's language, and nothing is half-saved."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cms.content.models import Clip, ItemPage, Picture, ProofJob
from tests.content.makers import item_post, picture_bytes

pytestmark = pytest.mark.django_db
HEADLINE = [("title", {"kicker": "", "title": "Chào mừng đến Tịnh Biên"})]


@pytest.fixture
def browser(contributor, client_for):
    return client_for(contributor)


def shown(response) -> str:
    return response.content.decode()


def test_a_contributor_writes_an_item_and_its_proofs_are_asked_for(
    redis_server, cluster, browser, save_draft, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = save_draft(browser, "Chào mừng", HEADLINE)
    assert response.status_code == 302, shown(response)
    page = ItemPage.objects.get()
    assert page.draft_title == "Chào mừng"
    assert not page.live
    assert ProofJob.objects.get().status == ProofJob.Status.QUEUED
    form = shown(browser.get(f"/admin/pages/{page.pk}/edit/"))
    assert f'data-bt-proofs="/admin/items/{page.pk}/board/"' in form
    assert 'data-bt-running="1"' in form


def test_a_text_no_font_has_is_refused_at_its_field(cluster, browser, save_draft):
    response = save_draft(browser, "Rune", [("title", {"kicker": "", "title": "ᚠᚢᚦᚨᚱᚲ"})])
    assert response.status_code == 200
    assert not ItemPage.objects.exists()
    # Wagtail's editor takes the errors of cards as JSON in an attribute.
    told = html.unescape(shown(response))
    assert "blockErrors" in told
    assert "\\u16a0" in told.split("blockErrors", 1)[1]


def test_a_headline_that_is_too_long_is_refused(cluster, browser, save_draft):
    response = save_draft(browser, "Dài", [("title", {"kicker": "", "title": "dài " * 60})])
    assert response.status_code == 200
    assert not ItemPage.objects.exists()


def test_an_end_before_the_beginning_is_refused(cluster, browser, save_draft):
    response = save_draft(browser, "Ngày", HEADLINE, valid_from="2027-02-01", valid_until="2027-01-01")
    assert response.status_code == 200
    assert not ItemPage.objects.exists()
    assert "Ngày cuối" in shown(response) or "last day" in shown(response)


def test_an_item_without_cards_stays_a_draft(cluster, browser, save_draft):
    assert save_draft(browser, "Trống", []).status_code == 302
    page = ItemPage.objects.get()
    response = browser.post(f"/admin/pages/{page.pk}/edit/", item_post("Trống", []) | {"action-submit": "1"})
    assert response.status_code == 200
    assert not page.workflow_in_progress


def test_an_outsider_sees_nothing(cluster, make_item, contributor, outsider, client_for, draw_waiting):
    page = make_item(by=contributor)
    (job,) = draw_waiting(page)
    other = client_for(outsider)
    for address in (
        f"/admin/items/{page.pk}/board/",
        f"/admin/items/{page.pk}/proofs/",
        f"/admin/items/{page.pk}/review/",
        f"/admin/proofs/{job.pk}/0/a.png",
    ):
        assert other.get(address).status_code == 404, address
    assert "Giờ mở cửa" not in shown(other.get("/admin/items/"))


def test_the_picture_of_a_face_is_exact(cluster, make_item, contributor, browser, draw_waiting):
    import io

    from PIL import Image

    (job,) = draw_waiting(make_item(by=contributor))
    response = browser.get(f"/admin/proofs/{job.pk}/0/a.png")
    data = b"".join(response.streaming_content)
    assert Image.open(io.BytesIO(data)).size == (256, 192)
    assert (
        browser.get(f"/admin/proofs/{job.pk}/0/a.png", headers={"If-None-Match": response["ETag"]}).status_code == 304
    )
    assert browser.get(f"/admin/proofs/{job.pk}/99/a.png").status_code == 404
    assert browser.get(f"/admin/proofs/{job.pk}/0/z.png").status_code == 404


def test_the_list_shows_titles_pictures_and_states(cluster, make_item, contributor, browser, draw_waiting):
    page = make_item(by=contributor)
    (job,) = draw_waiting(page)
    told = shown(browser.get("/admin/items/"))
    assert "Giờ mở cửa" in told
    assert f"/admin/proofs/{job.pk}/0/a.png" in told
    assert "bt-status--draft" in told
    assert "Giờ mở cửa" not in shown(browser.get("/admin/items/?q=khác"))
    assert "Giờ mở cửa" in shown(browser.get("/admin/items/?language=vi&state=draft&province=an_giang"))


def test_an_empty_list_says_what_belongs_there(shelves, browser):
    assert "/admin/items/new/?province=an_giang" in shown(browser.get("/admin/items/"))


class TestLibrary:
    def collection(self):
        from cms.accounts.services import collection_of

        return str(collection_of("an_giang").pk)

    def upload(self, browser, name: str, data: bytes, kind: str):
        return browser.post(
            "/admin/images/add/",
            {
                "title": name,
                "file": SimpleUploadedFile(name, data, kind),
                "collection": self.collection(),
                "tags": "",
                "credit": "",
                "description": "",
            },
        )

    def test_a_good_picture_comes_in(self, browser):
        response = self.upload(browser, "nui.jpg", picture_bytes(), "image/jpeg")
        assert response.status_code == 302, shown(response)
        assert len(Picture.objects.get().sha256) == 64

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("page.jpg", b"<html><script>alert(1)</script></html>"),
            ("half.jpg", picture_bytes()[:2000]),
            ("hidden.png", picture_bytes("PNG") + b"<?php system($_GET[0]); ?>"),
            ("empty.png", b""),
            ("drawing.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ],
    )
    def test_a_hostile_or_broken_picture_is_refused_and_not_kept(self, browser, private_assets, name, data):
        response = self.upload(browser, name, data, "image/jpeg")
        assert response.status_code == 200
        assert not Picture.objects.exists()
        assert not [path for path in (private_assets / "media").rglob("*") if path.is_file()]

    def clip(self, browser, name: str, data: bytes):
        return browser.post(
            "/admin/media/video/add/",
            {
                "title": name,
                "file": SimpleUploadedFile(name, data, "video/mp4"),
                "collection": self.collection(),
                "tags": "",
                "credit": "",
            },
        )

    def test_a_good_clip_comes_in_with_its_facts(self, browser, clip_file):
        response = self.clip(browser, "thuyen.mp4", clip_file.read_bytes())
        assert response.status_code == 302, shown(response)
        clip = Clip.objects.get()
        assert (clip.width, clip.height, round(clip.duration)) == (320, 240, 1)

    @pytest.mark.parametrize(
        "data", [b"ffconcat version 1.0\nfile /etc/passwd\n", b"\x00" * 4096, b"#EXTM3U\nhttp://x/"]
    )
    def test_a_hostile_clip_is_refused_and_not_kept(self, browser, private_assets, data):
        response = self.clip(browser, "thuyen.mp4", data)
        assert response.status_code == 200
        assert not Clip.objects.exists()
        assert not [path for path in (private_assets / "media").rglob("*") if path.is_file()]
