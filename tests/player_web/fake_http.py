"""How the CMS in miniature speaks HTTP: one connection of a player."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.player_web.fake_cms import FakeCms


class Handler(BaseHTTPRequestHandler):
    cms: FakeCms
    protocol_version = "HTTP/1.1"
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self.cms._connections.add(self.connection)

    def finish(self) -> None:
        self.cms._connections.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        if stream := self.cms.streams.get(path.lstrip("/")):
            return self._pour(path, stream())
        if path == "/api/player/v1/hints":
            return self._hints(path)
        status, type_, data = self.cms.answer(self.command, path, self.headers, body)
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-cache")
        try:
            self.end_headers()
            self.cms.send(self.wfile, self.path, data)
        except OSError:  # whoever asked is gone
            self.close_connection = True

    def _hints(self, path: str) -> None:
        """An open line while there are hints (`cms.hints`)."""
        if not self.cms.hints:
            self.send_response(204)
            return self.end_headers()
        self.cms.queries.append(self.path.partition("?")[2])
        said: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        said.put(b": hello\n\n")
        self.cms.listeners.append(said)
        try:
            self._pour(path, iter(said.get, None), "text/event-stream")
        finally:
            self.cms.listeners.remove(said)

    def _pour(self, path: str, pieces: Iterator[bytes], type_: str = "application/octet-stream") -> None:
        """Piece by piece, until they end or the player has had enough."""
        self.cms.asked.append(path)
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", type_)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with suppress(OSError):
            for piece in pieces:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the test says what matters."""
