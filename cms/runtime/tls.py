"""`bangtin up --tls`: a local authority and a certificate, because a player needs HTTPS or localhost.

The controller imports `tls/ca.pem` once. Keys never leave the data folder."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cms.runtime.folders import write_secret

CA_DAYS = 3650
SERVER_DAYS = 397
RENEW_DAYS = 30


def addresses(host: str) -> list[str]:
    """Names and addresses under which this machine can be reached, `host` first."""
    name = socket.gethostname()
    found = [host, "localhost", "127.0.0.1", "::1", name]
    with contextlib.suppress(OSError):
        found += [str(one[4][0]) for one in socket.getaddrinfo(name, None)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; names the address of the way out
            found.append(probe.getsockname()[0])
        except OSError:
            pass
    return [one for one in dict.fromkeys(found) if one and one not in ("0.0.0.0", "::")]  # noqa: S104


def ensure(folder: Path, names: list[str]) -> tuple[Path, Path, Path]:
    """Authority, certificate and key (PKCS #8) for these names; made when missing, near their end or for other names."""
    folder.mkdir(mode=0o700, exist_ok=True)
    ca_path, certificate, key = folder / "ca.pem", folder / "server.pem", folder / "server.key"
    if not (ca_path.exists() and (folder / "ca.key").exists()):
        _make_authority(folder)
    if not _fits(certificate, key, ca_path, names):
        _make_server(folder, names)
    return ca_path, certificate, key


def _fits(certificate: Path, key: Path, ca_path: Path, names: list[str]) -> bool:
    if not (certificate.exists() and key.exists()):
        return False
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    authority = x509.load_pem_x509_certificate(ca_path.read_bytes())
    ends = loaded.not_valid_after_utc - timedelta(days=RENEW_DAYS)
    held = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return loaded.issuer == authority.subject and ends > datetime.now(UTC) and set(held) == set(_alternatives(names))


def _alternatives(names: list[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name.split("%")[0])))
        except ValueError:
            found.append(x509.DNSName(name))
    return list(dict.fromkeys(found))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    made = ec.generate_private_key(ec.SECP256R1())
    write_secret(
        path,
        made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    return made


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """What a key is for; strict clients (Python from 3.13 on) refuse an authority that does not say it."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _make_authority(folder: Path) -> None:
    key = _key(folder / "ca.key")
    subject = _name(f"Bảng Tin {socket.gethostname()}"[:64])
    certificate = (
        _builder(subject, subject, key.public_key(), CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _make_server(folder: Path, names: list[str]) -> None:
    ca_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    assert isinstance(ca_key, ec.EllipticCurvePrivateKey)  # noqa: S101
    authority = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    key = _key(folder / "server.key")
    certificate = (
        _builder(_name(names[0][:64]), authority.subject, key.public_key(), SERVER_DAYS)
        .add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM) + (folder / "ca.pem").read_bytes()
    (folder / "server.pem").write_bytes(pem)
