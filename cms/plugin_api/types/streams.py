"""The address of a live stream: the one thing on a face whose pixels nobody approved beforehand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cms.plugin_api.types.values import JSON

STREAM_URL = (
    r"^(?:https://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"|http://(?:localhost|127\.0\.0\.1))(?::[1-9][0-9]{0,4})?/[A-Za-z0-9._~!$&()*+,;=:@%/?-]{1,400}$"
)
"""What an address of a stream may be, the same in Python and JavaScript: https, a host in small ASCII letters, no user, no fragment.
Plain http is for a server on this very machine, which tests have."""
LEAST_LATENCY_MS, MOST_LATENCY_MS = 2_000, 120_000
_STREAM_URL = re.compile(STREAM_URL)


@dataclass(frozen=True, slots=True)
class Stream:
    """A live stream (HLS) by its playlist's address. A player that lags more than `latency_ms` behind the stream's live edge jumps
    forward. Nothing but this very origin (scheme, host, port) is asked for parts of it."""

    url: str
    latency_ms: int = 30_000

    @property
    def origin(self) -> str:
        return origin_of(self.url)

    def to_json(self) -> JSON:
        return {"url": self.url, "latency": self.latency_ms}

    @classmethod
    def from_json(cls, document: JSON) -> Stream:
        return cls(document["url"], document["latency"])


def is_stream_url(url: str) -> bool:
    """Whether players take this address."""
    return _STREAM_URL.match(url) is not None and not url.endswith("\n")


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as browsers write it."""
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}{'' if parts.port in (None, usual) else f':{parts.port}'}"
