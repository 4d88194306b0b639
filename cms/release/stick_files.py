"""Puts a bundle where it travels: onto a stick, or into a .zip to be unpacked there."""

from __future__ import annotations

import hashlib
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cms.release.bundle import MARKER, Bundle, BundleRefused, Part
from cms.release.files import FULL

Progress = Callable[[int, int], None]
"""Hears of bytes done and of all bytes; may raise to stop."""
OWNED = ("metadata", "targets", "store", "player")
"""Folders in which nothing else than the bundle's files may stay."""


@dataclass(frozen=True, slots=True)
class Written:
    """`copied` of all files were new or had changed, `removed` were of an earlier release."""

    folder: Path
    files: int
    bytes: int
    copied: int
    copied_bytes: int
    removed: int


def write_folder(bundle: Bundle, parent: Path, *, progress: Progress = lambda done, all_: None) -> Written:
    """Make `parent/bangtin-<cluster>` this bundle. What lies there and is whole stays; every file appears under its name when
    it is complete; the timestamp and then `bangtin.json` come last, when everything else is on the stick. So a stick that is
    pulled out early carries the release before, or says that it is not finished. Where there is no room for both, the
    release before goes first. Raises BundleRefused."""
    folder = parent / bundle.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            written = _copy(bundle, folder, progress)
        except OSError as error:
            if error.errno not in FULL or not _stale(bundle, folder):
                raise
            (folder / MARKER).unlink(missing_ok=True)
            _remove(_stale(bundle, folder))
            written = _copy(bundle, folder, progress)
        return written
    except OSError as error:
        raise refusal(error, folder) from error


def _copy(bundle: Bundle, folder: Path, progress: Progress) -> Written:
    done = copied = copied_bytes = 0
    for one in (*bundle.parts, *bundle.ends[:-1]):
        if one is bundle.ends[0]:
            _settle()
        if not _whole(folder / one.path, one):
            _write(folder / one.path, one)
            copied += 1
            copied_bytes += one.size
        done += one.size
        progress(done, bundle.size)
    marker = bundle.ends[-1]
    _settle()
    _write(folder / marker.path, marker)
    _settle()
    progress(bundle.size, bundle.size)
    stale = _stale(bundle, folder)
    _remove(stale)
    return Written(folder, len(bundle), bundle.size, copied + 1, copied_bytes + marker.size, len(stale))


def _whole(path: Path, part: Part) -> bool:
    """Whether the file is there already, byte for byte: a stick that was pulled out keeps files of the right length and no
    content."""
    try:
        if path.stat().st_size != part.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == part.sha256
    except OSError:
        return False


def _write(path: Path, part: Part) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = part.read()
    temporary = path.with_name(f".{secrets.token_hex(6)}.part")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _settle() -> None:
    """Everything written so far is on the stick, not in this machine's memory. One call for all: a stick takes a second for
    each file that is settled by itself."""
    os.sync()


def _stale(bundle: Bundle, folder: Path) -> list[Path]:
    """Files of an earlier release, and what an interrupted copy left."""
    named = {folder / one.path for one in (*bundle.parts, *bundle.ends)}
    found = [path for name in OWNED for path in (folder / name).rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted([path for path in found if path not in named] + list(folder.glob(".*.part")))


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()  # only where nothing is left


def write_zip(bundle: Bundle, target: Path, *, progress: Progress = lambda done, all_: None) -> None:
    """One file to unpack onto a stick, `bangtin.json` last in it. Nothing is compressed: pictures and clips are already. It
    appears whole or not at all. Raises BundleRefused."""
    unfinished = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
            for name, data, done in _entries(bundle):
                archive.writestr(name, data)
                progress(done, bundle.size)
        unfinished.replace(target)
    except OSError as error:
        raise refusal(error, target) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _entries(bundle: Bundle) -> Iterator[tuple[str, bytes, int]]:
    done = 0
    for one in (*bundle.parts, *bundle.ends):
        done += one.size
        yield f"{bundle.folder}/{one.path}", one.read(), done


def refusal(error: OSError, path: Path) -> BundleRefused:
    if error.errno in FULL:
        return BundleRefused(
            "full",
            f"Không đủ chỗ để ghi {path}. Hãy xoá bớt tệp hoặc dùng USB lớn hơn, rồi xuất lại.",
            f"There is no room to write {path}. Delete files or take a larger stick, then export again.",
        )
    reason = error.strerror or str(error)
    return BundleRefused(
        "folder",
        f"Không ghi được vào {path} ({reason}). Kiểm tra USB có bị khoá ghi hoặc đã rút ra không, rồi xuất lại.",
        f"{path} cannot be written ({reason}). See whether the stick is locked or was pulled out, then export again.",
    )
