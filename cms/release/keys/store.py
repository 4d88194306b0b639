"""The folders of a province's keys on this instance.

```
KEYS_ROOT/offline/<province>/root.pem                        a root key made here; belongs into people's hands (docs/keys.md)
KEYS_ROOT/online/<province>/<role>[-<key id>].pem            read by the signer process alone
KEYS_ROOT/root/<province>/<n>.root.json                      public: what a player pins when it is paired
KEYS_ROOT/root/<province>/<n>.proposal.json                  a proposed root that waits for signatures, or was accepted
KEYS_ROOT/root/<province>/online.json                        where online keys lie that are not in `online/<province>/<role>.pem`
```
Private files are 0600 in folders 0700. One root serves all clusters of a province, byte for byte. The newest root decides which
keys count, so a change takes effect with one rename of one file.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.utils.translation import gettext as _
from securesystemslib.signer import CryptoSigner, Key, Signature, Signer
from tuf.api.metadata import Metadata, Root

from cms import clock
from cms.places.models import Province
from cms.release.files import exclusive, write_atomic
from cms.release.keys import places
from cms.release.keys.roots import ONLINE_ROLES
from cms.release.keys.words import CeremonyError


class KeysMissing(Exception):
    """A province has no root, or an online key that its root names is not here. The message says which and what to do."""


def province_code(province: Province | str) -> str:
    """The province's code; keys are found by it, so a code cannot change once keys exist."""
    return province if isinstance(province, str) else province.code


def folder(kind: str, province: Province | str) -> Path:
    """The folder of a kind of files of a province: `offline`, `online` or `root`."""
    return Path(settings.KEYS_ROOT) / kind / province_code(province)


def private_folder(kind: str, province: Province | str) -> Path:
    """The folder, made if need be, for its owner alone."""
    made = folder(kind, province)
    made.mkdir(parents=True, exist_ok=True)
    for one in (made.parent, made):
        os.chmod(one, 0o700)
    return made


def lock_path() -> Path:
    """Held by whoever changes keys."""
    return Path(settings.KEYS_ROOT) / ".lock"


def root_versions(province: Province | str) -> list[tuple[int, bytes]]:
    """Every root of the province, oldest first, as (version, bytes). Empty before the first one is made."""
    where = folder("root", province)
    versions = sorted(int(path.name.split(".")[0]) for path in where.glob("*.root.json"))
    return [(version, (where / f"{version}.root.json").read_bytes()) for version in versions]


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
    keep the root key on the same disk until people take it over (docs/keys.md)."""
    with exclusive(lock_path()):
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
        write_atomic(private_folder("offline", province) / "root.pem", root_signer.private_bytes, mode=0o600)
        for role in ONLINE_ROLES:
            root.add_key(make_online(province, f"{role}.pem"), role)
        metadata: Metadata[Root] = Metadata(root)
        metadata.sign(root_signer)
        data = metadata.to_bytes()
        write_atomic(folder("root", province) / "1.root.json", data)
        return data


def make_online(province: Province | str, name: str = "", role: str = "") -> Key:
    """Make an online key (Ed25519) in a file of this name, or of a name with the key's id; returns its public half."""
    signer = CryptoSigner.generate_ed25519()
    name = name or f"{role}-{signer.public_key.keyid[:8]}.pem"
    write_atomic(private_folder("online", province) / name, signer.private_bytes, mode=0o600)
    return signer.public_key


def online_uri(province: Province | str, role: str, keyid: str) -> str:
    """Where an online key lies; of a file that only the signer's user may see, no more than the folder."""
    named = places.read(folder("root", province) / "online.json").get(keyid)
    if named:
        return named
    here = folder("online", province)
    own = here / f"{role}-{keyid[:8]}.pem"
    try:
        return f"file2:{own if own.exists() else here / f'{role}.pem'}"
    except PermissionError:
        return f"file2:{here}"


def put_places(province: Province | str, keys: dict[str, str]) -> None:
    """Remember where online keys lie, by key id, beside those known already."""
    if not keys:
        return
    path = folder("root", province) / "online.json"
    write_atomic(path, places.to_bytes({**places.read(path), **keys}))


def online_signer(province: Province | str, role: str) -> Signer:
    """The signer of one online role. Only the process of the `sign` queue calls this. Raises KeysMissing when the key is
    not here or is not the one that the newest root names."""
    root = Metadata[Root].from_bytes(root_json(province)).signed
    keyid = root.roles[role].keyids[0]
    try:
        uri = online_uri(province, role, keyid)
        if uri.startswith("file2:"):
            return _in_file(root.keys[keyid], Path(uri.partition(":")[2]))
        return _Online(places.Watched.from_priv_key_uri(uri, root.keys[keyid]))
    except CeremonyError as error:
        raise KeysMissing(str(error)) from error


def _in_file(key: Key, path: Path) -> CryptoSigner:
    try:
        signer = CryptoSigner(load_pem_private_key(path.read_bytes(), None))
    except OSError as error:
        raise KeysMissing(
            _(
                "The signer cannot read %(path)s (%(why)s). Restore the key from the backup, or replace it through the root."
            )
            % {"path": path, "why": error.strerror}
        ) from error
    except (ValueError, TypeError) as error:
        raise KeysMissing(
            _("%(path)s is damaged. Restore the key from the backup, or replace it through the root.") % {"path": path}
        ) from error
    if signer.public_key.keyid != key.keyid:
        raise KeysMissing(_("%(path)s is not the key that the province's root names.") % {"path": path})
    return signer


class _Online(Signer):
    """A signer elsewhere, whose failure is one of missing keys: the release waits until somebody does what the message says."""

    def __init__(self, signer: places.Watched) -> None:
        self._signer = signer

    @property
    def public_key(self) -> Key:
        return self._signer.public_key

    @classmethod
    def from_priv_key_uri(cls, priv_key_uri: str, public_key: Key, secrets_handler: object = None) -> Signer:
        return cls(places.Watched.from_priv_key_uri(priv_key_uri, public_key))

    def sign(self, payload: bytes) -> Signature:
        try:
            return self._signer.sign(payload)
        except CeremonyError as error:
            raise KeysMissing(str(error)) from error
