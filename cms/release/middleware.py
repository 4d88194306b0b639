"""Public files are answered before anybody asks who the visitor is."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

PREFIXES = ("/store/", "/releases/")
Answer = Callable[[HttpRequest], HttpResponseBase]


class PublicFilesMiddleware:
    """Static files of releases need no session and no language: without them they carry no cookie and no `Vary` that would keep a
    CDN from sharing them, and a player's poll costs next to nothing."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PREFIXES):
            try:
                match = resolve(request.path_info)
            except Resolver404:
                return self.get_response(request)
            if getattr(match.func, "public_file", False):
                answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
                return answer
        return self.get_response(request)
