"""The third target of a cluster, `<cluster>/player.json`: the player itself, signed like what it plays.

```
{"format": 1, "version": "<12 hex>", "files": {"<path>": {"bytes": n, "sha256": "…", "type": "…"}}, "streams": ["https://…"]}
```
`streams` (only where there are any) are the servers whose live streams the player's page may fetch. Canonical JSON; the files are chunks of the content store. `bangtin-kiosk` serves a player from a controller's own disk and takes
it from nowhere else; a player in a plain browser ignores this target.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cms import clock
from cms.places.models import Cluster
from cms.plugin_api.types import canonical, sha256
from cms.release import due
from cms.release.files import StorageFull
from cms.release.keys import KeysMissing
from cms.release.repository import ClusterRepository, Damaged
from cms.release.store import ContentStore
from cms.schedule.format import CHUNK_BYTES

log = logging.getLogger(__name__)

NAME = "player"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Shell:
    """A player's files by path, each at most 1 MiB, and what they are served as."""

    version: str
    files: Mapping[str, bytes]
    types: Mapping[str, str]
    streams: tuple[str, ...] = ()

    def document(self) -> bytes:
        """`player.json`. Raises ValueError for a file that does not fit into one chunk."""
        long = [path for path, content in self.files.items() if len(content) > CHUNK_BYTES]
        if long:
            raise ValueError(f"longer than a chunk: {', '.join(long)}")
        files = {
            path: {"bytes": len(content), "sha256": sha256(content), "type": self.types[path]}
            for path, content in self.files.items()
        }
        document = {"format": FORMAT, "version": self.version, "files": files}
        return canonical({**document, "streams": list(self.streams)} if self.streams else document)


_lent: list[Callable[[], Shell]] = []


def lend_shell(give: Callable[[], Shell]) -> None:
    """`give()`: the player of this installation. The last lender counts."""
    _lent[:] = [give]


def shell() -> Shell | None:
    """The player of this installation; None when there is none here."""
    return _lent[0]() if _lent else None


def offer_due() -> int:
    """Sign this installation's player for the clusters that are offered another one, or none (queue `sign`); returns for how
    many it did. Meant to run every half minute; costs a look at some clusters' public files when all is well."""
    made = shell()
    return offer(made, due.in_turn(clock.now())) if made else 0


def offer(made: Shell, clusters: Iterable[Cluster]) -> int:
    """Publish a player in the repositories of these clusters, but never as the first thing there: before its first
    release a cluster has no controller that could want it. Returns how many repositories were changed."""
    data, store, changed = made.document(), ContentStore(), 0
    digest, chunks = sha256(data), {sha256(content): content for content in made.files.values()}
    for cluster in clusters:
        repository = ClusterRepository(cluster.slug, cluster.province.code)
        try:
            files = repository.state().files
            if not files:
                continue
            offered = files.get(repository.target_path(NAME))
            missing = [content for name, content in chunks.items() if not store.has(name)]
            for content in missing:
                store.add(content)
            if offered is not None and offered.hashes["sha256"] == digest:
                continue
            version = repository.publish(NAME, data)
        except (Damaged, KeysMissing, StorageFull) as error:  # whoever publishes its schedule says so where people look
            log.info("%s: the player is not offered: %s", cluster.slug, error)
            continue
        log.info("%s: player %s is offered (targets %s)", cluster.slug, made.version, version)
        changed += 1
    return changed
