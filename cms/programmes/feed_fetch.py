"""Fetches a document of others. The address comes from a plugin or an administrator, what it leads to from strangers: HTTPS to public
addresses only, bounded in size, time and redirects. `BANGTIN_FEED_HOSTS` names hosts of one's own network that may be asked too."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

MOST_BYTES = 1 << 20
WHOLE_S, CONNECT_S = 15.0, 5.0
REDIRECTS = 3
PIECE = 64 * 1024


class FetchRefused(Exception):
    """Why there is no document; `code` is one of `feed_words.REASONS`, `detail` for whoever mends it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document, or None when it is the one that the validators name."""

    data: bytes | None
    type: str = ""
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: http.client.HTTPMessage
    data: bytes


def fetch(url: str, *, etag: str = "", modified: str = "", whole_s: float = WHOLE_S) -> Fetched:
    """The document at an address, within `whole_s` seconds, redirects included. `etag` and `modified` are the validators of the one
    held. Raises FetchRefused."""
    ends = time.monotonic() + whole_s
    known = {"If-None-Match": etag} if etag else {"If-Modified-Since": modified} if modified else {}
    for _hop in range(REDIRECTS + 1):
        answer = _ask(_checked(url), known, ends)
        headers = answer.headers
        if answer.status == 200:
            type_ = headers.get_content_type()
            return Fetched(answer.data, type_, headers.get("ETag", "")[:200], headers.get("Last-Modified", "")[:60])
        if answer.status == 304 and known:
            return Fetched(None, "", etag, modified)
        if answer.status not in (301, 302, 303, 307, 308) or not headers.get("Location"):
            raise FetchRefused("status", str(answer.status))
        url = urljoin(url, headers["Location"])
    raise FetchRefused("redirects", url[:200])


def _checked(url: str) -> SplitResult:
    """The parts of an address that may be asked at all. Raises FetchRefused."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise FetchRefused("address", url[:200]) from error
    if not host or parts.username is not None or any(ord(one) <= 32 for one in url):
        raise FetchRefused("address", url[:200])
    if parts.scheme != "https" and not (parts.scheme == "http" and _own(host)):
        raise FetchRefused("https", url[:200])
    return parts


def allowed(url: str) -> bool:
    """Whether an address has a form that may be asked; where its name leads is looked at each time."""
    try:
        _checked(url)
    except FetchRefused:
        return False
    return True


def _own(host: str) -> bool:
    """Whether an administrator named this host, which may then have a private address and speak plain HTTP."""
    return host.lower() in settings.BANGTIN_FEED_HOSTS


def public(address: str) -> bool:
    """Whether an IP address is one of the public internet; forms that carry another address inside are not."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return public(str(found.ipv4_mapped))
        if found.sixtofour or found.teredo or found in ipaddress.ip_network("64:ff9b::/32"):
            return False
    return found.is_global and not found.is_multicast


def _address(host: str, port: int) -> str:
    """An IP address of a host, which is then connected to and no other. Raises FetchRefused."""
    try:
        found = socket.getaddrinfo(host.encode("idna").decode(), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchRefused("unreachable", f"{host}: {error}") from error
    addresses = [str(one[4][0]) for one in found]
    fit = addresses if _own(host) else [one for one in addresses if public(one)]
    if not fit:
        raise FetchRefused("private", f"{host}: {', '.join(addresses[:3])}")
    return fit[0]


def _ask(parts: SplitResult, known: dict[str, str], ends: float) -> _Answer:
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = _address(host, port)
    try:
        if (left := ends - time.monotonic()) <= 0:
            raise TimeoutError
        with closing(_Line(socket.create_connection((address, port), timeout=min(CONNECT_S, left)), ends)) as line:
            if secure:
                line.encrypt(host)
            answer = _exchange(line.socket, parts, known)
            if line.cut:  # an answer without a length ends as if it were whole
                raise TimeoutError
            return answer
    except ssl.SSLCertVerificationError as error:
        raise FetchRefused("certificate", f"{host}: {error.verify_message}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= ends:
            raise FetchRefused("slow", host) from error
        raise FetchRefused("unreachable", f"{host}: {type(error).__name__} {error}"[:200]) from error


class _Line:
    """A connection that is cut at its time. A timeout of a socket counts from byte to byte: who sends one every second would
    never be done."""

    def __init__(self, plain: socket.socket, ends: float) -> None:
        self.socket = plain
        self.cut = False
        self._alarm = threading.Timer(max(0.0, ends - time.monotonic()), self._cut)
        self._alarm.daemon = True
        self._alarm.start()

    def encrypt(self, host: str) -> None:
        """TLS with a certificate for this name. Raises ssl.SSLError."""
        context = ssl.create_default_context()
        wrapped = context.wrap_socket(self.socket, server_hostname=host, do_handshake_on_connect=False)
        self.socket = wrapped
        wrapped.do_handshake()

    def _cut(self) -> None:
        self.cut = True
        with suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)  # not SSLSocket's, which would read on in the clear

    def close(self) -> None:
        self._alarm.cancel()
        self.socket.close()


def _exchange(line: socket.socket, parts: SplitResult, known: dict[str, str]) -> _Answer:
    """One GET over a connection. The body is read of an answer 200 only."""
    connection = http.client.HTTPConnection(parts.hostname or "")
    connection.sock = line
    host = (parts.hostname or "").encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Host": f"{host}:{parts.port}" if parts.port else host,
        "User-Agent": "bangtin",
        "Accept-Encoding": "identity",
    }
    connection.request("GET", path, headers={**headers, "Connection": "close", **known})
    answer = connection.getresponse()
    if answer.status != 200:
        return _Answer(answer.status, answer.headers, b"")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchRefused("encoding", answer.headers["Content-Encoding"][:40])
    data = bytearray()
    while piece := answer.read1(PIECE):
        data += piece
        if len(data) > MOST_BYTES:
            raise FetchRefused("too_long")
    if answer.length:  # what was promised and never came
        raise FetchRefused("unreachable", f"{host}: cut off")
    return _Answer(answer.status, answer.headers, bytes(data))
