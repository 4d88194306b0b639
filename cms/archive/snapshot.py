"""What a backup holds and how each part is taken while the instance runs.

```
bangtin-<instant>.tar
  manifest.json          format, version, instant, engine, and size and SHA-256 of every other member; always first
  database               SQLite: a copy by its backup API · PostgreSQL: pg_dump's custom format
  data/media|requests|decisions|assets|releases|public|keys/root|clock.json …
  keys.enc               private keys, only with a passphrase: scrypt and AES-256-GCM
```
Files that a release or a proof names are written once and never changed, so copying them one after the other is consistent
as long as the database is copied first: what it names is there already."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cms.archive.errors import ArchiveFailed

FOLDERS = ("media", "requests", "decisions", "assets", "releases", "public", "keys/root", "tls")
FILES = ("clock.json",)
PRIVATE = ("keys", "tls")
NOT_PRIVATE = ("keys/root",)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the backup: its name there, where its bytes are now, their number and SHA-256."""

    name: str
    path: Path
    bytes: int
    sha256: str


def measure(name: str, path: Path) -> Member:
    """Read a file once for its size and hash."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return Member(name, path, size, digest.hexdigest())


def dump_database(database: dict[str, Any], target: Path) -> str:
    """Write a consistent copy of the database; returns its engine, `sqlite` or `postgresql`."""
    engine = str(database["ENGINE"])
    if "sqlite3" in engine:
        source = sqlite3.connect(f"file:{database['NAME']}?mode=ro", uri=True)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            (state,) = copy.execute("PRAGMA integrity_check").fetchone()
            if state != "ok":
                raise ArchiveFailed("Cơ sở dữ liệu bị hỏng, không sao lưu được.", f"The database is damaged: {state}")
        finally:
            copy.close()
            source.close()
        return "sqlite"
    if "postgresql" in engine:
        _postgres(database, "pg_dump", "--format=custom", "--no-owner", "--file", str(target))
        return "postgresql"
    raise ArchiveFailed(f"Không sao lưu được cơ sở dữ liệu {engine}.", f"A database of {engine} cannot be backed up.")


def load_database(database: dict[str, Any], source: Path) -> None:
    """Put a PostgreSQL dump into the database of this instance; all of it or nothing."""
    _postgres(database, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
              "--dbname", str(database["NAME"]), str(source))  # fmt: skip


def _postgres(database: dict[str, Any], program: str, *arguments: str) -> None:
    if shutil.which(program) is None:
        raise ArchiveFailed(
            f"Thiếu {program}. Cài bằng: apt-get install postgresql-client",
            f"{program} is missing. Install: apt-get install postgresql-client",
        )
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
    environment = {variable: str(database[key]) for key, variable in names.items() if database.get(key)}
    done = subprocess.run(  # noqa: S603 - found on the PATH, arguments are ours
        [program, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ArchiveFailed(f"{program} báo lỗi.", f"{program}: {done.stderr.strip()}")


def files(data: Path) -> Iterator[tuple[str, Path]]:
    """Name and path of every file of the instance that belongs into the open part of a backup."""
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not _temporary(path) and not (folder == "tls" and path.suffix == ".key"):
                yield f"data/{path.relative_to(data)}", path
    for name in FILES:
        if (data / name).is_file():
            yield f"data/{name}", data / name


def secrets(data: Path) -> Iterator[tuple[str, Path]]:
    """Name and path of every private file: it leaves the instance encrypted or not at all."""
    for folder in PRIVATE:
        for path in sorted((data / folder).rglob("*")):
            name = str(path.relative_to(data))
            public = name.startswith(NOT_PRIVATE) or (folder == "tls" and path.suffix != ".key")
            if path.is_file() and not public and not _temporary(path):
                yield name, path


def _temporary(path: Path) -> bool:
    return path.name.startswith(".") or path.suffix in (".new", ".tmp", ".part")
