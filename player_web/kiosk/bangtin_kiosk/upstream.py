"""The CMS over HTTP: bounded in time, no redirects, no cookies, and quick to say that it is away."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import urllib3
from urllib3.exceptions import HTTPError

CONNECT_S = 3.0
PATIENCE = (10.0, 30.0)
"""How long to wait for the next bytes, and for the whole answer, in seconds."""
LONG = (60.0, 900.0)
"""The same of a line on which the CMS says something every 20 seconds, and which it ends after ten minutes."""
PIECE = 64 * 1024
AWAY_S = 1.5
"""After a failed connection nobody tries again for so long, so that requests do not pile up."""
CONNECTIONS = 8


class Away(ConnectionError):
    """The CMS cannot be reached at present."""


@dataclass(slots=True)
class Answer:
    """An answer whose body is still on its way."""

    response: urllib3.BaseHTTPResponse
    ends: float

    @property
    def status(self) -> int:
        return int(self.response.status)

    @property
    def headers(self) -> Mapping[str, str]:
        return self.response.headers

    def pieces(self, *, decode: bool) -> Iterator[bytes]:
        """The body; `decode`: without its compression. Raises Away when it stops, or takes too long."""
        try:
            for piece in self.response.stream(PIECE, decode_content=decode):
                if time.monotonic() > self.ends:
                    raise Away("too slow")
                yield piece
        except (HTTPError, OSError) as error:
            raise error if isinstance(error, Away) else Away(str(error)) from error


class Upstream:
    """Requests to one CMS. Safe to use from several threads."""

    def __init__(self, origin: str, authority: Path | None = None) -> None:
        """`authority`: a PEM file that is trusted beside the system's. Raises OSError, ssl.SSLError when it cannot be read."""
        self.origin = origin.rstrip("/")
        context = ssl.create_default_context()
        if authority is not None and authority.exists():
            context.load_verify_locations(authority)
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, retries=False, ssl_context=context, headers={})
        self._lock = threading.Lock()
        self._away_until = 0.0

    @contextmanager
    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """GET. Raises Away."""
        with self.request("GET", path, headers or {}, None) as answer:
            yield answer

    @contextmanager
    def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        patience: tuple[float, float] = PATIENCE,
    ) -> Iterator[Answer]:
        """One request, whose answer is closed at the end. Raises Away."""
        with self._lock:
            if time.monotonic() < self._away_until:
                raise Away("it was away a moment ago")
        sent = {"User-Agent": "bangtin-kiosk", **headers}
        try:
            response = self._pool.request(
                method,
                self.origin + path,
                body=body,
                headers=sent,
                preload_content=False,
                redirect=False,
                timeout=urllib3.Timeout(connect=CONNECT_S, read=patience[0]),
            )
        except (HTTPError, OSError) as error:
            with self._lock:
                self._away_until = time.monotonic() + AWAY_S
            raise Away(str(error)) from error
        try:
            yield Answer(response, time.monotonic() + patience[1])
        finally:
            response.close()  # costs the connection only where the body was not read to its end
