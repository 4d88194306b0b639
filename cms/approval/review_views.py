"""Look and decide: what the screens would show, the step that is this person's to take, and what is on record already."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET
from wagtail.models import TaskState, WorkflowState

from cms.accounts.services import provinces_of
from cms.approval import evidence as proving
from cms.approval.deadlines import deadline_of, is_late
from cms.approval.decisions import Decision
from cms.approval.evidence import Evidence
from cms.approval.forms import AppraisalPageForm, ApprovalPageForm, ReturnForm
from cms.approval.models import Approval, ApprovalTask
from cms.approval.powers import Taker, by_role_alone
from cms.approval.rules import ApprovalRefused, against_matter, refusal
from cms.approval.services import LEAST_REASON, approve_by_exception, confirms, submit, words_to_type
from cms.approval.steps import AppraisalTask, StepTask
from cms.approval.streams import of_item
from cms.approval.views import attempt
from cms.content.board import board_of
from cms.content.models import ItemPage
from cms.content.views import visible_item
from cms.places.confinement import may_use_item
from cms.places.models import Organisation


@dataclass(frozen=True, slots=True)
class Waiting:
    """The step that an item waits at, as this person finds it. `allowed`: the actions that they may take."""

    state: TaskState
    task: StepTask
    allowed: frozenset[str]
    taker: Taker | None

    @property
    def final(self) -> bool:
        return isinstance(self.task, ApprovalTask)


def _waiting(page: ItemPage, user: Any) -> Waiting | None:
    state = page.current_workflow_state
    if state is None or state.status != WorkflowState.STATUS_IN_PROGRESS or state.current_task_state is None:
        return None
    task_state = state.current_task_state.specific
    task = task_state.task.specific
    allowed = frozenset(name for name, _label, _modal in task.get_actions(page, user))
    return Waiting(task_state, task, allowed, task.taker(user))


def review(request: HttpRequest, page_id: int) -> HttpResponse:
    """What the screens would show, at full size, and the decision that is this person's to take. A decision that is refused leaves the
    page as it was filled in, with the reason above it."""
    page = visible_item(request, page_id)
    waiting = _waiting(page, request.user)
    form, return_form = _forms(request, page, waiting), ReturnForm()
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "submit":
            if attempt(request, lambda: submit(page, by=request.user), _("Submitted for appraisal.")):
                return redirect("content:items")
            return redirect("approval:review", page.pk)
        if action not in ("approve", "reject") or waiting is None:
            messages.error(request, _("Somebody else has decided in the meantime."))
            return redirect("approval:review", page.pk)
        chosen: Any = form if action == "approve" else ReturnForm(request.POST)
        return_form = return_form if action == "approve" else chosen
        if chosen.is_valid() and _taken(request, waiting, action, chosen.cleaned_data):
            return redirect("approval:review", page.pk) if action == "reject" else redirect("content:items")
    return render(request, "approval/review.html", _context(request, page, waiting, form, return_form))


def _forms(request: HttpRequest, page: ItemPage, waiting: Waiting | None) -> Any:
    """The form of the step, filled in when it was sent."""
    if waiting is None:
        return None
    kind = ApprovalPageForm if waiting.final else AppraisalPageForm
    sent = request.method == "POST" and request.POST.get("action") == "approve"
    way = waiting.state.workflow_state
    return kind(
        *((request.POST, request.FILES) if sent else ()),
        task=waiting.task,
        sudden=proving.is_sudden(page.latest_revision, way),
        directed=proving.directed_by(way) is not None,
    )


def _taken(request: HttpRequest, waiting: Waiting, action: str, data: dict[str, Any]) -> bool:
    passed = _("Approved.") if waiting.final else _("Passed on.")
    said = _("Returned for changes.") if action == "reject" else passed
    return attempt(request, lambda: _decide(request, waiting, action, data), said)


def _decide(request: HttpRequest, waiting: Waiting, action: str, data: dict[str, Any]) -> None:
    latest = ItemPage.objects.values_list("latest_revision", flat=True).get(pk=waiting.state.revision.object_id)
    if request.POST.get("revision", "") != str(latest):
        raise ApprovalRefused(_("A newer draft was saved. Look at its proofs, then approve that one."))
    more = {"revision": latest} if isinstance(waiting.task, AppraisalTask) and action == "approve" else {}
    waiting.task.on_action(waiting.state, request.user, action, **data, **more)


def _context(
    request: HttpRequest, page: ItemPage, waiting: Waiting | None, form: Any, return_form: ReturnForm
) -> dict[str, Any]:
    revision, user = page.latest_revision, request.user
    final = waiting is not None and waiting.final
    refused = refusal(page, revision, province=page.province, by=user) if final else None
    way = waiting.state.workflow_state if waiting else None
    return {
        "page": page,
        "board": board_of(page, user),
        "task_state": waiting.state if waiting else None,
        "step": _step(waiting, user) if waiting else None,
        "final": final,
        "allowed": waiting.allowed if waiting else frozenset(),
        "refused": refused,
        "form": form,
        "sudden": proving.is_sudden(revision, way),
        "directed_by": proving.directed_by(way),
        "streams": of_item(page, revision, page.province) if final else [],
        "return_form": return_form,
        "can_submit": waiting is None and page.permissions_for_user(user).can_edit(),
        "may_except": user.is_superuser and _exception_open(page, user, final, refused),
        "history": Approval.objects.filter(item=page.item_id).select_related("province", "approved_by"),
        "decisions": Decision.objects.filter(item=page.item_id).select_related(
            "province", "by", "on_behalf_of", "task_state"
        ),
        "large": True,
    }


def _step(waiting: Waiting, user: Any) -> dict[str, Any]:
    """What the page says of the step: its name and clause, whose it is, its last day."""
    task = waiting.task
    codes = task.organisations
    deadline = deadline_of(waiting.state)
    return {
        "name": task.words,
        "clause": task.spec.get("clause", ""),
        "organisations": list(Organisation.objects.filter(province__code=task.province_code, code__in=codes)),
        "by_role_alone": by_role_alone(user, task.province_code, task.role, codes),
        "on_behalf_of": waiting.taker.on_behalf_of if waiting.taker else None,
        "due": deadline.due if deadline else None,
        "late": deadline is not None and is_late(deadline.due),
        "barred": waiting.taker is None,
    }


def _exception_open(page: ItemPage, user: Any, final: bool, refused: ApprovalRefused | None) -> bool:
    """Whether an exception would help this administrator: the persons stand in the way, not the matter."""
    if page.latest_revision is None or (final and refused is None):
        return False
    if Approval.objects.filter(item=page.item_id, revision=page.latest_revision_id, revoked_at=None).exists():
        return False
    return against_matter(page, page.latest_revision, page.province) is None


# --- by exception ---------------------------------------------------------------------------------------------------------


class ExceptionForm(forms.Form):
    """An exception: why, and the word that nobody types by chance."""

    reason = forms.CharField(
        label=gettext_lazy("Why nobody else can decide"),
        min_length=LEAST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("All administrators read it by mail, and it stays with the approval for good."),
        error_messages={"required": gettext_lazy("Say why nobody else can decide.")},
    )
    document = forms.CharField(label=gettext_lazy("Number of the document"), max_length=200, required=False)
    directing_document = forms.CharField(
        label=gettext_lazy("Number of the directing document"), max_length=200, required=False
    )
    confirmation = forms.CharField(label=gettext_lazy("Type the word to confirm"), max_length=40)

    def __init__(self, *args: Any, sudden: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmation"].help_text = _("Type: %(words)s") % {"words": words_to_type()}
        if not sudden:
            del self.fields["directing_document"]

    def clean_confirmation(self) -> str:
        typed: str = unicodedata.normalize("NFC", self.cleaned_data["confirmation"])
        if not confirms(typed):
            raise forms.ValidationError(_("Type %(words)s to confirm.") % {"words": words_to_type()})
        return typed


def exception(request: HttpRequest, page_id: int) -> HttpResponse:
    """An administrator approves against the rule of four eyes."""
    page = visible_item(request, page_id)
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied
    revision = page.latest_revision
    if revision is None:
        raise Http404
    sudden = proving.is_sudden(revision, page.current_workflow_state)
    form = ExceptionForm(request.POST or None, sudden=sudden)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            lambda: _except(request, page, form.cleaned_data),
            _("Approved by exception. All administrators were told."),
        )
        if done:
            return redirect("approval:review", page.pk)
    context = {
        "page": page,
        "form": form,
        "board": board_of(page, request.user),
        "streams": of_item(page, revision, page.province),
        "told": against_matter(page, revision, page.province)
        or refusal(page, revision, province=page.province, by=request.user),
        "large": True,
    }
    return render(request, "approval/exception.html", context)


def _except(request: HttpRequest, page: ItemPage, data: dict[str, Any]) -> None:
    revision = page.latest_revision
    if revision is None or request.POST.get("revision", "") != str(revision.pk):
        raise ApprovalRefused(_("A newer draft was saved. Look at its proofs, then approve that one."))
    approve_by_exception(
        page,
        revision,
        by=request.user,
        reason=data["reason"],
        confirmation=data["confirmation"],
        seen=request.POST.get("seen", "").split(","),
        streams=request.POST.getlist("streams"),
        evidence=Evidence.of(data),
    )


# --- files ----------------------------------------------------------------------------------------------------------------


@require_GET
def decision_file(request: HttpRequest, decision_id: int, which: str) -> HttpResponseBase:
    """The file of a decision's document, or of what directed it, for the people of its province; always as a download."""
    found = get_object_or_404(Decision.objects.select_related("province", "page"), pk=decision_id)
    codes = provinces_of(request.user)
    file = found.directing_file if which == "directing" else found.file
    if not file or (codes is not None and found.province.code not in codes):
        raise Http404
    if found.page is not None and not may_use_item(request.user, found.page):
        raise Http404
    name = found.directing_file_name if which == "directing" else found.file_name
    kind = proving.TYPES.get(Path(file.name or "").suffix, "application/octet-stream")
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
