"""Where the pixels of proofs and themes lie: a private folder of files named by their SHA-256."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from cms.content.models import ProofAsset
from cms.plugin_api.types import AssetInfo

_STEP = 1 << 20
_FRESH_S = 900


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, read in steps of 1 MiB."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while step := file.read(_STEP):
            digest.update(step)
    return digest.hexdigest()


class AssetStore:
    """An `AssetSink` over `ASSETS_ROOT/<ab>/<sha256>` with a row of `ProofAsset` each. Files appear whole or not at all;
    the same bytes are stored once. Nothing here is public until a release carries it."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = Path(root or settings.ASSETS_ROOT)

    def path(self, sha256: str) -> Path:
        """Where an asset lies, whether or not it exists. Raises ValueError for what is no SHA-256."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError(f"{sha256!r} is not a lower-case SHA-256.")
        return self.root / sha256[:2] / sha256

    def has(self, shas: Iterable[str]) -> bool:
        """Whether every one of these assets lies here."""
        return all(self.path(sha).is_file() for sha in shas)

    def hold(self, shas: Iterable[str]) -> bool:
        """As `has`, for whoever is about to put the names of these assets on record: none of them is tidied away within the hour
        that follows."""
        with self._locked(fcntl.LOCK_SH):
            return all(_touch(self.path(sha)) for sha in shas)

    def put(self, data: bytes, type: str) -> str:
        """Store bytes of a media type (`image/png`); returns their SHA-256."""
        sha = hashlib.sha256(data).hexdigest()
        if not self.hold([sha]):
            with self._fresh() as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self._settle(Path(file.name), self.path(sha))
        self._note(sha, len(data), type)
        return sha

    def put_file(self, path: Path, type: str) -> str:
        """Store a file's bytes (the file may be moved away); returns their SHA-256."""
        sha = file_sha256(path)
        size = path.stat().st_size
        if not self.hold([sha]):
            with self._fresh() as file, path.open("rb") as source:
                shutil.copyfileobj(source, file, _STEP)
                file.flush()
                os.fsync(file.fileno())
            self._settle(Path(file.name), self.path(sha))
        self._note(sha, size, type)
        return sha

    def info(self, shas: Iterable[str]) -> dict[str, AssetInfo]:
        """Sizes and types by SHA-256, in one query. Assets nobody stored are missing from the answer."""
        rows = ProofAsset.objects.filter(sha256__in=set(shas))
        return {row.sha256: AssetInfo(row.sha256, row.bytes, row.type) for row in rows}

    def remove(self, shas: Iterable[str], before: float) -> tuple[int, int]:
        """Remove assets that nobody stored or held since an instant (seconds since 1970), with their rows; returns the number of
        files and their bytes. The caller has made sure that nothing on record names them."""
        gone, freed = [], []
        with self._locked(fcntl.LOCK_EX):
            for sha in shas:
                path = self.path(sha)
                try:
                    status = path.stat()
                    if status.st_mtime >= before:
                        continue
                    path.unlink()
                    freed.append(status.st_size)
                except FileNotFoundError:
                    pass
                gone.append(sha)
            for start in range(0, len(gone), 500):
                ProofAsset.objects.filter(sha256__in=gone[start : start + 500]).delete()
        return len(freed), sum(freed)

    def older_than(self, before: float) -> dict[str, int]:
        """Every asset that lies here and was last stored or held before an instant (seconds since 1970), with its bytes."""
        found = {}
        for folder in self.root.glob("[0-9a-f][0-9a-f]"):
            for one in os.scandir(folder):
                status = one.stat(follow_symlinks=False)
                if len(one.name) == 64 and status.st_mtime < before:
                    found[one.name] = status.st_size
        return found

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Shared by who stores, alone for who removes: what is found here is held before it can be removed, or not found."""
        self.root.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(
            self.root.with_name(f".{self.root.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    def _fresh(self) -> tempfile._TemporaryFileWrapper[bytes]:
        folder = self.root / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        return tempfile.NamedTemporaryFile(dir=folder, delete=False)

    @staticmethod
    def _settle(made: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        made.chmod(0o640)
        made.replace(target)

    @staticmethod
    def _note(sha: str, size: int, type: str) -> None:
        ProofAsset.objects.get_or_create(sha256=sha, defaults={"bytes": size, "type": type})


def _touch(path: Path) -> bool:
    try:
        if time.time() - path.stat().st_mtime > _FRESH_S:
            os.utime(path)
    except FileNotFoundError:
        return False
    return True
