"""Sources of feeds on this machine: documents as a bank and a weather service publish them, and answers that nobody should trust."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<ExrateList><DateTime>&c;</DateTime></ExrateList>"""
THIEF = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>
<ExrateList><Exrate CurrencyCode="USD" Sell="&file;"/></ExrateList>"""


def rates(sell: str = "25,450.00", *, age: timedelta = timedelta()) -> bytes:
    """The bank's list; `age`: how long ago it was dated."""
    at = datetime.now(HANOI) - age
    spelt = f"{at.month}/{at.day}/{at.year} {at:%I:%M:%S %p}".replace(" 0", " ")
    return f"""<ExrateList><DateTime>{spelt}</DateTime>
<Exrate CurrencyCode="CNY" CurrencyName="YUAN RENMINBI" Buy="3,400.10" Transfer="3,434.44" Sell="3,545.00" />
<Exrate CurrencyCode="THB" CurrencyName="THAILAND BAHT" Buy="650.2" Transfer="722.45" Sell="-" />
<Exrate CurrencyCode="USD" CurrencyName="US DOLLAR" Buy="25,100.00" Transfer="25,130.00" Sell="{sell}" />
<Source>Joint Stock Commercial Bank for Foreign Trade of Vietnam - Vietcombank</Source></ExrateList>""".encode()


def weather(degrees: Any, *, age: timedelta = timedelta()) -> bytes:
    current = {"time": f"{datetime.now(UTC) - age:%Y-%m-%dT%H:%M}", "interval": 900, "temperature_2m": degrees}
    return json.dumps({"latitude": 10.6, "utc_offset_seconds": 0, "current": current}).encode()


class Source:
    """Answers every path with what `pages` holds: bytes, or a function of the request handler. Counts what it was asked."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.pages: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.enough = threading.Event()
        self.port: int = server.server_address[1]

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    # --- answers that nobody should trust --------------------------------------------------------------------------

    def dribble(self, request: BaseHTTPRequestHandler) -> None:
        """A byte now and then, for ever."""
        request.send_response(200)
        request.end_headers()
        while not self.enough.wait(0.05):
            request.wfile.write(b" ")

    def endless(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not self.enough.is_set():
            request.wfile.write(b"x" * 65_536)

    def cut_off(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "5000")
        request.end_headers()
        request.wfile.write(rates()[:100])

    def silent(self, request: BaseHTTPRequestHandler) -> None:
        self.enough.wait()


def moved(location: str) -> Any:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", location)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def marked(data: bytes, etag: str) -> Any:
    """A page with a validator."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        same = request.headers.get("If-None-Match") == etag
        request.send_response(304 if same else 200)
        request.send_header("ETag", etag)
        request.send_header("Content-Length", "0" if same else str(len(data)))
        request.end_headers()
        if not same:
            request.wfile.write(data)

    return answer


def failing(status: int) -> Any:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_error(status)

    return answer


@contextmanager
def serving() -> Iterator[Source]:
    source: Source

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            source.asked.append((self.path, dict(self.headers.items())))
            page = source.pages.get(self.path)
            if page is None:
                self.send_error(404)
            elif callable(page):
                page(self)
            else:
                self.send_response(200)
                self.send_header("Content-Type", "text/xml; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

        def log_message(self, format: str, *args: Any) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Who is asked too much hangs up: no news."""

    with Server(("127.0.0.1", 0), Handler) as server:
        source = Source(server)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield source
        finally:
            source.enough.set()
            server.shutdown()
            thread.join()
