"""One supervised process: started in a group of its own, its lines prefixed, restarted with a growing pause."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from cms.runtime.forked import Forked
from cms.runtime.orphans import die_with_parent

PAUSES_S = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_S = 60.0
UNHEALTHY_LIMIT = 3


@dataclass(frozen=True, slots=True)
class Spec:
    """What to run: a command, or a function of ours in a fork. `healthy` is asked every few seconds once the process had `grace_s` to start; None: running is enough."""

    name: str
    command: Sequence[str] | Callable[[], object]
    environment: Mapping[str, str] = field(default_factory=dict)
    healthy: Callable[[int], bool] | None = None
    grace_s: float = 60.0
    death_signal: int = signal.SIGKILL


class Child:
    """The process of a `Spec`, over its restarts."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.process: subprocess.Popen[bytes] | Forked | None = None
        self.restarts = 0
        self.ready = False
        self._failures = 0
        self._unhealthy = 0
        self._started = 0.0
        self._next = 0.0

    @property
    def output(self) -> IO[bytes] | io.FileIO | None:
        return self.process.stdout if self.process else None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        death = self.spec.death_signal
        if callable(self.spec.command):
            self.process = Forked(self.spec.command, self.spec.environment, death)
        else:
            self.process = self._command(list(self.spec.command), death)
        os.set_blocking(self.process.stdout.fileno(), False)  # type: ignore[union-attr]
        self._started, self._unhealthy, self.ready = time.monotonic(), 0, False

    def _command(self, command: list[str], death: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - commands are our own
            command,
            env={**os.environ, **self.spec.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,  # Ctrl-C at the terminal is for the supervisor, which stops the others in order
            preexec_fn=lambda: die_with_parent(death),
        )

    def due(self) -> bool:
        """Has it ended, and is its pause over?"""
        if self.running:
            return False
        if self._next == 0.0:
            if self.process is not None:
                steady = time.monotonic() - self._started > STEADY_S
                self._failures = 1 if steady else self._failures + 1
                self.restarts += 1
            self._next = time.monotonic() + (PAUSES_S[min(self._failures, len(PAUSES_S)) - 1] if self._failures else 0)
        if time.monotonic() < self._next:
            return False
        self._next = 0.0
        return True

    def check(self) -> bool:
        """Ask for its health; False when it has failed to answer too often and must be ended."""
        assert self.process is not None  # noqa: S101
        well = self.spec.healthy is None or self.spec.healthy(self.process.pid)
        if well:
            self.ready, self._unhealthy = True, 0
            return True
        if time.monotonic() - self._started < self.spec.grace_s:
            return True
        self._unhealthy += 1
        return self._unhealthy < UNHEALTHY_LIMIT

    def signal(self, sig: int) -> None:
        """Send a signal to the process (SIGKILL: to its whole group)."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sig == signal.SIGKILL:
                os.killpg(self.process.pid, sig)
            elif self.running:
                self.process.send_signal(sig)
