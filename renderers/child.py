"""Programs that read strangers' bytes run as children with limits of time, memory and file size, without network."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

MEMORY_BYTES = 600 * 1024**2
FILE_BYTES = 512 * 1024**2
_LINES_KEPT = 20_000
_HERE = Path(__file__).resolve().parent


class ChildFailed(Exception):
    """The child ended badly, ran out of its limits or took too long; the text is the end of what it said."""


def run(
    program: Sequence[str],
    *,
    seconds: int,
    on_line: Callable[[str], None] = lambda line: None,
    file_bytes: int = FILE_BYTES,
    memory: int = MEMORY_BYTES,
) -> str:
    """Run a program with limits and return what it printed (of very much, the end). `on_line` sees every line and may raise
    to stop the child.

    Raises `ChildFailed`. However it ends, no process is left; when this process is killed, the kernel kills the child.
    """
    limits = [os.getpid(), seconds * 2, memory, file_bytes]
    command = [sys.executable, "-I", "-S", str(_HERE / "limits.py"), *map(str, limits), *program]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=_environment(), text=True,
            start_new_session=True, errors="replace", cwd="/",
        )  # fmt: skip
        late = threading.Event()

        def give_up() -> None:
            late.set()
            _kill(child)

        watch = threading.Timer(seconds, give_up)
        watch.daemon = True
        watch.start()
        printed: deque[str] = deque(maxlen=_LINES_KEPT)
        try:
            assert child.stdout is not None  # noqa: S101 - for the type checker
            for line in child.stdout:
                printed.append(line)
                on_line(line)
            child.wait()
        finally:
            watch.cancel()
            _kill(child)
            child.wait()
            if child.stdout:
                child.stdout.close()
        said.seek(0, os.SEEK_END)
        said.seek(max(0, said.tell() - 800))
        words = said.read().decode(errors="replace").strip()
    if late.is_set():
        raise ChildFailed(f"took longer than {seconds} s")
    if child.returncode != 0:
        raise ChildFailed(words or f"ended with {child.returncode}")
    return "".join(printed)


def run_json(
    module: str, arguments: Sequence[str], *, seconds: int, memory: int = MEMORY_BYTES, file_bytes: int = FILE_BYTES
) -> dict[str, Any]:
    """Run one of our modules with limits and return the JSON object it prints. Raises `ChildFailed`."""
    program = [sys.executable, "-m", module, *arguments]
    printed = run(program, seconds=seconds, memory=memory, file_bytes=file_bytes)
    try:
        found = json.loads(printed)
    except ValueError as error:
        raise ChildFailed("printed no JSON") from error
    if not isinstance(found, dict):
        raise ChildFailed("printed no JSON object")
    return found


def _environment() -> dict[str, str]:
    """Nothing of ours but where to find the code."""
    return {"PATH": os.defpath, "PYTHONPATH": str(_HERE.parent), "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}


def _kill(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
