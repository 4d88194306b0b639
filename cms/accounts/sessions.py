"""Where a person is logged in: devices in words, last seen; and ending that, which acts at the next click."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.core import context
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.accounts import audit
from cms.accounts.limits import address

# A row is written once in so many seconds at most: not for every picture of a page.
SEEN_EVERY_S = 300
_MARK = "bt_seen"
# In this order: Edge and Opera call themselves Chrome too, Chrome calls itself Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("coc_coc", "Cốc Cốc"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Device:
    """A place where somebody is logged in. `current`: the one that asks."""

    pk: int
    words: str
    address: str
    since: datetime
    seen: datetime
    current: bool


def words_of(user_agent: str) -> str:
    """What a browser calls itself, in words: `Firefox, Windows`."""
    browsers = [name for mark, name in (*_BROWSERS, ("Safari", "Safari")) if mark in user_agent]
    systems = [name for mark, name in _SYSTEMS if re.search(mark, user_agent)]
    return ", ".join([*browsers[:1], *systems[:1]]) or _("Unknown device")


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; 0.0.0.0 where a proxy tells no address."""
    told = address(request)
    return told if re.fullmatch(r"[0-9a-fA-F:.]+", told) else "0.0.0.0"  # noqa: S104


def remember(request: HttpRequest, user: Any) -> None:
    """Write down that this session belongs to a person and is in use."""
    if not request.session.session_key:
        request.session.save()
    now = timezone.now()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": address_of(request),
            "user_agent": request.headers.get("User-Agent", "")[:200],
            "last_seen_at": now,
        },
    )
    request.session[_MARK] = [request.session.session_key, int(now.timestamp())]


class SeenMiddleware:
    """Notes now and then when a session was last in use, and at once when it got another key; logs out whom `end` put out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            key, at = request.session.get(_MARK) or ("", 0)
            if key != request.session.session_key or timezone.now().timestamp() - at > SEEN_EVERY_S:
                remember(request, request.user)
        response = self.get_response(request)
        if getattr(request, "bangtin_ended", False):
            logout(request)
        return response


def _current_key() -> str:
    """The session of the request that is being answered; empty outside of one."""
    request = context.request
    return (getattr(request, "session", None) and request.session.session_key) or "" if request is not None else ""


def devices_of(user: Any) -> list[Device]:
    """Where a person is logged in, the most recently used first. Rows of sessions that have ended are tidied away."""
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at"))
    keys = [one.session_key for one in rows]
    alive = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    UserSession.objects.filter(pk__in=[one.pk for one in rows if one.session_key not in alive]).delete()
    current = _current_key()
    return [
        Device(one.pk, words_of(one.user_agent), one.ip, one.created_at, one.last_seen_at, one.session_key == current)
        for one in rows
        if one.session_key in alive
    ]


def end(user: Any, *, by: Any, reason: str = "", only: int | None = None, keep_current: bool = False) -> int:
    """End a person's sessions (or `only` the one of this row), and write it down; returns how many. `keep_current` spares the
    one that asks, when it is the person's own."""
    rows = UserSession.objects.filter(user=user)
    if only is not None:
        rows = rows.filter(pk=only)
    current = _current_key()
    if keep_current and current:
        rows = rows.exclude(session_key=current)
    keys = list(rows.values_list("session_key", flat=True))
    if not keys:
        return 0
    rows.delete()
    Session.objects.filter(session_key__in=[key for key in keys if key != current]).delete()
    if current in keys:
        # Its page is finished first: who asked must not turn into nobody in the middle of it.
        context.request.bangtin_ended = True
    audit.record(
        "account.sessions_ended", user.get_username(), user=by, province=user.province, reason=reason, count=len(keys)
    )
    return len(keys)


def prune(*, older_than: timedelta = timedelta(days=2)) -> int:
    """Delete the rows of sessions that are over; returns how many. Run with the other hourly tidying."""
    old = UserSession.objects.filter(last_seen_at__lt=timezone.now() - older_than)
    gone, _by_model = old.delete()
    return gone
