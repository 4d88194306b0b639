"""The chain of a province's roots: who holds it, what a proposed one changes, and who has yet to sign. No files, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop
from securesystemslib.signer import Key, Signature, SSlibKey
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root
from tuf.api.serialization import DeserializationError

from cms.release.keys.words import CeremonyError, Said

ONLINE_ROLES = ("timestamp", "snapshot", "targets")
HOLDERS_FIELD = "x-bangtin-holders"
ACCEPTED = {("ed25519", "ed25519"), ("ecdsa", "ecdsa-sha2-nistp256"), ("rsa", "rsassa-pss-sha256")}
"""Keys that every player can verify (WebCrypto)."""


@dataclass(frozen=True, slots=True)
class Held:
    """A root key: its id and who holds it; no name where the instance made it by itself."""

    keyid: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """How far the signatures under a proposed root are, by the rules of one root: `needed` of `able`, by `signed`."""

    needed: int
    signed: tuple[Held, ...]
    able: tuple[Held, ...]

    @property
    def done(self) -> bool:
        return len(self.signed) >= self.needed

    @property
    def open(self) -> tuple[Held, ...]:
        """Who could still sign."""
        return tuple(one for one in self.able if one not in self.signed)


def code(root: Metadata[Root]) -> str:
    """The check code of a root, to be compared by eye or by telephone: 80 bits of the SHA-256 of what is signed."""
    digest = hashlib.sha256(root.signed_bytes).hexdigest()[:20]
    return " ".join(digest[at : at + 4] for at in range(0, 20, 4))


def holders(root: Root) -> tuple[Held, ...]:
    """Who holds the root, in the root's order."""
    names = root.unrecognized_fields.get(HOLDERS_FIELD, {})
    return tuple(Held(keyid, str(names.get(keyid, ""))) for keyid in root.roles["root"].keyids)


def embedded(root: Root) -> bool:
    """Whether the instance made this root by itself: nobody is named."""
    return not any(one.name for one in holders(root))


def parse(data: bytes) -> Metadata[Root]:
    """A root from its bytes. Raises CeremonyError."""
    try:
        found: Metadata[Root] = Metadata.from_bytes(data)
    except DeserializationError as error:
        raise CeremonyError(gettext_noop("The root in this file is damaged.")) from error
    if found.signed.type != "root":
        raise CeremonyError(gettext_noop("The root in this file is damaged."))
    return found


def verified(chain: Sequence[bytes]) -> list[Metadata[Root]]:
    """The roots of a chain, oldest first, each signed by the one before and by itself. Raises CeremonyError, naming the first
    that is not."""
    found: list[Metadata[Root]] = []
    for version, data in enumerate(chain, start=1):
        root = parse(data)
        before = found[-1].signed if found else root.signed
        if root.signed.version != version or not sealed(before, root):
            text = gettext_noop("Root %(version)s of the province was changed or is missing. Restore the folder “keys/root” from the backup.")  # fmt: skip
            raise CeremonyError(text, version=version)
        found.append(root)
    return found


def sealed(before: Root, root: Metadata[Root]) -> bool:
    """Whether enough holders of the root before, and of this one, have signed it."""
    try:
        before.verify_delegate("root", root.signed_bytes, root.signatures)
        root.signed.verify_delegate("root", root.signed_bytes, root.signatures)
    except (UnsignedMetadataError, ValueError):
        return False
    return True


def signing(by: Root, root: Metadata[Root]) -> Signing:
    """How far the signatures under `root` are by the rules of `by`."""
    able = holders(by)
    signed = tuple(one for one in able if _signed(by.keys[one.keyid], root))
    return Signing(by.roles["root"].threshold, signed, able)


def _signed(key: Key, root: Metadata[Root]) -> bool:
    signature = root.signatures.get(key.keyid)
    return signature is not None and fits(key, signature, root.signed_bytes)


def fits(key: Key, signature: Signature, data: bytes) -> bool:
    """Whether a key made this signature over these bytes."""
    from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError

    try:
        key.verify_signature(signature, data)
    except (UnverifiedSignatureError, VerificationError, ValueError):
        return False
    return True


def signers(before: Root, root: Metadata[Root]) -> tuple[Held, ...]:
    """Whose signatures stand under a root and hold."""
    found = {one.keyid: one for by in (before, root.signed) for one in signing(by, root).signed}
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new root is to change: holders to add (key and name), key ids of holders to drop, the threshold (None: as it is),
    and new online keys by role."""

    add: tuple[tuple[Key, str], ...] = ()
    drop: frozenset[str] = frozenset()
    threshold: int | None = None
    online: Mapping[str, Key] | None = None


def draft(previous: Root, changes: Changes, expires: datetime) -> Metadata[Root]:
    """The next root, unsigned. Raises CeremonyError for what would leave the province without a root that works."""
    root = deepcopy(previous)
    root.version, root.expires = previous.version + 1, expires.replace(microsecond=0)
    names = {one.keyid: one.name for one in holders(previous) if one.name}
    for keyid in changes.drop:
        root.revoke_key(keyid, "root")
        names.pop(keyid, None)
    for key, name in changes.add:
        _must_fit(key)
        if key.keyid in root.keys:
            raise CeremonyError(gettext_noop("The key of %(name)s is in the root already."), name=name)
        if name in names.values():
            raise CeremonyError(gettext_noop("There are two holders of the name %(name)s. Give each a name of its own."), name=name)  # fmt: skip
        root.add_key(key, "root")
        names[key.keyid] = name
    for role, key in (changes.online or {}).items():
        _must_fit(key)
        if key.keyid in root.keys:
            raise CeremonyError(gettext_noop("The new key for %(role)s serves another role already. Make one for this role alone."), role=role)  # fmt: skip
        for keyid in list(root.roles[role].keyids):
            root.revoke_key(keyid, role)
        root.add_key(key, role)
    root.roles["root"].threshold = changes.threshold or previous.roles["root"].threshold
    root.unrecognized_fields[HOLDERS_FIELD] = names
    if not names:
        root.unrecognized_fields.pop(HOLDERS_FIELD)
    _must_work(root)
    return Metadata(root)


def _must_fit(key: Key) -> None:
    if not isinstance(key, SSlibKey) or (key.keytype, key.scheme) not in ACCEPTED:
        text = gettext_noop(
            "Players cannot verify keys of the kind %(kind)s. Use Ed25519, ECDSA P-256 or RSA-PSS (SHA-256)."
        )
        raise CeremonyError(text, kind=f"{key.keytype}/{key.scheme}")


def _must_work(root: Root) -> None:
    number, threshold = len(root.roles["root"].keyids), root.roles["root"].threshold
    if number < threshold:
        text = gettext_noop(
            "%(number)s holders would be left, but %(threshold)s signatures are needed. Add another holder with --holder."
        )
        raise CeremonyError(text, number=number, threshold=threshold)


def differences(old: Root, new: Root) -> list[Said]:
    """What a new root changes, in words."""
    before, after = holders(old), holders(new)
    said: list[Said] = []
    for one in after:
        if one not in before:
            said.append(Said(gettext_noop("New holder: %(name)s."), {"name": shown(one)}))
    for one in before:
        if one not in after:
            said.append(Said(gettext_noop("No holder any more: %(name)s."), {"name": shown(one)}))
    if (threshold := new.roles["root"].threshold) != old.roles["root"].threshold:
        said.append(Said(gettext_noop("From now on %(number)s holders must sign."), {"number": threshold}))
    for role in changed_online(old, new):
        said.append(Said(gettext_noop("New online key: %(role)s."), {"role": Said(ROLE_WORDS[role])}))
    if not said:
        said.append(Said(gettext_noop("The same holders and keys, for longer.")))
    return said


def changed_online(old: Root, new: Root) -> tuple[str, ...]:
    """The online roles whose keys differ."""
    return tuple(role for role in ONLINE_ROLES if set(old.roles[role].keyids) != set(new.roles[role].keyids))


ROLE_WORDS = {
    "timestamp": gettext_noop("timestamp (every two days)"),
    "snapshot": gettext_noop("snapshot (every release)"),
    "targets": gettext_noop("targets (every release)"),
}


def shown(held: Held) -> str | Said:
    """A holder's name; what stands for it where nobody is named."""
    return held.name or Said(gettext_noop("the key made by this server (%(keyid)s)"), {"keyid": held.keyid[:8]})


def names(held: Iterable[Held]) -> str:
    """Several holders, one after the other."""
    return ", ".join(str(shown(one)) for one in held)
