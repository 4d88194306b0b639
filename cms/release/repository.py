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
import re
from collections.abc import Callable, Iterator, Mapping
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
from cms.release.files import exclusive, write_atomic, write_public
from cms.release.keys import KeysMissing, online_signer, root_json, root_versions

log = logging.getLogger(__name__)

CLUSTER_FIELD = "x-bangtin-cluster"
MADE_FIELD = "x-bangtin-made-at"
"""When a timestamp was signed, UTC milliseconds. A player knows that it is later than that, whatever it is told of the time."""
STEPS = ("versions", "target", "targets", "snapshot", "root", "timestamp")
TIMESTAMP_SHARE, TARGETS_SHARE = 6 / 7, 1 / 2
"""What is left of its time is renewed below this share: of 14 days, a timestamp always has 12 to go (docs/keys.md says why)."""
VERSION = re.compile(r"[1-9][0-9]{0,15}")
HIGHEST = 2**31 - 1
"""The last version that the database keeps."""
LEAP = 1_000_000
"""No cluster publishes as often between two backups: once a second, it would take eleven days."""


def timestamp_margin() -> timedelta:
    """A timestamp with less time to go is renewed."""
    return timedelta(days=settings.BANGTIN_TIMESTAMP_DAYS) * TIMESTAMP_SHARE


def targets_margin() -> timedelta:
    """Snapshot and targets with less time to go are renewed."""
    return timedelta(days=settings.BANGTIN_TARGETS_DAYS) * TARGETS_SHARE


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

    def named_files(self) -> set[Path]:
        """The files that players who begin to refresh now are led to, by what the public metadata say: names alone, nothing is
        verified. Raises Damaged when they cannot be followed."""
        path = self.metadata / "timestamp.json"
        if not path.exists():
            return set()
        named = {path}
        try:
            for role in ("snapshot", "targets"):
                (meta,) = json.loads(path.read_bytes())["signed"]["meta"].values()
                path = self.metadata / f"{int(meta['version'])}.{role}.json"
                named.add(path)
            for target, about in json.loads(path.read_bytes())["signed"]["targets"].items():
                named.add(self._target_file(Path(target).stem, str(about["hashes"]["sha256"])))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged(f"{self.cluster}: {error}") from error
        return named

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
            write_public(self._target_file(name, target.hashes["sha256"]), data)
            self.on_step("target")
            target.unrecognized_fields["custom"] = {"version": versions["targets"], "made_at": clock.now_ms()}
            self._write_metadata({**state.files, path: target}, versions)
            return versions["targets"]

    def offer(self, targets: Mapping[str, tuple[bytes, int | None]]) -> int:
        """Offer exactly these targets, as name → (bytes, version that offered them first), all signed anew: for when the online
        keys have changed, so nothing is taken over that a former key signed. Returns the version of the targets metadata.
        Raises StorageFull, KeysMissing."""
        with self.locked():
            try:
                state = self.state()
            except Damaged:
                state = State()
            versions, files = self._reserve(state, "timestamp", "snapshot", "targets"), {}
            for name, (data, version) in targets.items():
                target = TargetFile.from_data(self.target_path(name), data, ["sha256"])
                write_public(self._target_file(name, target.hashes["sha256"]), data)
                custom = {"version": version or versions["targets"], "made_at": clock.now_ms()}
                target.unrecognized_fields["custom"] = custom
                files[target.path] = target
            self.on_step("target")
            self._write_metadata(files, versions)
            return versions["targets"]

    def has_roots(self) -> bool:
        """Whether players of the cluster are offered every root of the province; True before the first release."""
        if not (self.metadata / "timestamp.json").exists():
            return True
        return all(self._offers_root(version, data) for version, data in root_versions(self.province))

    def _offers_root(self, version: int, data: bytes) -> bool:
        try:
            return (self.metadata / f"{version}.root.json").read_bytes() == data
        except FileNotFoundError:
            return False

    def publish_roots(self) -> None:
        """Offer every root of the province to the players of the cluster."""
        with self.locked():
            self._publish_roots()

    def resign(self) -> bool:
        """Renew what ends soon (the timestamp with less than 12 days left, snapshot and targets with less than 20); returns
        whether anything was. The targets themselves stay. Raises Damaged when there is nothing sound to renew."""
        with self.locked():
            state, now = self.state(), clock.now()
            if state.timestamp_expires is None or state.targets_expires is None:
                return False
            if state.targets_expires - now < targets_margin():
                self._write_metadata(state.files, self._reserve(state, "timestamp", "snapshot", "targets"))
                return True
            if state.timestamp_expires - now < timestamp_margin():
                versions = self._reserve(state, "timestamp")
                data = (self.metadata / f"{state.snapshot}.snapshot.json").read_bytes()
                self._write_timestamp(versions["timestamp"], MetaFile.from_data(state.snapshot, data, ["sha256"]))
                return True
            return False

    def stick_timestamp(self, expires: datetime) -> bytes:
        """A timestamp of the present release that ends at `expires`, for a bundle that travels on a stick. The network gets one
        whose version is higher, so that a player that took the stick in takes the network's next one too, and one that heard
        of the network since refuses the stick. Targets and snapshot that would end before `expires` are renewed. Raises
        Damaged, KeysMissing, StorageFull, and LookupError before the first release."""
        with self.locked():
            state = self.state()
            if not state.timestamp or state.targets_expires is None:
                raise LookupError(self.cluster)
            version = self._reserve(state, "timestamp")["timestamp"]
            if state.targets_expires < expires:
                versions = self._reserve(state, "timestamp", "snapshot", "targets")
                self._write_metadata(state.files, versions)
            else:
                versions = {**self._reserve(state, "timestamp"), "snapshot": state.snapshot}
                data = (self.metadata / f"{state.snapshot}.snapshot.json").read_bytes()
                self._write_timestamp(versions["timestamp"], MetaFile.from_data(state.snapshot, data, ["sha256"]))
            data = (self.metadata / f"{versions['snapshot']}.snapshot.json").read_bytes()
            snapshot = MetaFile.from_data(versions["snapshot"], data, ["sha256"])
            return self._timestamp(version, snapshot, expires)

    def due_for_resigning(self) -> bool:
        """Whether signatures end soon, or the public files do not stand under the province's newest root; needs no key."""
        try:
            state, now = self.state(), clock.now()
        except KeysMissing:
            return False
        except Damaged:
            return True
        if state.timestamp_expires is None or state.targets_expires is None:
            return False
        if not self.has_roots():
            return True
        return state.timestamp_expires - now < timestamp_margin() or state.targets_expires - now < targets_margin()

    def _reserve(self, state: State, *roles: str) -> dict[str, int]:
        """The next version of each role, above everything used so far, on record before it is used.

        A record that was lost or comes from a backup is lifted by what was published since: the verified state, and metadata
        files whose signature holds. A name alone counts for nothing, else whoever can write to the public tree would drive our
        versions to where no database and no player follows. A thief of an online key could do the same with signatures, so
        these count up to LEAP beyond the record; what lies higher is reported and left to a new root, which makes players
        forget it. Raises OverflowError rather than go beyond HIGHEST."""
        path = self._private / "versions.json"
        try:
            used = {role: int(version) for role, version in json.loads(path.read_text("ascii")).items()}
        except (OSError, ValueError):
            used = {}
        for role in ("timestamp", "snapshot", "targets"):
            highest = used[role] + LEAP if used.get(role) else HIGHEST - LEAP
            found = {getattr(state, role), *self._signed_versions(role, used.get(role, 0), highest)}
            if strange := [version for version in found if version > highest]:
                log.error("%s: %s metadata have version %s, which is not ours", self.cluster, role, max(strange))
            used[role] = max([used.get(role, 0), *found.difference(strange)])
        reserved = {**used, **{role: used[role] + 1 for role in roles}}
        if max(reserved.values()) > HIGHEST:
            raise OverflowError(f"{self.cluster}: no versions are left beyond {HIGHEST}")
        write_atomic(path, json.dumps(reserved, sort_keys=True).encode("ascii"))
        self.on_step("versions")
        return reserved

    def _signed_versions(self, role: str, above: int, highest: int) -> Iterator[int]:
        """Versions of a role between two bounds of which the public tree holds a file that our key signed; what only has such a
        name is reported."""
        for path in self.metadata.glob(f"*.{role}.json"):
            number = path.name.removesuffix(f".{role}.json")
            if not VERSION.fullmatch(number) or int(number) <= above:
                continue
            try:
                if int(number) > highest:
                    raise ValueError("too high")
                root = Metadata[Root].from_bytes(root_json(self.province)).signed
                yield self._verified(root, role, path.read_bytes()).version
            except (OSError, RepositoryError, DeserializationError, ValueError) as error:
                log.error("%s: %s is not ours, and its number counts for nothing: %s", self.cluster, path.name, error)

    def _publish_roots(self) -> None:
        for version, data in root_versions(self.province):
            if not self._offers_root(version, data):
                write_atomic(self.metadata / f"{version}.root.json", data)
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
        self._publish_roots()  # just before: a player that has the new root refuses what the former keys signed
        expires = clock.now() + timedelta(days=settings.BANGTIN_TIMESTAMP_DAYS)
        write_atomic(self.metadata / "timestamp.json", self._timestamp(version, snapshot, expires))
        self.on_step("timestamp")

    def _timestamp(self, version: int, snapshot: MetaFile, expires: datetime) -> bytes:
        timestamp = Timestamp(
            version=version,
            expires=expires.replace(microsecond=0),
            snapshot_meta=snapshot,
            unrecognized_fields={CLUSTER_FIELD: self.cluster, MADE_FIELD: clock.now_ms()},
        )
        return self._signed("timestamp", timestamp)

    def _signed(self, role: str, signed: Any) -> bytes:
        metadata: Metadata[Any] = Metadata(signed)
        metadata.sign(online_signer(self.province, role))
        return metadata.to_bytes()
