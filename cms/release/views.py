"""The public tree over HTTP. Everything in it is static and safe to show to anybody: players verify every byte.

In production nginx or a CDN serves the same two folders (`deploy/nginx.conf`) and these views are never reached. Only names that
can exist are routed here, so no path leads out of the tree. No file but a schedule is longer than 1 MiB, hence no streaming.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

FOREVER = "public, max-age=31536000, immutable"
ALWAYS_ASK = "public, no-cache"


def worth_logging(record: logging.LogRecord) -> bool:
    """A filter of `django.request`: every player asks for the next root at each poll, and its absence is no news."""
    request = getattr(record, "request", None)
    missing = getattr(record, "status_code", None) == 404
    return not (missing and request is not None and request.path.endswith(".root.json"))


@require_safe
def chunk(request: HttpRequest, folder: str, digest: str) -> HttpResponse:
    """A chunk of the content store, named by its hash."""
    if not digest.startswith(folder):
        raise Http404
    path = Path(settings.PUBLIC_ROOT) / "store" / folder / digest
    return _serve(request, path, "application/octet-stream", etag=digest, cache=FOREVER)


@gzip_page
@require_safe
def metadata(request: HttpRequest, cluster: str, name: str) -> HttpResponse:
    """TUF metadata of a cluster. Only `timestamp.json` ever changes."""
    path = Path(settings.PUBLIC_ROOT) / "releases" / cluster / "metadata" / name
    cache = ALWAYS_ASK if name == "timestamp.json" else FOREVER
    return _serve(request, path, "application/json", cache=cache)


@gzip_page
@require_safe
def target(request: HttpRequest, cluster: str, digest: str, name: str) -> HttpResponse:
    """A schedule or notices, named by their hash."""
    path = Path(settings.PUBLIC_ROOT) / "releases" / cluster / "targets" / cluster / f"{digest}.{name}.json"
    return _serve(request, path, "application/json", etag=digest, cache=FOREVER)


def _serve(request: HttpRequest, path: Path, content_type: str, *, cache: str, etag: str = "") -> HttpResponse:
    try:
        with path.open("rb") as file:
            if not etag:
                stat = os.fstat(file.fileno())
                etag = f"{stat.st_mtime_ns:x}-{stat.st_size:x}-{stat.st_ino:x}"
            quoted = f'"{etag}"'
            unchanged = get_conditional_response(request, etag=quoted)
            response = unchanged or HttpResponse(file.read(), content_type=content_type)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise Http404 from error
    response["Cache-Control"] = cache
    response["ETag"] = quoted
    return response
