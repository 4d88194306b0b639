"""How often the player's API may be asked, and how much may be sent at once."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from cms.accounts.limits import TooOften, address, count, network, used_up

__all__ = ["TooOften", "address", "bounded", "count", "first_time", "network", "seldom", "used_up"]

log = logging.getLogger(__name__)

BODY_BYTES = 256 * 1024
LONGER = {"screenshot": 768 * 1024}
"""By the last word of the address: a picture in base64."""


def first_time(name: str, seconds: int) -> bool:
    """Whether this has not been seen within so many seconds. A cache that is away counts as yes: a report that comes
    twice is better than none."""
    try:
        return bool(cache.add(f"players:seen:{name}", 1, seconds))
    except Exception:
        log.warning("The cache does not answer; replayed reports are not recognised.", exc_info=True)
        return True


def seldom(name: str, seconds: int) -> bool:
    """Whether this was not done within so many seconds. A cache that is away counts as no: what is only told can wait."""
    try:
        return bool(cache.add(f"players:seldom:{name}", 1, seconds))
    except Exception:
        log.warning("The cache does not answer.", exc_info=True)
        return False


def bounded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse a body before it is read when it is too long, or when its length is not told."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            told = request.META.get("CONTENT_LENGTH") or ""
            if not told.isdecimal():
                return JsonResponse({"error": "length_required"}, status=411)
            most = LONGER.get(request.path.rpartition("/")[2], BODY_BYTES)
            if int(told) > most:
                return JsonResponse({"error": "too_long", "most": most}, status=413)
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return checked
