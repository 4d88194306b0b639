"""The content store: `store/<ab>/<sha256>`, immutable chunks of at most 1 MiB that any web server or stick can carry.

An asset up to 1 MiB is one chunk. A longer one is cut into chunks of 1 MiB (the last shorter) that a manifest names; the
manifest, canonical JSON `{"chunks": [sha256 …]}`, is a chunk itself and written last, so its presence means all are there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from cms.plugin_api.types import canonical, sha256
from cms.release.files import exclusive, fresh, remove_old, shared, touch, write_atomic
from cms.schedule.format import CHUNK_BYTES


class AssetDamaged(Exception):
    """An asset's file is missing, or its bytes are not those its hash promises."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """How a long asset is cut: `document` is what the store keeps under `id`."""

    chunks: tuple[str, ...]

    @property
    def document(self) -> bytes:
        return canonical({"chunks": list(self.chunks)})

    @property
    def id(self) -> str:
        return sha256(self.document)


def asset_path(digest: str) -> Path:
    """Where content keeps an asset before it is public."""
    return Path(settings.ASSETS_ROOT) / digest[:2] / digest


def cut(source: Path, digest: str) -> Manifest:
    """Read a file once, check that it is `digest`, and say how it is cut. Raises AssetDamaged."""
    whole, chunks = hashlib.sha256(), []
    try:
        with source.open("rb") as file:
            while data := file.read(CHUNK_BYTES):
                whole.update(data)
                chunks.append(sha256(data))
    except OSError as error:
        raise AssetDamaged(missing_message(digest)) from error
    if whole.hexdigest() != digest:
        raise AssetDamaged(changed_message(digest))
    return Manifest(tuple(chunks))


def missing_message(digest: str) -> str:
    return _("The file of asset %(asset)s is missing. Restore it from the backup, or have its proof made again.") % {
        "asset": digest[:12]
    }


def changed_message(digest: str) -> str:
    return _("The file of asset %(asset)s was changed after its proof was made. Find out who did it; restore it.") % {
        "asset": digest[:12]
    }


class ContentStore:
    """The public store under `root` (default: the instance's own). Everything is checked against its hash on its way in."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or Path(settings.PUBLIC_ROOT) / "store"
        self._lock = self.root.with_name(f".{self.root.name}.lock")

    def path(self, digest: str) -> Path:
        """Where a chunk lies, or would lie."""
        return self.root / digest[:2] / digest

    def has(self, digest: str) -> bool:
        return self.path(digest).is_file()

    def add(self, data: bytes) -> str:
        """Keep one chunk, return its hash. Raises ValueError above 1 MiB, StorageFull when there is no room."""
        if len(data) > CHUNK_BYTES:
            raise ValueError(f"a chunk has at most {CHUNK_BYTES} bytes, not {len(data)}")
        digest = sha256(data)
        with shared(self._lock):
            if not touch(self.path(digest)):
                write_atomic(self.path(digest), data)
        return digest

    def add_asset(self, digest: str, source: Path | None = None, *, known: str | None = None) -> str | None:
        """Publish an asset's bytes; returns the manifest's hash when it is longer than one chunk. `known` is the asset's
        manifest by a document signed earlier: when the store has it, the file is not read again. Raises AssetDamaged when the file is missing or not `digest`, StorageFull when there is no room; chunks that
        were complete by then stay, so the next attempt goes on from there."""
        if known and self.has(known):
            return known
        source = source or asset_path(digest)
        try:
            size = source.stat().st_size
        except OSError as error:
            raise AssetDamaged(missing_message(digest)) from error
        if size <= CHUNK_BYTES:
            self._add_short(digest, source)
            return None
        manifest = cut(source, digest)
        with source.open("rb") as file:
            for chunk in manifest.chunks:
                data = file.read(CHUNK_BYTES)
                if sha256(data) != chunk:
                    raise AssetDamaged(changed_message(digest))
                self.add(data)
        return self.add(manifest.document)

    def _add_short(self, digest: str, source: Path) -> None:
        if fresh(self.path(digest)):
            return
        with shared(self._lock):
            if touch(self.path(digest)):
                return
            data = source.read_bytes()
            if sha256(data) != digest:
                raise AssetDamaged(changed_message(digest))
            # A copy of its own, not a link: whatever happens to the public tree, the approved pixels stay what they are.
            write_atomic(self.path(digest), data)

    # --- upkeep -----------------------------------------------------------------------------------------------------

    def digests(self, after: str = "") -> Iterator[str]:
        """The names of all chunks in order, from the one that follows `after` on."""
        for folder in sorted(one for one in self._names(self.root) if one >= after[:2]):
            yield from sorted(one for one in self._names(self.root / folder) if one > after and len(one) == 64)

    @staticmethod
    def _names(folder: Path) -> list[str]:
        try:
            return [one.name for one in folder.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def sound(self, digest: str) -> bool:
        """Whether a chunk is there and is what its name says."""
        try:
            data = self.path(digest).read_bytes()
        except OSError:
            return False
        return len(data) <= CHUNK_BYTES and sha256(data) == digest

    def replace(self, digest: str, data: bytes) -> None:
        """Put sound bytes in the place of a damaged or missing chunk. Raises ValueError for other bytes, StorageFull."""
        if sha256(data) != digest or len(data) > CHUNK_BYTES:
            raise ValueError(f"these bytes are not the chunk {digest}")
        with shared(self._lock):
            write_atomic(self.path(digest), data)

    def remove(self, digests: Iterable[str], before: float) -> tuple[int, int]:
        """Remove chunks that nobody wrote or relied on since an instant (seconds since 1970); returns their number and bytes.
        A publisher that finds a chunk here touches it under the same lock, so none is taken from under it."""
        with exclusive(self._lock):
            freed = [bytes_ for one in digests if (bytes_ := remove_old(self.path(one), before))]
        return len(freed), sum(freed)
