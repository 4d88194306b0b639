"""Where the pixels of proofs and themes lie: a private folder of files named by their SHA-256."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from cms.content.models import ProofAsset
from cms.plugin_api.types import AssetInfo

_STEP = 1 << 20


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

    def put(self, data: bytes, type: str) -> str:
        """Store bytes of a media type (`image/png`); returns their SHA-256."""
        sha = hashlib.sha256(data).hexdigest()
        target = self.path(sha)
        if not target.exists():
            with self._fresh() as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self._settle(Path(file.name), target)
        self._note(sha, len(data), type)
        return sha

    def put_file(self, path: Path, type: str) -> str:
        """Store a file's bytes (the file may be moved away); returns their SHA-256."""
        sha = file_sha256(path)
        size = path.stat().st_size
        target = self.path(sha)
        if not target.exists():
            with self._fresh() as file, path.open("rb") as source:
                shutil.copyfileobj(source, file, _STEP)
                file.flush()
                os.fsync(file.fileno())
            self._settle(Path(file.name), target)
        self._note(sha, size, type)
        return sha

    def info(self, shas: Iterable[str]) -> dict[str, AssetInfo]:
        """Sizes and types by SHA-256, in one query. Assets nobody stored are missing from the answer."""
        rows = ProofAsset.objects.filter(sha256__in=set(shas))
        return {row.sha256: AssetInfo(row.sha256, row.bytes, row.type) for row in rows}

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
