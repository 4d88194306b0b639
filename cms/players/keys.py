"""A player's public key: a P-256 JWK in its canonical form, its id, and what it signed."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

_CURVE = ec.SECP256R1()
_SIZE = 32  # bytes of a P-256 coordinate


class BadKey(ValueError):
    """The JWK is no point of P-256 in its one canonical spelling (RFC 7518, 6.2)."""


def decode(text: str) -> bytes:
    """Bytes of unpadded base64url. Raises `ValueError` for any other spelling of the same bytes."""
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error
    if encode(found) != text:
        raise ValueError("not canonical base64url")
    return found


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def canonical(jwk: Mapping[str, object]) -> dict[str, str]:
    """The four members that make the key (RFC 7638), checked to be a point of the curve. Raises `BadKey`."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise BadKey("only EC keys on P-256 are accepted")
    found = {"crv": "P-256", "kty": "EC", "x": str(jwk.get("x", "")), "y": str(jwk.get("y", ""))}
    _load(found)
    return found


def key_id(jwk: Mapping[str, str]) -> str:
    """SHA-256 of the canonical JSON of a canonical JWK, 64 hex digits."""
    return hashlib.sha256(rfc8785.dumps(dict(jwk))).hexdigest()


def _load(jwk: Mapping[str, str]) -> ec.EllipticCurvePublicKey:
    try:
        x, y = decode(jwk["x"]), decode(jwk["y"])
        if len(x) != _SIZE or len(y) != _SIZE:
            raise ValueError("a coordinate of P-256 has 32 bytes")
        return ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), _CURVE).public_key()
    except ValueError as error:
        raise BadKey(str(error)) from error


def signed_message(method: str, path: str, time_ms: str, body: bytes) -> bytes:
    """What a player signs about a request."""
    return "\n".join((method, path, time_ms, hashlib.sha256(body).hexdigest())).encode()


def verify(jwk: Mapping[str, str], signature: str, message: bytes) -> bool:
    """Whether `signature` (base64url of r‖s, 64 bytes, as WebCrypto makes it) is the key's over the message."""
    try:
        raw = decode(signature)
        if len(raw) != 2 * _SIZE:
            return False
        der = encode_dss_signature(int.from_bytes(raw[:_SIZE]), int.from_bytes(raw[_SIZE:]))
        _load(jwk).verify(der, message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
