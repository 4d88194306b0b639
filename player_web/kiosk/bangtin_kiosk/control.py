"""A unix socket in our own folder, through which the commands of `bangtin-kiosk` speak with the running one."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

Deed = Callable[[], Any]
LINE_BYTES = 4096
ANSWER_BYTES = 64 * 1024 * 1024


class Control:
    """Answers `{"do": name}` with `{"said": …}` or `{"error": …}`, one JSON line each; only for our own user."""

    def __init__(self, path: Path, deeds: Mapping[str, Deed]) -> None:
        """Raises OSError."""
        self.path, self.deeds = path, deeds
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        before = os.umask(0o177)
        try:
            self._socket.bind(str(path))
        finally:
            os.umask(before)
        self._socket.listen(4)

    def start(self) -> None:
        threading.Thread(target=self._serve, name="control", daemon=True).start()

    def stop(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(5)
                with connection.makefile("rwb") as file:
                    file.write(json.dumps(self._answer(file.readline(LINE_BYTES))).encode() + b"\n")

    def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            return {"said": self.deeds[json.loads(line)["do"]]()}
        except (KeyError, ValueError, TypeError) as error:
            return {"error": f"not understood: {error}"}
        except Exception as error:
            return {"error": str(error)}


def ask(path: Path, deed: str, *, timeout: float = 60) -> Any:
    """What the running kiosk answers; `timeout` in seconds. Raises OSError when none runs, RuntimeError with its error."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        connection.connect(str(path))
        with connection.makefile("rwb") as file:
            file.write(json.dumps({"do": deed}).encode() + b"\n")
            file.flush()
            said = json.loads(file.readline(ANSWER_BYTES) or b'{"error": "no answer"}')
    if "error" in said:
        raise RuntimeError(said["error"])
    return said["said"]
