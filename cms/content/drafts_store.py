"""Where drawings of unsaved drafts lie: files beside the assets, on nobody's record. They are no proofs, no release ever carries
them, and what was not looked at for a day goes.

    BANGTIN_DATA/drafts/assets/<ab>/<sha256>    pixels
    BANGTIN_DATA/drafts/known/<key>.json        what was drawn once: {"value": …, "assets": [sha256]}
    BANGTIN_DATA/drafts/made/<inputs>.json      a whole draft (see `drafts_jobs`)
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from cms.content.assets import AssetStore
from cms.content.drawn import hashes_in
from cms.content.models import Drawn
from cms.plugin_api.types import JSON

KEPT_S = 24 * 3600
_HEX = frozenset("0123456789abcdef")


class DraftStore:
    """An `AssetSink` and a `DrawCache`. What proofs have had drawn before is taken from there, never the other way round."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or Path(settings.ASSETS_ROOT).parent / "drafts"
        self.proofs = AssetStore()

    def put(self, data: bytes, type: str) -> str:
        """Keep bytes for a day; returns their SHA-256."""
        sha = hashlib.sha256(data).hexdigest()
        if not _touched(self._asset(sha)):
            _write(self._asset(sha), data)
        return sha

    def put_file(self, path: Path, type: str) -> str:
        return self.put(path.read_bytes(), type)

    def path(self, sha256: str) -> Path:
        """Where a draft's asset lies, or a proof's of the same bytes. Raises ValueError for what is no SHA-256."""
        theirs, ours = self.proofs.path(sha256), self._asset(sha256)
        return ours if ours.is_file() else theirs

    def once(self, key: str, make: Callable[[], JSON]) -> JSON:
        """What `make` gave for this key within the day, or for a proof. Two workers may make it twice: a draft waits for nobody."""
        found = Drawn.objects.filter(pk=key).first()
        if found is not None and self.proofs.hold(found.assets):
            return found.value
        kept = self.read("known", key)
        if kept is not None and all(_touched(self._asset(sha)) for sha in kept["assets"]):
            return kept["value"]
        value = json.loads(json.dumps(make()))
        ours = [sha for sha in set(hashes_in(value)) if self._asset(sha).is_file()]
        self.write("known", key, {"value": value, "assets": sorted(ours)})
        return value

    def read(self, folder: str, key: str) -> JSON | None:
        """A document, and a day more for it; None when it is not there."""
        path = self._document(folder, key)
        try:
            found: JSON = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        _touched(path)
        return found

    def write(self, folder: str, key: str, document: JSON) -> None:
        _write(self._document(folder, key), json.dumps(document, ensure_ascii=False).encode())

    def sweep(self, before: float | None = None) -> int:
        """Remove what nobody looked at since an instant (seconds since 1970; a day ago); returns how many files."""
        limit, gone = time.time() - KEPT_S if before is None else before, 0
        for path in self.root.glob("*/**/*"):
            with suppress(FileNotFoundError):
                if path.is_file() and path.stat().st_mtime < limit:
                    path.unlink()
                    gone += 1
        return gone

    def _asset(self, sha: str) -> Path:
        return self.root / "assets" / sha[:2] / sha

    def _document(self, folder: str, key: str) -> Path:
        if len(key) != 64 or not set(key) <= _HEX:
            raise ValueError(f"{key!r} is not a lower-case SHA-256.")
        return self.root / folder / f"{key}.json"


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    os.replace(file.name, path)


def _touched(path: Path) -> bool:
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True
