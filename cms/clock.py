"""The one clock of an instance. Nothing else asks the machine for the time when it decides what is on air.

`BANGTIN_CLOCK_OFFSET_MS` (set by `bangtin up` for all its processes, from `BANGTIN_CLOCK` or the demo) shifts it; production
settings refuse to start with it.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime


def offset_ms() -> int:
    """How far this instance's time is ahead of the machine's, in milliseconds."""
    return int(os.environ.get("BANGTIN_CLOCK_OFFSET_MS", "0") or "0")


def now_ms() -> int:
    """UTC milliseconds since 1970."""
    return time.time_ns() // 1_000_000 + offset_ms()


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.fromtimestamp(now_ms() / 1000, tz=UTC)
