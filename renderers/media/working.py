"""Our copies of pictures, by the SHA-256 of the original: made once in a child, opened by renderers from then on.

Each lies as `<folder>/<ab>/<sha256>.png|.jpg`; a picture that already is our own copy (the library keeps those) is only
marked, `<sha256>.own`, and opened where it lies.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from renderers.media.normal import normalise
from renderers.scratch import scratch

_STEP = 1 << 20
_folder: Path | None = None
_known: dict[tuple[str, int, int, int], Path] = {}
_MOST_KNOWN = 4096


def keep_in(folder: Path) -> None:
    """Where copies lie from now on: a folder that only this instance writes to. Without it, one that goes with the process."""
    global _folder
    _folder = folder
    _known.clear()


def working_copy(path: Path) -> Path:
    """The file of ours to open in place of `path`. Raises `MediaRefused`, OSError."""
    found = path.stat()
    place = (str(path), found.st_ino, found.st_size, found.st_mtime_ns)
    copy = _known.get(place)
    if copy is None or not copy.exists():
        copy = _copy_of(path, _sha256(path))
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[place] = copy
    return copy


def own(sha256: str) -> None:
    """Remember that the file with this SHA-256 was made by `normalise`."""
    stem = _stem(sha256)
    stem.parent.mkdir(parents=True, exist_ok=True)
    stem.with_suffix(".own").touch(mode=0o600)


def _copy_of(path: Path, sha256: str) -> Path:
    stem = _stem(sha256)
    if stem.with_suffix(".own").exists():
        return path
    for suffix in (".jpg", ".png"):
        if stem.with_suffix(suffix).exists():
            return stem.with_suffix(suffix)
    stem.parent.mkdir(parents=True, exist_ok=True)
    with scratch("picture") as folder:
        (page,) = normalise(path, folder, most_pages=1).pages
        target = stem.with_suffix(page.suffix)
        partial = target.with_name(f".{os.getpid()}-{target.name}")
        try:
            shutil.copyfile(page.path, partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return target


def _stem(sha256: str) -> Path:
    return _root() / sha256[:2] / sha256


def _root() -> Path:
    global _folder
    if _folder is None:
        _folder = Path(tempfile.mkdtemp(prefix="bangtin-pictures-"))
        atexit.register(_forget, _folder, os.getpid())
    return _folder


def _forget(folder: Path, made_by: int) -> None:
    if os.getpid() == made_by:
        shutil.rmtree(folder, ignore_errors=True)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while step := file.read(_STEP):
            digest.update(step)
    return digest.hexdigest()
