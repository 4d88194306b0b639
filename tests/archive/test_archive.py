"""A backup of a running instance can be restored, and nothing else can be taken for one."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from cms.archive.backup import backup
from cms.archive.errors import ArchiveFailed
from cms.archive.lock import is_running
from cms.archive.restore import restore
from cms.runtime import folders

PASSPHRASE = "ba con trâu đen uống nước"


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """A data folder with a database in use, files of every kind, and keys."""
    data = tmp_path / "instance"
    folders.prepare(data)
    for name, content in {
        "media/original/cua-khau.jpg": b"picture",
        "assets/ab/abcd": b"proof" * 100_000,
        "public/store/cd/cdef": b"chunk",
        "keys/root/an_giang/1.root.json": b"{}",
        "keys/online/an_giang/targets.pem": b"private",
        "run/redis.rdb": b"not part of it",
        "clock.json": b"{}",
    }.items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(content)
    connection = sqlite3.connect(data / "bangtin.sqlite3")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE item (title TEXT)")
    connection.execute("INSERT INTO item VALUES ('Cửa khẩu Tịnh Biên')")
    connection.commit()
    connection.close()
    return data


def database(data: Path) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": data / "bangtin.sqlite3"}


def titles(data: Path) -> list[str]:
    connection = sqlite3.connect(data / "bangtin.sqlite3")
    try:
        return [row[0] for row in connection.execute("SELECT title FROM item ORDER BY rowid")]
    finally:
        connection.close()


def test_what_was_backed_up_is_what_is_restored(instance: Path, tmp_path: Path) -> None:
    out = backup(instance, database(instance), tmp_path / "b.tar", passphrase=PASSPHRASE)
    target = tmp_path / "other"
    assert restore(out, target, database(target), passphrase=PASSPHRASE) is None
    assert titles(target) == ["Cửa khẩu Tịnh Biên"]
    for folder in ("media", "assets", "public", "keys"):
        for path in (instance / folder).rglob("*"):
            if path.is_file():
                assert (target / path.relative_to(instance)).read_bytes() == path.read_bytes()
    assert not (target / "run" / "redis.rdb").exists()
    assert (target / "keys/online/an_giang/targets.pem").stat().st_mode & 0o077 == 0


def test_the_next_release_after_a_restore_lies_above_what_players_have_seen(instance: Path, tmp_path: Path) -> None:
    versions = instance / "releases" / "tinh-bien" / "versions.json"
    stamp = instance / "public" / "releases" / "tinh-bien" / "metadata" / "timestamp.json"
    for path, content in ((versions, '{"targets": 7, "snapshot": 7, "timestamp": 9}'), (stamp, "{}")):
        path.parent.mkdir(parents=True)
        path.write_text(content)
    out = backup(instance, database(instance), tmp_path / "b.tar")
    versions.write_text('{"targets": 900, "snapshot": 900, "timestamp": 950}')  # published after the backup
    restore(out, instance, database(instance), replace=True)
    assert json.loads(versions.read_text())["timestamp"] > 950
    assert not stamp.exists()  # so everything is signed anew


def test_a_backup_is_consistent_while_someone_writes(instance: Path, tmp_path: Path) -> None:
    writer = sqlite3.connect(instance / "bangtin.sqlite3")
    writer.execute("INSERT INTO item VALUES ('committed, still in the WAL')")
    writer.commit()
    writer.execute("INSERT INTO item VALUES ('not committed')")
    out = backup(instance, database(instance), tmp_path / "b.tar")
    writer.rollback()
    writer.close()
    target = tmp_path / "other"
    restore(out, target, database(target))
    assert titles(target) == ["Cửa khẩu Tịnh Biên", "committed, still in the WAL"]


def test_private_keys_leave_only_under_a_passphrase(instance: Path, tmp_path: Path) -> None:
    plain = backup(instance, database(instance), tmp_path / "plain.tar")
    closed = backup(instance, database(instance), tmp_path / "closed.tar", passphrase=PASSPHRASE)
    secret = (instance / "keys" / "secret_key").read_bytes()
    for out in (plain, closed):
        assert b"private" not in out.read_bytes()
        assert secret not in out.read_bytes()
    with pytest.raises(ArchiveFailed, match="passphrase is wrong"):
        restore(closed, tmp_path / "other", {}, passphrase="something else")
    assert not (tmp_path / "other").exists()
    with pytest.raises(ArchiveFailed, match="give their passphrase"):
        restore(closed, tmp_path / "other", {})
    with pytest.raises(ArchiveFailed, match="at least 12"):
        backup(instance, database(instance), tmp_path / "short.tar", passphrase="short")
    assert not (tmp_path / "short.tar").exists()


def test_data_already_there_are_refused_and_kept_beside_when_replaced(instance: Path, tmp_path: Path) -> None:
    out = backup(instance, database(instance), tmp_path / "b.tar")
    with pytest.raises(ArchiveFailed, match="--replace") as refused:
        restore(out, instance, database(instance))
    assert "đã có dữ liệu" in refused.value.text.vi
    (instance / "media" / "later.jpg").write_bytes(b"later")
    aside = restore(out, instance, database(instance), replace=True)
    assert aside is not None
    assert (aside / "media" / "later.jpg").exists()
    assert not (instance / "media" / "later.jpg").exists()
    assert titles(instance) == ["Cửa khẩu Tịnh Biên"]


def test_one_changed_byte_is_noticed_and_nothing_is_restored(instance: Path, tmp_path: Path) -> None:
    out = backup(instance, database(instance), tmp_path / "b.tar")
    content = bytearray(out.read_bytes())
    content[content.index(b"picture")] ^= 1
    out.write_bytes(content)
    with pytest.raises(ArchiveFailed, match=r"damaged or was changed at data/media/original/cua-khau\.jpg"):
        restore(out, instance, database(instance), replace=True)
    assert titles(instance) == ["Cửa khẩu Tịnh Biên"]
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


@pytest.mark.parametrize("name", ["../outside", "/outside", "data/../../outside"])
def test_a_hostile_archive_writes_nowhere(instance: Path, tmp_path: Path, name: str) -> None:
    out = backup(instance, database(instance), tmp_path / "b.tar")
    with tarfile.open(out, "a") as archive:
        info = tarfile.TarInfo(name)
        archive.addfile(info)
    with pytest.raises(ArchiveFailed, match="damaged or was changed"):
        restore(out, tmp_path / "other", {})
    assert not (tmp_path / "other").exists()
    assert not (tmp_path.parent / "outside").exists()


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"\x1f\x8b" + b"x" * 100])
def test_a_file_that_is_no_backup_is_named(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.tar"
    other.write_bytes(content)
    with pytest.raises(ArchiveFailed, match=r"other\.tar"):
        restore(other, tmp_path / "data", {})


def test_an_existing_file_is_never_overwritten(instance: Path, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(b"precious")
    with pytest.raises(ArchiveFailed, match="not overwritten"):
        backup(instance, database(instance), tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_bytes() == b"precious"


def test_a_backup_killed_in_the_middle_leaves_no_backup(instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "backups" / "b.tar"
    script = (
        "import os, signal, sys; from pathlib import Path; from cms.archive.backup import backup;"
        "data = Path(sys.argv[1]);"
        "stop = lambda done, total: os.kill(os.getpid(), signal.SIGKILL) if done > total // 2 + 2 else None;"
        "backup(data, {'ENGINE': 'sqlite3', 'NAME': data / 'bangtin.sqlite3'}, Path(sys.argv[2]), progress=stop)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(instance), str(out)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not out.exists()
    backup(instance, database(instance), out)
    assert out.exists()


def test_a_running_instance_is_noticed(instance: Path) -> None:
    assert not is_running(instance)
    # A record lock belongs to a process, so another one must hold it.
    script = (
        "import sys; from pathlib import Path; from cms.runtime.folders import lock;"
        "held = lock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(instance)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ}
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_running(instance)
    finally:
        holder.communicate()
    assert not is_running(instance)
