"""Small pages of the instance itself: favicon, measurements, originals of pictures and clips."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.static import serve
from django_prometheus.exports import ExportToDjangoView

from cms.content.services import may_see_media

LOOPBACK = frozenset({"127.0.0.1", "::1", ""})


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here whatever the page says."""
    return redirect(static("home/favicon.svg"), permanent=True)


def metrics(request: HttpRequest) -> HttpResponse:
    """Measurements for Prometheus, for administrators and for this machine itself. What a proxy passes on is not local."""
    local = request.META.get("REMOTE_ADDR", "") in LOOPBACK and "HTTP_X_FORWARDED_FOR" not in request.META
    if not (local or getattr(request.user, "is_superuser", False)):
        raise PermissionDenied
    return ExportToDjangoView(request)


@login_required
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Originals and renditions. They may show what is not yet approved, so only the people of their province see them."""
    user: Any = request.user
    if not user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied
    if not may_see_media(user, path):
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
