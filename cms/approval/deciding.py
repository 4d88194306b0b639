"""Decisions within a workflow, wherever they are pressed: on our page, in Wagtail's dialogue, or by a request that passed both by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import TaskState

from cms.accounts.audit import record
from cms.approval import powers
from cms.approval.decisions import Decision
from cms.approval.evidence import Evidence, lacking, put_on_record, told
from cms.approval.rules import ApprovalRefused
from cms.approval.services import approve
from cms.approval.steps import AppraisalTask, ApprovalTask, StepTask
from cms.content.models import ItemPage
from cms.content.proofs import jobs_for


def appraise(
    task: AppraisalTask,
    task_state: TaskState,
    user: Any,
    action_name: str,
    comment: str = "",
    revision: int | None = None,
    **given: Any,
) -> None:
    """An appraiser's decision in the workflow. What is passed on is the latest draft: the one that was submitted, or `revision`, which
    this person had on the page. `given`: fields of `Evidence`. Raises `ApprovalRefused`."""
    page = _open_page(task_state, user)
    if not any(name == action_name for name, _label, _modal in task.get_actions(page, user)):
        raise ApprovalRefused(
            _("Only an appraiser who neither submitted nor last edited the item can appraise it."), final=True
        )
    evidence = Evidence.of(given)
    if action_name == "approve":
        if task_state.revision_id != page.latest_revision_id:
            if revision != page.latest_revision_id:
                raise ApprovalRefused(
                    _("A newer draft was saved. Open the item's proofs, look at them, then pass that one on.")
                )
            task_state.revision = page.latest_revision
            task_state.save(update_fields=["revision"])
        _require(task, task_state, evidence)
        _appraised(task, task_state, page, user, comment, evidence)
    _finish(task, task_state, page, user, action_name, comment)


def decide(
    task: ApprovalTask,
    task_state: TaskState,
    user: Any,
    action_name: str,
    comment: str = "",
    confirmed: bool = False,
    seen: str = "",
    streams: Iterable[str] = (),
    streams_shown: Iterable[str] = (),
    **given: Any,
) -> None:
    """An approver's decision in the workflow; publishing in Wagtail is a by-product. `given`: fields of `Evidence`. Raises
    `ApprovalRefused`."""
    page = _open_page(task_state, user)
    if action_name == "approve":
        if not confirmed:
            raise ApprovalRefused(_("Confirm that you have looked at the pictures."))
        evidence = Evidence.of(given)
        _require(task, task_state, evidence)
        approve(
            page,
            task_state.revision,
            province=page.province,
            by=user,
            comment=comment,
            seen=str(seen).split(","),
            streams=streams,
            evidence=evidence,
            task_state=task_state,
        )
    elif not task.get_actions(page, user):
        raise ApprovalRefused(_("Only an approver who did not submit the item can return it."), final=True)
    _finish(task, task_state, page, user, action_name, comment)


def _open_page(task_state: TaskState, user: Any) -> ItemPage:
    """The item that waits. Nobody has decided since this state was read; nobody else can until this transaction ends."""
    now = TaskState.objects.select_for_update().values_list("status", flat=True).get(pk=task_state.pk)
    if now != TaskState.STATUS_IN_PROGRESS:
        raise ApprovalRefused(_("Somebody else has decided in the meantime."))
    powers.forget(user)
    page: ItemPage = task_state.revision.content_object
    return page


def _require(task: StepTask, task_state: TaskState, evidence: Evidence) -> None:
    lacks = lacking(task, evidence, task_state.revision, task_state.workflow_state)
    if lacks:
        raise ApprovalRefused(lacks)


def _appraised(
    task: AppraisalTask, task_state: TaskState, page: ItemPage, user: Any, comment: str, evidence: Evidence
) -> None:
    revision = task_state.revision
    made = put_on_record(
        Decision.Kind.APPRAISAL,
        page,
        revision,
        province=page.province,
        by=user,
        taker=task.taker(user),
        task_state=task_state,
        evidence=evidence,
        comment=comment,
        proofs={str(job.proof_id) for job in jobs_for(page, revision) if job.proof_id},
    )
    record(
        "appraisal.pass",
        page.title,
        user=user,
        province=page.province.code,
        reason=comment,
        item=page.item_id,
        revision=revision.pk,
        document=made.document,
        **told(made),
    )


def _finish(task: StepTask, task_state: TaskState, page: ItemPage, user: Any, action_name: str, comment: str) -> None:
    if action_name == "approve":
        task_state.approve(user=user, comment=comment)
    elif action_name == "reject":
        made = put_on_record(
            Decision.Kind.RETURN,
            page,
            task_state.revision,
            province=page.province,
            by=user,
            taker=task.taker(user),
            task_state=task_state,
            comment=comment,
        )
        word = "approval.return" if isinstance(task, ApprovalTask) else "appraisal.return"
        record(
            word, page.title, user=user, province=page.province.code, reason=comment, item=page.item_id, **told(made)
        )
        task_state.reject(user=user, comment=comment)
