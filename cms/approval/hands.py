"""Four eyes: who had a hand in a version of an item, on its present way through a workflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wagtail.models import Page, Revision, TaskState, Workflow, WorkflowState

from cms import clock
from cms.accounts.audit import record
from cms.approval.decisions import Decision
from cms.approval.models import Approval
from cms.approval.steps import AppraisalTask, StepTask
from cms.content.models import ItemPage

Persons = frozenset[Any]


@dataclass(frozen=True, slots=True)
class Hands:
    """`submitters`: all who sent it on this way; `editor`: who saved the version; `appraisers`: who passed it on, and for whom;
    `appraised`: whether every appraisal of the way passed exactly this version on."""

    submitters: Persons
    editor: Any
    appraisers: Persons
    appraised: bool

    @property
    def writers(self) -> Persons:
        return self.submitters | {self.editor} - {None}


def hands_of(page: Page, revision: Revision, *, submitted_by: Any = None, appraised_by: Any = None) -> Hands:
    """Who had a hand in this revision. `submitted_by`, `appraised_by`: who did, where no workflow knows it."""
    state = page.current_workflow_state
    senders = frozenset({submitted_by}) if submitted_by else submitters_of(page) or frozenset({revision.user} - {None})
    if appraised_by is not None:
        return Hands(senders, revision.user, frozenset({appraised_by}), True)
    passed = _passed(state, revision)
    appraised = bool(passed) and set(_appraisals(state.workflow) if state else ()) <= {task for task, _person in passed}
    return Hands(senders, revision.user, _persons(passed, state, revision), appraised)


def hands_on_record(given: Approval) -> Hands:
    """Who had a hand in a version that was approved already, when its way has ended: as its decisions tell. A province that takes
    a national item over asks them."""
    of_item = Decision.objects.filter(item=given.item).select_related("by", "on_behalf_of")
    passed = [one for one in of_item if (one.kind, one.revision) == (Decision.Kind.APPRAISAL, given.revision)]
    ways = {one.workflow_state_id for one in passed} - {None}
    sent = {one.by for one in of_item if one.kind == Decision.Kind.SUBMISSION and one.workflow_state_id in ways}
    revision = Revision.objects.filter(pk=given.revision).select_related("user").first()
    editor = revision.user if revision is not None else None
    senders = {given.submitted_by, *sent} - {None} or {editor} - {None}
    appraisers = {person for one in passed for person in (one.by, one.on_behalf_of)} - {None}
    return Hands(frozenset(senders), editor, frozenset(appraisers), bool(passed))


def submitters_of(page: Page) -> Persons:
    """Everybody who sent the item on its present way: the first time, and again after a return. Nobody outside of one."""
    state = page.current_workflow_state
    if state is None:
        return frozenset()
    again = Decision.objects.filter(workflow_state=state, kind=Decision.Kind.SUBMISSION).select_related("by")
    return frozenset({state.requested_by, *(one.by for one in again)} - {None})


def editor_of(page: Page) -> Any:
    """Who saved the latest draft; None when nobody is on record."""
    revision = page.latest_revision
    return revision.user if revision is not None else None


def appraisers_of(state: WorkflowState | None, revision: Revision | None) -> Persons:
    """Who passed this very version on, on this way, and on whose behalf."""
    return _persons(_passed(state, revision), state, revision)


def _passed(state: WorkflowState | None, revision: Revision | None) -> list[tuple[int, Any]]:
    """Appraisals (by the primary key of their task) that passed this version on, with the person."""
    if state is None or revision is None:
        return []
    found = TaskState.objects.filter(
        workflow_state=state,
        revision=revision,
        status=TaskState.STATUS_APPROVED,
        task__in=AppraisalTask.objects.values("task_ptr"),
    )
    return [(one.task_id, one.finished_by) for one in found.select_related("finished_by")]


def _persons(passed: list[tuple[int, Any]], state: WorkflowState | None, revision: Revision | None) -> Persons:
    if not passed or state is None or revision is None:
        return frozenset()
    represented = Decision.objects.filter(
        workflow_state=state, revision=revision.pk, kind=Decision.Kind.APPRAISAL, on_behalf_of__isnull=False
    ).select_related("on_behalf_of")
    return frozenset({person for _task, person in passed} | {one.on_behalf_of for one in represented}) - {None}


def _appraisals(workflow: Workflow) -> list[int]:
    """The appraisals of a workflow in order, by the primary keys of their tasks."""
    ordered = workflow.workflow_tasks.order_by("sort_order").values_list("task", flat=True)
    known = set(AppraisalTask.objects.filter(pk__in=list(ordered)).values_list("pk", flat=True))
    return [pk for pk in ordered if pk in known]


def first_open(state: WorkflowState, step: StepTask) -> AppraisalTask | None:
    """The first appraisal before a step that has not passed the latest draft on; None when nothing is to be done before it."""
    done = {task for task, _person in _passed(state, state.content_object.get_latest_revision())}
    for pk in _appraisals(state.workflow):
        if pk == step.pk:
            return None
        if pk not in done:
            found: AppraisalTask = AppraisalTask.objects.get(pk=pk)
            return found
    return None


def note_submission(state: WorkflowState, user: Any) -> None:
    """Put on record who begins or resumes a way, whichever page they did it on."""
    page = state.content_object.specific
    if not isinstance(page, ItemPage) or getattr(user, "pk", None) is None:
        return
    revision = page.get_latest_revision()
    Decision.objects.create(
        kind=Decision.Kind.SUBMISSION,
        page=page,
        item=page.item_id,
        title=page.draft_title or page.title,
        revision=revision.pk if revision else None,
        province=page.province,
        workflow_state=state,
        by=user,
        at=clock.now(),
    )
    record("item.submit", page.title, user=user, province=page.province.code, item=page.item_id)
