"""The decisions: approve, and by exception; what is taken back lies in `withdrawing.py`, the steps of a workflow in `deciding.py`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Revision, TaskState, WorkflowState

from cms import clock
from cms.accounts.audit import record
from cms.approval import evidence as proving
from cms.approval import powers
from cms.approval import streams as live
from cms.approval.decisions import Decision
from cms.approval.evidence import Evidence, put_on_record
from cms.approval.exceptions import announce_exception
from cms.approval.hands import Hands, hands_of
from cms.approval.models import Approval, ApprovedProof, Withdrawal
from cms.approval.powers import Taker
from cms.approval.rules import ApprovalRefused, against_matter, approver_of, hands_for, in_force, refusal
from cms.approval.signals import announce_approvals, announce_withdrawals
from cms.approval.themes import approve_theme
from cms.approval.withdrawing import mark_revoked, revoke, revoke_all, withdraw, withdraw_streams, withdrawn_ids
from cms.approval.workflow import ensure_workflow, submit
from cms.content.models import ItemPage, ProofJob
from cms.content.proofs import ready_jobs
from cms.places.models import Province

__all__ = [
    "ApprovalRefused",
    "Evidence",
    "approve",
    "approve_by_exception",
    "approve_theme",
    "ensure_workflow",
    "refusal",
    "revoke",
    "revoke_all",
    "submit",
    "withdraw",
    "withdraw_streams",
    "withdrawn_ids",
]

LEAST_REASON = 20
"""Characters of a reason for an exception; fewer say nothing."""


@transaction.atomic
def approve(
    page: ItemPage,
    revision: Revision,
    *,
    province: Province,
    by: Any,
    submitted_by: Any = None,
    appraised_by: Any = None,
    document: str = "",
    comment: str = "",
    seen: Iterable[str] | None = None,
    streams: Iterable[str] = (),
    evidence: Evidence | None = None,
    task_state: TaskState | None = None,
) -> Approval:
    """Put exactly the proofs of this revision's present destinations on record; they may air in the province from now on, in
    place of an older approval of the same item. A withdrawal of the item is lifted. `seen`: the proofs that this person
    had on the page; others (of faces that changed since, or drawn anew) are not approved. `streams`: the addresses of live streams
    that this person confirmed, each by name. `submitted_by`, `appraised_by`: who did, where no workflow knows it. `task_state`: the
    step whose decision this is. Raises `ApprovalRefused`."""
    ItemPage.objects.select_for_update().get(pk=page.pk)
    powers.forget(by)
    hands = hands_for(page, revision, province, submitted_by=submitted_by, appraised_by=appraised_by)
    refused = refusal(page, revision, province=province, by=by, hands=hands)
    if refused is not None:
        raise refused
    given = evidence or Evidence(document=document)
    taker = approver_of(page, province, by)
    return _put_in_force(page, revision, province, by, taker, hands, given, comment, seen, streams, task_state)


@transaction.atomic
def approve_by_exception(
    page: ItemPage,
    revision: Revision,
    *,
    by: Any,
    reason: str,
    confirmation: str,
    seen: Iterable[str],
    streams: Iterable[str] = (),
    evidence: Evidence | None = None,
) -> Approval:
    """An administrator approves against four eyes, for the item's own province: on purpose, with a reason, and known to all
    administrators. Only the persons are excepted: proofs, versions and streams are asked for as always, and so is what directs a
    sudden item. Its way ends here. Raises `ApprovalRefused`."""
    ItemPage.objects.select_for_update().get(pk=page.pk)
    if not (getattr(by, "is_active", False) and by.is_superuser):
        raise ApprovalRefused(_("Only an administrator can make an exception."), final=True)
    if len(reason.strip()) < LEAST_REASON:
        raise ApprovalRefused(
            _("Say why nobody else can decide: at least %(count)d characters.") % {"count": LEAST_REASON}
        )
    if not confirms(confirmation):
        raise ApprovalRefused(_("Type %(words)s to confirm.") % {"words": words_to_type()})
    told = against_matter(page, revision, page.province)
    if told is not None:
        raise told
    if refusal(page, revision, province=page.province, by=by) is None:
        raise ApprovalRefused(_("You may approve this item in the ordinary way; no exception is needed."))
    state = page.current_workflow_state
    given = evidence or Evidence()
    lacks = proving.lacking(None, given, revision, state)
    if lacks:
        raise ApprovalRefused(lacks)
    made = _put_in_force(
        page,
        revision,
        page.province,
        by,
        None,
        hands_of(page, revision),
        given,
        reason.strip(),
        seen,
        streams,
        state.current_task_state if state is not None else None,
        exceptional=True,
    )
    _end(state, page, by)
    announce_exception(made, by=by, reason=reason.strip())
    return made


def words_to_type() -> str:
    """What somebody types to confirm an exception, in the reader's language."""
    return _("EXCEPTION")


def confirms(typed: str) -> bool:
    """Whether the words were typed, whatever the case and however the keyboard composes accents."""
    return unicodedata.normalize("NFC", typed.strip()).casefold() == words_to_type().casefold()


def _end(state: WorkflowState | None, page: ItemPage, by: Any) -> None:
    """The way that an exception cut short: nobody is asked any more, and the draft is the page's present text."""
    if state is not None and state.is_active:
        state.cancel(user=by)
    page.get_latest_revision().publish(user=by, skip_permission_checks=True)


def _put_in_force(
    page: ItemPage,
    revision: Revision,
    province: Province,
    by: Any,
    taker: Taker | None,
    hands: Hands,
    evidence: Evidence,
    comment: str,
    seen: Iterable[str] | None,
    streams: Iterable[str],
    task_state: TaskState | None,
    *,
    exceptional: bool = False,
) -> Approval:
    jobs = ready_jobs(page, revision, None if province == page.province else province) or []
    streaming = _confirmed(jobs, province, seen, streams)
    now = clock.now()
    for older in in_force(page, province).select_for_update():
        mark_revoked(older, by=by, reason=_("Superseded by a newer approval"))
    made = Approval.of(page, revision, province)
    made.approved_by, made.approved_at, made.submitted_by = by, now, _sender(page, hands)
    made.document, made.comment, made.exceptional = evidence.document, comment, exceptional
    made.streams = [one.to_json() for one in streaming]
    made.save()
    ApprovedProof.objects.bulk_create(
        ApprovedProof(approval=made, proof=job.proof, geometry=job.geometry, theme=job.theme, span=job.span)
        for job in jobs
    )
    decision = put_on_record(
        Decision.Kind.EXCEPTION if exceptional else Decision.Kind.APPROVAL,
        page,
        revision,
        province=province,
        by=by,
        taker=taker,
        task_state=task_state,
        evidence=evidence,
        comment=comment,
        proofs={str(job.proof_id) for job in jobs},
        approval=made,
    )
    lifted = Withdrawal.objects.filter(item=made.item, province=province, lifted_at__isnull=True).update(lifted_at=now)
    if lifted:
        announce_withdrawals([province.pk], [made.item_key])
    announce_approvals([province.pk], [made.item_key])
    _tell_the_log(made, decision, hands)
    return made


def _confirmed(
    jobs: list[ProofJob], province: Province, seen: Iterable[str] | None, streams: Iterable[str]
) -> list[live.Live]:
    """The streams among what was drawn, once everything was looked at. Raises `ApprovalRefused`."""
    if seen is not None and not {job.proof_id for job in jobs} <= set(seen):
        raise ApprovalRefused(
            _("The proofs have changed since you opened this page. Look at them again, then approve.")
        )
    streaming = live.of_jobs(jobs, province)
    if not {one.url for one in streaming} <= set(streams):
        raise ApprovalRefused(_("Confirm the address of every live stream: nobody sees its pictures beforehand."))
    return streaming


def _sender(page: ItemPage, hands: Hands) -> Any:
    """Who submitted the item last."""
    state = page.current_workflow_state
    last = Decision.objects.filter(workflow_state=state, kind=Decision.Kind.SUBMISSION).first() if state else None
    if last is not None and last.by in hands.submitters:
        return last.by
    return next(iter(hands.submitters), None)


def _tell_the_log(made: Approval, decision: Decision, hands: Hands) -> None:
    record(
        "approval.exception" if made.exceptional else "approval.approve",
        made,
        user=made.approved_by,
        province=made.province.code,
        reason=made.comment,
        item=made.item,
        revision=made.revision,
        document=made.document,
        proofs=decision.proofs,
        submitted_by=str(made.submitted_by),
        appraised_by=", ".join(sorted(str(one) for one in hands.appraisers)),
        **proving.told(decision),
        **({"streams": made.streams} if made.streams else {}),
    )
