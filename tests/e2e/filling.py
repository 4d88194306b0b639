"""The demo for the end-to-end tests. It takes minutes to fill, so that begins with the run, in the background, whichever process of
the run comes first; a lock on its folder tells the others when it is done."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests import migrated
from tests.e2e.instance import ROOT, Instance


@contextlib.contextmanager
def begun(folder: Path, kept: Path) -> Iterator[None]:
    """Let the demo be filled in this folder, unless another process of the run has seen to it. A filling that is not done when
    this one ends is stopped, unless somebody waits for it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    process: subprocess.Popen[bytes] | None = None
    said = folder / "background"
    with contextlib.suppress(BlockingIOError), _alone(folder, fcntl.LOCK_NB) as lock:
        if not said.exists():
            with said.open("wb") as out:
                command = [sys.executable, "-m", "tests.e2e.filling", str(folder), str(kept)]
                # It takes the lock over, and keeps it as long as it lives.
                process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, pass_fds=[lock])
    try:
        yield
    finally:
        if process is not None:
            if not (folder / "wanted").exists():
                process.terminate()
            process.wait()


def filled(folder: Path, kept: Path) -> Instance:
    """The filled demo, not running. Waits for whoever fills it; fills it itself where that came to nothing."""
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "wanted").touch()
    with _alone(folder):
        if not _done(folder).exists():
            _fill(folder, kept)
    return Instance(folder / "data", _done(folder).read_text(encoding="utf-8").splitlines())


def _alone(folder: Path, how: int = 0) -> contextlib.AbstractContextManager[int]:
    return migrated.locked(folder / "lock", fcntl.LOCK_EX | how)


def _done(folder: Path) -> Path:
    """What the instance said while it was filled."""
    return folder / "said"


def _fill(folder: Path, kept: Path) -> None:
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    shutil.copy(migrated.ensure(kept), data / "bangtin.sqlite3")
    instance = Instance(data)
    try:
        instance.start()
    finally:
        instance.stop()
    _done(folder).write_text("\n".join(instance.lines), encoding="utf-8")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    _fill(Path(sys.argv[1]), Path(sys.argv[2]))
