"""What a holder does on a machine of their own, without network or database: make a key, look at a proposal, sign it."""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from datetime import UTC, datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.utils.translation import gettext_noop
from securesystemslib.signer import CryptoSigner, Key, Signature, SSlibKey
from tuf.api.metadata import Metadata, Root

from cms.release.keys import roots
from cms.release.keys.papers import Holder, HolderKey, Proposal, SignaturePaper
from cms.release.keys.words import CeremonyError, plain

SCRYPT_N = 2**17
"""128 MiB and some tenths of a second for each guess (OWASP, Password Storage Cheat Sheet). PKCS8's own derivation is far
cheaper, so what it is given is derived first."""
SHORTEST_PASSPHRASE = 12


def check_passphrase(passphrase: str, holder: str) -> None:
    """Raises CeremonyError when a passphrase can be guessed too easily."""
    if len(passphrase) < SHORTEST_PASSPHRASE or len(set(passphrase)) < 6 or plain(passphrase) == plain(holder):
        text = gettext_noop("The passphrase is too weak. Take four or five words that have nothing to do with each other, at least %(number)s characters.")  # fmt: skip
        raise CeremonyError(text, number=SHORTEST_PASSPHRASE)


def make(province: str, holder: str, passphrase: str) -> tuple[HolderKey, Holder]:
    """A new Ed25519 key of a holder: the paper to keep secret, and the one for the server. Raises CeremonyError."""
    if not plain(holder):
        raise CeremonyError(gettext_noop("A holder needs a name, for example an office: “Head of IT”."))
    check_passphrase(passphrase, holder)
    private = Ed25519PrivateKey.generate()
    salt = secrets.token_hex(16)
    encryption = BestAvailableEncryption(_derived(passphrase, salt))
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode("ascii")
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
    proof = private.sign(_claim(province, holder)).hex()
    return HolderKey(province, holder, public, secret, salt), Holder(province, holder, public, proof)


def _derived(passphrase: str, salt: str) -> bytes:
    """What the key is encrypted under: 64 hexadecimal digits. The same words, however their accents are typed."""
    words = unicodedata.normalize("NFC", passphrase).encode()
    key = hashlib.scrypt(words, salt=bytes.fromhex(salt), n=SCRYPT_N, r=8, p=1, maxmem=SCRYPT_N * 2048, dklen=32)
    return key.hex().encode("ascii")


def _claim(province: str, holder: str) -> bytes:
    return json.dumps(["bangtin.holder", province, holder]).encode("ascii")


def public_key(pem: str) -> SSlibKey:
    """A key from its PEM. Raises CeremonyError."""
    try:
        return SSlibKey.from_crypto(load_pem_public_key(pem.encode()))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CeremonyError(gettext_noop("The public key in this file is damaged.")) from error


def key_of(paper: Holder) -> Key:
    """The key of a holder's paper, once its signature says that name and key belong together. Raises CeremonyError."""
    key = public_key(paper.public_key)
    if not roots.fits(key, Signature(key.keyid, paper.proof), _claim(paper.province, paper.holder)):
        text = gettext_noop(
            "The file of %(holder)s was changed after it was made. Copy it from the holder's machine again."
        )
        raise CeremonyError(text, holder=paper.holder)
    return key


def unlock(paper: HolderKey, passphrase: str) -> CryptoSigner:
    """The holder's signer. Raises CeremonyError when the passphrase is another."""
    try:
        private = load_pem_private_key(paper.private_key.encode(), _derived(passphrase, paper.salt))
        return CryptoSigner(private, public_key(paper.public_key))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        text = gettext_noop("The passphrase is wrong, or the key file is damaged. Nothing was signed.")
        raise CeremonyError(text) from error


def proposed(paper: Proposal) -> tuple[Metadata[Root], Metadata[Root]]:
    """The root before and the proposed one. Raises CeremonyError when the paper does not hold what it says it does."""
    changed = gettext_noop(
        "The proposal was changed on its way, or is damaged. Do not sign it; fetch it from the server again."
    )
    try:
        before: Metadata[Root] = Metadata.from_dict(json.loads(json.dumps(paper.previous)))
        root: Metadata[Root] = Metadata.from_dict(json.loads(json.dumps(paper.root)))
        sound = before.signed.type == root.signed.type == "root" and root.signed.version == before.signed.version + 1
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CeremonyError(changed) from error
    if not sound or paper.version != root.signed.version or paper.code != roots.code(root):
        raise CeremonyError(changed)
    if not roots.sealed(before.signed, before):
        raise CeremonyError(changed)
    return before, root


def must_be_asked(root: Metadata[Root], before: Metadata[Root], key: HolderKey, province: str) -> str:
    """The id of a holder's key where the proposal asks for its signature. Raises CeremonyError."""
    keyid: str = public_key(key.public_key).keyid
    asked = {one.keyid for by in (before.signed, root.signed) for one in roots.holders(by)}
    if keyid not in asked or key.province != province:
        text = gettext_noop("The key of %(holder)s (%(province)s) is not asked to sign this proposal: its signature would not count.")  # fmt: skip
        raise CeremonyError(text, holder=key.holder, province=key.province)
    return keyid


def sign(paper: Proposal, key: HolderKey, passphrase: str) -> SignaturePaper:
    """A holder's signature under a proposal. Raises CeremonyError."""
    before, root = proposed(paper)
    keyid = must_be_asked(root, before, key, paper.province)
    signature = unlock(key, passphrase).sign(root.signed_bytes)
    return SignaturePaper(
        paper.province,
        paper.version,
        paper.code,
        key.holder,
        keyid,
        signature.signature,
        datetime.now(UTC).isoformat(timespec="seconds"),
    )
