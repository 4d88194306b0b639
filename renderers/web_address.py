"""Addresses that a card may send travellers to: http(s) only, nothing hidden before the host, shown as it leads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from renderers.errors import RenderError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_BAD = re.compile(r"[\s\\\x00-\x1f\x7f<>\"{}|^`]")
_VIETNAMESE = frozenset(
    "aăâbcdđeêfghijklmnoôơpqrstuưvwxyzàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ0123456789.-"
)
_SAFE = "/%:@!$&'()*+,;=~-._?"
MOST = 500
"""Characters of an address; a longer one makes no code that a telephone reads."""


@dataclass(frozen=True, slots=True)
class Address:
    """`url` is what a telephone opens (ASCII), `host` what a traveller reads of it, `short` the whole address without its
    scheme."""

    url: str
    host: str
    short: str


def parse(text: str) -> Address:
    """An address that an editor typed; `https://` may be left out. Raises `RenderError`: `empty`, `url`."""
    text = text.strip()
    if not text:
        raise RenderError(
            "empty", "Thẻ chưa có địa chỉ trang web. Hãy điền địa chỉ.", "The card has no web address. Fill one in."
        )
    if not _SCHEME.match(text) and not text.startswith("/"):
        text = "https://" + text
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
        ascii_host = host.encode("idna").decode().lower() if host else ""
    except ValueError as error:  # UnicodeError is one
        raise _refused() from error
    if (
        parts.scheme not in ("http", "https")
        or "@" in parts.netloc
        or _BAD.search(text)
        or len(text) > MOST
        or "." not in ascii_host
        or not all(_LABEL.fullmatch(label) for label in ascii_host.split("."))
    ):
        raise _refused()
    # Letters that only look Latin are shown as what they are (xn--…).
    shown = host.lower() if set(host.lower()) <= _VIETNAMESE else ascii_host
    tail = f":{port}" if port else ""
    path, query = quote(parts.path, safe=_SAFE), quote(parts.query, safe=_SAFE)
    url = urlunsplit((parts.scheme, ascii_host + tail, path, query, quote(parts.fragment, safe=_SAFE)))
    short = shown.removeprefix("www.") + tail
    rest = path.rstrip("/") + (f"?{query}" if query else "")
    return Address(url, short, short + rest)


def _refused() -> RenderError:
    return RenderError(
        "url",
        "Địa chỉ trang web không dùng được. Hãy viết đầy đủ dạng https://tên-miền/đường-dẫn, không có tên người dùng, "
        "dấu cách hay ký tự lạ.",
        "The web address cannot be used. Write it in full as https://host/path, without a user name, spaces or odd "
        "characters.",
    )
