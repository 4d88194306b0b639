"""What happens to an upload on its way into the library."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cms.content.models import Clip, Picture
from tests.content.makers import picture_bytes

pytestmark = pytest.mark.django_db


def pdf(pages: int) -> bytes:
    colours = ["#124a2f", "#2d6a8a", "#e8c35a"]
    sheets = [Image.new("RGB", (400, 300), colours[index % 3]) for index in range(pages)]
    buffer = io.BytesIO()
    sheets[0].save(buffer, "PDF", save_all=True, append_images=sheets[1:])
    return buffer.getvalue()


def saved(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    mode = options.pop("mode", "RGB")
    Image.open(io.BytesIO(picture_bytes())).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def browser(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def collection(editor) -> str:
    from cms.accounts.services import collection_of

    return str(collection_of("an_giang").pk)


@pytest.fixture
def rooms(tmp_path, monkeypatch) -> Path:
    """The temporary folder, to see what is left in it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]


def several(browser, collection: str, name: str, data: bytes, language: str = "vi"):
    """As the page for several uploads sends one of them."""
    response = browser.post(
        "/admin/images/multiple/add/",
        {"title": Path(name).stem, "files[]": SimpleUploadedFile(name, data), "collection": collection},
        headers={"x-requested-with": "XMLHttpRequest", "accept-language": language},
    )
    return json.loads(response.content)


def test_a_pdf_of_three_pages_becomes_three_pictures_and_says_so(browser, collection, rooms):
    answer = several(browser, collection, "Giá vé.pdf", pdf(3))
    assert answer["success"], answer
    titles = list(Picture.objects.order_by("pk").values_list("title", flat=True))
    assert titles == ["Giá vé – trang 1", "Giá vé – trang 2", "Giá vé – trang 3"]
    assert "3 trang" in answer["form"]
    assert {picture.collection_id for picture in Picture.objects.all()} == {int(collection)}
    assert all(picture.file.name.endswith(".png") and len(picture.sha256) == 64 for picture in Picture.objects.all())
    assert (Picture.objects.first().width, Picture.objects.first().height) == (2048, 1536)
    assert left(rooms) == []


def chosen_new(browser, collection: str, data: bytes):
    """What the chooser answers to a PDF that is uploaded there."""
    response = browser.post(
        "/admin/images/chooser/create/",
        {
            "image-chooser-upload-title": "Áp phích",
            "image-chooser-upload-file": SimpleUploadedFile("ap-phich.pdf", data, "application/pdf"),
            "image-chooser-upload-collection": collection,
            "image-chooser-upload-tags": "",
            "image-chooser-upload-credit": "",
            "image-chooser-upload-description": "",
        },
    )
    return json.loads(response.content)


def test_the_chooser_takes_a_pdf_of_one_page_as_the_picture_it_is(browser, collection, rooms):
    assert chosen_new(browser, collection, pdf(1))["step"] == "chosen"
    assert Picture.objects.get().title == "Áp phích"


def test_the_chooser_asks_which_page_of_a_pdf_is_meant(browser, collection, rooms):
    for _again in range(2):  # the second time the first page is there already
        answer = chosen_new(browser, collection, pdf(3))
        assert answer["step"] == "duplicate_found"
        assert "PDF có 3 trang" in answer["htmlFragment"]
        made = Picture.objects.order_by("-pk")[:3]
        links = [f"/admin/images/chooser/chosen/{one.pk}/" for one in made]
        assert all(link in answer["htmlFragment"] for link in links)
        assert json.loads(browser.get(links[0]).content)["result"]["title"] == "Áp phích – trang 3"


def test_the_single_form_takes_a_long_pdf_up_to_its_twentieth_page(browser, collection):
    response = browser.post(
        "/admin/images/add/",
        {
            "title": "Sách", "file": SimpleUploadedFile("sach.pdf", pdf(22)), "collection": collection, "tags": "",
            "credit": "Sở", "description": "",
        },
    )  # fmt: skip
    assert response.status_code == 302
    assert Picture.objects.count() == 20
    assert set(Picture.objects.values_list("credit", flat=True)) == {"Sở"}


def test_only_our_own_copy_is_kept_without_the_place_where_it_was_taken(browser, collection):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of a stranger"
    answer = several(browser, collection, "anh.jpg", saved("JPEG", exif=exif.tobytes()))
    assert answer["success"], answer
    kept = Picture.objects.get()
    assert (kept.width, kept.height) == (480, 640)
    data = kept.file.read()
    assert b"stranger" not in data
    assert b"Exif" not in data


@pytest.mark.parametrize(
    ("name", "data", "ending"),
    [
        ("cmyk.jpg", saved("JPEG", mode="CMYK"), ".jpg"),
        ("scan.tif", saved("TIFF", compression="tiff_lzw"), ".png"),
        ("slide.bmp", saved("BMP"), ".png"),
        ("wrong.gif", saved("PNG"), ".png"),
    ],
)
def test_what_office_and_print_shops_send_is_taken(browser, collection, name, data, ending):
    answer = several(browser, collection, name, data)
    assert answer["success"], answer
    assert Picture.objects.get().file.name.endswith(ending)


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("slide.png", b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml", "Office"),
        ("drawing.png", b"\xd7\xcd\xc6\x9a" + b"\0" * 40, "EMF/WMF"),
        ("half.pdf", pdf(2)[:200], "PDF"),
    ],
)
def test_a_refusal_stands_at_the_field_and_nothing_stays(browser, collection, rooms, private_assets, name, data, word):
    answer = several(browser, collection, name, data)
    assert not answer["success"]
    assert word in answer["error_message"]
    assert "Hãy" in answer["error_message"]
    assert not Picture.objects.exists()
    assert left(private_assets / "media") == []
    assert left(rooms) == []


def test_a_clip_brings_its_poster_and_is_named_by_what_it_is(browser, collection, clip_file):
    response = browser.post(
        "/admin/media/video/add/",
        {
            "title": "Thuyền",
            "file": SimpleUploadedFile("thuyen.html", clip_file.read_bytes(), "text/html"),
            "collection": collection,
            "tags": "",
            "credit": "",
        },
    )
    assert response.status_code == 302
    clip = Clip.objects.get()
    assert clip.file.name.endswith(".mp4")
    with Image.open(clip.thumbnail) as still:
        assert still.format == "JPEG"
        assert still.size == (320, 240)


def test_an_upload_beyond_the_limit_is_refused_before_it_is_read(browser, collection, monkeypatch):
    monkeypatch.setattr("cms.content.media_forms.MAX_CLIP_BYTES", 1000)
    response = browser.post(
        "/admin/media/video/add/",
        {
            "title": "x",
            "file": SimpleUploadedFile("x.mp4", b"\0" * 2000),
            "collection": collection,
            "tags": "",
            "credit": "",
        },
    )
    assert response.status_code == 200
    assert "Hãy" in response.content.decode()
    assert not Clip.objects.exists()
