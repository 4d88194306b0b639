"""The public tree is read again, some of it at a time: what is damaged or missing there is put right from the private files.

Players refuse what does not verify, so damage shows nothing wrong; it only keeps them from a release until it is mended.
"""

from __future__ import annotations

import gzip
import json
import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from cms import clock
from cms.accounts.audit import record
from cms.places.models import Cluster
from cms.plugin_api.types import sha256
from cms.release import due, named, player_target
from cms.release.documents import read_document
from cms.release.files import StorageFull, gzipped, write_atomic, write_public
from cms.release.repository import ClusterRepository, Damaged
from cms.release.store import AssetDamaged, ContentStore, Manifest, asset_path, cut
from cms.schedule.format import CHUNK_BYTES

log = logging.getLogger(__name__)

BYTES_A_TURN = 16 * CHUNK_BYTES
CHUNKS_A_TURN = 500
NAMED_IN_LOG = 20


@dataclass(slots=True)
class Turn:
    """What one turn found: names of files that were mended, and of those that could not be."""

    mended: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def mend_some() -> Turn:
    """Read some chunks, and the documents of some clusters; mend what is wrong (queue `sign`). Meant to run every half minute: it
    reads at most 16 MiB of chunks, so a store of 10 GB is read once in about five hours."""
    turn, store = Turn(), ContentStore()
    wrong = set(_damaged_chunks(store))
    for cluster in due.in_turn(clock.now()):
        wrong |= _mend_documents(cluster, store, turn)
    if wrong:
        _mend_chunks(wrong, store, turn)
    if turn.mended or turn.lost:
        log.error("the public tree was damaged; mended: %s; lost: %s", turn.mended, turn.lost)
    return turn


# --- finding ------------------------------------------------------------------------------------------------------------


def _place() -> Path:
    return Path(settings.DATA) / "releases" / "read_until.json"


def _damaged_chunks(store: ContentStore) -> Iterator[str]:
    """The next chunks in order that are not what their names say. Where the reading stopped is kept; it begins anew at the end."""
    try:
        last = str(json.loads(_place().read_bytes())["chunk"])
    except (OSError, ValueError, KeyError, TypeError):
        last = ""
    read, number = 0, 0
    for digest in store.digests(after=last):
        try:
            read += store.path(digest).stat().st_size
        except FileNotFoundError:
            continue
        last, number = digest, number + 1
        if not store.sound(digest):
            yield digest
        if read >= BYTES_A_TURN or number >= CHUNKS_A_TURN:
            break
    else:
        last = ""
    write_atomic(_place(), json.dumps({"chunk": last}).encode("ascii"))


def _mend_documents(cluster: Cluster, store: ContentStore, turn: Turn) -> set[str]:
    """Mend the documents that the metadata of a cluster lead to; returns the chunks they name that are not in the store."""
    repository = ClusterRepository(cluster.slug, cluster.province.code)
    missing: set[str] = set()
    try:
        leading = repository.named_files()
    except Damaged:
        return missing  # it is published anew (`due.missing_in_public`)
    for path in sorted(leading):
        if path.parent.parent.name != "targets":
            continue
        digest, name, _ = path.name.split(".", 2)
        data = _sound_document(path, digest)
        if data is None:
            data = _document(cluster.slug, name, digest)
            if data is None:
                turn.lost.append(path.name)
                continue
            write_public(path, data)
            turn.mended.append(path.name)
        missing |= {one for one in _chunks_named(name, data) if not store.has(one)}
    return missing


def _sound_document(path: Path, digest: str) -> bytes | None:
    """A public document, unless it or its compressed copy is damaged or gone."""
    try:
        data = path.read_bytes()
        if sha256(data) != digest:
            return None
        small = gzipped(path)
        if small.exists() and gzip.decompress(small.read_bytes()) != data:
            return None
    except (OSError, EOFError, zlib.error):
        return None
    return data


def _document(cluster: str, name: str, digest: str) -> bytes | None:
    if name != player_target.NAME:
        return read_document(cluster, name, digest)
    shell = player_target.shell()
    data = shell.document() if shell else b""
    return data if sha256(data) == digest else None


def _chunks_named(name: str, data: bytes) -> set[str]:
    document = json.loads(data)
    if name == player_target.NAME:
        return {one["sha256"] for one in document["files"].values()}
    found: set[str] = set()
    for digest, asset in document["assets"].items():
        manifest = asset.get("manifest")
        found.add(manifest or digest)
        if manifest:
            found.update(named.chunks_of(manifest, digest))
    return found


# --- mending ------------------------------------------------------------------------------------------------------------


def _mend_chunks(wrong: set[str], store: ContentStore, turn: Turn) -> None:
    """Put chunks right; what cannot be is removed, so that nobody fetches it and whoever publishes it next writes it anew."""
    left = set(wrong)
    try:
        for digest in wrong:
            if (data := _short_asset(digest)) is not None:
                store.replace(digest, data)
                left.discard(digest)
        for data in _other_chunks(left):
            store.replace(sha256(data), data)
            left.discard(sha256(data))
    except StorageFull as error:
        log.error("%s", error)
        return
    turn.mended += sorted(wrong - left)
    removed = [one for one in sorted(left) if store.has(one)]
    for digest in removed:
        store.path(digest).unlink(missing_ok=True)
    turn.lost += sorted(left)
    if wrong - left or removed:
        names = [*turn.mended, *removed]
        record("store.mended", "", mended=len(turn.mended), removed=len(removed), files=names[:NAMED_IN_LOG])


def _short_asset(digest: str) -> bytes | None:
    """An asset of one chunk, from its private file."""
    path = asset_path(digest)
    try:
        if path.stat().st_size > CHUNK_BYTES:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    return data if sha256(data) == digest else None


def _other_chunks(wanted: set[str]) -> Iterator[bytes]:
    """Manifests, parts of long assets and files of the player among the wanted chunks."""
    shell = player_target.shell() if wanted else None
    for content in shell.files.values() if shell else ():
        if sha256(content) in wanted:
            yield content
    for manifest, asset in named.manifests().items() if wanted else ():
        if not wanted:
            return
        chunks = named.chunks_of(manifest, asset)
        if manifest in wanted and Manifest(chunks).id == manifest:
            yield Manifest(chunks).document
        if wanted.isdisjoint(chunks):
            continue
        yield from _parts(asset, chunks, wanted)


def _parts(asset: str, chunks: tuple[str, ...], wanted: set[str]) -> Iterator[bytes]:
    try:
        if cut(asset_path(asset), asset).chunks != chunks:
            return
    except AssetDamaged:
        return
    with asset_path(asset).open("rb") as file:
        for place, chunk in enumerate(chunks):
            if chunk in wanted:
                file.seek(place * CHUNK_BYTES)
                data = file.read(CHUNK_BYTES)
                if sha256(data) == chunk:
                    yield data
