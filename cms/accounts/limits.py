"""How often somebody may ask: counters in the cache, by a name and by who asks."""

from __future__ import annotations

import ipaddress
import logging

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

log = logging.getLogger(__name__)


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


def network(request: HttpRequest) -> str:
    """What counts as one asker: an IPv4 address, or the /64 that one line of IPv6 has to itself."""
    told = address(request)
    try:
        found = ipaddress.ip_address(told)
    except ValueError:
        return told
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def used_up(name: str, who: str, *, most: int) -> bool:
    """Whether `most` of `name` were counted for `who` already; also while the cache is away."""
    try:
        return int(cache.get(f"limits:{name}:{who}", 0)) >= most
    except Exception:
        log.warning("The cache does not answer; requests are not counted.", exc_info=True)
        return True


def count(name: str, who: str, *, most: int, seconds: int, must: bool = True) -> None:
    """Count one more of `name` by `who`; raises `TooOften` from the `most`+1st within a window of so many seconds.

    While the cache is away nothing can be counted: `must` then refuses, else it passes."""
    key = f"limits:{name}:{who}"
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
