"""The public tree over HTTP. Everything in it is static and safe to show to anybody: players verify every byte.

In production nginx or a CDN serves the same two folders (`deploy/nginx.conf`) and these views are never reached. Only names that
can exist are routed here, so no path leads out of the tree, and there is no listing. No file but a schedule is longer than
1 MiB, hence no streaming. What was compressed when it was published travels so to whoever takes it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from cms.release.files import gzipped

FOREVER = "public, max-age=31536000, immutable"
ALWAYS_ASK = "public, no-cache"
View = Callable[..., HttpResponse]


def worth_logging(record: logging.LogRecord) -> bool:
    """A filter of `django.request`: every player asks for the next root at each poll, and its absence is no news."""
    request = getattr(record, "request", None)
    missing = getattr(record, "status_code", None) == 404
    return not (missing and request is not None and request.path.endswith(".root.json"))


def public_file(view: View) -> Any:
    """A view of the public tree: reading only, and nothing about the visitor matters (`PublicFilesMiddleware`)."""
    guarded: Any = require_safe(view)
    guarded.public_file = True
    return guarded


@public_file
def chunk(request: HttpRequest, folder: str, digest: str) -> HttpResponse:
    """A chunk of the content store, named by its hash."""
    path = Path(settings.PUBLIC_ROOT) / "store" / folder / digest
    if not digest.startswith(folder):
        return _missing()
    return _serve(request, path, "application/octet-stream", etag=digest, cache=FOREVER)


@public_file
def metadata(request: HttpRequest, cluster: str, name: str) -> HttpResponse:
    """TUF metadata of a cluster. Only `timestamp.json` ever changes."""
    path = Path(settings.PUBLIC_ROOT) / "releases" / cluster / "metadata" / name
    cache = ALWAYS_ASK if name == "timestamp.json" else FOREVER
    return _serve(request, path, "application/json", cache=cache)


@public_file
def target(request: HttpRequest, cluster: str, digest: str, name: str) -> HttpResponse:
    """A schedule, notices or the player's list of files, named by their hash."""
    path = Path(settings.PUBLIC_ROOT) / "releases" / cluster / "targets" / cluster / f"{digest}.{name}.json"
    return _serve(request, path, "application/json", etag=digest, cache=FOREVER)


def _serve(request: HttpRequest, path: Path, content_type: str, *, cache: str, etag: str = "") -> HttpResponse:
    found = _open(path, compressed=content_type == "application/json" and _takes_gzip(request))
    if found is None:
        return _missing()
    file, encoding = found
    with file:
        status = os.fstat(file.fileno())
        name = etag or f"{status.st_mtime_ns:x}-{status.st_size:x}-{status.st_ino:x}"
        quoted = f'"{name}-{encoding}"' if encoding else f'"{name}"'
        response = get_conditional_response(request, etag=quoted)
        if response is None:
            body = file.read() if request.method == "GET" else b""
            response = HttpResponse(body, content_type=content_type)
            response["Content-Length"] = str(status.st_size)
            if encoding:
                response["Content-Encoding"] = encoding
    response["Cache-Control"] = cache
    response["ETag"] = quoted
    if content_type == "application/json":
        response["Vary"] = "Accept-Encoding"
    return response


def _open(path: Path, *, compressed: bool) -> tuple[BinaryIO, str] | None:
    for name, encoding in ((gzipped(path), "gzip"), (path, "")) if compressed else ((path, ""),):
        try:
            return name.open("rb"), encoding
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            continue
    return None


def _takes_gzip(request: HttpRequest) -> bool:
    """By RFC 9110, 12.5.3: gzip, or anything, at a weight that is not zero."""
    weights: dict[str, float] = {}
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        coding, _, weight = part.partition(";")
        try:
            weights[coding.strip()] = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            weights[coding.strip()] = 0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0))) > 0


def _missing() -> HttpResponse:
    """Not there, or not there yet: nobody on the way may remember that."""
    response = HttpResponseNotFound(b"", content_type="text/plain")
    response["Cache-Control"] = ALWAYS_ASK
    return response
