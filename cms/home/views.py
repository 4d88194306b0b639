"""Small pages of the instance itself: favicon, measurements, originals of pictures and clips."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.i18n import JavaScriptCatalog
from django.views.static import serve
from django_prometheus.exports import ExportToDjangoView
from wagtail.admin.localization import get_localized_response

from cms.content.services import may_see_media

LOOPBACK = frozenset({"127.0.0.1", "::1", ""})

_words = JavaScriptCatalog.as_view(packages=["wagtail.admin", "cms.home"])


def javascript_words(request: HttpRequest) -> HttpResponse:
    """What Wagtail's scripts say, in the reader's language; our catalogue adds what the package's lacks."""
    response: HttpResponse = get_localized_response(_words, request)
    return response


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
