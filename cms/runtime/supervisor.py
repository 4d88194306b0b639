"""Starts the processes of an instance, watches them, and stops them in order."""

from __future__ import annotations

import contextlib
import os
import secrets
import selectors
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, TextIO

from cms.runtime import orphans
from cms.runtime.process import Child, Spec

CHECK_S = 5.0
EAGER_CHECK_S = 0.25
STOP_S = 10.0


class Supervisor:
    """Runs children in the order given and stops them in the reverse one. `wait_for` children must be ready before the
    next ones start."""

    def __init__(
        self,
        specs: Sequence[Spec],
        *,
        wait_for: frozenset[str] = frozenset(),
        on_ready: Callable[[], Spec | None] = lambda: None,
        on_tick: Callable[[], None] = lambda: None,
        before_start: Callable[[], None] = lambda: None,
        out: TextIO | None = None,
    ) -> None:
        self.run_id = os.environ.get(orphans.MARK) or secrets.token_hex(8)
        self.children = [Child(spec) for spec in specs]
        self.guests: list[Child] = []
        self._wait_for = wait_for
        self._on_ready, self._on_tick, self._before_start = on_ready, on_tick, before_start
        self._out = out or sys.stdout
        self._selector = selectors.DefaultSelector()
        self._partial: dict[int, bytes] = {}
        self._stopping = self._leaving = False
        self._width = max((len(spec.name) for spec in specs), default=0)

    def run(self) -> int:
        """Until a signal, or until a guest has failed; returns the exit code."""
        os.environ[orphans.MARK] = self.run_id
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        previous = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        handlers = {sig: signal.signal(sig, self._stop) for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)  # wakes the selector
        self._selector.register(reader, selectors.EVENT_READ, None)
        self._watchdog = orphans.start_watchdog(self.run_id)
        try:
            return self._loop(reader)
        finally:
            self._end_all()
            signal.set_wakeup_fd(previous)
            for sig, handler in handlers.items():
                signal.signal(sig, handler)
            self._selector.close()
            os.close(reader)
            os.close(writer)
            # Its pipe closes last: the watchdog sweeps what a child may have left behind, then ends.
            spared = frozenset({os.getpid(), self._watchdog.pid})
            orphans.sweep(self.run_id, spare=spared)
            os.environ.pop(orphans.MARK, None)
            self._watchdog.kill()
            self._watchdog.communicate()

    def _stop(self, *_: Any) -> None:
        self._stopping = True

    def _loop(self, reader: int) -> int:
        announced, checked, code = False, 0.0, 0
        while not self._stopping:
            self._start_due()
            ready = all(child.ready for child in self.children)
            pause = CHECK_S if ready and announced else EAGER_CHECK_S
            for key, _events in self._selector.select(timeout=pause):
                if key.fileobj == reader:
                    with contextlib.suppress(BlockingIOError):
                        os.read(reader, 1024)
                else:
                    self._copy(key.data)
            if time.monotonic() - checked >= pause:
                checked = time.monotonic()
                self._check()
                self._on_tick()
            if not announced and all(child.ready for child in self.children):
                announced = True
                if guest := self._on_ready():
                    self.guests.append(Child(guest))
                    self._start(self.guests[-1])
            code = self._guests_done() or code
            if code:
                break
        return code

    def _start_due(self) -> None:
        for child in self.children:
            if child.due():
                if child.process is not None:
                    status = child.process.returncode
                    self._say(child, f"đã dừng (mã {status}), khởi động lại / ended (code {status}), restarting")
                    self._forget(child)
                self._start(child)
            if child.spec.name in self._wait_for and not child.ready:
                return

    def _start(self, child: Child) -> None:
        self._before_start()
        child.start()
        if child.output:
            self._selector.register(child.output, selectors.EVENT_READ, child)

    def _check(self) -> None:
        if self._watchdog.poll() is not None:
            self._watchdog.communicate()
            self._watchdog = orphans.start_watchdog(self.run_id)
        for child in self.children:
            if child.running and not child.check():
                self._say(child, "không trả lời, khởi động lại / does not answer, restarting")
                child.signal(signal.SIGKILL)

    def _guests_done(self) -> int:
        for guest in list(self.guests):
            if not guest.running:
                self._forget(guest)
                self.guests.remove(guest)
                if guest.process and guest.process.returncode:
                    return guest.process.returncode if guest.process.returncode > 0 else 1
        return 0

    def _forget(self, child: Child) -> None:
        if child.output and not child.output.closed:
            self._copy(child)
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(child.output)
            child.output.close()

    def _copy(self, child: Child) -> None:
        assert child.output is not None  # noqa: S101
        try:
            data = os.read(child.output.fileno(), 65536)
        except (BlockingIOError, ValueError):
            return
        if not data:
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(child.output)
            return
        *lines, rest = (self._partial.pop(id(child), b"") + data).split(b"\n")
        if rest:
            self._partial[id(child)] = rest
        for line in lines:
            self._say(child, line.decode(errors="replace").rstrip())

    def _say(self, child: Child, line: str) -> None:
        if self._leaving and child.spec.name in self._wait_for:
            return  # Redis comments on its own end
        prefix = "" if child in self.guests else f"{child.spec.name:<{self._width}} │ "
        with contextlib.suppress(OSError, ValueError):  # a closed terminal must not stop the screens
            print(f"{prefix}{line}", file=self._out, flush=True)

    def _end_all(self) -> None:
        """The last started first; Redis after everyone who writes to it."""
        self._leaving = True
        first = [child for child in self.children if child.spec.name in self._wait_for]
        rest = [child for child in self.children if child not in first]
        for group in ([*self.guests, *rest], list(reversed(first))):
            for child in group:
                child.signal(signal.SIGTERM)
            deadline = time.monotonic() + STOP_S
            warned = False
            while any(child.running for child in group) and time.monotonic() < deadline:
                if not warned and time.monotonic() > deadline - STOP_S / 2:
                    warned = True
                    for child in group:
                        child.signal(signal.SIGTERM)  # RQ: the second one ends the job too
                for child in group:
                    if child.output and not child.output.closed:
                        self._copy(child)
                time.sleep(0.02)
            for child in group:
                child.signal(signal.SIGKILL)
                if child.process:
                    child.process.wait()
                self._forget(child)
