"""`backup`: one file, whole or not there at all, whatever happens in the middle."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cms.archive import sealed, snapshot
from cms.archive.errors import ArchiveFailed
from cms.release.files import nothing_removed

FORMAT = 1
Progress = Callable[[int, int], None]


def backup(
    data: Path,
    database: dict[str, Any],
    out: Path,
    *,
    passphrase: str | None = None,
    at: datetime | None = None,
    progress: Progress = lambda done, total: None,
) -> Path:
    """Write a backup of the instance to `out` (a file that does not exist yet); returns it. Raises `ArchiveFailed`."""
    if out.exists():
        raise ArchiveFailed(f"Đã có tệp {out}; không ghi đè.", f"{out} exists and is not overwritten.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".bangtin-backup-", dir=out.parent) as folder:
            made = Path(folder) / "backup.tar"
            with nothing_removed(data):
                _write(data, database, Path(folder), made, passphrase, at or datetime.now(UTC), progress)
            _flush(made)
            os.link(made, out)  # like a rename, but it never replaces a file that appeared meanwhile
            _flush(out.parent)
    except OSError as error:
        raise ArchiveFailed(
            f"Không ghi được bản sao lưu: {error.strerror or error}", f"The backup cannot be written: {error}"
        ) from error
    return out


def _write(
    data: Path,
    database: dict[str, Any],
    folder: Path,
    made: Path,
    passphrase: str | None,
    at: datetime,
    progress: Progress,
) -> None:
    dump = folder / "database"
    # The database first: every file that it names is complete by then.
    engine = snapshot.dump_database(database, dump)
    sources = [("database", dump), *snapshot.files(data)]
    if passphrase is not None:
        keys = folder / "keys.enc"
        keys.write_bytes(sealed.seal(snapshot.secrets(data), passphrase))
        sources.append(("keys.enc", keys))
    members: list[snapshot.Member] = []
    for number, (name, path) in enumerate(sources):
        # What was tidied away since the list was made is no part of any approval, or the check at restore will tell.
        with contextlib.suppress(FileNotFoundError):
            members.append(snapshot.measure(name, path))
        progress(number + 1, 2 * len(sources))
    manifest = {
        "format": FORMAT,
        "bangtin": version("bangtin"),
        "made_at": at.isoformat(timespec="seconds"),
        "engine": engine,
        "keys": passphrase is not None,
        "files": [{"name": one.name, "bytes": one.bytes, "sha256": one.sha256} for one in members],
    }
    with tarfile.open(made, "w") as archive:
        _add(archive, "manifest.json", json.dumps(manifest, indent=1).encode())
        for number, one in enumerate(members):
            archive.add(one.path, arcname=one.name, recursive=False)
            progress(len(sources) + number + 1, 2 * len(sources))


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mode = 0o600
    archive.addfile(info, io.BytesIO(content))


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
