"""A release on a stick: whole, verified by an independent client, atomic, and no byte copied twice."""

from __future__ import annotations

import errno
import json
import os
import shutil
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from tuf.api.exceptions import ExpiredMetadataError
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from cms.accounts.models import AuditEntry
from cms.plugin_api.types import canonical, sha256
from cms.release import stick_files, stick_jobs
from cms.release.bundle import Bundle, BundleRefused, gather, listing, sign
from cms.release.player_target import Shell, offer
from cms.release.repository import ClusterRepository
from cms.release.signer import sign_release
from cms.release.stick_files import write_folder, write_zip
from cms.release.store import ContentStore

from .made import approve, put_asset, scene_of

pytestmark = pytest.mark.django_db
LONG = b"a clip of three chunks" * 120_000


class Folder(FetcherInterface):
    """python-tuf's client reads a stick as if it were a server."""

    def _fetch(self, url: str) -> Any:
        from tuf.api.exceptions import DownloadHTTPError

        path = Path(url.removeprefix("file://"))
        if not path.is_file():
            raise DownloadHTTPError("not found", 404)
        yield path.read_bytes()


def client(folder: Path, root: bytes, scratch: Path, now: datetime | None = None) -> Updater:
    scratch.mkdir(exist_ok=True)
    found = Updater(
        metadata_dir=str(scratch),
        metadata_base_url=f"file://{folder}/metadata/",
        target_dir=str(scratch),
        target_base_url=f"file://{folder}/targets/",
        fetcher=Folder(),
        bootstrap=root,
    )
    if now:
        found._trusted_set.reference_time = now
    return found


@pytest.fixture
def published(desk, province, cluster, administrator):
    """A release with a picture of one chunk and a clip of three."""
    clip = put_asset(LONG, "video/mp4")
    desk.shown.append(approve(province, cluster, administrator, scene_of(clip, kind="video")))
    release = desk.release()
    assert sign_release(release) == "published"
    ClusterRepository(cluster.slug, "an_giang").publish("now", canonical({"format": 1, "cluster": cluster.slug}))
    return release


@pytest.fixture
def bundle(published, cluster) -> Bundle:
    return gather(cluster, sign(cluster))


def files(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_an_independent_client_verifies_everything_on_a_stick(bundle, cluster, keys, tmp_path):
    written = write_folder(bundle, tmp_path)
    stick = client(written.folder, keys, tmp_path / "client")
    for name in ("schedule", "now"):
        target = stick.get_targetinfo(f"{cluster.slug}/{name}.json")
        document = json.loads(Path(stick.download_target(target)).read_bytes())
        for digest, asset in document.get("assets", {}).items():
            chunks = [digest]
            if asset.get("manifest"):
                manifest = (written.folder / "store" / asset["manifest"][:2] / asset["manifest"]).read_bytes()
                assert sha256(manifest) == asset["manifest"]
                chunks = json.loads(manifest)["chunks"]
            data = b"".join((written.folder / "store" / one[:2] / one).read_bytes() for one in chunks)
            assert sha256(data) == digest
    about = json.loads((written.folder / "bangtin.json").read_bytes())
    assert about["cluster"] == cluster.slug
    assert about["files"] == len(files(written.folder))
    assert about["bytes"] == sum(len(data) for path, data in files(written.folder).items() if path != "bangtin.json")
    assert "Ctrl + Alt + U" in (written.folder / "DOC-TRUOC.txt").read_text("utf-8-sig")


def test_the_player_itself_travels_along(published, cluster, tmp_path):
    page, script = b"<!doctype html>", b"export {};"
    shell = Shell("0123456789ab", {"index.html": page, "src/main.js": script}, {"index.html": "", "src/main.js": ""})
    assert offer(shell, [cluster]) == 1
    folder = write_folder(gather(cluster, sign(cluster)), tmp_path).folder
    assert (folder / "player/index.html").read_bytes() == page
    assert (folder / "player/src/main.js").read_bytes() == script
    assert (folder / "store" / sha256(script)[:2] / sha256(script)).read_bytes() == script
    assert list((folder / "targets" / cluster.slug).glob("*.player.json"))


def test_a_stick_ends_with_its_schedule_and_not_sooner(bundle, cluster, keys, tmp_path):
    written = write_folder(bundle, tmp_path)
    until = datetime.fromtimestamp(bundle.schedule["valid_until"] / 1000, tz=UTC)
    late = client(written.folder, keys, tmp_path / "late", now=until - timedelta(seconds=1))
    assert late.get_targetinfo(f"{cluster.slug}/schedule.json")
    with pytest.raises(ExpiredMetadataError):
        client(written.folder, keys, tmp_path / "later", now=until).refresh()


def test_metadata_that_would_end_before_the_stick_are_renewed_for_it(published, cluster, keys, settings, tmp_path):
    settings.BANGTIN_TARGETS_DAYS = 20
    repository = ClusterRepository(cluster.slug, "an_giang")
    repository.publish("now", b"{}")
    settings.BANGTIN_TARGETS_DAYS = 40
    written = write_folder(gather(cluster, sign(cluster)), tmp_path)
    late = datetime.now(UTC) + timedelta(days=33)
    assert client(written.folder, keys, tmp_path / "late", now=late).get_targetinfo(f"{cluster.slug}/schedule.json")


def test_a_player_that_took_the_stick_takes_the_networks_next_release_too_but_no_older_stick(
    published, cluster, keys, desk, tmp_path
):
    public = ClusterRepository(cluster.slug, "an_giang").root
    first = write_folder(gather(cluster, sign(cluster)), tmp_path / "first").folder
    second = write_folder(gather(cluster, sign(cluster)), tmp_path / "second").folder
    scratch = tmp_path / "client"
    client(second, keys, scratch).refresh()
    client(public, keys, scratch).refresh()
    with pytest.raises(Exception, match="version"):
        client(first, keys, scratch).refresh()
    with pytest.raises(Exception, match="version"):
        client(second, keys, scratch).refresh()


def test_what_the_stick_has_is_not_copied_again_and_what_is_broken_is(bundle, cluster, tmp_path, desk):
    first = write_folder(bundle, tmp_path)
    assert first.copied == first.files
    victim = next(path for path in first.folder.rglob("store/*/*"))
    victim.write_bytes(bytes(victim.stat().st_size))
    (first.folder / "metadata" / ".0123.part").write_bytes(b"half")
    (first.folder / "store" / "00" / ("0" * 64)).parent.mkdir(exist_ok=True)
    (first.folder / "store" / "00" / ("0" * 64)).write_bytes(b"of an old release")
    (tmp_path / "holiday.jpg").write_bytes(b"somebody's own")
    again = write_folder(gather(cluster, sign(cluster)), tmp_path)
    assert again.copied_bytes < 40_000
    assert sha256(victim.read_bytes()) == victim.name
    assert again.removed == 2
    assert (tmp_path / "holiday.jpg").exists()


def test_a_stick_pulled_out_at_any_file_is_unfinished_or_carries_one_whole_release(
    published, cluster, keys, desk, tmp_path, monkeypatch, province, administrator
):
    old = gather(cluster, sign(cluster))
    desk.shown.append(approve(province, cluster, administrator, scene_of(put_asset(b"another picture"))))
    assert sign_release(desk.release()) == "published"
    new = gather(cluster, sign(cluster))
    whole = write_folder(old, tmp_path / "old").folder
    real = stick_files._write
    for base in (None, whole):
        for count in range(len(new) + 1):
            stick = tmp_path / "stick"
            shutil.rmtree(stick, ignore_errors=True)
            if base:
                shutil.copytree(base, stick / new.folder)
            left = [count]

            def write(path: Path, part: Any, left: list[int] = left) -> None:
                if left[0] == 0:
                    raise OSError(errno.EIO, "gone")
                left[0] -= 1
                real(path, part)

            monkeypatch.setattr(stick_files, "_write", write)
            with suppress(BundleRefused):
                write_folder(new, stick)
            monkeypatch.setattr(stick_files, "_write", real)
            if (stick / new.folder / "bangtin.json").exists():
                scratch = tmp_path / "client"
                shutil.rmtree(scratch, ignore_errors=True)
                found = client(stick / new.folder, keys, scratch)
                target = found.get_targetinfo(f"{cluster.slug}/schedule.json")
                document = json.loads(Path(found.download_target(target)).read_bytes())
                held = {path.rpartition("/")[2] for path in files(stick / new.folder / "store")}
                assert set(document["assets"]) - held <= {sha256(LONG)}
            else:
                assert base is None


def test_where_both_releases_find_no_room_the_old_one_goes_first(bundle, cluster, tmp_path, monkeypatch):
    folder = tmp_path / bundle.folder
    old = folder / "store" / "00" / ("0" * 64)
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")
    (folder / "bangtin.json").write_text("{}")
    real = stick_files._write

    def write(path: Path, part: Any) -> None:
        if old.exists():
            raise OSError(errno.ENOSPC, "full")
        assert part.path == "bangtin.json" or not (folder / "bangtin.json").exists()
        real(path, part)

    monkeypatch.setattr(stick_files, "_write", write)
    assert write_folder(bundle, tmp_path).files == len(bundle)

    def full(path: Path, part: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(stick_files, "_write", full)
    with pytest.raises(BundleRefused, match="USB lớn hơn"):
        write_folder(bundle, tmp_path / "small")


def test_a_chunk_that_the_server_lost_or_that_changed_is_on_no_stick(published, cluster, tmp_path):
    digest = sha256(b"picture of the opening hours")
    path = ContentStore().path(digest)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b"!")
    with pytest.raises(BundleRefused, match="đã thay đổi"):
        write_folder(gather(cluster, sign(cluster)), tmp_path)
    path.unlink()
    with pytest.raises(BundleRefused, match="thiếu hoặc hỏng"):
        gather(cluster, sign(cluster))


def test_the_zip_holds_the_same_files_and_ends_with_the_marker(bundle, tmp_path):
    write_zip(bundle, tmp_path / "out.zip")
    folder = write_folder(bundle, tmp_path).folder
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-2:] == [f"{bundle.folder}/metadata/timestamp.json", f"{bundle.folder}/bangtin.json"]
        inside = {name.removeprefix(f"{bundle.folder}/"): archive.read(name) for name in archive.namelist()}
    assert inside == files(folder)
    assert list(tmp_path.glob("*.part")) == []


def test_the_browsers_list_names_every_byte(bundle, tmp_path):
    found = listing(bundle)
    assert [one["path"] for one in found["ends"]] == ["metadata/timestamp.json", "bangtin.json"]
    assert all(("url" in one) == one["path"].startswith("store/") for one in found["parts"])
    assert sum(one["bytes"] for one in found["parts"] + found["ends"]) == found["bytes"] == bundle.size


def test_the_command_writes_a_stick_and_says_what_it_copied(published, cluster, tmp_path, capsys):
    call_command("export", cluster.slug, usb=tmp_path)
    assert (tmp_path / f"bangtin-{cluster.slug}" / "bangtin.json").exists()
    assert "MB" in capsys.readouterr().out
    entry = AuditEntry.objects.get(action="release.stick")
    assert entry.subject == cluster.slug
    with pytest.raises(CommandError, match="USB đã cắm chưa"):
        call_command("export", cluster.slug, usb=tmp_path / "nowhere")


def test_before_the_first_release_there_is_nothing_to_export(desk, cluster, tmp_path):
    with pytest.raises(CommandError, match="chưa có bản phát hành"):
        call_command("export", cluster.slug, usb=tmp_path)


def test_an_operator_makes_a_zip_in_the_admin(published, cluster, queues, client_for, operator):
    browser = client_for(operator)
    page = browser.get(reverse("releases:stick", args=[cluster.slug]))
    assert "bangtin-tinh-bien" in page.content.decode()
    begun = browser.post(reverse("releases:stick_begin", args=[cluster.slug]), {"kind": "zip"}).json()
    assert "url" not in browser.get(begun["state"]).json()
    queues.run()
    answer = browser.get(begun["state"]).json()
    assert answer["share"] == 1
    response = browser.get(answer["url"])
    assert response["Content-Disposition"] == 'attachment; filename="bangtin-tinh-bien.zip"'
    assert b"".join(response.streaming_content)[:2] == b"PK"
    assert AuditEntry.objects.get(action="release.stick").user == operator


def test_an_operator_has_the_list_of_files_for_a_folder(published, cluster, queues, client_for, operator):
    browser = client_for(operator)
    begun = browser.post(reverse("releases:stick_begin", args=[cluster.slug]), {"kind": "folder"}).json()
    queues.run()
    found = browser.get(browser.get(begun["state"]).json()["url"]).json()
    assert found["folder"] == "bangtin-tinh-bien"
    assert any(one.get("url", "").startswith("/store/") for one in found["parts"])


def test_what_hinders_the_signer_is_said_in_words(desk, cluster, queues, client_for, operator):
    browser = client_for(operator)
    begun = browser.post(reverse("releases:stick_begin", args=[cluster.slug]), {"kind": "zip"}).json()
    queues.run()
    assert "chưa có bản phát hành" in browser.get(begun["state"]).json()["error"]


def test_only_who_operates_the_screens_exports_them(published, cluster, client_for, contributor, outsider):
    for person in (contributor, outsider):
        browser = client_for(person)
        for url in (
            reverse("releases:stick", args=[cluster.slug]),
            reverse("releases:stick_state", args=[cluster.slug, "zip", "0" * 24]),
        ):
            assert browser.get(url).status_code in (302, 403, 404)
        begun = browser.post(reverse("releases:stick_begin", args=[cluster.slug]), {"kind": "zip"})
        assert begun.status_code in (302, 403, 404)
    assert not AuditEntry.objects.filter(action="release.stick").exists()


def test_a_zip_of_yesterday_is_removed(instance, cluster):
    old, young = stick_jobs.zip_path(cluster, "0" * 24), stick_jobs.zip_path(cluster, "1" * 24)
    for path in (old, young):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"PK")
    os.utime(old, (0, 0))
    stick_jobs.sweep()
    assert (old.exists(), young.exists()) == (False, True)
