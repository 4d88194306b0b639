"""Private keys under a passphrase: scrypt (N 2¹⁷, r 8, p 1) for the key, AES-256-GCM for a tar of the files."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from cms.archive.errors import ArchiveFailed

MAGIC = b"bangtin-keys-1\n"
SALT, NONCE = 16, 12
SHORTEST = 12


def seal(files: Iterable[tuple[str, Path]], passphrase: str) -> bytes:
    """The files as encrypted bytes. Raises `ArchiveFailed` for a passphrase under 12 characters."""
    if len(passphrase) < SHORTEST:
        raise ArchiveFailed(
            f"Cụm mật khẩu phải có ít nhất {SHORTEST} ký tự.", f"The passphrase needs at least {SHORTEST} characters."
        )
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, path in files:
            archive.add(path, arcname=name, recursive=False)
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    return MAGIC + salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, plain.getvalue(), MAGIC)


def unseal(sealed: bytes, passphrase: str) -> dict[str, bytes]:
    """Files by name. Raises `ArchiveFailed` for a wrong passphrase or a byte that was changed."""
    wrong = ArchiveFailed(
        "Sai cụm mật khẩu, hoặc phần khoá trong bản sao lưu đã bị sửa.",
        "The passphrase is wrong, or the keys in the backup were changed.",
    )
    if not sealed.startswith(MAGIC):
        raise wrong
    body = sealed[len(MAGIC) :]
    salt, nonce, data = body[:SALT], body[SALT : SALT + NONCE], body[SALT + NONCE :]
    try:
        plain = AESGCM(_key(passphrase, salt)).decrypt(nonce, data, MAGIC)
    except InvalidTag:
        raise wrong from None
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        for member in archive:
            if member.isfile() and (content := archive.extractfile(member)):
                found[member.name] = content.read()
    return found


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(passphrase.encode())
