"""Who may open a sender's page: by log-in, or by the token in the address. And what all these pages have in common."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from cms import clock
from cms.accounts.limits import TooOften, count, network
from cms.requests.links import link_by
from cms.requests.models import SenderLink
from cms.requests.senders import Sender, sender_by, sender_of

WRONG_TOKENS, WINDOW_S = 30, 600
LIMITS = {"send": (10, 3600), "reply": (30, 3600), "files": (120, 3600)}
"""By what is done: how often a sender may, in so many seconds."""

SenderView = Callable[..., HttpResponseBase]


def for_senders(view: SenderView) -> SenderView:
    """`view(request, sender, …)` for whoever may send; others read what to do."""

    @functools.wraps(view)
    def opened(request: HttpRequest, *args: Any, token: str = "", **kwargs: Any) -> HttpResponseBase:
        response = _opened(view, request, token, args, kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def _opened(view: SenderView, request: HttpRequest, token: str, args: Any, kwargs: Any) -> HttpResponseBase:
    if token:
        link = link_by(token)
        if link is None:
            return _closed(request, network(request))
        _note_use(link)
        sender: Sender | None = sender_by(link)
    elif not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    else:
        sender = sender_of(request.user)
    if sender is None:
        return render(request, "requests/no_unit.html", status=403)
    try:
        return view(request, sender, *args, **kwargs)
    except TooOften as error:
        response: HttpResponse
        if request.headers.get("accept", "").startswith("application/json"):
            response = JsonResponse({"error": too_often(error)}, status=429)
        else:
            response = render(request, "requests/too_often.html", {"said": too_often(error)}, status=429)
        response["Retry-After"] = str(error.retry_after)
        return response


def _closed(request: HttpRequest, who: str) -> HttpResponse:
    """One answer for forged, expired and revoked links: nobody learns which ones there were."""
    try:
        count("request-token", who, most=WRONG_TOKENS, seconds=WINDOW_S, must=False)
    except TooOften as error:
        response = render(request, "requests/too_often.html", {"said": too_often(error)}, status=429)
        response["Retry-After"] = str(error.retry_after)
        return response
    return render(request, "requests/closed.html", status=404)


def _note_use(link: SenderLink) -> None:
    """The day of the last use, written once a day at most."""
    today = clock.now()
    if link.used_at is None or link.used_at.date() != today.date():
        SenderLink.objects.filter(pk=link.pk).update(used_at=today)


def limited(what: str, sender: Sender) -> None:
    """Count something that a sender does; raises `TooOften`. While nothing can be counted it passes: senders are known by name."""
    most, seconds = LIMITS[what]
    count(f"request-{what}", sender.key, most=most, seconds=seconds, must=False)


def too_often(error: TooOften) -> str:
    minutes = max(1, round(error.retry_after / 60))
    return _("Too many at once. Wait %(minutes)s minutes, then try again; nothing that you typed is lost.") % {
        "minutes": minutes
    }
