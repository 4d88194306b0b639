"""The content store: every byte checked on its way in, nothing half-written."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
from pathlib import Path

import pytest

from cms.release.files import StorageFull
from cms.release.store import AssetDamaged, ContentStore, cut
from cms.schedule.format import CHUNK_BYTES

from .made import killed_at_sync


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    return ContentStore(tmp_path / "store")


def asset(folder: Path, data: bytes) -> tuple[str, Path]:
    digest = hashlib.sha256(data).hexdigest()
    path = folder / digest
    path.write_bytes(data)
    return digest, path


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_short_asset_is_one_chunk_apart_from_the_private_file(store, tmp_path):
    digest, path = asset(tmp_path, b"x" * CHUNK_BYTES)
    assert store.add_asset(digest, path) is None
    assert store.path(digest).read_bytes() == path.read_bytes()
    store.path(digest).write_bytes(b"damaged in public")
    assert path.read_bytes() == b"x" * CHUNK_BYTES
    assert [one.name for one in files(store.root)] == [digest]


def test_a_long_asset_is_cut_into_chunks_that_its_manifest_names(store, tmp_path):
    data = os.urandom(2 * CHUNK_BYTES + 5)
    digest, path = asset(tmp_path, data)
    manifest = store.add_asset(digest, path)
    chunks = json.loads(store.path(manifest).read_bytes())["chunks"]
    assert manifest == hashlib.sha256(store.path(manifest).read_bytes()).hexdigest() == cut(path, digest).id
    assert [store.path(one).stat().st_size for one in chunks] == [CHUNK_BYTES, CHUNK_BYTES, 5]
    assert b"".join(store.path(one).read_bytes() for one in chunks) == data
    assert len(files(store.root)) == 4


def test_what_is_there_is_not_read_again(store, tmp_path):
    digest, path = asset(tmp_path, os.urandom(CHUNK_BYTES + 1))
    manifest = store.add_asset(digest, path)
    path.write_bytes(b"\0" * (CHUNK_BYTES + 1))
    assert store.add_asset(digest, path, known=manifest) == manifest
    with pytest.raises(AssetDamaged):
        store.add_asset(digest, path)


@pytest.mark.parametrize("size", [100, CHUNK_BYTES + 100])
def test_changed_bytes_do_not_enter(store, tmp_path, size):
    digest, path = asset(tmp_path, b"a" * size)
    path.write_bytes(b"a" * (size - 1) + b"b")
    with pytest.raises(AssetDamaged, match=digest[:12]):
        store.add_asset(digest, path)
    assert files(store.root) == []


def test_a_missing_file_is_said(store, tmp_path):
    with pytest.raises(AssetDamaged):
        store.add_asset("0" * 64, tmp_path / "none")


def test_a_chunk_is_at_most_one_mebibyte(store):
    with pytest.raises(ValueError, match="1048576"):
        store.add(b"x" * (CHUNK_BYTES + 1))


def test_a_full_disk_leaves_nothing_half_written_and_the_next_attempt_goes_on(store, tmp_path):
    digest, path = asset(tmp_path, os.urandom(3 * CHUNK_BYTES))
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (CHUNK_BYTES // 2, old[1]))
    try:
        with pytest.raises(StorageFull, match=r"[Dd]isk|đĩa"):
            store.add_asset(digest, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)
    assert files(store.root) == []
    manifest = store.add_asset(digest, path)
    assert store.has(manifest)


def test_a_process_killed_while_writing_leaves_no_chunk_that_lies(store, tmp_path):
    digest, path = asset(tmp_path, os.urandom(4 * CHUNK_BYTES))
    assert killed_at_sync(5, lambda: store.add_asset(digest, path))
    kept = [one for one in files(store.root) if not one.name.startswith(".")]
    assert kept
    assert all(hashlib.sha256(one.read_bytes()).hexdigest() == one.name for one in kept)
    assert store.has(store.add_asset(digest, path))
