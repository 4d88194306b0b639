"""Where online keys lie: a URI of securesystemslib for each, kept by key id in `KEYS_ROOT/root/<province>/online.json`; what is not
in it lies in its file of old, `KEYS_ROOT/online/<province>/<role>.pem`.

| URI | the key lies | package |
|---|---|---|
| `file2:/path/key.pem` | in a file (PKCS8, PEM) | – |
| `envvar:NAME` | in an environment variable (PKCS8, PEM), or in the file that `NAME_FILE` names | – |
| `hsm:2?label=…` | in a hardware module (PKCS#11); its PIN in `BANGTIN_SIGNER_PIN` | python-pkcs11 |
| `gcpkms:` `awskms:` `azurekms:` `hv:` | at a key service | NEEDS says which |
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils.translation import gettext_noop
from securesystemslib.exceptions import UnsupportedLibraryError
from securesystemslib.signer import (
    SIGNER_FOR_URI_SCHEME,
    AWSSigner,
    AzureSigner,
    CryptoSigner,
    GCPSigner,
    HSMSigner,
    Key,
    SecretsHandler,
    Signature,
    Signer,
    VaultSigner,
)

from cms.release.keys.roots import fits
from cms.release.keys.words import CeremonyError

NEEDS = {
    "hsm": "python-pkcs11",
    "gcpkms": "google-cloud-kms",
    "awskms": "boto3",
    "azurekms": "azure-identity azure-keyvault-keys",
    "hv": "hvac",
}
PIN = "BANGTIN_SIGNER_PIN"


class EnvironmentSigner(CryptoSigner):
    """A key in an environment variable, as PEM of PKCS8; `NAME_FILE` may name a file that holds it (a secret of systemd or of a
    container)."""

    SCHEME = "envvar"

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Key, secrets_handler: SecretsHandler | None = None
    ) -> CryptoSigner:
        """As `Signer.from_priv_key_uri`. Raises OSError when the variable is not set, ValueError when it is no key."""
        return CryptoSigner(load_pem_private_key(secret(priv_key_uri.partition(":")[2]).encode(), None), public_key)  # type: ignore[arg-type]


SIGNER_FOR_URI_SCHEME[EnvironmentSigner.SCHEME] = EnvironmentSigner


def secret(name: str) -> str:
    """The value of an environment variable, or of the file that `<name>_FILE` names. Raises OSError."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8")
    try:
        return os.environ[name]
    except KeyError as error:
        raise OSError(2, f"{name} is not set") from error


def _pin(name: str) -> str:
    return secret(PIN).strip()


class Watched(Signer):
    """A signer whose every signature is verified before it is used: a key service may hold another key under the same name."""

    def __init__(self, signer: Signer, uri: str) -> None:
        self._signer, self.uri = signer, uri

    @property
    def public_key(self) -> Key:
        return self._signer.public_key

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Key, secrets_handler: SecretsHandler | None = None
    ) -> Watched:
        """The signer at a URI. Raises CeremonyError with what is missing."""
        scheme = priv_key_uri.partition(":")[0]
        with _told(priv_key_uri, scheme):
            return cls(Signer.from_priv_key_uri(priv_key_uri, public_key, secrets_handler or _pin), priv_key_uri)

    def sign(self, payload: bytes) -> Signature:
        """Sign. Raises CeremonyError when the key cannot be reached, or is another than its public half says."""
        with _told(self.uri, self.uri.partition(":")[0]):
            signature = self._signer.sign(payload)
        if not fits(self.public_key, signature, payload):
            text = gettext_noop("The key at %(uri)s is not the one that the province's root names.")
            raise CeremonyError(text, uri=self.uri)
        return signature


class _told:
    """Turns whatever a signer's library raises into words that say what to do."""

    def __init__(self, uri: str, scheme: str) -> None:
        self.uri, self.scheme = uri, scheme

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, CeremonyError) or not isinstance(error, Exception):
            return
        if isinstance(error, UnsupportedLibraryError | ImportError) and self.scheme in NEEDS:
            text = gettext_noop(
                "Keys at %(scheme)s: need another package. Install it beside Bảng Tin: pip install %(package)s"
            )
            raise CeremonyError(text, scheme=self.scheme, package=NEEDS[self.scheme]) from error
        text = gettext_noop("The key at %(uri)s cannot be used (%(why)s). Put that right, or replace the key: “bangtin keys rotate”.")  # fmt: skip
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise CeremonyError(text, uri=self.uri, why=why) from error


def key_at(uri: str) -> Key:
    """The public half of the key at a URI, after it has signed something. Raises CeremonyError."""
    scheme, _, rest = uri.partition(":")
    if scheme not in FINDERS or not rest:
        known = ", ".join(f"{one}:" for one in FINDERS)
        raise CeremonyError(gettext_noop("%(uri)s is no address of a key. Known are: %(known)s"), uri=uri, known=known)
    with _told(uri, scheme):
        key = FINDERS[scheme](uri)
    Watched.from_priv_key_uri(uri, key).sign(b"bangtin")
    return key


def _of_pem(pem: bytes) -> Key:
    try:
        return CryptoSigner(load_pem_private_key(pem, None)).public_key
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(str(error)) from error


def _in_module(uri: str) -> Key:
    parts = urlsplit(uri)
    label = parse_qs(parts.query).get("label", [None])[0]
    return HSMSigner.import_(int(parts.path) if parts.path else None, label)[1]


def _at_azure(uri: str) -> Key:
    parts = urlsplit(uri.partition(":")[2])  # azurekms:https://<vault>.vault.azure.net/keys/<key>
    return AzureSigner.import_(parts.netloc.partition(".")[0], parts.path.split("/")[2])[1]


def _at_vault(uri: str) -> Key:
    return VaultSigner.import_(uri.partition(":")[2].partition("/")[0])[1]


FINDERS: Mapping[str, Callable[[str], Key]] = {
    "file2": lambda uri: _of_pem(Path(uri.partition(":")[2]).read_bytes()),
    "envvar": lambda uri: _of_pem(secret(uri.partition(":")[2]).encode()),
    "hsm": _in_module,
    "gcpkms": lambda uri: GCPSigner.import_(uri.partition(":")[2])[1],
    "awskms": lambda uri: AWSSigner.import_(uri.partition(":")[2])[1],
    "azurekms": _at_azure,
    "hv": _at_vault,
}


def read(path: Path) -> dict[str, str]:
    """URI by key id; empty where there is no such file. Raises CeremonyError when it is damaged."""
    try:
        found = json.loads(path.read_text("utf-8"))["keys"]
        return {str(keyid): str(uri) for keyid, uri in found.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CeremonyError(gettext_noop("%(path)s is damaged. Restore it from the backup."), path=path) from error


def to_bytes(keys: Mapping[str, str]) -> bytes:
    """What `read` reads."""
    value = {
        "la_gi": "Nơi cất các khoá ký hằng ngày của tỉnh, theo mã khoá. Không có gì bí mật.",
        "what": "Where the province's online keys lie, by key id. Nothing here is secret.",
        "format": 1,
        "keys": dict(sorted(keys.items())),
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
