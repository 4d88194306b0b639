"""The database as the migrations leave it, for tests and for the instances that they start. The migrations are half a minute
of work, so they run once for all processes of a run and for all runs with the same migrations."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def locked(path: Path, how: int = fcntl.LOCK_EX) -> Iterator[int]:
    """Hold a lock on a file among processes; yields its descriptor. It ends with the last process that has this descriptor.
    With `LOCK_NB` in `how`, raises BlockingIOError when another holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
        yield descriptor
    finally:
        os.close(descriptor)


def place(cache: Path) -> Path:
    """Where in the cache the database lies that exactly these migrations make."""
    digest = hashlib.sha256()
    for one in apps.get_app_configs():
        for file in sorted((Path(one.path) / "migrations").glob("*.py")):
            digest.update(f"{one.label}/{file.name}\n".encode() + file.read_bytes())
    return cache / f"{digest.hexdigest()[:32]}.sqlite3"


def ensure(kept: Path) -> Path:
    """Migrate unless that was done before; who comes meanwhile waits. Raises RuntimeError with what the migrations said when
    they fail."""
    with locked(kept.with_name("lock")):
        if not kept.is_file():
            for old in sorted(kept.parent.glob("*.sqlite3"), key=lambda one: one.stat().st_mtime)[:-2]:
                old.unlink()  # the newest may be in use by another run
            with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
                _migrate(Path(folder)).replace(kept)
    return kept


def _migrate(data: Path) -> Path:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "cms.settings.testing", "BANGTIN_DATA": str(data)}
    done = subprocess.run(
        [sys.executable, "-m", "cms.runtime", "migrate", "--verbosity", "0"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    made = data / "bangtin.sqlite3"
    with contextlib.closing(sqlite3.connect(made)) as database:
        database.execute(
            "PRAGMA journal_mode=DELETE"
        )  # all of it in one file, which a database in memory can take over
    return made
