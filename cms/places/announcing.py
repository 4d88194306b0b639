"""Telling others which clusters a change concerns, within the transaction that makes it: what a listener writes down then stands or
falls with the change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction
from django.dispatch import Signal


class Announcer:
    """Sends a signal with `cluster_ids`, a set of primary keys: at once, or joined within `together()`."""

    def __init__(self, signal: Signal, name: str) -> None:
        self.signal = signal
        self._waiting: ContextVar[set[int] | None] = ContextVar(name, default=None)

    def announce(self, cluster_ids: Iterable[int]) -> None:
        """Tell that these clusters are concerned; nothing for none."""
        clusters = {one for one in cluster_ids if one is not None}
        waiting = self._waiting.get()
        if waiting is not None:
            waiting |= clusters
        elif clusters:
            self.signal.send(sender=None, cluster_ids=clusters)

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction with many changes, told once, as the last thing in it. Where it fails, nothing is told."""
        if self._waiting.get() is not None:
            yield
            return
        clusters: set[int] = set()
        with transaction.atomic():
            token = self._waiting.set(clusters)
            try:
                yield
            finally:
                self._waiting.reset(token)
            self.announce(clusters)
