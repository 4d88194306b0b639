"""A child made by fork: it shares all that the supervisor has already imported, so six processes start in the time of one
and share its memory. The supervisor has a single thread and no open database, which is what makes this safe."""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping

from cms.runtime.orphans import die_with_parent


class Forked:
    """As much of `subprocess.Popen` as the supervisor needs, for a Python function."""

    def __init__(self, function: Callable[[], object], environment: Mapping[str, str], death_signal: int) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        reader, writer = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reader)
            _become(function, environment, death_signal, writer)
        os.close(writer)
        self.stdout = io.FileIO(reader)

    def poll(self) -> int | None:
        """The exit code (negative: the signal), None while it runs."""
        if self.returncode is None:
            self._reap(os.WNOHANG)
        return self.returncode

    def wait(self) -> int:
        """Wait until it has ended."""
        while self.returncode is None:
            self._reap(0)
        return self.returncode

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)

    def _reap(self, options: int) -> None:
        try:
            pid, status = os.waitpid(self.pid, options)
        except ChildProcessError:  # reaped by someone else; how it ended is lost
            self.returncode = 1
            return
        if pid:
            self.returncode = os.waitstatus_to_exitcode(status)


def _become(function: Callable[[], object], environment: Mapping[str, str], death_signal: int, output: int) -> None:
    """The child's side; never returns, so none of the parent's `finally` and `atexit` runs twice."""
    code = 1
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(sig, signal.SIG_DFL)
        die_with_parent(death_signal)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        # Pipes of the supervisor and its other children: held here, they would never come to their end.
        os.closerange(3, 4096)
        os.environ.update(environment)
        function()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)
