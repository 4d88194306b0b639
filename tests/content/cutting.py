"""A line that breaks: a proxy before a server, which cuts every connection each time so many bytes have gone up."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Iterator, Sequence

_RESET = struct.pack("ii", 1, 0)


class Line:
    """Listens on a free port of this machine and passes everything on to `port`. `cuts`: counts of bytes sent upwards, at each of
    which all connections are reset at once. `sent`: bytes that went up, whether they arrived or not."""

    def __init__(self, port: int, cuts: Sequence[int]) -> None:
        self.port, self.cuts = port, sorted(cuts)
        self.sent = self.made = 0
        self._lock, self._over = threading.Lock(), threading.Event()
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.here = int(self._listening.getsockname()[1])

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                near, _address = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                continue
            with self._lock:
                self._open |= {near, far}
            threading.Thread(target=self._pass, args=(near, far), daemon=True).start()

    def _pass(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            while True:
                ready, _w, _x = select.select([near, far], [], [])
                for side in ready:
                    data = side.recv(1 << 16)
                    if not data:
                        return self._end({near, far})
                    if side is near and self._counts(len(data)):
                        return None
                    (far if side is near else near).sendall(data)
        self._end({near, far})
        return None

    def _counts(self, length: int) -> bool:
        """Count what goes up; whether the line was cut at that."""
        with self._lock:
            self.sent += length
            if self.made >= len(self.cuts) or self.sent < self.cuts[self.made]:
                return False
            self.made += 1
            cut = set(self._open)
        for one in cut:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._end(cut)
        return True

    def _end(self, sockets: set[socket.socket]) -> None:
        with self._lock:
            self._open -= sockets
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self) -> None:
        self._over.set()
        self._end({self._listening} | self._open)


@contextlib.contextmanager
def breaking(port: int, cuts: Sequence[int]) -> Iterator[Line]:
    """A `Line` for the length of the block."""
    line = Line(port, cuts)
    threading.Thread(target=line._listen, daemon=True).start()
    try:
        yield line
    finally:
        line.close()
