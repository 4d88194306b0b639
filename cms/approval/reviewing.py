"""Parts of the review page, each with an address of its own: a language version, its differences, remarks and their pictures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cms.approval import remarks as verbs
from cms.approval.comparison import comparison_of
from cms.approval.models import ApprovedProof
from cms.approval.remarks import Remark, RemarkRefused
from cms.approval.versions import RemarkForm, remark_board
from cms.content.board import board_of
from cms.content.models import ItemPage, Proof
from cms.content.previews import face_png
from cms.content.services import may_see
from cms.content.views import FOREVER, visible_item
from cms.places.confinement import may_use_item


def addresses() -> list[URLPattern]:
    """For the namespace `approval`."""
    return [
        path("items/<int:page_id>/version/", version, name="version"),
        path("items/<int:page_id>/differences/", differences, name="differences"),
        path("items/<int:page_id>/remarks/", remarks, name="remarks"),
        path("remarks/<int:remark_id>/", remark, name="remark"),
        path("remarks/<int:remark_id>/picture.png", remark_picture, name="remark_picture"),
        path("approved/<int:approved_id>/<int:scene>/<slug:face>.png", approved_face, name="approved_face"),
    ]


def _part(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def version(request: HttpRequest, page_id: int) -> HttpResponse:
    """A language version that is looked at beside the one to decide about: its proofs, differences and remarks."""
    page = visible_item(request, page_id)
    board = board_of(page, request.user)
    return _part(request, "approval/_version.html", {"page": page, "board": board, "large": True, "aside": True})


@require_GET
def differences(request: HttpRequest, page_id: int) -> HttpResponse:
    """What changed since the last approval; asked for again while pictures are being compared."""
    page = visible_item(request, page_id)
    found = comparison_of(board_of(page, request.user))
    return _part(request, "approval/_differences.html", {"page": page, "differences": found})


@require_http_methods(["GET", "POST"])
def remarks(request: HttpRequest, page_id: int) -> HttpResponse:
    """The remarks on a version; POST writes one. With `?edit` without the form to write: the editor answers."""
    page = visible_item(request, page_id)
    if request.method == "GET":
        return _remarks(request, page)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return _refused(request, page, " ".join(str(said) for one in form.errors.values() for said in one))
    place = form.where(page, board_of(page, request.user))
    if place is None:
        return _refused(
            request, page, _("This picture is of an older draft. Load the page again, then point at the new one.")
        )
    try:
        verbs.write(page, place, form.cleaned_data["text"], by=request.user)
    except RemarkRefused as refused:
        return _refused(request, page, str(refused))
    return _done(request, page, _("The remark is written beside the picture."))


@require_POST
def remark(request: HttpRequest, remark_id: int) -> HttpResponse:
    """Answer a remark, mark it as done or open it again, as `action` says."""
    found = _visible_remark(request, remark_id)
    action, text = request.POST.get("action", ""), request.POST.get("text", "")
    try:
        if action == "reopen":
            verbs.reopen(found, by=request.user)
            told = _("The remark is open again.")
        elif action == "done" and not text.strip():
            verbs.mark_done(found, by=request.user)
            told = _("The remark is marked as done.")
        else:
            verbs.answer(found, text, by=request.user, done=action == "done")
            told = _("The answer is written.") if action != "done" else _("The answer is written; the remark is done.")
    except RemarkRefused as refused:
        return _refused(request, found.page, str(refused))
    return _done(request, found.page, told)


def _visible_remark(request: HttpRequest, remark_id: int) -> Remark:
    found = get_object_or_404(Remark.objects.select_related("page__locale", "proof"), pk=remark_id)
    if not _sees(request, found.page):
        raise Http404
    return found


def _sees(request: HttpRequest, page: ItemPage) -> bool:
    """Whether this person may see an item that the address does not name itself."""
    return may_see(request.user, page) and bool(may_use_item(request.user, page))


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _remarks(request: HttpRequest, page: ItemPage, said: str = "", status: int = 200) -> HttpResponse:
    found = remark_board(page, request.user, board_of(page, request.user))
    context = {"page": page, "remarks": found, "said": said, "editing": "edit" in request.GET}
    return _part(request, "approval/_remarks.html", context, status)


def _done(request: HttpRequest, page: ItemPage, said: str) -> HttpResponse:
    if _by_script(request):
        return _remarks(request, page, said)
    messages.success(request, said)
    return redirect("approval:review", page.pk)


def _refused(request: HttpRequest, page: ItemPage, said: str) -> HttpResponse:
    """A script keeps what was typed and says why; a plain form goes back to the page with the words in a message."""
    if _by_script(request):
        return HttpResponse(said, status=400, content_type="text/plain; charset=utf-8")
    text = request.POST.get("text", "").strip()
    messages.error(request, f"{said} {_('You wrote: %(text)s') % {'text': text}}" if text else said)
    return redirect("approval:review", page.pk)


@require_GET
def remark_picture(request: HttpRequest, remark_id: int) -> HttpResponseBase:
    """The face that a remark is about, as it was when it was written."""
    found = _visible_remark(request, remark_id)
    return _png(found.proof, found.scene - 1, found.face)


@require_GET
def approved_face(request: HttpRequest, approved_id: int, scene: int, face: str) -> HttpResponseBase:
    """A face of a proof that was approved, for those who may see the item."""
    found = get_object_or_404(ApprovedProof.objects.select_related("approval__page__locale", "proof"), pk=approved_id)
    if found.approval.page is None or not _sees(request, found.approval.page):
        raise Http404
    return _png(found.proof, scene, face)


def _png(proof: Proof, scene: int, face: str) -> FileResponse:
    """The address names the proof, whose pixels never change."""
    try:
        picture = face_png(proof, scene, face)
    except LookupError as error:
        raise Http404 from error
    return FileResponse(picture.open("rb"), content_type="image/png", headers={"Cache-Control": FOREVER})
