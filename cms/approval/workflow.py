"""The way of an item: appraisal, then approval, for each province."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Task, Workflow, WorkflowPage, WorkflowState, WorkflowTask

from cms.accounts.audit import record
from cms.accounts.services import ensure_groups
from cms.approval.models import AppraisalTask, ApprovalTask
from cms.content.models import ItemPage, ProvincePage
from cms.content.services import untranslated
from cms.places.models import Province


class NotSubmitted(PermissionDenied):
    """The item cannot be submitted; `str()` says why and what to do."""


@transaction.atomic
def ensure_workflow(province: Province) -> Workflow:
    """The province's workflow on all its page trees, made where missing: appraisers first, then approvers."""
    groups = ensure_groups(province.code)
    first = ApprovalTask.objects.filter(groups=groups["approver"]).first()
    workflow = Workflow.objects.filter(workflow_tasks__task=first.task_ptr).first() if first else None
    if workflow is None:
        with translation.override("vi"):
            workflow = Workflow.objects.create(
                name=_("Appraisal and approval – %(province)s") % {"province": province.name}
            )
            steps: list[Task] = [
                AppraisalTask.objects.create(name=_("Appraisal – %(province)s") % {"province": province.name}),
                ApprovalTask.objects.create(name=_("Approval – %(province)s") % {"province": province.name}),
            ]
        for order, (task, role) in enumerate(zip(steps, ("appraiser", "approver"), strict=True)):
            task.groups.set([groups[role]])
            WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr, sort_order=order)
    for shelf in ProvincePage.objects.filter(province=province, alias_of=None):
        WorkflowPage.objects.get_or_create(page=shelf.page_ptr, defaults={"workflow": workflow})
    return workflow


@transaction.atomic
def submit(page: ItemPage, *, by: Any) -> WorkflowState:
    """Send an item's latest draft for appraisal. Raises `NotSubmitted`."""
    if not page.permissions_for_user(by).can_edit():
        raise NotSubmitted(_("You may not edit this item."))
    draft = page.get_latest_revision_as_object()
    left = untranslated(page)
    if left:
        raise NotSubmitted(
            _("%(count)d passages are not translated yet. Translate them, then submit again.") % {"count": left}
        )
    if not draft.body:
        raise NotSubmitted(_("An item needs at least one card. Add a headline, a text, a picture or a clip."))
    if page.workflow_in_progress:
        raise NotSubmitted(_("This item is already being appraised or approved."))
    workflow = page.get_workflow()
    if workflow is None:
        raise NotSubmitted(_("This province has no workflow yet. Tell the administrator."))
    state = page.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user=by)
    else:
        state = workflow.start(page, by)
    record("item.submit", page.title, user=by, province=page.province.code, item=page.item_id)
    return state
