"""How far ahead a schedule must be published, in milliseconds."""

from __future__ import annotations

import re

from django.conf import settings

JITTER = 1.15
MARGIN_MS = 1_500
PUBLISHING_MS = 500
VALID_FROM = re.compile(rb'(?<=[{,])"valid_from":\d+')  # within a string the quotes would be escaped


def notice_ms() -> int:
    """Two polls with their jitter: what every player needs to hear of a release before it takes effect (DESIGN.md,
    Activation)."""
    return int(2 * JITTER * settings.BANGTIN_POLL_MS)


def lead_ms() -> int:
    """From compiling to `valid_from`: the notice, and room for the signer. Where that is not enough, the signer stamps the
    document anew."""
    return notice_ms() + MARGIN_MS


def stamp(document: bytes, valid_from: int) -> bytes:
    """A canonical schedule with another `valid_from` (ms): the bytes the compiler makes for that instant, since nothing else in
    a document depends on it once its first day has begun."""
    return VALID_FROM.sub(b'"valid_from":%d' % valid_from, document, count=1)


def unstamped(document: bytes) -> bytes:
    """A canonical schedule without its `valid_from`: equal ones show the same things at the same times."""
    return VALID_FROM.sub(b"", document, count=1)
