"""How far items are: their state in lists, the sentences above their proofs, and what may be done next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page, Revision, WorkflowState

from cms.accounts.services import has_role, provinces_of
from cms.approval.deadlines import is_late
from cms.approval.models import AppraisalTask, Approval, ApprovalTask, Withdrawal
from cms.content.board import Note
from cms.content.listing import Action
from cms.content.models import ItemPage
from cms.content.states import State
from cms.places.models import Province


def states(pages: Sequence[ItemPage]) -> dict[int, State]:
    """States by page id, in four queries: withdrawn, on its way, approved."""
    items = {page.item_id: page for page in pages}
    keys = {page.pk: page.latest_revision_id for page in pages}
    found: dict[int, State] = {}
    approved = Approval.objects.filter(item__in=items, revoked_at__isnull=True).values_list("item", "revision")
    for item, revision in approved:
        page = items[item]
        edited = revision != keys[page.pk]
        if not (page.pk in found and edited):
            found[page.pk] = State("approved", _("Approved"), edited=edited)
    withdrawn = set(Withdrawal.objects.filter(item__in=items, lifted_at__isnull=True).values_list("item", flat=True))
    for item in withdrawn:
        if items[item].pk not in found:
            found[items[item].pk] = State("withdrawn", _("Withdrawn"))
    for page_id, (step, due) in _under_way(list(keys)).items():
        word = _("In approval") if step == "approval" else _("In appraisal")
        if due is not None and is_late(due):
            word = _("%(state)s, late since %(day)s") % {"state": word, "day": due.strftime("%d/%m")}
        found[page_id] = State(step, word, edited=False)
    return found


def _under_way(ids: list[int]) -> dict[int, tuple[str, date | None]]:
    """The step and its last day, by page id."""
    tasks = dict.fromkeys(ApprovalTask.objects.values_list("pk", flat=True), "approval")
    tasks |= dict.fromkeys(AppraisalTask.objects.values_list("pk", flat=True), "appraisal")
    running = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=[str(pk) for pk in ids],
        status=WorkflowState.STATUS_IN_PROGRESS,
    )
    return {
        int(object_id): (tasks.get(task, "appraisal"), due)
        for object_id, task, due in running.values_list(
            "object_id", "current_task_state__task", "current_task_state__deadline__due"
        )
    }


def notes(page: ItemPage, revision: Revision, user: Any) -> list[Note]:
    """What a person should know above the proofs of this item."""
    said: list[Note] = []
    given = Approval.objects.filter(item=page.item_id, revoked_at__isnull=True)
    mine = {page.province.code, *(provinces_of(user) or ())}
    for approval in given.filter(province__code__in=mine).select_related("province", "approved_by"):
        facts = {
            "province": approval.province,
            "day": timezone.localtime(approval.approved_at).strftime("%d/%m/%Y %H:%M"),
            "person": approval.approved_by,
        }
        if approval.exceptional:
            facts["reason"] = approval.comment
            told = _("Approved BY EXCEPTION for %(province)s on %(day)s by %(person)s, against four eyes: %(reason)s")
            said.append(Note("warning", told % facts))
        if approval.revision == revision.pk:
            said.append(Note("good", _("Approved for %(province)s on %(day)s by %(person)s.") % facts))
        else:
            told = _(
                "An older version, approved for %(province)s on %(day)s by %(person)s, stays on the screens until this draft is approved."
            )
            said.append(Note("waiting", told % facts))
    if others := given.exclude(province__code__in=mine).count():  # of a national item; there may be dozens
        told = ngettext("Approved in %(count)d other province.", "Approved in %(count)d other provinces.", others)
        said.append(Note("elsewhere", told % {"count": others}))
    for withdrawal in Withdrawal.objects.filter(item=page.item_id, lifted_at__isnull=True).select_related("province"):
        said.append(
            Note(
                "off",
                _("Withdrawn in %(province)s on %(day)s: %(reason)s. Only a new approval brings it back.")
                % {
                    "province": withdrawal.province,
                    "day": timezone.localtime(withdrawal.at).strftime("%d/%m/%Y %H:%M"),
                    "reason": withdrawal.reason.rstrip("."),
                },
            )
        )
    if page.latest_revision_id != revision.pk:
        said.append(Note("waiting", _("A newer draft is being written. This is the version that was approved.")))
    elif page.current_workflow_state is not None or not any(note.kind == "good" for note in said):
        said.append(_step(page, user))
    return said


def _step(page: ItemPage, user: Any) -> Note:
    state = page.current_workflow_state
    if state is None:
        return Note(
            "draft",
            _("A draft: nobody has been asked to look at it since its last change."),
            reverse("approval:review", args=(page.pk,)),
            _("Look and submit"),
        )
    if state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        comment = state.current_task_state.comment if state.current_task_state else ""
        return Note(
            "warning",
            _("Returned for changes: %(comment)s") % {"comment": comment or "–"},
            reverse("approval:review", args=(page.pk,)),
            _("Submit again"),
        )
    task = state.current_task_state.task.specific if state.current_task_state else None
    word = _("Waits for approval.") if isinstance(task, ApprovalTask) else _("Waits for appraisal.")
    can = bool(task and task.get_actions(page, user))
    return Note(
        "waiting", word, reverse("approval:review", args=(page.pk,)), _("Look and decide") if can else _("Look")
    )


def may_withdraw(user: Any, province: Province) -> bool:
    return has_role(user, province.code, "approver", "operator")


def actions(page: ItemPage, state: State, user: Any) -> list[Action]:
    """Buttons of a row in the list of items."""
    found: list[Action] = []
    if state.code in ("appraisal", "approval"):
        found.append(Action(_("Look and decide"), reverse("approval:review", args=(page.pk,))))
    elif state.code == "draft" or state.edited:
        found.append(Action(_("Submit for appraisal"), reverse("approval:review", args=(page.pk,))))
    if state.code == "approved" and may_withdraw(user, page.province):
        found.append(Action(_("Withdraw now"), reverse("approval:withdraw", args=(page.pk,)), danger=True))
    return found
