"""National items in a province: the list of what waits, and the page on which one is looked at and approved for the province."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from wagtail.models import Revision

from cms.approval.comparison import comparison_of
from cms.approval.evidence import Evidence
from cms.approval.forms import ApprovalPageForm
from cms.approval.models import Approval
from cms.approval.national import approved_nationally, provinces_for, rows_for, rows_of
from cms.approval.rules import ApprovalRefused, refusal
from cms.approval.services import approve
from cms.approval.streams import of_item
from cms.approval.versions import remark_board
from cms.approval.views import attempt
from cms.content.board import Board, board_of
from cms.content.models import ItemPage
from cms.places.models import Province

PER_PAGE = 25


@require_GET
def national(request: HttpRequest) -> HttpResponse:
    """Items of the national level that a person may let onto the screens of their provinces; those that wait come first."""
    mine = provinces_for(request.user)
    if not mine:
        raise PermissionDenied
    rows = rows_for(mine)
    waiting = sum(bool(row.waiting) for row in rows)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    return render(request, "approval/national.html", {"rows": page, "waiting": waiting, "several": len(mine) > 1})


def national_item(request: HttpRequest, page_id: int, code: str) -> HttpResponse:
    """One of them before one province: the pictures of its clusters, what changed since its last approval, and the decision. One that
    is refused leaves the page as it was filled in, with the reason above it."""
    province = _province(request, code)
    approval = _approval(page_id)
    if approval is None or approval.page is None:
        messages.error(request, _("The national level does not offer this item any more."))
        return redirect("approval:national")
    page, revision = approval.page, _revision(approval)
    form = ApprovalPageForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        said = _("Approved for %(province)s.") % {"province": province}
        if attempt(request, lambda: _approve(request, page, revision, province, form.cleaned_data), said):
            return redirect("approval:national")
    return render(
        request, "approval/national_item.html", _context(request, approval, page, revision, province) | {"form": form}
    )


@require_GET
def national_differences(request: HttpRequest, page_id: int, code: str) -> HttpResponse:
    """What changed since the province's last approval; asked for again while pictures are being compared."""
    province = _province(request, code)
    approval = _approval(page_id)
    if approval is None or approval.page is None:
        raise Http404
    found = comparison_of(_board(request, approval.page, _revision(approval), province), province)
    response = render(request, "approval/_differences.html", {"page": approval.page, "differences": found})
    response["Cache-Control"] = "no-store"
    return response


def _province(request: HttpRequest, code: str) -> Province:
    """One of those in which this person approves; else 404."""
    found = next((one for one in provinces_for(request.user) if one.code == code), None)
    if found is None:
        raise Http404
    return found


def _approval(page_id: int) -> Approval | None:
    """The national approval in force of a national item; None when it was withdrawn meanwhile. Raises Http404 for other items."""
    page = ItemPage.objects.filter(pk=page_id).first()
    if page is None or not page.province.national:
        raise Http404
    return approved_nationally().select_related("page__locale", "approved_by").filter(item=page.item_id).first()


def _revision(approval: Approval) -> Revision:
    """The version that the national level approved. Raises Http404 when it is not kept any more."""
    found = Revision.objects.filter(pk=approval.revision, object_id=str(approval.page_id)).first()
    if found is None:
        raise Http404
    return found


def _board(request: HttpRequest, page: ItemPage, revision: Revision, province: Province) -> Board | None:
    return board_of(page, request.user, revision, province)


def _approve(
    request: HttpRequest, page: ItemPage, revision: Revision, province: Province, data: dict[str, Any]
) -> None:
    if request.POST.get("revision", "") != str(revision.pk):
        raise ApprovalRefused(
            _("The national level has approved another version since you opened this page. Look at it, then approve.")
        )
    approve(
        page,
        revision,
        province=province,
        by=request.user,
        comment=data["comment"],
        seen=data["seen"].split(","),
        streams=data["streams"],
        evidence=Evidence.of(data),
    )


def _context(
    request: HttpRequest, approval: Approval, page: ItemPage, revision: Revision, province: Province
) -> dict[str, Any]:
    board = _board(request, page, revision, province)
    rows = rows_of([approval], [province])
    standing = rows[0].standings[0] if rows else None
    here = Approval.objects.filter(item=approval.item, province=province)
    return {
        "approval": approval,
        "page": page,
        "revision": revision,
        "province": province,
        "board": board,
        "standing": standing,
        "differences": comparison_of(board, province),
        "remarks": remark_board(page, request.user, board),
        "refused": refusal(page, revision, province=province, by=request.user),
        "streams": of_item(page, revision, province) if approval.streams else [],
        "history": here.select_related("province", "approved_by"),
        "large": True,
    }
