"""The keys of a province and its TUF root.

```
KEYS_ROOT/offline/<province>/root.pem                        the root key; belongs on another machine (SECURITY.md)
KEYS_ROOT/online/<province>/{timestamp,snapshot,targets}.pem read by the signer process alone
KEYS_ROOT/root/<province>/<n>.root.json                      public: what a player pins when it is paired
```
Private files are 0600 in folders 0700. One root serves all clusters of a province, byte for byte.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.utils.translation import gettext as _
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root

from cms import clock
from cms.places.models import Province
from cms.release.files import exclusive, write_atomic

ONLINE_ROLES = ("timestamp", "snapshot", "targets")


class KeysMissing(Exception):
    """A province has no root, or an online key that its root names is not here. The message says which and what to do."""


def province_code(province: Province | str) -> str:
    """The province's code; keys are found by it, so a code cannot change once keys exist."""
    return province if isinstance(province, str) else province.code


def _folder(kind: str, province: Province | str) -> Path:
    return Path(settings.KEYS_ROOT) / kind / province_code(province)


def _private_folder(kind: str, province: Province | str) -> Path:
    folder = _folder(kind, province)
    folder.mkdir(parents=True, exist_ok=True)
    for one in (folder.parent, folder):
        os.chmod(one, 0o700)
    return folder


def root_versions(province: Province | str) -> list[tuple[int, bytes]]:
    """Every root of the province, oldest first, as (version, bytes). Empty before the first one is made."""
    folder = _folder("root", province)
    versions = sorted(int(path.name.split(".")[0]) for path in folder.glob("*.root.json"))
    return [(version, (folder / f"{version}.root.json").read_bytes()) for version in versions]


def root_json(province: Province | str) -> bytes:
    """The newest TUF root of the province, as a player pins it. Raises KeysMissing when none was made yet."""
    roots = root_versions(province)
    if not roots:
        raise KeysMissing(
            _("Province %(code)s has no signing keys yet; they are made with its first release.")
            % {"code": province_code(province)}
        )
    return roots[-1][1]


def ensure_province_keys(province: Province | str) -> bytes:
    """Make the province's root and online keys (Ed25519, threshold 1) unless it has them; returns the root's bytes.

    The root is written last: whatever a crash left behind before that is replaced at the next call. Embedded instances
    keep the root key on the same disk; SECURITY.md says what that costs and how to take it away."""
    with exclusive(Path(settings.KEYS_ROOT) / ".lock"):
        roots = root_versions(province)
        if roots:
            return roots[-1][1]
        root_signer = CryptoSigner.generate_ed25519()
        root = Root(
            version=1,
            expires=clock.now() + timedelta(days=settings.BANGTIN_ROOT_DAYS),
            consistent_snapshot=True,
        )
        root.add_key(root_signer.public_key, "root")
        write_atomic(_private_folder("offline", province) / "root.pem", root_signer.private_bytes, mode=0o600)
        online = _private_folder("online", province)
        for role in ONLINE_ROLES:
            signer = CryptoSigner.generate_ed25519()
            root.add_key(signer.public_key, role)
            write_atomic(online / f"{role}.pem", signer.private_bytes, mode=0o600)
        metadata: Metadata[Root] = Metadata(root)
        metadata.sign(root_signer)
        data = metadata.to_bytes()
        write_atomic(_folder("root", province) / "1.root.json", data)
        return data


def online_signer(province: Province | str, role: str) -> CryptoSigner:
    """The signer of one online role. Only the process of the `sign` queue calls this. Raises KeysMissing when the key is
    not here or is not the one that the newest root names."""
    root = Metadata[Root].from_bytes(root_json(province)).signed
    path = _folder("online", province) / f"{role}.pem"
    try:
        private = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise KeysMissing(
            _(
                "The signer cannot read %(path)s (%(why)s). Restore the key from the backup, or replace it through the root."
            )
            % {"path": path, "why": error.strerror}
        ) from error
    signer = CryptoSigner(private)
    if signer.public_key.keyid not in root.roles[role].keyids:
        raise KeysMissing(_("%(path)s is not the key that the province's root names.") % {"path": path})
    return signer
