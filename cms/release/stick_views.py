"""The page that puts a cluster's release onto a stick: written by the browser where it can, else a .zip to unpack there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from cms.accounts.models import Role
from cms.accounts.services import has_role
from cms.places.models import Cluster
from cms.release import documents, stick_jobs
from cms.release.admin import seen_clusters
from cms.release.bundle import BundleRefused, gather, listing
from cms.release.models import Release, ReleaseRequest, Target
from cms.release.services import current


def may_export(user: Any, cluster: Cluster) -> bool:
    """Those who operate the screens of the cluster's province."""
    return has_role(user, cluster.province.code, Role.OPERATOR, Role.APPROVER)


def _cluster(request: HttpRequest, slug: str) -> Cluster:
    cluster: Cluster = get_object_or_404(seen_clusters(request.user).select_related("province"), slug=slug)
    if not may_export(request.user, cluster):
        raise PermissionDenied
    return cluster


@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What will be on the stick, and two ways to get it there."""
    cluster = _cluster(request, slug)
    release: Release | None = current(cluster, Target.SCHEDULE)
    schedule = documents.schedule(cluster.slug, release.sha256) if release else None
    waiting = ReleaseRequest.objects.filter(cluster=cluster).exclude(error="").first()
    context = {
        "cluster": cluster,
        "release": release,
        "until": datetime.fromtimestamp(schedule.valid_until / 1000, tz=UTC) if schedule else None,
        "bytes": sum(one.bytes for one in schedule.assets.values()) if schedule else 0,
        "waiting": waiting,
    }
    return render(request, "releases/stick.html", context)


@require_POST
def begin(request: HttpRequest, slug: str) -> JsonResponse:
    """Ask for a bundle: `kind` is `zip` or `folder`. Answers with where to ask how far it is."""
    cluster = _cluster(request, slug)
    kind: stick_jobs.Kind = "folder" if request.POST.get("kind") == "folder" else "zip"
    try:
        token = stick_jobs.start(cluster, kind, request.user)
    except BundleRefused as refused:
        return JsonResponse({"error": refused.message(get_language() or "vi")}, status=503)
    return JsonResponse({"state": reverse("releases:stick_state", args=[slug, kind, token])})


@require_GET
def state(request: HttpRequest, slug: str, kind: stick_jobs.Kind, token: str) -> JsonResponse:
    """How far it is: `share` of 1, `error` in words, or `url` of what is ready."""
    made = _made(_cluster(request, slug), kind, token)
    if made.error:
        vi, en = made.error
        return JsonResponse({"error": vi if (get_language() or "vi").startswith("vi") else en})
    answer: dict[str, Any] = {"share": made.share}
    if made.ready and (kind == "folder" or made.path):
        answer["url"] = reverse(f"releases:stick_{kind}", args=[slug, token])
    return JsonResponse(answer)


@require_GET
def folder(request: HttpRequest, slug: str, token: str) -> JsonResponse:
    """The files of a bundle, for a browser that writes them itself."""
    cluster = _cluster(request, slug)
    made = _made(cluster, "folder", token)
    if not made.ready:
        raise Http404
    try:
        return JsonResponse(listing(gather(cluster, made.timestamp)))
    except BundleRefused as refused:
        return JsonResponse({"error": refused.message(get_language() or "vi")}, status=409)


@require_GET
def download(request: HttpRequest, slug: str, token: str) -> FileResponse:
    """The .zip."""
    cluster = _cluster(request, slug)
    made = _made(cluster, "zip", token)
    if made.path is None:
        raise Http404
    return FileResponse(made.path.open("rb"), as_attachment=True, filename=f"bangtin-{slug}.zip")


def _made(cluster: Cluster, kind: stick_jobs.Kind, token: str) -> stick_jobs.Made:
    try:
        return stick_jobs.state(cluster, kind, token)
    except LookupError as error:
        raise Http404 from error
