"""Writing so that a crash, a full disk or a second process never leaves half a file behind."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from django.utils.translation import gettext as _

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
WORTH_COMPRESSING = 1024
UNTOUCHED_S = 3600
"""Nothing younger is tidied away: what is written, or found and relied on, may be named by a record within this time."""


class StorageFull(OSError):
    """The disk has no room left; nothing half-written stays. The message says what to do."""


def write_atomic(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put `data` at `path` in one step: temporary file, fsync, rename, fsync of the folder. Whoever reads `path` sees the old
    bytes or the new ones. Raises StorageFull when the disk is full, and leaves no temporary file then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name[:40]}.{secrets.token_hex(6)}.tmp"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if error.errno in FULL:
            raise StorageFull(error.errno, full_message(path)) from error
        raise
    sync_folder(path.parent)


def gzipped(path: Path) -> Path:
    """Where the compressed copy of a public file lies, if it has one."""
    return path.with_name(f"{path.name}.gz")


def compress(data: bytes) -> bytes:
    """Gzip, as small as zlib can. Documents are mostly hashes: chance matches of a few hexadecimal digits cost more than the
    digits, so the strategy that passes them over wins by a tenth. The same data give the same bytes."""

    def attempt(strategy: int, memory: int) -> bytes:
        packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS, memory, strategy)
        return packer.compress(data) + packer.flush()

    return min((attempt(zlib.Z_FILTERED, 7), attempt(zlib.Z_DEFAULT_STRATEGY, 8)), key=len)


def write_public(path: Path, data: bytes) -> None:
    """Put a public file that never changes at `path`, its compressed copy first. Raises StorageFull."""
    if len(data) >= WORTH_COMPRESSING and len(small := compress(data)) < len(data):
        write_atomic(gzipped(path), small)
    write_atomic(path, data)


def fresh(path: Path) -> bool:
    """Whether a file is there, and so young that nobody removes it for a while; needs no lock."""
    try:
        return time.time() - path.stat().st_mtime <= UNTOUCHED_S / 4
    except FileNotFoundError:
        return False


def touch(path: Path) -> bool:
    """Whether a file is there; if so, it is as good as new. Hold what keeps `remove_old` away meanwhile."""
    if not fresh(path):
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
    return True


def remove_old(path: Path, before: float) -> int:
    """Remove a file last touched before this instant (seconds since 1970); returns its bytes, 0 when it stays or is gone."""
    try:
        status = path.stat()
        if status.st_mtime >= before:
            return 0
        path.unlink()
    except FileNotFoundError:
        return 0
    return max(1, status.st_size)


def full_message(path: Path) -> str:
    """What an administrator reads when `path` could not be written for want of room."""
    return _("The disk is full: %(path)s could not be written. Free some space; publishing goes on by itself.") % {
        "path": path
    }


def sync_folder(folder: Path) -> None:
    """Make renames within `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file `path` against every other process and thread of this machine. The kernel frees it when the holder
    dies. Not re-entrant."""
    with _held(path, fcntl.LOCK_EX):
        yield


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold the lock file `path` together with others who share it, against whoever holds it `exclusive`."""
    with _held(path, fcntl.LOCK_SH):
        yield


def tidying_lock(data: Path) -> Path:
    """Held alone by who tidies up an instance's folder."""
    return data / "releases" / ".tidying.lock"


@contextmanager
def nothing_removed(data: Path) -> Iterator[None]:
    """Nothing of an instance's folder is tidied away while this lasts: for a backup, which copies what the database named when it
    began."""
    with shared(tidying_lock(data)):
        yield


@contextmanager
def exclusive_or_not(path: Path) -> Iterator[bool]:
    """As `exclusive`, but without waiting; yields whether the lock is held."""
    with ExitStack() as stack:
        try:
            stack.enter_context(_held(path, fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _held(path: Path, how: int) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)  # the signer may be a user of its own
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
