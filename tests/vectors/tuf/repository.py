"""A TUF repository made by python-tuf in memory, and the stories told with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, Signer
from tuf.api.metadata import Delegations, Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

CLUSTER = "tinh-bien"
MANY = "友谊关-\U0001f600-ខេត្ត"
NOW = datetime(2027, 1, 4, 1, 0, tzinfo=UTC)
ONLINE = ("timestamp", "snapshot", "targets")
PRETTY = JSONSerializer(compact=False)


def ed25519(seed: str) -> Signer:
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest()))


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


class Repository:
    """A repository of one cluster in memory. `files` is what a web server would have; history stays."""

    def __init__(
        self,
        cluster: str = CLUSTER,
        keys: dict[str, list[Signer]] | None = None,
        threshold: int = 2,
        consistent: bool = True,
    ) -> None:
        self.cluster, self.consistent = cluster, consistent
        self.delegations: Delegations | None = None
        self.delegated: dict[str, tuple[Targets, list[Signer]]] = {}
        self.keys = keys or {
            "root": [ed25519(f"root {n}") for n in range(3)],
            **{role: [ed25519(role)] for role in ONLINE},
        }
        self.files: dict[str, str] = {}
        self.threshold = threshold
        self.versions = dict.fromkeys(("root", *ONLINE), 0)
        self.days = {"root": 365, "timestamp": 3, "snapshot": 30, "targets": 90}
        self.content = b"{}"
        self.root()
        self.publish()

    def _expires(self, role: str) -> datetime:
        return NOW + timedelta(days=self.days[role])

    def _signed(self, metadata: Metadata[Any], signers: list[Signer]) -> str:
        metadata.signatures.clear()
        for signer in signers:
            metadata.sign(signer, append=True)
        return metadata.to_bytes(PRETTY).decode()

    def root(self, also: list[Signer] | None = None) -> None:
        """The next root, signed by its own keys and by `also`."""
        self.versions["root"] += 1
        root = Root(self.versions["root"], expires=self._expires("root"), consistent_snapshot=self.consistent)
        for role, signers in self.keys.items():
            for signer in signers:
                root.add_key(signer.public_key, role)
        root.roles["root"].threshold = self.threshold
        signers = list({one.public_key.keyid: one for one in (*self.keys["root"], *(also or []))}.values())
        self.files[f"{root.version}.root.json"] = self._signed(Metadata(root), signers)

    def publish(self, only: tuple[str, ...] = ONLINE) -> None:
        """The next version of targets, snapshot and timestamp."""
        mark = {"x-bangtin-cluster": self.cluster}
        for role in ("targets", "snapshot", "timestamp"):
            if role not in only:
                continue
            self.versions[role] += 1
            version, expires = self.versions[role], self._expires(role)
            signed: Any
            if role == "targets":
                self.sign_delegated()
                target = TargetFile.from_data(f"{self.cluster}/schedule.json", self.content, ["sha256"])
                signed = Targets(
                    version,
                    expires=expires,
                    targets={target.path: target},
                    delegations=self.delegations,
                    unrecognized_fields=mark,
                )
            elif role == "snapshot":
                meta = {"targets.json": self._meta("targets")}
                for name, (targets, _) in self.delegated.items():
                    meta[f"{name}.json"] = MetaFile(targets.version)
                signed = Snapshot(version, expires=expires, meta=meta, unrecognized_fields=mark)
            else:
                signed = Timestamp(
                    version, expires=expires, snapshot_meta=self._meta("snapshot"), unrecognized_fields=mark
                )
            self.files[self.name(role, version)] = self._signed(Metadata(signed), self.keys[role])

    def name(self, role: str, version: int) -> str:
        """The file of a role on the web server."""
        plain = f"{quote(role, safe='')}.json"
        return f"{version}.{plain}" if self.consistent and role != "timestamp" else plain

    def sign_delegated(self) -> None:
        for name, (targets, signers) in self.delegated.items():
            targets.unrecognized_fields["x-bangtin-cluster"] = self.cluster
            self.files[self.name(name, targets.version)] = self._signed(Metadata(targets), signers)

    def _meta(self, role: str) -> MetaFile:
        data = self.files[self.name(role, self.versions[role])].encode()
        return MetaFile.from_data(self.versions[role], data, ["sha256"])


Step = dict[str, Any]
STORIES: dict[str, Callable[[], tuple[str, list[Step]]]] = {}


def story(function: Callable[[], tuple[str, list[Step]]]) -> Callable[[], tuple[str, list[Step]]]:
    STORIES[function.__name__.replace("_", " ")] = function
    return function


def step(
    repository: Repository,
    expect: Any,
    *,
    now: datetime = NOW,
    finds: dict[str, Any] | None = None,
    **changed: str | None,
) -> Step:
    """The repository as it is, with some files changed (None: absent). In names of `changed`, `__` is a dot. `finds`: by path, which
    role speaks for it (None: nobody) or `[file, reason]` of the refusal."""
    files = {**repository.files, **{name.replace("__", ".").lstrip("v"): text for name, text in changed.items()}}
    kept = {name: text for name, text in files.items() if text is not None}
    return {"now": ms(now), "files": kept, "expect": expect, **({"finds": finds} if finds else {})}


def flip(text: str, after: str, old: str, new: str) -> str:
    """A character changed, the first `old` behind `after`."""
    head, found, tail = text.partition(after)
    assert found
    assert old in tail
    return head + found + tail.replace(old, new, 1)
