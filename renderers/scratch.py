"""Folders for work in progress, which are gone when the work ends, and swept when the process that did it was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_swept_by = 0


@contextmanager
def scratch(purpose: str) -> Iterator[Path]:
    """An empty private folder for the length of the block. The first one in a process sweeps what killed ones left."""
    global _swept_by
    if _swept_by != os.getpid():
        _swept_by = os.getpid()
        sweep()
    root = _root()
    with _alone(root):  # so that no sweep sees it before it is held
        folder = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=root))
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def sweep() -> int:
    """Remove the folders of processes that are gone (nobody holds them any more); returns how many."""
    root, swept = _root(), 0
    with _alone(root):
        for folder in root.iterdir():
            if not folder.is_dir() or folder.is_symlink():
                continue
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            else:
                shutil.rmtree(folder, ignore_errors=True)
                swept += 1
            finally:
                os.close(held)
    return swept


def _root() -> Path:
    """A folder of this user's own below the temporary one. Raises PermissionError when somebody else holds its name."""
    root = Path(tempfile.gettempdir()) / f"bangtin-{os.getuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    found = root.lstat()
    if found.st_uid != os.getuid() or root.is_symlink():
        raise PermissionError(f"{root} belongs to somebody else")
    return root


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    lock = os.open(root / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
