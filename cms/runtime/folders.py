"""The folders of an instance and the lock that keeps a second `bangtin up` out of them."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
from pathlib import Path
from typing import TextIO

from cms.runtime.say import Stop

FOLDERS = ("run", "keys", "media", "requests", "assets", "public", "static")


def prepare(data: Path) -> None:
    """Make the folders, closed to other users, and the secret key. Raises `Stop` when they cannot be written."""
    try:
        for folder in (data, *(data / name for name in FOLDERS)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied", str(folder))
        data.chmod(0o700)
        probe = data / "run" / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
        secret = data / "keys" / "secret_key"
        if not secret.exists():
            write_secret(secret, secrets.token_urlsafe(64).encode())
    except OSError as error:
        raise Stop(
            f"Không ghi được vào thư mục {error.filename or data} ({error.strerror}). Chọn thư mục khác bằng BANGTIN_DATA.",
            f"The folder {error.filename or data} cannot be written ({error.strerror}). Choose another with BANGTIN_DATA.",
        ) from error


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that nobody but its owner can read, all of it or nothing."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    temporary.replace(path)


def lock(data: Path) -> TextIO:
    """Hold the data folder for this process; keep the file open. Raises `Stop` when another instance runs on it.

    A record lock: children do not inherit it, so it ends with the supervisor and not with a straggler."""
    file = (data / "run" / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        pid, _, address = file.read().strip().partition(" ")
        file.close()
        raise Stop(
            f"Bảng Tin đang chạy trên dữ liệu này (tiến trình {pid or '?'}{', ' + address if address else ''}): {data}",
            f"Bảng Tin is already running on this data (process {pid or '?'}{', ' + address if address else ''}): {data}",
            code=3,
        ) from None
    return file


def describe(file: TextIO, address: str) -> None:
    """Write who holds the lock, for the message to the second one."""
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()} {address}\n")
    file.flush()


def check_port(host: str, port: int) -> None:
    """Raise `Stop` when nothing can be served on this address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Stop(
                f"Không mở được cổng {port} trên {host} ({error.strerror}). Chọn cổng khác bằng BANGTIN_PORT.",
                f"Port {port} on {host} cannot be opened ({error.strerror}). Choose another with BANGTIN_PORT.",
            ) from error
