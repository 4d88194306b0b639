"""How far ahead a schedule must be published, in milliseconds."""

from __future__ import annotations

from django.conf import settings

JITTER = 1.15
MARGIN_MS, MOST_MARGIN_MS = 1_500, 5_000
MOST_MS = 10 * 60_000


def notice_ms() -> int:
    """Two polls with their jitter: what every player needs to hear of a release before it takes effect (DESIGN.md,
    Activation)."""
    return int(2 * JITTER * settings.BANGTIN_POLL_MS)


def lead_ms(*, cost_ms: int = 0, attempt: int = 0) -> int:
    """From the start of compiling to `valid_from`: the notice, and room for compiling and signing, by what it took last time.
    Each attempt that came too late allows more."""
    room = min(max(MARGIN_MS, int(1.5 * cost_ms)), MOST_MARGIN_MS)
    return min(notice_ms() + room * 2**attempt, MOST_MS)
