"""What is damaged in public is found in its turn and put right from the private files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cms.accounts.models import AuditEntry
from cms.release import mending, player_target
from cms.release.files import gzipped
from cms.release.repository import ClusterRepository
from cms.release.signer import sign_release
from cms.release.store import ContentStore, asset_path, cut
from cms.schedule.format import CHUNK_BYTES

from .made import approve, put_asset, scene_of

LONG = os.urandom(2 * CHUNK_BYTES + 7)
SHORT = b"a picture of one chunk" * 100


@pytest.fixture
def published(desk, province, cluster, administrator):
    """A release with a long and a short asset."""
    for data, kind, type in ((LONG, "video", "video/mp4"), (SHORT, "image", "image/png")):
        desk.shown.append(approve(province, cluster, administrator, scene_of(put_asset(data, type), kind=kind)))
    release = desk.release()
    assert sign_release(release) == "published"
    return release


@pytest.fixture
def chunks(published) -> list[Path]:
    """Where the public chunks of both lie: three parts, their manifest, and the short one."""
    store = ContentStore()
    long, short = (next(iter(proof.assets())) for _approval, proof in published_proofs(published))
    manifest = cut(asset_path(long), long)
    return [*(store.path(one) for one in manifest.chunks), store.path(manifest.id), store.path(short)]


def published_proofs(release):
    from cms.approval.models import Approval

    found = [(one, one.proofs.get().value) for one in Approval.objects.order_by("pk")]
    return found[1:]


def flip(path: Path) -> bytes:
    """Change one bit; returns the bytes that were there."""
    before = path.read_bytes()
    damaged = bytearray(before)
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(bytes(damaged))
    return before


@pytest.mark.parametrize("place", range(5))
def test_a_flipped_bit_in_any_chunk_is_mended(chunks, place):
    before = flip(chunks[place])
    turn = mending.mend_some()
    assert chunks[place].read_bytes() == before
    assert turn.mended == [chunks[place].name]
    assert AuditEntry.objects.get(action="store.mended").data["files"] == [chunks[place].name]
    assert mending.mend_some() == mending.Turn()


@pytest.mark.parametrize("place", range(5))
def test_a_chunk_that_is_gone_comes_back(chunks, place):
    before = chunks[place].read_bytes()
    chunks[place].unlink()
    assert mending.mend_some().mended == [chunks[place].name]
    assert chunks[place].read_bytes() == before


@pytest.mark.parametrize("which", ["document", "its compressed copy", "gone"])
def test_a_damaged_schedule_is_written_anew(published, which):
    repository = ClusterRepository("tinh-bien", "an_giang")
    path = next(one for one in repository.named_files() if one.name.endswith(".schedule.json"))
    target = gzipped(path) if which == "its compressed copy" else path
    before = target.read_bytes()
    if which == "gone":
        target.unlink()
    else:
        flip(target)
    assert mending.mend_some().mended == [path.name]
    assert target.read_bytes() == before


def test_the_players_own_files_are_mended_too(published, monkeypatch):
    monkeypatch.setattr(player_target, "_lent", [])
    content = b"export const player = true" * 50
    player_target.lend_shell(
        lambda: player_target.Shell("0123456789ab", {"main.js": content}, {"main.js": "text/javascript"})
    )
    assert player_target.offer_due() == 1
    path = next(one for one in ContentStore().root.rglob("*") if one.is_file() and one.read_bytes() == content)
    flip(path)
    mending.mend_some()
    assert path.read_bytes() == content


def test_what_cannot_be_mended_is_no_longer_offered(chunks):
    """Else every player would fetch it, again and again, to throw it away."""
    short = chunks[-1]
    asset_path(short.name).unlink()
    flip(short)
    turn = mending.mend_some()
    assert turn.lost == [short.name]
    assert not short.exists()
    assert AuditEntry.objects.get(action="store.mended").data["removed"] == 1


def test_bytes_that_were_slipped_in_among_the_private_files_do_not_mend(chunks):
    flip(asset_path(chunks[-1].name))
    flip(chunks[-1])
    assert mending.mend_some().lost == [chunks[-1].name]


def test_the_store_is_read_bit_by_bit_and_then_again(chunks, monkeypatch):
    monkeypatch.setattr(mending, "CHUNKS_A_TURN", 2)
    last = max(one for one in ContentStore().digests())
    flip(ContentStore().path(last))
    turns = [bool(mending.mend_some().mended) for _ in range(4)]
    assert turns.count(True) == 1
    assert turns[0] is False
    flip(ContentStore().path(min(ContentStore().digests())))
    assert any(mending.mend_some().mended for _ in range(4)), "it begins anew"


def test_a_turn_reads_no_more_than_it_should(chunks, monkeypatch):
    read: list[str] = []
    sound = ContentStore.sound
    monkeypatch.setattr(mending, "BYTES_A_TURN", CHUNK_BYTES)
    monkeypatch.setattr(ContentStore, "sound", lambda self, digest: read.append(digest) or sound(self, digest))
    list(mending._damaged_chunks(ContentStore()))
    assert 1 <= len(read) <= 5
    sizes = [ContentStore().path(one).stat().st_size for one in read]
    assert sum(sizes[:-1]) < CHUNK_BYTES
