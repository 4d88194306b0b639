"""The player's page, its service worker and its files."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, TypeVar, cast

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cms.players.web import TYPES, served

POLICY = {
    "default-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "blob:"],
    "media-src": [SELF, "blob:"],
    "connect-src": [SELF],
    "worker-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
}

View = TypeVar("View", bound=Callable[..., HttpResponse])


def policy() -> dict[str, list[str]]:
    """The player's own policy; it reaches the servers that may send live streams, and no other."""
    return {**POLICY, "connect-src": [SELF, *served().streams]}


def _strict(view: View) -> View:
    """Put the player's own policy in the place of the admin's."""

    @functools.wraps(view)
    def answer(*args: Any, **kwargs: Any) -> HttpResponse:
        return cast(HttpResponse, csp(policy())(cast(Any, view))(*args, **kwargs))

    return cast(View, answer)


def _template(name: str, **values: str) -> bytes:
    """One of the two files in which `{{version}}` and `{{files}}` stand for what the process knows."""
    try:
        text = served().files[name].decode()
    except KeyError:
        raise Http404(name) from None
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", value)
    return text.encode()


@require_safe
@_strict
def page(request: HttpRequest) -> HttpResponse:
    """`/player/`: asked for anew each time, since it names the version."""
    content = _template("index.html", version=served().version)
    return HttpResponse(content, content_type=TYPES[".html"], headers={"Cache-Control": "no-cache"})


@require_safe
@_strict
def service_worker(request: HttpRequest) -> HttpResponse:
    """`/player/service_worker.js`, with the list of files (paths under `/player/<version>/`) that it keeps."""
    web = served()
    content = _template("service_worker.js", version=web.version, files=json.dumps(web.shell))
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/player/"}
    return HttpResponse(content, content_type=TYPES[".js"], headers=headers)


@require_safe
@_strict
def file(request: HttpRequest, version: str, path: str) -> HttpResponse:
    """`/player/<version>/<path>`: never changes. Only what was read at the start is served, so no path leads elsewhere."""
    web = served()
    if version != web.version or path not in web.shell:
        raise Http404(path)
    return HttpResponse(
        web.files[path],
        content_type=TYPES[PurePosixPath(path).suffix],
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
