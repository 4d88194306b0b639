"""Tidying up: what nobody can ask for any more is removed, the rest stays.

Everything live is asked what it names (`cms.release.named`); of the rest goes what is older than an hour. Whoever relies on an old
file touches it first, under the lock that removing takes, so a publisher at work loses nothing. What is public is removed by the
process of the `sign` queue, which alone may write there; it is given a list, and looks again at what the metadata lead to.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import django_rq
from django.conf import settings

from cms.content import pruning
from cms.content.assets import AssetStore
from cms.release import named
from cms.release.documents import documents_lock
from cms.release.files import UNTOUCHED_S, exclusive, exclusive_or_not, gzipped, remove_old, tidying_lock
from cms.release.repository import ClusterRepository, Damaged
from cms.release.store import ContentStore

log = logging.getLogger(__name__)

BATCH = 200
KINDS = ("chunks", "documents", "metadata", "assets", "drawings", "leftovers")
DOCUMENT = re.compile(r"([0-9a-f]{64})\.([a-z]+)\.json")
CHUNK = re.compile(r"store/([0-9a-f]{2})/(\1[0-9a-f]{62})")
REMOVABLE = re.compile(
    r"releases/([-a-zA-Z0-9_]+)/"
    r"(?:metadata/[1-9][0-9]*\.(?:snapshot|targets)\.json|targets/\1/[0-9a-f]{64}\.[a-z]+\.json(?:\.gz)?)"
)
LEFTOVER = re.compile(r"(?:store|releases)/(?:[^/.][^/]*/)*\.[^/]+\.tmp")


@dataclass(slots=True)
class Freed:
    """Number and bytes by kind (`KINDS`). `busy`: nothing was done, since a backup is being made."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    bytes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    busy: bool = False

    def add(self, kind: str, number: int, size: int) -> None:
        self.counts[kind] += number
        self.bytes[kind] += size

    def __str__(self) -> str:
        parts = [f"{self.counts[kind]} {kind} ({self.bytes[kind] / 1e6:.1f} MB)" for kind in KINDS if self.counts[kind]]
        return ", ".join(parts) or "nothing"


@dataclass(slots=True)
class Plan:
    """What is to be removed unless it is touched from `before` (seconds since 1970) on, with its bytes. `public` names files
    relative to PUBLIC_ROOT."""

    before: float
    public: dict[str, int] = field(default_factory=dict)
    documents: dict[Path, int] = field(default_factory=dict)
    assets: dict[str, int] = field(default_factory=dict)
    leftovers: dict[Path, int] = field(default_factory=dict)
    drawings: list[str] = field(default_factory=list)

    def expected(self) -> Freed:
        """What removing all of it frees."""
        freed = Freed()
        for name, size in self.public.items():
            freed.add(_kind(name), 1, size)
        freed.add("documents", len(self.documents), sum(self.documents.values()))
        freed.add("assets", len(self.assets), sum(self.assets.values()))
        freed.add("leftovers", len(self.leftovers), sum(self.leftovers.values()))
        freed.add("drawings", len(self.drawings), 0)
        return freed


def _kind(name: str) -> str:
    if name.endswith(".tmp"):
        return "leftovers"
    if name.startswith("store/"):
        return "chunks"
    return "metadata" if "/metadata/" in name else "documents"


# --- when ---------------------------------------------------------------------------------------------------------------


def run() -> Freed:
    """Remove what nothing live names, in a process that may write everywhere; returns what was freed."""
    with exclusive_or_not(tidying_lock(Path(settings.DATA))) as free:
        if not free:
            return Freed(busy=True)
        made = plan()
        freed = _remove_private(made)
        _remove_public(made.public, made.before, freed)
    log.info("tidied away: %s", freed)
    return freed


def tidy() -> Freed:
    """As `run`, but the public part is handed to the `sign` queue, some files at a time, so that no notice waits for it. Meant to
    run every hour (queue `default`)."""
    with exclusive_or_not(tidying_lock(Path(settings.DATA))) as free:
        if not free:
            return Freed(busy=True)
        made = plan()
        freed = _remove_private(made)
    names = list(made.public)
    queue = django_rq.get_queue("sign", commit_mode="auto")
    for start in range(0, len(names), BATCH):
        queue.enqueue(remove_public, names[start : start + BATCH], made.before, result_ttl=60, failure_ttl=3600)
    log.info("tidied away: %s; asked for: %s", freed, len(names))
    return freed


def remove_public(names: Iterable[str], before: float) -> Freed:
    """Remove files of the public tree by their names relative to it, but none that was touched from `before` (seconds since 1970)
    on, that the metadata lead to, or that is no file of ours."""
    freed = Freed()
    with exclusive_or_not(tidying_lock(Path(settings.DATA))) as free:
        if free:
            _remove_public(names, before, freed)
        freed.busy = not free
    return freed


# --- what ---------------------------------------------------------------------------------------------------------------


def plan(before: float | None = None) -> Plan:
    """What nothing live names and nobody touched from `before` on (seconds since 1970; default: for an hour)."""
    made = Plan(time.time() - UNTOUCHED_S if before is None else before)
    kept = named.gather(made.before)
    made.public = {name: size for name, size in _public_files(made.before) if not _is_kept(name, kept)}
    for path in (Path(settings.DATA) / "releases").glob("*/*.json"):
        found, size = DOCUMENT.fullmatch(path.name), _old(path, made.before)
        document = (path.parent.name, found[2], found[1]) if found else None
        if document and size and document not in kept.documents and document not in kept.records:
            made.documents[path] = size
    made.leftovers = dict(pruning.leftovers(made.before))
    for path in (Path(settings.DATA) / "releases").rglob(".*.tmp"):
        if size := _old(path, made.before):
            made.leftovers[path] = size
    made.drawings = pruning.idle_drawings()
    made.assets = pruning.unnamed_assets(kept.hashes | named.private_names(), made.before)
    return made


def _public_files(before: float) -> Iterator[tuple[str, int]]:
    root = Path(settings.PUBLIC_ROOT)
    for top in ("store", "releases"):
        for path in (root / top).rglob("*"):
            if size := _old(path, before):
                yield path.relative_to(root).as_posix(), size


def _is_kept(name: str, kept: named.Kept) -> bool:
    """Whether a public file stays: also what we do not know, as the roots and what somebody else put there."""
    if found := CHUNK.fullmatch(name):
        return found[2] in kept.hashes
    if LEFTOVER.fullmatch(name):
        return False
    if not REMOVABLE.fullmatch(name):
        return True
    path = Path(settings.PUBLIC_ROOT) / name.removesuffix(".gz")
    found = DOCUMENT.fullmatch(path.name)
    if found and (path.parent.name, found[2], found[1]) in kept.documents:
        return path.exists()  # a compressed copy without its document is of no use
    return path in kept.files


def _old(path: Path, before: float) -> int:
    """Bytes (at least 1) of a file last touched before an instant; 0 for any other."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return 0
    return max(1, status.st_size) if status.st_mtime < before and path.is_file() else 0


# --- removing -----------------------------------------------------------------------------------------------------------


def _remove_private(made: Plan) -> Freed:
    freed = Freed()
    freed.add("drawings", pruning.forget_drawings(made.drawings), 0)
    with exclusive(documents_lock()):
        sizes = [remove_old(path, made.before) for path in made.documents]
    freed.add("documents", sum(map(bool, sizes)), sum(sizes))
    freed.add("assets", *AssetStore().remove(made.assets, made.before))
    sizes = [pruning.remove_leftover(path, made.before) for path in made.leftovers]
    freed.add("leftovers", sum(map(bool, sizes)), sum(sizes))
    return freed


def _remove_public(names: Iterable[str], before: float, freed: Freed) -> None:
    chunks: list[str] = []
    clusters: dict[str, list[str]] = {}
    for name in names:
        if found := CHUNK.fullmatch(name):
            chunks.append(found[2])
        elif found := REMOVABLE.fullmatch(name):
            clusters.setdefault(found[1], []).append(name)
        elif LEFTOVER.fullmatch(name):
            size = remove_old(Path(settings.PUBLIC_ROOT) / name, before)
            freed.add("leftovers", bool(size), size)
    freed.add("chunks", *ContentStore().remove(chunks, before))
    for cluster, files in clusters.items():
        with ClusterRepository(cluster, "").locked() as repository:
            try:
                leading = repository.named_files()
            except Damaged:
                continue
            for name in files:
                path = Path(settings.PUBLIC_ROOT) / name
                if path.with_suffix("") in leading and path.suffix == ".gz" and path.with_suffix("").exists():
                    continue
                if path not in leading:
                    size = remove_old(path, before) + (
                        remove_old(gzipped(path), before) if path.suffix == ".json" else 0
                    )
                    freed.add(_kind(name), bool(size), size)
