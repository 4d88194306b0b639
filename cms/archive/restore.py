"""`restore`: everything is unpacked beside the data folder and checked before anything of the instance is touched."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from cms.archive import sealed, snapshot
from cms.archive.backup import FORMAT
from cms.archive.errors import ArchiveFailed

DATABASE = "bangtin.sqlite3"
VERSION_LEAP = 1_000_000


def read_manifest(source: Path) -> dict[str, Any]:
    """The manifest of a backup. Raises `ArchiveFailed` for a file that is none, or of a later format."""
    try:
        with tarfile.open(source) as archive:
            first = archive.next()
            content = archive.extractfile(first) if first and first.name == "manifest.json" else None
            manifest = json.loads(content.read()) if content else None
    except (OSError, tarfile.TarError, ValueError) as error:
        raise ArchiveFailed(f"Không đọc được bản sao lưu {source}.", f"{source} cannot be read: {error}") from error
    if not isinstance(manifest, dict) or "files" not in manifest:
        raise ArchiveFailed(f"{source} không phải bản sao lưu Bảng Tin.", f"{source} is not a backup of Bảng Tin.")
    if manifest.get("format") != FORMAT:
        raise ArchiveFailed(
            f"Bản sao lưu có định dạng {manifest.get('format')}; bản này chỉ đọc {FORMAT}. Hãy cập nhật Bảng Tin.",
            f"The backup has format {manifest.get('format')}; this version reads {FORMAT}. Update Bảng Tin.",
        )
    return manifest


def restore(
    source: Path, data: Path, database: dict[str, Any], *, replace: bool = False, passphrase: str | None = None
) -> Path | None:
    """Make the instance what it was at the backup; returns the folder where its old data lie, when there were any.

    Data already there are refused without `replace`, and moved aside with it. Raises `ArchiveFailed`; then the data folder
    is as it was before."""
    manifest = read_manifest(source)
    if _holds_data(data) and not replace:
        raise ArchiveFailed(
            f"Thư mục {data} đã có dữ liệu. Thêm --replace để thay; dữ liệu cũ được giữ bên cạnh.",
            f"{data} holds data already. Add --replace to take its place; the old data are kept beside it.",
        )
    if manifest["keys"] and passphrase is None:
        raise ArchiveFailed(
            "Bản sao lưu có khoá; cần cụm mật khẩu (BANGTIN_BACKUP_PASSPHRASE hoặc --with-keys), hoặc --without-keys.",
            "The backup holds keys: give their passphrase (BANGTIN_BACKUP_PASSPHRASE or --with-keys), or --without-keys.",
        )
    data.parent.mkdir(parents=True, exist_ok=True)
    stage = data.with_name(f".{data.name}.restoring")
    shutil.rmtree(stage, ignore_errors=True)  # of a restore that was killed
    stage.mkdir(mode=0o700)
    try:
        _unpack(source, manifest, stage)
        if passphrase and (stage / "keys.enc").exists():
            _put_keys(stage, sealed.unseal((stage / "keys.enc").read_bytes(), passphrase))
        (stage / "keys.enc").unlink(missing_ok=True)
        _lift_versions(stage / "data")
        if manifest["engine"] == "sqlite":
            shutil.move(stage / "database", stage / "data" / DATABASE)
        else:
            snapshot.load_database(database, stage / "database")
        return _exchange(stage / "data", data)
    except OSError as error:
        raise ArchiveFailed(f"Không khôi phục được: {error.strerror or error}", f"Not restored: {error}") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _holds_data(data: Path) -> bool:
    return data.is_dir() and any(data.iterdir())


def _unpack(source: Path, manifest: dict[str, Any], stage: Path) -> None:
    """Write each file that the manifest names and nothing else; its size and hash must be what the manifest says."""
    wanted = {str(one["name"]): one for one in manifest["files"]}
    (stage / "data").mkdir(mode=0o700)
    with tarfile.open(source) as archive:
        for member in archive:
            if member.name == "manifest.json":
                continue
            fact = wanted.pop(member.name, None)
            parts = PurePosixPath(member.name).parts
            if fact is None or not member.isfile() or ".." in parts or member.name.startswith("/"):
                raise _damaged(member.name)
            content = archive.extractfile(member)
            assert content is not None  # noqa: S101 - isfile() says so
            target = stage / member.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            digest = hashlib.sha256()
            with target.open("xb") as file:
                os.chmod(target, 0o600)
                while block := content.read(1 << 20):
                    digest.update(block)
                    file.write(block)
            if digest.hexdigest() != fact["sha256"]:
                raise _damaged(member.name)
    if wanted:
        raise _damaged(next(iter(wanted)))


def _damaged(name: str) -> ArchiveFailed:
    return ArchiveFailed(
        f"Bản sao lưu bị hỏng hoặc bị sửa ở {name}; không có gì được khôi phục.",
        f"The backup is damaged or was changed at {name}; nothing was restored.",
    )


def _put_keys(stage: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if ".." in PurePosixPath(name).parts or name.startswith("/"):
            raise _damaged(name)
        target = stage / "data" / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o600)


def _lift_versions(data: Path) -> None:
    """Players refuse versions below those they have seen, and they may have seen later ones than the backup knows. So the
    next versions lie far above, and without a timestamp in the public tree everything is signed anew at the next start."""
    for path in (data / "releases").glob("*/versions.json"):
        versions = {role: int(number) + VERSION_LEAP for role, number in json.loads(path.read_text()).items()}
        path.write_text(json.dumps(versions, sort_keys=True))
    for path in (data / "public" / "releases").glob("*/metadata/timestamp.json"):
        path.unlink()


def _exchange(made: Path, data: Path) -> Path | None:
    """Two renames: the old folder aside, the new one into its place. Killed between them, the old one is still beside."""
    aside: Path | None = None
    if data.exists():
        if _holds_data(data):
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
            aside = data.with_name(f"{data.name}.before-{stamp}")
            data.rename(aside)
        else:
            data.rmdir()
    try:
        made.rename(data)
    except OSError:
        if aside:
            aside.rename(data)
        raise
    return aside
