"""Proofs beside the form, their pictures, and the list of items."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cms.content import checks, jobs
from cms.content.assets import AssetStore
from cms.content.board import board_of
from cms.content.models import ItemPage, ProofAsset, ProofJob
from cms.content.previews import face_png
from cms.content.proofs import request_proofs
from cms.content.services import may_see, save_translation, untranslated

FOREVER = "private, max-age=31536000, immutable"


def visible_item(request: HttpRequest, page_id: int) -> ItemPage:
    """The item, if this person may see it; else 404 (an outsider learns nothing)."""
    page = get_object_or_404(ItemPage.objects.select_related("latest_revision", "locale"), pk=page_id)
    if not may_see(request.user, page):
        raise Http404
    return page


def _visible_job(request: HttpRequest, job_id: int) -> ProofJob:
    job = get_object_or_404(ProofJob.objects.select_related("page", "proof"), pk=job_id)
    if not may_see(request.user, job.page):
        raise Http404
    return job


@require_GET
def board(request: HttpRequest, page_id: int) -> HttpResponse:
    """The board alone, fetched again and again while proofs are being made."""
    page = visible_item(request, page_id)
    context = {"board": board_of(page, request.user), "large": "large" in request.GET}
    response = render(request, "content/_board.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def proofs(request: HttpRequest, page_id: int) -> HttpResponse:
    """All pictures of an item at full size, on a page of their own."""
    page = visible_item(request, page_id)
    edits = page.permissions_for_user(request.user).can_edit()
    context = {"page": page, "board": board_of(page, request.user), "large": True, "edits": edits}
    return render(request, "content/proofs.html", context)


@require_GET
def face(request: HttpRequest, job_id: int, scene: int, face: str) -> HttpResponseBase:
    """One face of one scene as a PNG: exact, or scaled down with `?w=` (64 to 1024)."""
    job = _visible_job(request, job_id)
    if job.proof is None:
        raise Http404
    wanted = request.GET.get("w", "")
    width = min(1024, max(64, int(wanted))) if wanted.isdigit() else None
    try:
        path = face_png(job.proof, scene, face, width)
    except LookupError as error:
        raise Http404 from error
    # The address names the job, and a job may be drawn anew: let the browser ask again, cheaply.
    etag = f'"{job.proof_id}-{scene}-{face}-{width or 0}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304)
    return FileResponse(
        path.open("rb"), content_type="image/png", headers={"ETag": etag, "Cache-Control": "private, no-cache"}
    )


@require_GET
def clip(request: HttpRequest, job_id: int, sha256: str) -> HttpResponseBase:
    """A clip of a proof, as the player will play it."""
    job = _visible_job(request, job_id)
    if job.proof is None or sha256 not in job.proof.value.assets():
        raise Http404
    asset = get_object_or_404(ProofAsset, pk=sha256)
    return FileResponse(
        AssetStore().path(sha256).open("rb"), content_type=asset.type, headers={"Cache-Control": FOREVER}
    )


@require_POST
def redraw(request: HttpRequest, page_id: int) -> HttpResponse:
    """Draw again what failed."""
    page = visible_item(request, page_id)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    if page.latest_revision is not None:
        request_proofs(page, page.latest_revision)
        ended = [ProofJob.Status.FAILED, ProofJob.Status.STOPPED]
        for job in ProofJob.objects.filter(revision=page.latest_revision, status__in=ended).exclude(inputs=""):
            jobs.again(job)
    return redirect("content:proofs", page.pk)


@require_POST
def keep_translation(request: HttpRequest, page_id: int) -> HttpResponse:
    """Make a draft of what was translated, so that its proofs are drawn."""
    page = visible_item(request, page_id)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    lock = page.get_lock()
    left = untranslated(page)
    if lock is not None and lock.for_user(request.user):
        messages.error(request, _("Nobody edits an item while it is being approved. Wait for the decision."))
    elif left:
        messages.error(
            request, _("%(count)d passages are not translated yet. Translate them, then save again.") % {"count": left}
        )
    else:
        try:
            save_translation(page, user=request.user)
            messages.success(request, _("The translation is saved; its proofs are being drawn."))
        except ValidationError as error:
            for line in _lines(page, error):
                messages.error(request, line)
    return redirect("wagtailadmin_pages:edit", page.pk)


def _lines(page: ItemPage, error: ValidationError) -> list[str]:
    from cms.content.services import translation_of

    following = translation_of(page)
    body: Any = page.body
    if following is not None:
        body = following.source.get_ephemeral_translated_instance(following.target_locale, fallback=True).body
    return checks.told(error, body, page.locale.language_code) or [
        _("The translation could not be saved. Check its texts.")
    ]
