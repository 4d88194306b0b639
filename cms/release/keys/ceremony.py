"""The verbs of the key ceremony on the server. A change takes effect when `<n>.root.json` is put in place; whatever stops before
that has changed nothing, and whatever stops after it is finished by saying `accept` again, or by the signer's next round."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.utils.translation import gettext_noop
from securesystemslib.signer import CryptoSigner, Key, Signature
from tuf.api.metadata import Metadata, Root

from cms import clock
from cms.accounts.audit import record
from cms.accounts.models import AuditEntry
from cms.places.models import Cluster, Province
from cms.plugin_api.types import sha256
from cms.release import requests
from cms.release.files import exclusive, write_atomic
from cms.release.keys import holders, papers, places, roots, store
from cms.release.keys.papers import Holder, Paper, Proposal, SignaturePaper
from cms.release.keys.roots import ONLINE_ROLES, Changes, Signing
from cms.release.keys.words import CeremonyError, Said

DEFAULT_DAYS, SHORTEST_DAYS, LONGEST_DAYS = 1095, 30, 3650
DEFAULT_THRESHOLD = 2


@dataclass(frozen=True)
class Wish:
    """What a proposal is to change. `drop`: names or key ids; `rotate`: URI by role, an empty one for a new key in a file."""

    holders: Sequence[Holder] = ()
    drop: Sequence[str] = ()
    threshold: int | None = None
    rotate: Mapping[str, str] | None = None
    days: int = DEFAULT_DAYS


@dataclass(frozen=True)
class Pending:
    """A proposal that waits: by the rules of the root before, and by its own."""

    paper: Proposal
    root: Metadata[Root]
    before: Metadata[Root]
    by_before: Signing
    by_itself: Signing

    @property
    def done(self) -> bool:
        return self.by_before.done and self.by_itself.done

    @property
    def signed(self) -> list[str | Said]:
        """Who has signed."""
        return [roots.shown(one) for one in roots.signers(self.before.signed, self.root)]

    @property
    def changes(self) -> list[Said]:
        """What it changes, in words."""
        return roots.differences(self.before.signed, self.root.signed)


def find_province(code: str) -> Province:
    """The province of this code. Raises CeremonyError."""
    found = Province.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Province.objects.order_by("code").values_list("code", flat=True))
        raise CeremonyError(
            gettext_noop("There is no province %(code)s here. Known are: %(known)s"), code=code, known=known
        )
    return found


def chain(province: Province) -> list[Metadata[Root]]:
    """The province's roots, oldest first, verified. Raises CeremonyError."""
    found = roots.verified([data for _, data in store.root_versions(province)])
    if not found:
        raise CeremonyError(gettext_noop("Province %(code)s has no keys yet. Start the instance once: bangtin up"), code=province.code)  # fmt: skip
    return found


def _path(province: Province, version: int) -> Path:
    return store.folder("root", province) / f"{version}.proposal.json"


def kept(province: Province, version: int) -> Proposal | None:
    """A proposal of this server with the signatures that it has; None where there is none."""
    path = _path(province, version)
    if not path.exists():
        return None
    paper = papers.read(path)
    return paper if isinstance(paper, Proposal) else None


def pending(province: Province) -> Pending | None:
    """The proposal that waits for signatures. Raises CeremonyError when it was damaged."""
    paper = kept(province, chain(province)[-1].signed.version + 1)
    return _pending(paper) if paper else None


def _pending(paper: Proposal) -> Pending:
    before, root = holders.proposed(paper)
    return Pending(paper, root, before, roots.signing(before.signed, root), roots.signing(root.signed, root))


def propose(province: Province, wish: Wish) -> Pending:
    """Make a proposal of the next root, and keep it. Where the root's own key still lies on this server, it signs at once. Raises
    CeremonyError, also when another one waits."""
    with exclusive(store.lock_path()):
        if pending(province):
            raise CeremonyError(gettext_noop("A proposal waits for signatures already. Accept it, or throw it away: bangtin keys cancel %(code)s"), code=province.code)  # fmt: skip
        previous = chain(province)[-1]
        if not SHORTEST_DAYS <= wish.days <= LONGEST_DAYS:
            text = gettext_noop("A root lasts between %(shortest)s and %(longest)s days.")
            raise CeremonyError(text, shortest=SHORTEST_DAYS, longest=LONGEST_DAYS)
        changes = _changes(province, previous.signed, wish)
        online, where = _new_online(province, wish.rotate or {})
        try:
            changes = Changes(changes.add, changes.drop, changes.threshold, online)
            root = roots.draft(previous.signed, changes, clock.now() + timedelta(days=wish.days))
        except CeremonyError:
            _remove_own(province, {key.keyid for key in online.values()})
            raise
        store.put_places(province, where)
        _sign_with_own(province, previous.signed, root)
        paper = Proposal(
            province.code,
            root.signed.version,
            roots.code(root),
            clock.now().isoformat(timespec="seconds"),
            json.loads(root.to_bytes()),
            json.loads(previous.to_bytes()),
        )
        write_atomic(_path(province, paper.version), paper.to_bytes())
        _put_on_record("keys.propose", province, previous.signed, root)
        return _pending(paper)


def _changes(province: Province, previous: Root, wish: Wish) -> Changes:
    first = roots.embedded(previous)
    drop = {_holder(previous, one) for one in wish.drop}
    add = [(holders.key_of(one), one.holder) for one in wish.holders if _belongs(one, province)]
    if first and add:
        drop |= {one.keyid for one in roots.holders(previous)}
    threshold = wish.threshold or (DEFAULT_THRESHOLD if first and add else None)
    if threshold is not None and threshold < 1:
        raise CeremonyError(gettext_noop("At least one holder must sign."))
    return Changes(tuple(add), frozenset(drop), threshold)


def _belongs(paper: Holder, province: Province) -> bool:
    if paper.province != province.code:
        text = gettext_noop("%(holder)s holds a key for %(other)s, not for %(code)s.")
        raise CeremonyError(text, holder=paper.holder, other=paper.province, code=province.code)
    return True


def _holder(root: Root, wanted: str) -> str:
    found = [
        one.keyid
        for one in roots.holders(root)
        if wanted == one.name or (len(wanted) >= 8 and one.keyid.startswith(wanted))
    ]
    if len(found) != 1:
        known = roots.names(roots.holders(root))
        raise CeremonyError(gettext_noop("“%(wanted)s” holds no key of the root. Holders are: %(known)s"), wanted=wanted, known=known)  # fmt: skip
    return found[0]


def _new_online(province: Province, wanted: Mapping[str, str]) -> tuple[dict[str, Key], dict[str, str]]:
    keys: dict[str, Key] = {}
    where: dict[str, str] = {}
    for role, uri in wanted.items():
        if role not in ONLINE_ROLES:
            raise CeremonyError(gettext_noop("“%(role)s” is no online role. There are: %(known)s"), role=role, known=", ".join(ONLINE_ROLES))  # fmt: skip
        if uri:
            keys[role] = places.key_at(uri)
            where[keys[role].keyid] = uri
    for role in [role for role, uri in wanted.items() if not uri]:  # what can fail comes first
        keys[role] = _own_online(province, role)
    return keys, where


def _own_online(province: Province, role: str) -> Key:
    try:
        return store.make_online(province, role=role)
    except OSError as error:
        text = gettext_noop("%(path)s could not be written (%(why)s). Run this as the user of the sign process.")
        raise CeremonyError(text, path=store.folder("online", province), why=error.strerror) from error


def _sign_with_own(province: Province, previous: Root, root: Metadata[Root]) -> None:
    """With the root key that lies on this server, where the root before names it."""
    signer = own_root_key(province)
    if signer is not None and signer.public_key.keyid in previous.roles["root"].keyids:
        root.sign(signer, append=True)


def own_root_key(province: Province) -> CryptoSigner | None:
    """The root key that lies on this server; None where there is none that can be read."""
    path = store.folder("offline", province) / "root.pem"
    try:
        return CryptoSigner(load_pem_private_key(path.read_bytes(), None))
    except (OSError, ValueError, TypeError):
        return None


def accept(province: Province, given: Iterable[Paper]) -> Pending:
    """Take signatures in; once there are enough, the proposal becomes the province's root, and every cluster is signed anew where
    online keys changed. Signatures that do not count yet are kept. Raises CeremonyError for a paper that does not belong."""
    with exclusive(store.lock_path()):
        found = pending(province)
        if found is None:
            finished = _finish(province)
            if finished is None:
                raise CeremonyError(gettext_noop("No proposal waits for %(code)s. Make one: bangtin keys propose %(code)s"), code=province.code)  # fmt: skip
            return finished
        for paper in given:
            if isinstance(paper, SignaturePaper):
                _take(found, paper)
        paper = Proposal(**{**found.paper.__dict__, "root": json.loads(found.root.to_bytes())})
        found = _pending(paper)
        write_atomic(_path(province, paper.version), paper.to_bytes())
        if found.done:
            _must_sign(province, found.root.signed)
            write_atomic(store.folder("root", province) / f"{paper.version}.root.json", found.root.to_bytes())
            _finish(province)
        return found


def _take(found: Pending, paper: SignaturePaper) -> None:
    """Put one signature under the proposal. Raises CeremonyError."""
    if paper.province != found.paper.province:
        raise CeremonyError(gettext_noop("The signature of %(holder)s is for %(other)s."), holder=paper.holder, other=paper.province)  # fmt: skip
    if paper.code != found.paper.code:
        text = gettext_noop(
            "%(holder)s signed another proposal (root %(version)s, check code %(code)s). The one that waits here is root "
            "%(mine)s, check code %(own)s: it was changed on its way, or is an older one. Have this one signed."
        )
        known = {"version": paper.version, "code": paper.code, "mine": found.paper.version, "own": found.paper.code}
        raise CeremonyError(text, holder=paper.holder, **known)
    keys = {**found.before.signed.keys, **found.root.signed.keys}
    asked = {one.keyid for by in (found.by_before, found.by_itself) for one in by.able}
    if paper.keyid not in asked:
        text = gettext_noop("%(holder)s holds no key that this proposal asks for. The signature does not count.")
        raise CeremonyError(text, holder=paper.holder)
    try:
        signature = Signature(paper.keyid, paper.signature)
        sound = roots.fits(keys[paper.keyid], signature, found.root.signed_bytes)
    except ValueError:
        sound = False
    if not sound:
        raise CeremonyError(gettext_noop("The signature of %(holder)s does not hold: the file was changed. Have it signed again."), holder=paper.holder)  # fmt: skip
    found.root.signatures[paper.keyid] = signature


def _must_sign(province: Province, root: Root) -> None:
    """The new online keys must be at hand before the root that names them is: a root cannot be taken back."""
    if root.expires <= clock.now() + timedelta(days=1):
        raise CeremonyError(gettext_noop("The proposed root has ended meanwhile. Throw it away (“bangtin keys cancel”) and propose anew."))  # fmt: skip
    for role in ONLINE_ROLES:
        keyid = root.roles[role].keyids[0]
        uri = store.online_uri(province, role, keyid)
        if places.key_at(uri).keyid != keyid:
            raise CeremonyError(gettext_noop("The key at %(uri)s is not the one that the proposal names for %(role)s."), uri=uri, role=role)  # fmt: skip


def _finish(province: Province) -> Pending | None:
    """What follows once a root is in place; doing it twice changes nothing. None where the newest root came from no proposal."""
    known = chain(province)
    paper = kept(province, known[-1].signed.version)
    if paper is None:
        return None
    found = _pending(paper)
    _put_on_record("keys.accept", province, found.before.signed, known[-1])
    clusters = Cluster.objects.filter(province=province).values_list("pk", flat=True)
    requests.enqueue_resigning(clusters, at_front=True)
    return found


def _put_on_record(action: str, province: Province, before: Root, root: Metadata[Root]) -> None:
    digest = sha256(root.signed_bytes)
    if AuditEntry.objects.filter(action=action, province=province.code, data__signed_sha256=digest).exists():
        return
    reason = " ".join(str(one) for one in roots.differences(before, root.signed))
    data: dict[str, Any] = {"version": root.signed.version, "signed_sha256": digest, "code": roots.code(root)}
    data |= {"signed_by": [one.name or one.keyid for one in roots.signers(before, root)], "by": _who()}
    record(action, f"{province.name} – {root.signed.version}", province=province.code, reason=reason, **data)


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def cancel(province: Province) -> Proposal:
    """Throw away the proposal that waits, and the new keys made for it. Raises CeremonyError when there is none."""
    with exclusive(store.lock_path()):
        last = chain(province)[-1].signed
        path = _path(province, last.version + 1)
        if not path.exists():
            raise CeremonyError(gettext_noop("No proposal waits for %(code)s."), code=province.code)
        paper = papers.read(path)
        if not isinstance(paper, Proposal):
            raise CeremonyError(gettext_noop("No proposal waits for %(code)s."), code=province.code)
        named = {keyid for role in ONLINE_ROLES for keyid in paper.root["signed"]["roles"][role]["keyids"]}
        path.unlink()
        _remove_own(province, named - {keyid for role in ONLINE_ROLES for keyid in last.roles[role].keyids})
        record("keys.cancel", province.name, province=province.code, version=paper.version, code=paper.code, by=_who())
        return paper


def tidy(province: Province) -> list[Path]:
    """Delete the online keys in files of ours that earlier roots named and the newest one does not; returns which. Called once all
    clusters are signed anew."""
    known = chain(province)
    now = {keyid for role in ONLINE_ROLES for keyid in known[-1].signed.roles[role].keyids}
    before = {keyid for one in known for role in ONLINE_ROLES for keyid in one.signed.roles[role].keyids}
    return _remove_own(province, before - now)


def _remove_own(province: Province, keyids: set[str]) -> list[Path]:
    removed = []
    for path in store.folder("online", province).glob("*.pem"):
        try:
            keyid = CryptoSigner(load_pem_private_key(path.read_bytes(), None)).public_key.keyid
        except (OSError, ValueError, TypeError):
            continue
        if keyid in keyids:
            path.unlink()
            removed.append(path)
    return removed


def offline_copy(province: Province) -> Path:
    """Where this instance put the root key that it made by itself."""
    return Path(settings.KEYS_ROOT) / "offline" / province.code / "root.pem"


def tidy_done() -> list[Path]:
    """`tidy` for provinces whose clusters are all signed by the new keys; returns what was deleted. Costs a look into the folders
    when there is nothing to do. Only the process of the `sign` queue calls this."""
    from cms.release.anew import is_due
    from cms.release.repository import ClusterRepository

    removed: list[Path] = []
    for province in Province.objects.all():
        if not _former(province):
            continue
        slugs = Cluster.objects.filter(province=province).values_list("slug", flat=True)
        if not any(is_due(ClusterRepository(slug, province.code)) for slug in slugs):
            removed += tidy(province)
    return removed


def _former(province: Province) -> bool:
    """Whether there may be a file of a key that is no longer named."""
    try:
        versions = store.root_versions(province)
        if len(versions) < 2:
            return False
        root = roots.parse(versions[-1][1]).signed
        named = {store.online_uri(province, role, root.roles[role].keyids[0]) for role in ONLINE_ROLES}
    except (CeremonyError, OSError):
        return False
    return any(f"file2:{path}" not in named for path in store.folder("online", province).glob("*.pem"))
