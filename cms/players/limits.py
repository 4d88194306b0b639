"""How often the player's API may be asked, and how much may be sent at once."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase, JsonResponse

log = logging.getLogger(__name__)

BODY_BYTES = 256 * 1024


class TooOften(Exception):
    """Asked too often; try again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


def address(request: HttpRequest) -> str:
    """Where a request comes from: as the outermost of `BANGTIN_PROXIES` trusted proxies saw it (0: nobody's word counts)."""
    proxies: int = settings.BANGTIN_PROXIES
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if proxies and len(hops) >= proxies:
        return hops[-proxies][:64]
    return str(request.META.get("REMOTE_ADDR", ""))[:64]


def count(name: str, who: str, *, most: int, seconds: int, must: bool = True) -> None:
    """Count one more of `name` by `who`; raises `TooOften` from the `most`+1st within a window of so many seconds.

    While the cache is away nothing can be counted: `must` then refuses, else it passes."""
    key = f"players:{name}:{who}"
    try:
        cache.add(key, 0, seconds)
        number = cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return
    except Exception as error:
        log.warning("The cache does not answer; requests are not counted.", exc_info=True)
        if must:
            raise TooOften(10) from error
        return
    if number > most:
        raise TooOften(seconds)


def first_time(name: str, seconds: int) -> bool:
    """Whether this has not been seen within so many seconds. A cache that is away counts as yes: a report that comes
    twice is better than none."""
    try:
        return bool(cache.add(f"players:seen:{name}", 1, seconds))
    except Exception:
        log.warning("The cache does not answer; replayed reports are not recognised.", exc_info=True)
        return True


def bounded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse a body before it is read when it is too long, or when its length is not told."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            told = request.META.get("CONTENT_LENGTH") or ""
            if not told.isdecimal():
                return JsonResponse({"error": "length_required"}, status=411)
            if int(told) > BODY_BYTES:
                return JsonResponse({"error": "too_long", "most": BODY_BYTES}, status=413)
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return checked
