"""Pages of decisions: look and decide, withdraw, national items."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from wagtail.models import TaskState, WorkflowState

from cms.accounts.services import has_role, provinces_of
from cms.approval.forms import ApprovalForm, CommentForm, ReturnForm, WithdrawForm
from cms.approval.models import Approval, ApprovalTask
from cms.approval.services import ApprovalRefused, approve, refusal, submit, withdraw
from cms.approval.standing import may_withdraw
from cms.content.board import board_of
from cms.content.models import ItemPage
from cms.content.proofs import destination_clusters, targets
from cms.content.views import visible_item
from cms.places.models import Province


def _attempt(request: HttpRequest, decision: Callable[[], Any], done: str) -> bool:
    """Take a decision and say how it went; a refusal is told in its own words."""
    try:
        decision()
    except PermissionDenied as refused:
        messages.error(request, str(refused) or _("You may not do this."))
        return False
    messages.success(request, done)
    return True


def review(request: HttpRequest, page_id: int) -> HttpResponse:
    """What the screens would show, at full size, and the decision that is this person's to take."""
    page = visible_item(request, page_id)
    state = page.current_workflow_state
    running = state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS
    task_state = state.current_task_state.specific if running and state else None
    task = task_state.task.specific if task_state else None
    allowed = {name for name, _label, _modal in task.get_actions(page, request.user)} if task else set()
    final = isinstance(task, ApprovalTask)
    forms = {"approve": ApprovalForm if final else CommentForm, "reject": ReturnForm}
    form: Any = forms["approve"]()
    return_form: Any = forms["reject"]()
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "submit":
            if _attempt(request, lambda: submit(page, by=request.user), _("Submitted for appraisal.")):
                return redirect("content:items")
            return redirect("approval:review", page.pk)
        if action not in forms or task is None or task_state is None:
            messages.error(request, _("Somebody else has decided in the meantime."))
            return redirect("approval:review", page.pk)
        chosen: Any = forms[action](request.POST)
        if chosen.is_valid():
            said = (
                _("Returned for changes.")
                if action == "reject"
                else _("Approved.")
                if final
                else _("Passed on for approval.")
            )
            _attempt(request, lambda: _decide(request, task, task_state, action, chosen.cleaned_data), said)
            return redirect("approval:review", page.pk) if action == "reject" else redirect("content:items")
        if action == "approve":
            form = chosen
        else:
            return_form = chosen
    told = None
    if final and task is not None:
        told = refusal(page, page.latest_revision, province=page.province, by=request.user)
    return render(
        request,
        "approval/review.html",
        {
            "page": page,
            "board": board_of(page, request.user),
            "task_state": task_state,
            "final": final,
            "allowed": allowed,
            "refused": told,
            "form": form,
            "return_form": return_form,
            "can_submit": not running and page.permissions_for_user(request.user).can_edit(),
            "history": Approval.objects.filter(item=page.item_id).select_related("province", "approved_by"),
            "large": True,
        },
    )


def _decide(request: HttpRequest, task: Any, task_state: TaskState, action: str, data: dict[str, Any]) -> None:
    seen = request.POST.get("revision", "")
    if seen != str(task_state.revision_id):
        raise ApprovalRefused(_("A newer draft was saved. Look at its proofs, then approve that one."))
    task.on_action(task_state, request.user, action, **data)


def withdraw_item(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take an item off the screens now: says which screens, asks for the reason."""
    page = visible_item(request, page_id)
    choices = [one for one in _provinces_with(page) if may_withdraw(request.user, one)]
    if not choices:
        raise PermissionDenied
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = [one for one in choices if str(one.pk) in request.POST.getlist("province")] or choices
        for province in chosen:
            if not _attempt(
                request,
                partial(withdraw, page, province=province, by=request.user, reason=form.cleaned_data["reason"]),
                _("Withdrawn from the screens of %(province)s.") % {"province": province},
            ):
                return redirect("approval:withdraw", page.pk)
        return redirect("content:items")
    where = [(province, destination_clusters(page, None if province.national else province)) for province in choices]
    languages = [
        one.locale.get_display_name()
        for one in ItemPage.objects.filter(translation_key=page.translation_key).select_related("locale")
    ]
    context = {
        "page": page,
        "form": form,
        "where": where,
        "languages": languages,
        "board": board_of(page, request.user),
    }
    return render(request, "approval/withdraw.html", context)


def _provinces_with(page: ItemPage) -> list[Province]:
    """Where the item airs in any language, and its own province."""
    keys = set(
        Approval.objects.filter(item_key=page.translation_key, revoked_at__isnull=True).values_list(
            "province", flat=True
        )
    )
    return list(Province.objects.filter(pk__in=keys))


def national(request: HttpRequest) -> HttpResponse:
    """Items of the national level that a province's approver may let onto the province's screens."""
    codes = provinces_of(request.user)
    mine = [
        one
        for one in Province.objects.filter(active=True, national=False)
        if (codes is None or one.code in codes) and has_role(request.user, one.code, "approver")
    ]
    if not mine:
        raise PermissionDenied
    if request.method == "POST":
        page = get_object_or_404(ItemPage.objects.select_related("latest_revision"), pk=request.POST.get("page"))
        province = next((one for one in mine if str(one.pk) == request.POST.get("province")), None)
        revision = page.latest_revision
        if province is None or revision is None:
            raise Http404
        form = ApprovalForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Confirm that you have looked at the pictures."))
        elif request.POST.get("revision") != str(revision.pk):
            messages.error(request, _("A newer draft was saved. Look at its proofs, then approve that one."))
        else:
            source = Approval.objects.filter(item=page.item_id, province=page.province, revoked_at__isnull=True).first()
            _attempt(
                request,
                lambda: approve(
                    page,
                    revision,
                    province=province,
                    by=request.user,
                    submitted_by=source.submitted_by if source else None,
                    document=form.cleaned_data["document"],
                    comment=form.cleaned_data["comment"],
                    seen=form.cleaned_data["seen"].split(","),
                ),
                _("Approved for %(province)s.") % {"province": province},
            )
        return redirect("approval:national")
    return render(request, "approval/national.html", {"rows": _national_rows(mine, request.user), "mine": mine})


def _national_rows(mine: list[Province], user: Any) -> list[dict[str, Any]]:
    """National items with where they wait for a decision and where they are approved already; those that wait come first."""
    given = Approval.objects.filter(revoked_at__isnull=True)
    here = {
        (one.item, one.province_id): one
        for one in given.filter(province__in=mine)
        .select_related("province", "approved_by")
        .prefetch_related("approved_proofs")
    }
    rows = []
    for approval in given.filter(province__national=True, page__isnull=False).select_related(
        "page__latest_revision", "page__locale"
    ):
        if approval.page is None:
            continue
        of_mine = [(province, here.get((approval.item, province.pk))) for province in mine]
        current = [one for _where, one in of_mine if one and _is_current(one, approval)]
        rows.append(
            {
                "approval": approval,
                "page": approval.page,
                "waiting": [where for where, one in of_mine if one not in current],
                "current": current,
                "board": board_of(approval.page, user),
                "form": ApprovalForm(auto_id=f"id_{approval.pk}_%s"),
            }
        )
    return sorted(rows, key=lambda row: not row["waiting"])


def _is_current(given: Approval, national: Approval) -> bool:
    """Whether a province's approval is of the version that the national level approved, with proofs for all the province's
    clusters there are by now."""
    page = national.page
    if given.revision != national.revision or page is None or page.latest_revision is None:
        return False
    held = {(one.geometry, one.theme, one.span) for one in given.approved_proofs.all()}
    return page.latest_revision_id != given.revision or held >= {
        one.key for one in targets(page.latest_revision.as_object(), given.province)
    }
