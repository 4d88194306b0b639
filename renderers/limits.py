"""Sets limits on this process, then becomes another program: `limits.py PARENT SECONDS BYTES FILE_BYTES program args…`.

Run as a script, so that limits are set without code between fork and exec in a threaded parent. What cannot be had on
this machine (a network of its own needs user namespaces) is left out: it is the second lock, never the only one.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_OPEN_FILES = 128


def main() -> None:
    parent, seconds, memory, file_bytes = (int(argument) for argument in sys.argv[1:5])
    _limit(resource.RLIMIT_CPU, seconds, seconds + 5)
    _limit(resource.RLIMIT_DATA, memory)
    _limit(resource.RLIMIT_AS, 4 * memory)
    _limit(resource.RLIMIT_FSIZE, file_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    if sys.platform == "linux":
        _alone(parent)
    for ours in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and a program would inherit that
        signal.signal(ours, signal.SIG_DFL)
    os.execv(sys.argv[5], sys.argv[5:])  # noqa: S606 - the parent chose the program; nothing goes through a shell


def _limit(what: int, soft: int, hard: int | None = None) -> None:
    """Set a limit, no higher than the one this process already has."""
    _, most = resource.getrlimit(what)
    wanted = [soft, soft if hard is None else hard]
    if most != resource.RLIM_INFINITY:
        wanted = [min(value, most) for value in wanted]
    resource.setrlimit(what, (wanted[0], wanted[1]))


def _alone(parent: int) -> None:
    """No network, no new rights, and no life after the parent's."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)  # after `unshare`, which takes it back
    if os.getppid() not in (parent, 0):  # it died before the line above; 0: it lives in another namespace
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
