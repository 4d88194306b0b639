"""What a province has signed: TUF, with python-tuf's own client, from the root that was pinned at the installation."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Metadata, Root, TargetFile, Targets
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from bangtin_kiosk.files import read_bounded
from bangtin_kiosk.sources import Missing, Source

CLUSTER_FIELD = "x-bangtin-cluster"
BELONGS_TO_ONE = {"timestamp", "snapshot", "targets"}
METADATA_BYTES = 5_000_000
MANIFEST_BYTES = 1024 * 1024
ROOTS = 1024


class Refused(Exception):
    """What a source offers is not what the province signed for this cluster. `reason`: the CMS's word for it."""

    def __init__(self, text: str, reason: str = "format") -> None:
        super().__init__(text)
        self.reason = reason


class Unavailable(Exception):
    """The source cannot be read now; nothing is wrong with what it said."""


@dataclass(frozen=True, slots=True)
class Offer:
    """`manifest`: the bytes of `player.json`; `targets`: the signed metadata that name them."""

    manifest: bytes
    targets: bytes


def check_code(root: bytes) -> str:
    """What the CMS calls a root's check code: 80 bits of the SHA-256 of what is signed, to be compared by eye or by telephone.
    Raises Refused."""
    check_root(root)
    digest = hashlib.sha256(Metadata.from_bytes(root).signed_bytes).hexdigest()[:20]
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def check_root(data: bytes) -> Root:
    """A root that signs itself. Raises Refused."""
    try:
        metadata: Metadata[Root] = Metadata.from_bytes(data)
        if not isinstance(metadata.signed, Root):
            raise ValueError("not a root")
        metadata.signed.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, ValueError, KeyError) as error:
        raise Refused(f"root: {error}") from error
    return metadata.signed


def refresh(metadata: Path, pinned: bytes, cluster: str, source: Source) -> Offer | None:
    """Bring the metadata up to date by the specification's workflow, and fetch `player.json`; None when none is offered.

    Raises Refused, Unavailable; OSError when our own disk fails."""
    metadata.mkdir(parents=True, exist_ok=True)
    try:
        client = Updater(
            str(metadata),
            "metadata/",
            target_base_url="targets/",
            fetcher=_Fetcher(source, cluster),
            config=UpdaterConfig(max_root_rotations=ROOTS, targets_max_length=METADATA_BYTES),
            bootstrap=pinned,
        )
        client.refresh()
        target = client.get_targetinfo(f"{cluster}/player.json")
        if target is None:
            return None
        if target.length > MANIFEST_BYTES:
            raise Refused(f"player.json: {target.length} bytes", "length")
        with tempfile.TemporaryDirectory(dir=metadata.parent) as folder:
            path = client.download_target(target, str(Path(folder) / "player.json"))
            manifest = read_bounded(Path(path), MANIFEST_BYTES)
    except DownloadHTTPError as error:
        raise Unavailable(str(error)) from error
    except DownloadError as error:
        if isinstance(error.__cause__, OSError):
            raise Unavailable(f"{error} ({error.__cause__})") from error
        raise Refused(str(error), _reason(error)) from error
    except (RepositoryError, ValueError) as error:
        raise Refused(str(error), _reason(error)) from error
    return Offer(manifest, read_bounded(metadata / "targets.json", METADATA_BYTES))


def _reason(error: Exception) -> str:
    return next((word for kind, word in REASONS.items() if isinstance(error, kind)), "format")


def proven(offer: Offer, metadata: Path, pinned: bytes, cluster: str) -> bool:
    """Whether a manifest that was kept is one that the province signed for this cluster, then or now. Its end is not asked
    for: the last good player stays good without a network."""
    try:
        signed: Metadata[Any] = Metadata.from_bytes(offer.targets)
        if not isinstance(signed.signed, Targets):
            return False
        if signed.signed.unrecognized_fields.get(CLUSTER_FIELD) != cluster:
            return False
        target: TargetFile = signed.signed.targets[f"{cluster}/player.json"]
        target.verify_length_and_hashes(offer.manifest)
    except (RepositoryError, ValueError, KeyError):
        return False
    for root in _chain(metadata, pinned):
        try:
            root.verify_delegate("targets", signed.signed_bytes, signed.signatures)
        except (RepositoryError, ValueError):
            continue
        return True
    return False


def _chain(metadata: Path, pinned: bytes) -> Iterator[Root]:
    """Every root from the pinned one on that is here, each verified by the one before it."""
    root = check_root(pinned)
    yield root
    for version in range(root.version + 1, root.version + ROOTS):
        try:
            data = read_bounded(metadata / "root_history" / f"{version}.root.json", METADATA_BYTES)
            following: Metadata[Root] = Metadata.from_bytes(data)
            root.verify_delegate("root", following.signed_bytes, following.signatures)
            if check_root(data).version != version:
                return
        except (OSError, ValueError, RepositoryError, Refused):
            return
        root = following.signed
        yield root


class _Foreign(DownloadError):
    """Metadata of another cluster: refused before they are kept, so that their higher versions spoil nothing."""


REASONS: dict[type[Exception], str] = {
    _Foreign: "cluster",
    BadVersionNumberError: "version",
    ExpiredMetadataError: "expired",
    UnsignedMetadataError: "signature",
    LengthOrHashMismatchError: "hash",
    DownloadLengthMismatchError: "length",
}
"""The words of `player_web/src/update/roles.js`; what is none of them is of a wrong format."""


class _Fetcher(FetcherInterface):
    def __init__(self, source: Source, cluster: str) -> None:
        self.source, self.cluster = source, cluster

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            yield from self.source.read(url)
        except Missing as error:
            raise DownloadHTTPError(f"{url} is not there", 404) from error
        except OSError as error:
            raise DownloadError(f"{url} cannot be read") from error

    def download_bytes(self, url: str, max_length: int) -> bytes:
        data = super().download_bytes(url, max_length)
        try:
            signed = json.loads(data)["signed"]
            foreign = signed["_type"] in BELONGS_TO_ONE and signed.get(CLUSTER_FIELD) != self.cluster
        except (ValueError, KeyError, TypeError, AttributeError):
            return data  # the client says what is wrong with it
        if foreign:
            raise _Foreign(f"{url} belongs to another cluster")
        return data
