"""One TUF repository per cluster: consistent snapshots, two targets, published so that a crash leaves the old or the new.

```
releases/<cluster>/metadata/{timestamp.json,<n>.snapshot.json,<n>.targets.json,<n>.root.json}
releases/<cluster>/targets/<cluster>/<sha256>.{schedule,now}.json
```
Every file but `timestamp.json` is new under its name and complete before the next one names it; `timestamp.json` is put in place
last, by rename. Versions are reserved in a private file before any is used, so a number is never given to two contents,
whatever a crash or a damaged public tree leaves behind. What is read back from the public tree is verified like a player would.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization import DeserializationError

from cms import clock
from cms.release.files import exclusive, write_atomic
from cms.release.keys import KeysMissing, online_signer, root_json, root_versions

log = logging.getLogger(__name__)

CLUSTER_FIELD = "x-bangtin-cluster"
STEPS = ("versions", "root", "target", "targets", "snapshot", "timestamp")
TIMESTAMP_MARGIN = timedelta(days=4)
TARGETS_MARGIN = timedelta(days=20)


@dataclass(slots=True)
class State:
    """What a player that refreshes now would trust. Versions are 0 before the first release."""

    timestamp: int = 0
    snapshot: int = 0
    targets: int = 0
    files: dict[str, TargetFile] = field(default_factory=dict)
    timestamp_expires: datetime | None = None
    targets_expires: datetime | None = None


class Damaged(Exception):
    """The public metadata do not verify. Publishing goes on with new versions; every target must be published again."""


class ClusterRepository:
    """The repository of one cluster. Reading needs only public files; publishing needs the online keys."""

    def __init__(
        self,
        cluster: str,
        province: str,
        *,
        root: Path | None = None,
        on_step: Callable[[str], None] = lambda step: None,
    ) -> None:
        """`root` is the public folder of the cluster. `on_step` hears of each step of publishing once it is done; what it
        raises stops the publishing there, as a crash would."""
        self.cluster, self.province, self.on_step = cluster, province, on_step
        self.root = root or Path(settings.PUBLIC_ROOT) / "releases" / cluster
        self.metadata = self.root / "metadata"
        self._private = Path(settings.DATA) / "releases" / cluster
        self._holding = False

    # --- reading ----------------------------------------------------------------------------------------------------

    def state(self) -> State:
        """The verified present state; an empty one before the first release. Raises Damaged, KeysMissing."""
        if not (self.metadata / "timestamp.json").exists():
            return State()
        root = Metadata[Root].from_bytes(root_json(self.province)).signed
        try:
            timestamp: Timestamp = self._verified(root, "timestamp", (self.metadata / "timestamp.json").read_bytes())
            version = timestamp.snapshot_meta.version
            data = (self.metadata / f"{version}.snapshot.json").read_bytes()
            timestamp.snapshot_meta.verify_length_and_hashes(data)
            snapshot: Snapshot = self._verified(root, "snapshot", data)
            meta = snapshot.meta["targets.json"]
            data = (self.metadata / f"{meta.version}.targets.json").read_bytes()
            meta.verify_length_and_hashes(data)
            targets: Targets = self._verified(root, "targets", data)
        except (OSError, RepositoryError, DeserializationError, KeyError, ValueError) as error:
            raise Damaged(f"{self.cluster}: {error}") from error
        return State(
            timestamp=timestamp.version,
            snapshot=snapshot.version,
            targets=targets.version,
            files=dict(targets.targets),
            timestamp_expires=timestamp.expires,
            targets_expires=min(targets.expires, snapshot.expires),
        )

    def _verified(self, root: Root, role: str, data: bytes) -> Any:
        metadata: Metadata[Any] = Metadata.from_bytes(data)
        root.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
        if metadata.signed.type != role or metadata.signed.unrecognized_fields.get(CLUSTER_FIELD) != self.cluster:
            raise ValueError(f"{role} metadata belong to another role or cluster")
        return metadata.signed

    def target_path(self, name: str) -> str:
        """TUF path of a target: `schedule` → `<cluster>/schedule.json`."""
        return f"{self.cluster}/{name}.json"

    def current(self, name: str) -> str | None:
        """SHA-256 of the target that players are offered now; None when there is none or the metadata do not verify."""
        try:
            target = self.state().files.get(self.target_path(name))
        except (Damaged, KeysMissing):
            return None
        return target.hashes["sha256"] if target else None

    def read_target(self, name: str) -> bytes | None:
        """The bytes of the target that players are offered, verified; None when there are none that verify."""
        try:
            target = self.state().files.get(self.target_path(name))
            if target is None:
                return None
            data = self._target_file(name, target.hashes["sha256"]).read_bytes()
            target.verify_length_and_hashes(data)
        except (Damaged, KeysMissing, OSError, RepositoryError):
            return None
        return data

    def _target_file(self, name: str, digest: str) -> Path:
        return self.root / "targets" / self.cluster / f"{digest}.{name}.json"

    # --- publishing -------------------------------------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[ClusterRepository]:
        """Hold the cluster against other publishers; `publish` and `resign` take the lock by themselves otherwise."""
        if self._holding:
            yield self
            return
        with exclusive(self._private / "lock"):
            self._holding = True
            try:
                yield self
            finally:
                self._holding = False

    def publish(self, name: str, data: bytes) -> int:
        """Offer `data` as target `name` (`schedule`, `now`); returns the version of the targets metadata that offers it. The
        other target stays as it is. The same bytes again change nothing. Raises StorageFull, KeysMissing."""
        with self.locked():
            try:
                state = self.state()
            except Damaged as damage:
                log.error("%s; starting afresh with higher versions", damage)
                state = State()
            path = self.target_path(name)
            target = TargetFile.from_data(path, data, ["sha256"])
            old = state.files.get(path)
            if old and old.hashes == target.hashes and self._target_file(name, target.hashes["sha256"]).exists():
                return int(old.custom["version"])
            versions = self._reserve(state, "timestamp", "snapshot", "targets")
            self._publish_roots()
            write_atomic(self._target_file(name, target.hashes["sha256"]), data)
            self.on_step("target")
            target.unrecognized_fields["custom"] = {"version": versions["targets"], "made_at": clock.now_ms()}
            self._write_metadata({**state.files, path: target}, versions)
            return versions["targets"]

    def resign(self) -> bool:
        """Renew what ends soon (the timestamp with less than 4 days left, snapshot and targets with less than 20); returns
        whether anything was. The targets themselves stay. Raises Damaged when there is nothing sound to renew."""
        with self.locked():
            state, now = self.state(), clock.now()
            if state.timestamp_expires is None or state.targets_expires is None:
                return False
            if state.targets_expires - now < TARGETS_MARGIN:
                self._write_metadata(state.files, self._reserve(state, "timestamp", "snapshot", "targets"))
                return True
            if state.timestamp_expires - now < TIMESTAMP_MARGIN:
                versions = self._reserve(state, "timestamp")
                data = (self.metadata / f"{state.snapshot}.snapshot.json").read_bytes()
                self._write_timestamp(versions["timestamp"], MetaFile.from_data(state.snapshot, data, ["sha256"]))
                return True
            return False

    def due_for_resigning(self) -> bool:
        """Whether `resign` would do something; needs no key."""
        try:
            state, now = self.state(), clock.now()
        except (Damaged, KeysMissing):
            return False
        if state.timestamp_expires is None or state.targets_expires is None:
            return False
        return state.timestamp_expires - now < TIMESTAMP_MARGIN or state.targets_expires - now < TARGETS_MARGIN

    def _reserve(self, state: State, *roles: str) -> dict[str, int]:
        """The next version of each role, above everything used so far, on record before it is used."""
        path = self._private / "versions.json"
        try:
            used = json.loads(path.read_text("ascii"))
        except (OSError, ValueError):
            used = {}
        for role in ("snapshot", "targets"):
            on_disk = [int(file.name.split(".")[0]) for file in self.metadata.glob(f"*.{role}.json")]
            used[role] = max([int(used.get(role, 0)), getattr(state, role), *on_disk])
        used["timestamp"] = max(int(used.get("timestamp", 0)), state.timestamp)
        reserved = {**used, **{role: used[role] + 1 for role in roles}}
        write_atomic(path, json.dumps(reserved, sort_keys=True).encode("ascii"))
        self.on_step("versions")
        return reserved

    def _publish_roots(self) -> None:
        for version, data in root_versions(self.province):
            path = self.metadata / f"{version}.root.json"
            if not path.exists() or path.read_bytes() != data:
                write_atomic(path, data)
        self.on_step("root")

    def _write_metadata(self, files: dict[str, TargetFile], versions: dict[str, int]) -> None:
        expires = clock.now() + timedelta(days=settings.BANGTIN_TARGETS_DAYS)
        targets = Targets(
            version=versions["targets"],
            expires=expires,
            targets=files,
            unrecognized_fields={CLUSTER_FIELD: self.cluster},
        )
        data = self._signed("targets", targets)
        write_atomic(self.metadata / f"{targets.version}.targets.json", data)
        self.on_step("targets")
        snapshot = Snapshot(
            version=versions["snapshot"],
            expires=expires,
            meta={"targets.json": MetaFile.from_data(targets.version, data, ["sha256"])},
            unrecognized_fields={CLUSTER_FIELD: self.cluster},
        )
        data = self._signed("snapshot", snapshot)
        write_atomic(self.metadata / f"{snapshot.version}.snapshot.json", data)
        self.on_step("snapshot")
        self._write_timestamp(versions["timestamp"], MetaFile.from_data(snapshot.version, data, ["sha256"]))

    def _write_timestamp(self, version: int, snapshot: MetaFile) -> None:
        timestamp = Timestamp(
            version=version,
            expires=clock.now() + timedelta(days=settings.BANGTIN_TIMESTAMP_DAYS),
            snapshot_meta=snapshot,
            unrecognized_fields={CLUSTER_FIELD: self.cluster},
        )
        write_atomic(self.metadata / "timestamp.json", self._signed("timestamp", timestamp))
        self.on_step("timestamp")

    def _signed(self, role: str, signed: Any) -> bytes:
        metadata: Metadata[Any] = Metadata(signed)
        metadata.sign(online_signer(self.province, role))
        return metadata.to_bytes()
