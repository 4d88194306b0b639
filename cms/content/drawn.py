"""What was drawn before: the `DrawCache` of the workers. Whatever the number of workers, a picture or clip is made once."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from cms.content.assets import AssetStore
from cms.content.models import Drawn
from cms.plugin_api.types import JSON

POLL_S = 0.02
WORD_S = 0.5
NOTED = timedelta(days=1)
_HEX = frozenset("0123456789abcdef")


class Drawings:
    """A `DrawCache` over the table `Drawn`. A value counts only while every asset it names lies in the store.

    One maker for each key at a time: it holds a lock on a file beside the assets, which the kernel takes back from a worker
    that dies, at once and without Redis. `waiting` is called about twice a second while another worker makes what is
    wanted; it may raise to give up.
    """

    def __init__(self, store: AssetStore | None = None, waiting: Callable[[], None] = lambda: None) -> None:
        self.store = store or AssetStore()
        self.waiting = waiting

    def once(self, key: str, make: Callable[[], JSON]) -> JSON:
        """What `make` gave for this key when it was first asked for, as JSON reads it. What `make` raises is not kept."""
        found = self._known(key)
        if found is not None:
            return found.value
        with self._alone(key):
            found = self._known(key)
            return found.value if found is not None else self._keep(key, make())

    def _known(self, key: str) -> Drawn | None:
        found = Drawn.objects.filter(pk=key).first()
        if found is None or not self.store.hold(found.assets):
            return None
        now = timezone.now()
        if found.used_at < now - NOTED:
            Drawn.objects.filter(pk=key).update(used_at=now)
        return found

    def _keep(self, key: str, made: JSON) -> JSON:
        value = json.loads(json.dumps(made))
        assets = sorted(sha for sha in set(hashes_in(value)) if self.store.path(sha).is_file())
        now = timezone.now()
        Drawn.objects.update_or_create(
            pk=key, defaults={"value": value, "assets": assets, "made_at": now, "used_at": now}
        )
        return value

    @contextlib.contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        path = self.store.root / "locks" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = self._locked(path)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # those who wait for this file see that it is gone, and ask again
            os.close(lock)

    def _locked(self, path: Path) -> int:
        word = time.monotonic() + WORD_S
        while True:
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _is_still(lock, path):
                    return lock
            except BlockingIOError:
                pass
            except BaseException:
                os.close(lock)
                raise
            os.close(lock)
            time.sleep(POLL_S)
            if time.monotonic() >= word:
                word = time.monotonic() + WORD_S
                self.waiting()


def _is_still(lock: int, path: Path) -> bool:
    """Whether the file that is locked is the one that others find under this name."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return os.fstat(lock).st_ino == there.st_ino


def hashes_in(value: JSON) -> Iterator[str]:
    """Every SHA-256 that a value spells, as the names of assets are."""
    if isinstance(value, str):
        if len(value) == 64 and set(value) <= _HEX:
            yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from hashes_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from hashes_in(one)
