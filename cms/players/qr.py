"""Where a waiting screen sends the operator, in words and as a QR code."""

from __future__ import annotations

from urllib.parse import quote, urljoin, urlsplit

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def pairing_address(request: HttpRequest) -> str:
    """The page of the CMS that takes a code: under `BANGTIN_BASE_URL`, or, where that names only the server itself, under the
    name by which the screen reached it."""
    base: str = settings.WAGTAILADMIN_BASE_URL
    path = reverse("players:pair")
    if urlsplit(base).hostname in _LOOPBACK:
        return request.build_absolute_uri(path)
    return urljoin(base, path)


def rows(address: str, code: str) -> list[str]:
    """The QR code of the page with this code filled in, row by row: `1` for a dark module, no quiet zone around it."""
    made = segno.make(f"{address}?code={quote(code)}", error="m", micro=False, boost_error=False)
    return ["".join("1" if module else "0" for module in row) for row in made.matrix]
