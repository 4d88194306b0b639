"""Files that arrive in pieces: where they stand, who may send them, and what becomes of them."""

from __future__ import annotations

import base64
import errno
import fcntl
import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from cms.accounts.models import AuditEntry
from cms.accounts.services import collection_of
from cms.content import uploads, uploads_jobs
from cms.content.media_models import Upload
from cms.content.models import Clip, Picture
from tests.content.makers import picture_bytes

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.UPLOADS_ROOT = tmp_path / "uploads"
    return settings.UPLOADS_ROOT


@pytest.fixture
def sender(client_for, contributor):
    return client_for(contributor)


def metadata(**said: object) -> str:
    return ",".join(f"{name} {base64.b64encode(str(text).encode()).decode()}" for name, text in said.items())


def begin(client, size: int, name: str = "Chợ nổi.jpg", collection: int | None = None, **said: object):
    shelf = collection_of("an_giang") if collection is None else None
    told = metadata(filename=name, collection=shelf.pk if shelf else collection, sign="1 abc", **said)
    return client.post(reverse("library:create"), headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": told})


def patch(client, url: str, data: bytes, offset: int, **headers: str):
    return client.patch(url, data, content_type=PIECE, headers={**TUS, "Upload-Offset": str(offset), **headers})


def head(client, url: str) -> int:
    return int(client.head(url, headers=TUS).headers["Upload-Offset"])


def sent(client, data: bytes, name: str = "Chợ nổi.jpg", **said: object) -> Upload:
    """A file sent in one piece, not checked yet."""
    url = begin(client, len(data), name, **said).headers["Location"]
    assert patch(client, url, data, 0).status_code == 204
    return Upload.objects.get()


def test_the_server_says_what_it_speaks(sender):
    answer = sender.options(reverse("library:create"))
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,checksum,termination"
    assert "sha256" in answer.headers["Tus-Checksum-Algorithm"]


def test_a_file_in_three_pieces_becomes_a_picture_with_its_right(sender, contributor):
    data = picture_bytes()
    told = {
        "rights": "licensed",
        "rights_until": "2099-12-31",
        "source": "TTXVN",
        "licence": "12/HĐ",
        "tags": "chợ, sông",
    }
    url = begin(sender, len(data), **told).headers["Location"]
    third = len(data) // 3
    for start in (0, third, 2 * third):
        end = len(data) if start == 2 * third else start + third
        assert head(sender, url) == start
        assert patch(sender, url, data[start:end], start).status_code == 204
    upload = Upload.objects.get()
    assert upload.status == "waiting"
    uploads_jobs.finish(str(upload.pk))
    picture = Picture.objects.get()
    assert (picture.title, picture.rights, picture.source, picture.licence) == ("Chợ nổi", "licensed", "TTXVN", "12/HĐ")
    assert picture.rights_until.isoformat() == "2099-12-31"
    assert sorted(picture.tags.names()) == ["chợ", "sông"]
    assert (picture.uploaded_by_user, picture.collection) == (contributor, collection_of("an_giang"))
    said = sender.get(f"{url}state/").json()
    assert (said["status"], said["url"]) == ("done", reverse("wagtailimages:edit", args=(picture.pk,)))
    assert AuditEntry.objects.get(action="media.added").province == "an_giang"
    assert not list(uploads.part_of(upload.pk).parent.iterdir())


def test_a_clip_goes_through_the_checks_of_the_library(sender, clip_file, folder):
    data = clip_file.read_bytes()
    upload = sent(sender, data, "Phóng sự.mp4")
    uploads_jobs.finish(str(upload.pk))
    upload.refresh_from_db()
    assert upload.status == "done", upload.error
    clip = Clip.objects.get()
    assert clip.sha256 == hashlib.sha256(data).hexdigest()
    assert clip.thumbnail
    assert clip.duration > 0
    assert not list(folder.iterdir())


def test_what_the_library_refuses_is_told_in_words_and_gone(sender, folder):
    upload = sent(sender, b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml", "bai.png")
    uploads_jobs.finish(str(upload.pk))
    upload.refresh_from_db()
    assert upload.status == "refused"
    assert "Office" in upload.error
    assert not Picture.objects.exists()
    assert not list(folder.iterdir())


def test_the_same_file_chosen_again_goes_on_where_it_stopped(sender):
    data = picture_bytes()
    first = begin(sender, len(data))
    patch(sender, first.headers["Location"], data[:1000], 0)
    second = begin(sender, len(data))
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Upload-Offset"] == "1000"
    assert Upload.objects.count() == 1


def test_what_is_said_anew_of_a_file_that_goes_on_holds_and_the_rest_stays(sender):
    begin(sender, 900, source="TTXVN", rights="licensed", rights_until="2099-12-31")
    begin(sender, 900, rights="own")
    begin(sender, 900, title="Chợ nổi Long Xuyên")
    assert Upload.objects.get().details == {"source": "TTXVN", "rights": "own", "title": "Chợ nổi Long Xuyên"}


def test_another_person_sees_nothing_of_a_file(sender, client_for, editor, outsider):
    data = picture_bytes()
    url = begin(sender, len(data)).headers["Location"]
    for person in (editor, outsider):
        other = client_for(person)
        assert other.head(url, headers=TUS).status_code == 404
        assert patch(other, url, data, 0).status_code == 404
        assert other.delete(url, headers=TUS).status_code == 404
        assert other.get(f"{url}state/").status_code == 404
        assert other.post(f"{url}again/").status_code == 404
        assert begin(other, len(data)).headers.get("Location") != url


@pytest.mark.parametrize("person", ["outsider", "appraiser", "operator"])
def test_who_may_not_add_to_a_collection_is_refused_at_the_beginning(request, client_for, person, province):
    answer = begin(client_for(request.getfixturevalue(person)), 1000)
    assert answer.status_code == 403
    assert "bộ sưu tập" in answer.json()["error"]
    assert not Upload.objects.exists()


def test_who_lost_the_role_in_between_sends_nothing_more(sender, contributor):
    data = picture_bytes()
    url = begin(sender, len(data)).headers["Location"]
    contributor.groups.clear()
    assert patch(sender, url, data, 0).status_code in (302, 403)
    assert Upload.objects.get().received == 0


@pytest.mark.parametrize(
    ("size", "name", "status"),
    [
        (0, "a.jpg", 400),
        (-5, "a.jpg", 400),
        (10**14, "a.mp4", 413),
        (10**20, "a.mp4", 400),
        (101 << 20, "a.jpg", 413),
        (100, "a.exe", 415),
        (100, "", 415),
        (100, "../../etc/passwd", 415),
    ],
)
def test_hostile_sizes_and_names_are_refused(sender, size, name, status):
    answer = begin(sender, size, name)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/cron.d/x.jpg", "x.jpg"),
        ("C:\\anh\\b.jpg", "b.jpg"),
        ("a\x00b\r\n.jpg", "ab.jpg"),
        ("…" * 400 + ".jpg", "…" * 251 + ".jpg"),
        ("..jpg.jpg", "jpg.jpg"),
    ],
)
def test_a_name_is_only_a_name(sender, folder, name, kept):
    begin(sender, 100, name)
    assert Upload.objects.get().name == kept
    assert [path.name for path in folder.iterdir()] == [f"{Upload.objects.get().pk.hex}.part"]


def test_pieces_at_a_wrong_place_change_nothing(sender):
    data = picture_bytes()
    url = begin(sender, len(data)).headers["Location"]
    assert patch(sender, url, data[:500], 0).status_code == 204
    for offset, piece in ((0, data[:500]), (499, data[499:600]), (700, data[700:]), (500, data[500:] + b"x")):
        assert patch(sender, url, piece, offset).status_code == 409
    assert (
        sender.patch(url, data[500:], content_type="text/plain", headers={**TUS, "Upload-Offset": "500"}).status_code
        == 415
    )
    assert patch(sender, url, data[500:], 500, **{"Tus-Resumable": "0.2.2"}).status_code == 412
    for offset in ("-1", "1e3", "٣", ""):
        answer = sender.patch(url, b"x", content_type=PIECE, headers={**TUS, "Upload-Offset": offset})
        assert answer.status_code == 400
    assert head(sender, url) == 500


def test_a_damaged_piece_is_not_kept(sender):
    data = picture_bytes()
    url = begin(sender, len(data)).headers["Location"]
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    assert patch(sender, url, data, 0, **{"Upload-Checksum": f"sha256 {wrong}"}).status_code == 460
    assert head(sender, url) == 0
    right = base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert patch(sender, url, data, 0, **{"Upload-Checksum": f"sha256 {right}"}).status_code == 204


def test_a_piece_larger_than_allowed_is_refused(sender):
    url = begin(sender, 20 << 20, "a.mp4").headers["Location"]
    assert patch(sender, url, bytes(uploads.MAX_PIECE + 1), 0).status_code == 413
    assert head(sender, url) == 0


def test_what_a_server_wrote_before_it_fell_is_cut_off(sender):
    data = picture_bytes()
    url = begin(sender, len(data)).headers["Location"]
    patch(sender, url, data[:500], 0)
    part = uploads.part_of(Upload.objects.get().pk)
    with part.open("ab") as file:
        file.write(b"half a piece")
    assert head(sender, url) == 500
    assert patch(sender, url, data[500:], 500).status_code == 204
    assert part.read_bytes() == data


def test_what_a_disk_lost_is_asked_for_again(sender):
    data = picture_bytes()
    url = begin(sender, len(data)).headers["Location"]
    patch(sender, url, data[:500], 0)
    uploads.part_of(Upload.objects.get().pk).unlink()
    assert head(sender, url) == 0
    assert patch(sender, url, data, 0).status_code == 204


def test_two_windows_do_not_write_at_once(sender):
    data = picture_bytes()
    url = begin(sender, len(data)).headers["Location"]
    with uploads.part_of(Upload.objects.get().pk).open("r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        answer = patch(sender, url, data, 0)
    assert answer.status_code == 423
    assert head(sender, url) == 0


def test_a_full_disk_is_said_and_nothing_is_lost(sender, monkeypatch):
    data = picture_bytes()
    url = begin(sender, len(data)).headers["Location"]
    patch(sender, url, data[:500], 0)

    def no_room(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", no_room)
        answer = patch(sender, url, data[500:], 500)
    assert answer.status_code == 507
    assert "đầy" in answer.json()["error"]
    assert head(sender, url) == 500
    assert patch(sender, url, data[500:], 500).status_code == 204


def test_a_disk_without_room_is_said_before_anything_is_sent(sender, monkeypatch):
    monkeypatch.setattr(uploads, "RESERVE", 1 << 60)
    assert begin(sender, 1000).status_code == 507


def test_one_person_has_so_many_unfinished_files_and_no_more(sender, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_OPEN", 2)
    answers = [begin(sender, 1000 + number).status_code for number in range(3)]
    assert answers == [201, 201, 429]


def test_a_licence_without_its_last_day_is_refused_at_once(sender):
    answer = begin(sender, 1000, rights="licensed")
    assert answer.status_code == 400
    assert "ngày" in answer.json()["error"]
    assert begin(sender, 1000, rights_until="2026-13-45").status_code == 400


def test_a_check_runs_once_and_a_failed_one_can_be_asked_for_again(sender, monkeypatch):
    upload = sent(sender, picture_bytes())

    def no_room(_upload: Upload) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(uploads_jobs, "_take", no_room)
        uploads_jobs.finish(str(upload.pk))
    upload.refresh_from_db()
    assert upload.status == "failed"
    assert "đầy" in upload.error
    url = reverse("library:again", args=(upload.pk,))
    assert sender.post(url).json()["status"] == "waiting"
    uploads_jobs.finish(str(upload.pk))
    uploads_jobs.finish(str(upload.pk))
    assert Picture.objects.count() == 1


def test_a_check_that_lost_its_worker_comes_back(sender, redis_server):
    upload = sent(sender, picture_bytes())
    Upload.objects.update(status="checking", attempts=1, updated_at=timezone.now() - timedelta(minutes=5))
    assert uploads_jobs.find_lost_checks() == 1
    uploads_jobs.finish(str(upload.pk))
    assert Picture.objects.count() == 1


def test_a_check_that_never_ends_is_given_up_with_words(sender, redis_server):
    sent(sender, picture_bytes())
    Upload.objects.update(status="checking", attempts=3, updated_at=timezone.now() - timedelta(minutes=5))
    assert uploads_jobs.find_lost_checks() == 0
    assert Upload.objects.get().status == "failed"
    assert Upload.objects.get().error


def test_what_nobody_finished_is_swept_after_a_week(sender, folder):
    data = picture_bytes()
    patch(sender, begin(sender, len(data)).headers["Location"], data[:500], 0)
    assert uploads_jobs.sweep_uploads() == 0
    Upload.objects.update(updated_at=timezone.now() - timedelta(days=8))
    orphan = folder / f"{'0' * 32}.part"
    orphan.touch()
    os.utime(orphan, (1, 1))
    assert uploads_jobs.sweep_uploads() == 2
    assert not list(folder.iterdir())


def test_who_removes_a_file_frees_its_place(sender, folder):
    url = begin(sender, 1000).headers["Location"]
    assert sender.delete(url, headers=TUS).status_code == 204
    assert sender.head(url, headers=TUS).status_code == 404
    assert not list(folder.iterdir())


def test_the_page_names_what_was_not_finished(sender):
    data = picture_bytes()
    patch(sender, begin(sender, len(data), "Lễ hội.jpg").headers["Location"], data[:500], 0)
    page = sender.get(reverse("library:upload")).content.decode()
    assert "L\\u1ec5 h\\u1ed9i.jpg" in page or "Lễ hội.jpg" in page


def test_who_is_not_logged_in_is_sent_to_the_log_in(client, province):
    assert client.post(reverse("library:create"), headers=TUS).status_code == 302
    assert client.get(reverse("library:upload")).status_code == 302
