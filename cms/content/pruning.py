"""What drawing leaves behind: drawings nobody asks for any more, files that never became assets, assets that nothing names."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Container, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.db.models import Q
from django.utils import timezone

from cms.content.assets import AssetStore
from cms.content.drawn import hashes_in
from cms.content.models import Drawn, Proof, ProofAsset

UNUSED = timedelta(days=30)


def idle_drawings() -> list[str]:
    """Keys of what was drawn once and not asked for within a month."""
    return list(Drawn.objects.filter(used_at__lt=timezone.now() - UNUSED).values_list("pk", flat=True))


def forget_drawings(keys: list[str]) -> int:
    """Forget drawings unless they were asked for meanwhile; returns how many. Their assets go when nothing else names them."""
    late, gone = Q(used_at__lt=timezone.now() - UNUSED), 0
    for start in range(0, len(keys), 500):
        gone += Drawn.objects.filter(late, pk__in=keys[start : start + 500]).delete()[0]
    return gone


def named_assets() -> set[str]:
    """Every hash that a proof names, approved or not, or a drawing that is still asked for."""
    named: set[str] = set()
    for document in Proof.objects.values_list("document", flat=True).iterator():
        named.update(hashes_in(document))
    used = Drawn.objects.filter(used_at__gte=timezone.now() - UNUSED)
    for assets in used.values_list("assets", flat=True).iterator():
        named.update(assets)
    return named


def unnamed_assets(named: Container[str], before: float, store: AssetStore | None = None) -> dict[str, int]:
    """Assets that are not in `named`, with their bytes: those last stored or held before an instant (seconds since 1970), and
    rows whose file is gone."""
    store = store or AssetStore()
    found = {sha: size for sha, size in store.older_than(before).items() if sha not in named}
    for sha in ProofAsset.objects.values_list("sha256", flat=True).iterator():
        if sha not in named and sha not in found and not store.path(sha).exists():
            found[sha] = 0
    return found


def leftovers(before: float, store: AssetStore | None = None) -> Iterator[tuple[Path, int]]:
    """Files that a worker which died was writing, with their bytes, and the locks it held."""
    store = store or AssetStore()
    for folder in ("incoming", "locks"):
        with suppress(FileNotFoundError):
            for one in os.scandir(store.root / folder):
                status = one.stat(follow_symlinks=False)
                if status.st_mtime < before:
                    yield Path(one.path), status.st_size


def remove_leftover(path: Path, before: float) -> int:
    """Remove a file of `leftovers` unless somebody writes it or holds it; returns its bytes, at least 1, or 0 when it stays."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        status = os.fstat(file.fileno())
        if status.st_mtime < before:
            path.unlink()
            return max(1, status.st_size)
    return 0
