"""No process outlives the supervisor: the kernel's parent-death signal, and a sweep for what slips through it.

Every process of an instance carries `BANGTIN_RUN=<random>` in its environment. A watchdog waits on a pipe; when the
supervisor is gone, however it went, it ends whatever still carries the mark. Linux only; elsewhere both do nothing."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MARK = "BANGTIN_RUN"
PR_SET_PDEATHSIG = 1


def die_with_parent(sig: int = signal.SIGKILL) -> None:
    """Ask the kernel to send `sig` to this process when its parent ends."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
        if os.getppid() != parent:  # it ended between the two lines above
            os.kill(os.getpid(), sig)


def marked(run: str) -> Iterator[int]:
    """Process ids that carry the mark of a run."""
    wanted = f"{MARK}={run}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                yield int(entry.name)


def sweep(run: str, *, spare: frozenset[int] = frozenset()) -> int:
    """Kill every process of a run but those spared; return how many there were."""
    found = [pid for pid in marked(run) if pid not in spare]
    for pid in found:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    return len(found)


def start_watchdog(run: str) -> subprocess.Popen[bytes]:
    """A small process that sweeps the run once our end of its pipe closes. Keep what is returned; close its `stdin` last."""
    # -I -S: nothing of ours or of the site is imported, so it starts in a few milliseconds and cannot fail with us.
    return subprocess.Popen(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-I", "-S", __file__, run],
        stdin=subprocess.PIPE,
        process_group=0,
    )


def _watch(run: str) -> None:
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, signal.SIG_IGN)
    sys.stdin.buffer.read()
    while sweep(run, spare=frozenset({os.getpid()})):
        pass


if __name__ == "__main__":
    _watch(sys.argv[1])
