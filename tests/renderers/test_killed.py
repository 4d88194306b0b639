"""A job that is killed leaves nothing: no process, and no file once another process has swept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from renderers.child import ChildFailed, run
from renderers.scratch import scratch
from tests.renderers.stage import ROOT, ffmpeg

WORKER = """
import sys
from pathlib import Path
from renderers.media import check_clip
from renderers.video import Crop, transcode
source = Path(sys.argv[1])
transcode(source, check_clip(source), Crop(0, 0, 1280, 640), 1024, 512, Path(sys.argv[2]), lambda share: print(share, flush=True))
"""
SWEEPER = "from renderers.scratch import sweep; print(sweep())"


def start(code: str, folder: Path, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
    )  # fmt: skip


def mentioning(path: Path) -> list[str]:
    """Processes whose command line has a path in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(path) in line and int(entry.name) != os.getpid():
            found.append(line.decode(errors="replace"))
    return found


def test_a_killed_worker_leaves_no_process_and_the_next_sweeps_its_files(tmp_path: Path):
    room = tmp_path / "tmp"
    room.mkdir()
    source = tmp_path / "long.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=40", "-c:v", "libx264", "-preset", "ultrafast", str(source))
    worker = start(WORKER, room, source, tmp_path / "out.mp4")
    assert worker.stdout is not None
    worker.stdout.readline()  # the transcoder is at work
    assert mentioning(source)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    until = time.monotonic() + 10
    while mentioning(source) and time.monotonic() < until:
        time.sleep(0.02)
    assert mentioning(source) == []
    assert not (tmp_path / "out.mp4").exists()
    assert list(room.rglob("*.mp4"))  # what a SIGKILL must leave
    sweeper = start(SWEEPER, room)
    assert sweeper.communicate()[0].strip() == "1"
    assert [path for path in room.rglob("*") if path.name != ".lock" and path.is_file()] == []


def test_a_folder_in_use_is_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with scratch("work") as folder:
        (folder / "half").write_text("half")
        sweeper = start(SWEEPER, tmp_path)
        assert sweeper.communicate()[0].strip() == "0"
        assert (folder / "half").exists()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 9), 2)", "OSError|unreachable|refused"),
        ("x = bytearray(900_000_000)", "MemoryError"),
        ("open('/tmp/bangtin-test-large', 'wb').write(b'x' * 3_000_000)", "ended with -25|large|limit"),
        ("import time; time.sleep(30)", "took longer"),
    ],
    ids=["network", "memory", "file", "time"],
)
def test_a_child_has_limits(code: str, what: str):
    try:
        with pytest.raises(ChildFailed, match=what):
            run([sys.executable, "-c", code], seconds=3, file_bytes=1_000_000)
    finally:
        Path("/tmp/bangtin-test-large").unlink(missing_ok=True)  # noqa: S108


def test_a_child_knows_nothing_of_the_instance(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BANGTIN_SECRET_KEY", "hidden")
    assert "hidden" not in run([sys.executable, "-c", "import os; print(dict(os.environ))"], seconds=5)
