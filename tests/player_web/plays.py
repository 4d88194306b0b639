"""Plays, many of them, written down by the player's own outbox in a real browser, on a line that somebody cuts."""

from __future__ import annotations

import os
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("plays.js")


class Line:
    """A line between a player and a server (`port` leads to `target`). `down`: nothing gets through. `deaf`: the server hears and answers,
    and no answer arrives. Either cuts what is open. A cut after so many bytes comes by `cut()` at any moment."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.down = self.deaf = False
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Every open connection ends."""
        with self._lock:
            pairs, self._pairs = list(self._pairs), set()
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.down = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._socket.accept()
            except OSError:
                return
            try:
                if self.down:
                    raise OSError("down")
                far = socket.create_connection(("127.0.0.1", self.target), 10)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            pair = (near, far)
            with self._lock:
                self._pairs.add(pair)
            for source, sink, back in ((near, far, False), (far, near, True)):
                threading.Thread(target=self._carry, args=(pair, source, sink, back), daemon=True).start()

    def _carry(
        self, pair: tuple[socket.socket, socket.socket], source: socket.socket, sink: socket.socket, back: bool
    ) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if self.down or (back and self.deaf):
                    break
                sink.sendall(data)
        for end in pair:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._pairs.discard(pair)
        if not back:
            for end in pair:
                end.close()


def browser_of(profile: Path) -> list[int]:
    """The processes of the browser that has this profile."""
    mark = f"--user-data-dir={profile}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "cmdline").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def kill_browser(profile: Path) -> None:
    """As when the machine's power is cut, but for what the system had taken over to write already."""
    for pid in browser_of(profile):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def begin(page: Any, version: str, seat: str, **more: Any) -> None:
    """Have the outbox of a paired seat in a page of its origin as `window.outbox`; see plays.js."""
    page.evaluate(SCRIPT.read_text(), {"at": f"/player/{version}/src/", "seat": seat, **more})
