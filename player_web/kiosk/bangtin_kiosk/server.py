"""The player's origin on this machine: its signed files from memory, and the CMS's public tree and player API behind it."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bangtin_kiosk.shell import Shell, render
from bangtin_kiosk.upstream import LONG, PATIENCE, Away, Upstream

BODY_BYTES = 256 * 1024  # what the CMS accepts
AT_ONCE = 64
HINTS, LINES = "/api/player/v1/hints", 8
"""Lines that stay open for hints have places of their own: they are no requests in progress."""
API = re.compile(r"/api/player/v1/[a-z0-9_/-]{1,80}")
CHUNK = re.compile(r"/store/([0-9a-f]{2})/\1[0-9a-f]{62}")
TREE = r"/releases/{cluster}/(?:metadata/(?:timestamp|[1-9][0-9]*\.[a-z]+)\.json|targets/{cluster}/[0-9a-f]{{64}}\.[a-z]+\.json)"
SENT = ("Accept", "Accept-Encoding", "Content-Type", "If-None-Match", "If-Modified-Since")
DEVICE = "x-bangtin-"
RETURNED = ("Content-Type", "Content-Encoding", "Cache-Control", "ETag", "Last-Modified", "Retry-After", "Vary")
# The same policy as the CMS gives its player; a test compares the two. `reached` names the servers that may send live streams.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src {reached}; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
WAITING = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Bảng Tin</title>
<style>body{background:#0c0e12;color:#e8eaee;font:1.5rem/1.6 sans-serif;margin:10vh 8vw}</style>
<body data-version=""><h1>Đang chờ trình phát từ máy chủ</h1>
<p>Kiểm tra mạng, rồi chạy: bangtin-kiosk doctor</p>
<p lang="en">Waiting for the player from the server. Check the network, then run: bangtin-kiosk doctor</p></body></html>"""


class Server:
    """Serves on 127.0.0.1 only. `serve(shell)` sets the player; the one before it is still answered, for a page that runs on it."""

    def __init__(self, upstream: Upstream, cluster: str, port: int, page: str) -> None:
        """`page`: where `/` leads. Raises OSError when the port is taken."""
        self.upstream, self.cluster, self.home = upstream, cluster, page
        self.tree = re.compile(TREE.format(cluster=re.escape(cluster)))
        self.shells: dict[str, Shell] = {}
        self.version = ""
        self.heard_at = time.monotonic()
        """When the player last sent a heartbeat, whether or not the CMS could be reached."""
        self.reached_at: float | None = None
        self.slots = threading.BoundedSemaphore(AT_ONCE)
        self.lines = threading.BoundedSemaphore(LINES)
        handler = type("BoundHandler", (Handler,), {"kiosk": self})
        self._http = Local(("127.0.0.1", port), handler)
        self.port: int = self._http.server_address[1]
        self.hosts = {f"localhost:{self.port}", f"127.0.0.1:{self.port}"}

    def start(self) -> None:
        threading.Thread(target=self._http.serve_forever, args=(0.2,), name="http", daemon=True).start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def serve(self, shell: Shell | None) -> None:
        """From the next load of the page on, this player."""
        kept = {self.version: self.shells[self.version]} if self.version in self.shells else {}
        if shell is not None:
            kept[shell.version] = shell
        self.shells, self.version = kept, shell.version if shell else ""

    def forwarded(self, method: str, path: str) -> bool:
        """Whether a request may go on to the CMS."""
        if method == "POST":
            return bool(API.fullmatch(path))
        return bool(self.tree.fullmatch(path) or CHUNK.fullmatch(path) or API.fullmatch(path))


def policy(shell: Shell) -> str:
    """What a player's page may load: our own files, and what its signed manifest names."""
    return POLICY.format(reached=" ".join(("'self'", *shell.manifest.streams)))


class Local(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that closes a connection is no news."""


class Handler(BaseHTTPRequestHandler):
    """One connection of the browser."""

    kiosk: Server
    protocol_version = "HTTP/1.1"
    server_version = "bangtin-kiosk"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the journal is for what went wrong."""

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        body = self._body()
        if body is None:
            return
        # Another site's page that got a name to point here, or another origin's script, is nobody we serve.
        own = self.headers.get("Host", "") in self.kiosk.hosts
        origin = self.headers.get("Origin")
        if not own or (origin and origin.removeprefix("http://") not in self.kiosk.hosts):
            return self._say(403, "text/plain", b"")
        slots = self.kiosk.lines if path == HINTS else self.kiosk.slots
        if not slots.acquire(timeout=0 if path == HINTS else 5):
            return self._say(503, "text/plain", b"", {"Retry-After": "1"})
        try:
            if self.kiosk.forwarded(self.command, path):
                self._forward(path, body)
            elif self.command == "POST":
                self._say(405, "text/plain", b"")
            else:
                self._file(path)
        finally:
            slots.release()

    def _body(self) -> bytes | None:
        told = self.headers.get("Content-Length")
        if self.command != "POST":
            if told not in (None, "0") or self.headers.get("Transfer-Encoding"):
                self._refuse(400)
                return None
            return b""
        if told is None or not told.isdecimal():
            self._refuse(411)
            return None
        if int(told) > BODY_BYTES:
            self._refuse(413)
            return None
        return self.rfile.read(int(told))

    def _refuse(self, status: int) -> None:
        """Answer without the body. What is on its way already is read and dropped for a moment: a connection closed with unread
        bytes is reset, and the answer may be lost with it."""
        self.close_connection = True
        self._say(status, "text/plain", b"")
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(0.5)
            dropped = 0
            while dropped < 4 * BODY_BYTES and (piece := self.connection.recv(65_536)):
                dropped += len(piece)

    def _file(self, path: str) -> None:
        shell = self.kiosk.shells.get(self.kiosk.version)
        if path == "/":
            return self._say(302, "text/plain", b"", {"Location": self.kiosk.home})
        if path == "/player/":
            content = render(shell, self.kiosk.upstream.origin) if shell else WAITING.encode()
            csp = {"Content-Security-Policy": policy(shell)} if shell else {}
            return self._say(200, "text/html; charset=utf-8", content, {"Cache-Control": "no-store", **csp})
        version, _, name = path.removeprefix("/player/").partition("/")
        chosen = self.kiosk.shells.get(version) if path.startswith("/player/") else None
        # No service worker: it would keep copies that nobody verifies; our own disk is as near.
        if chosen is None or name not in chosen.files or name in {"index.html", "service_worker.js"}:
            return self._say(404, "text/plain", b"")
        headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": policy(chosen),
            "X-Content-Type-Options": "nosniff",
        }
        self._say(200, chosen.manifest.files[name].type, chosen.files[name], headers)

    def _say(self, status: int, type_: str, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _forward(self, path: str, body: bytes) -> None:
        if path.endswith("/heartbeat") and self.command == "POST":
            self.kiosk.heard_at = time.monotonic()
        sent = {name: value for name in SENT if (value := self.headers.get(name))}
        sent |= {name: value for name, value in self.headers.items() if name.lower().startswith(DEVICE)}
        sent.setdefault("Accept-Encoding", "identity")
        begun = False

        def begin() -> None:
            nonlocal begun
            begun = True

        patience = PATIENCE
        if path == HINTS:  # of our own cluster, whatever was asked
            path, patience = f"{HINTS}?cluster={self.kiosk.cluster}", LONG
        try:
            with self.kiosk.upstream.request(
                self.command, path, sent, body if self.command == "POST" else None, patience
            ) as answer:
                self.kiosk.reached_at = time.monotonic()
                self._pass_on(answer, begin)
        except Away:
            if begun:  # the browser must see that something is missing
                self.close_connection = True
                return
            said = json.dumps({"error": "offline"}).encode()
            self._say(504, "application/json", said, {"Cache-Control": "no-store"})

    def _pass_on(self, answer: Any, begin: Callable[[], None]) -> None:
        if 300 <= answer.status < 400 and answer.status != 304:  # no redirect leads out of the CMS
            return self._say(502, "text/plain", b"")
        length = answer.headers.get("Content-Length")
        bare = self.command == "HEAD" or answer.status in (204, 304)
        begin()
        self.send_response(answer.status)
        for name in RETURNED:
            if value := answer.headers.get(name):
                self.send_header(name, value)
        self.send_header("X-Content-Type-Options", "nosniff")
        if bare or (length and length.isdecimal()):
            self.send_header("Content-Length", length or "0")
        else:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if bare:
            return
        sent = 0
        for piece in answer.pieces(decode=False):
            sent += len(piece)
            self.wfile.write(piece if length else b"%x\r\n%s\r\n" % (len(piece), piece))
        if not length:
            self.wfile.write(b"0\r\n\r\n")
        elif sent != int(length):
            self.close_connection = True

    def handle(self) -> None:
        with suppress(ConnectionError, TimeoutError):
            super().handle()
