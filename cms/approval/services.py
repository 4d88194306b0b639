"""The decisions: approve, revoke, withdraw, approve a theme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Revision, TaskState

from cms import clock
from cms.accounts.audit import record
from cms.accounts.services import has_role
from cms.approval.models import Approval, ApprovedProof, Withdrawal, submitter_of
from cms.approval.signals import announce_approvals, announce_withdrawals
from cms.approval.themes import approve_theme
from cms.approval.workflow import ensure_workflow, submit
from cms.content.models import ItemPage
from cms.content.proofs import missing, ready_jobs
from cms.content.services import untranslated
from cms.places.models import Cluster, Province

if TYPE_CHECKING:
    from cms.approval.models import AppraisalTask, ApprovalTask

__all__ = [
    "ApprovalRefused",
    "appraise",
    "approve",
    "approve_theme",
    "decide",
    "ensure_workflow",
    "refusal",
    "revoke",
    "revoke_all",
    "submit",
    "withdraw",
    "withdrawn_ids",
]

HORIZON = timedelta(days=40)
"""Longer than any schedule in force can still hold an old proof (35 days)."""


class ApprovalRefused(PermissionDenied):
    """The decision cannot be taken. `str()` says why and what to do, in the reader's language. `final`: this person will
    never be able to take it for this revision (wrong role, submitter, last editor)."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


def refusal(
    page: ItemPage, revision: Revision | None, *, province: Province, by: Any, submitted_by: Any = None
) -> ApprovalRefused | None:
    """Why this person cannot approve this revision for this province now; None when nothing stands in the way."""
    if not has_role(by, province.code, "approver"):
        return ApprovalRefused(
            _("Only an approver of %(province)s can approve this.") % {"province": province}, final=True
        )
    if revision is None or str(revision.object_id) != str(page.pk):
        return ApprovalRefused(_("This version does not belong to the item. Save the item again."))
    sender = submitted_by or submitter_of(page) or revision.user
    if by in (sender, revision.user):
        return ApprovalRefused(
            _("Whoever submitted or last edited an item cannot approve it. Ask another approver."), final=True
        )
    if sender is None:
        return ApprovalRefused(_("It is not known who submitted this item. Submit it again."))
    if page.alias_of_id is not None:
        return ApprovalRefused(_("This page only mirrors another one. Approve the original."))
    latest = ItemPage.objects.filter(pk=page.pk).values_list("latest_revision", flat=True).first()
    if latest != revision.pk:
        return ApprovalRefused(_("A newer draft was saved. Look at its proofs, then approve that one."))
    if untranslated(page):
        return ApprovalRefused(_("Some passages are not translated yet. Return it for changes."))
    home = page.province
    if province != home:
        if not home.national:
            return ApprovalRefused(_("This item belongs to %(province)s.") % {"province": home}, final=True)
        if not _in_force(page, home).filter(revision=revision.pk).exists():
            return ApprovalRefused(_("The national level has not approved this version yet."))
    if ready_jobs(page, revision, None if province == home else province) is None:
        return ApprovalRefused(_not_ready(page, revision, None if province == home else province))
    return None


def _not_ready(page: ItemPage, revision: Revision, province: Province | None) -> str:
    clusters = dict.fromkeys(one.name for target in missing(page, revision, province) for one in target.clusters)
    if not clusters:
        return _("There is no proof to approve: the item needs a card and a cluster with faces.")
    return _("Proofs are not ready for: %(clusters)s. Wait until they are drawn, or correct what failed.") % {
        "clusters": ", ".join(clusters)
    }


def _in_force(page: ItemPage, province: Province | None = None) -> Any:
    found = Approval.objects.filter(item=page.item_id, revoked_at__isnull=True)
    return found if province is None else found.filter(province=province)


@transaction.atomic
def approve(
    page: ItemPage,
    revision: Revision,
    *,
    province: Province,
    by: Any,
    submitted_by: Any = None,
    document: str = "",
    comment: str = "",
    seen: Iterable[str] | None = None,
) -> Approval:
    """Put exactly the proofs of this revision's present destinations on record; they may air in the province from now on, in
    place of an older approval of the same item. A withdrawal of the item is lifted. `seen`: the proofs that this person
    had on the page; others (of faces that changed since, or drawn anew) are not approved. Raises `ApprovalRefused`."""
    ItemPage.objects.select_for_update().get(pk=page.pk)
    refused = refusal(page, revision, province=province, by=by, submitted_by=submitted_by)
    if refused is not None:
        raise refused
    jobs = ready_jobs(page, revision, None if province == page.province else province)
    if seen is not None and not {job.proof_id for job in jobs or ()} <= set(seen):
        raise ApprovalRefused(
            _("The proofs have changed since you opened this page. Look at them again, then approve.")
        )
    draft = revision.as_object()
    now = clock.now()
    for older in _in_force(page, province).select_for_update():
        _mark_revoked(older, by=by, reason=_("Superseded by a newer approval"))
    made = Approval.objects.create(
        page=page,
        item=page.item_id,
        item_key=page.translation_key,
        title=draft.title,
        language=page.locale.language_code,
        revision=revision.pk,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        clusters=sorted(draft.destinations.values_list("slug", flat=True)),
        province=province,
        approved_by=by,
        submitted_by=submitted_by or submitter_of(page) or revision.user,
        approved_at=now,
        document=document,
        comment=comment,
    )
    ApprovedProof.objects.bulk_create(
        ApprovedProof(approval=made, proof=job.proof, geometry=job.geometry, theme=job.theme, span=job.span)
        for job in jobs or ()
    )
    lifted = Withdrawal.objects.filter(item=made.item, province=province, lifted_at__isnull=True).update(lifted_at=now)
    if lifted:
        announce_withdrawals([province.pk], [made.item_key])
    announce_approvals([province.pk], [made.item_key])
    record(
        "approval.approve",
        made,
        user=by,
        province=province.code,
        reason=comment,
        item=made.item,
        revision=revision.pk,
        document=document,
        proofs=sorted(job.proof_id for job in jobs or ()),
        submitted_by=str(made.submitted_by),
    )
    return made


def _mark_revoked(approval: Approval, *, by: Any, reason: str) -> None:
    approval.revoked_at = clock.now()
    approval.revoked_by = by if getattr(by, "pk", None) else None
    approval.revoked_reason = reason
    approval.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])


@transaction.atomic
def revoke(approval: Approval, *, by: Any, reason: str) -> None:
    """Take an approval back: the next schedule no longer holds it. Nothing happens to one that is revoked already."""
    current = Approval.objects.select_for_update().select_related("province").get(pk=approval.pk)
    if current.revoked_at is not None:
        return
    _mark_revoked(current, by=by, reason=reason)
    announce_approvals([current.province_id], [current.item_key])
    record("approval.revoke", current, user=by, province=current.province.code, reason=reason, item=current.item)


@transaction.atomic
def withdraw(
    page: ItemPage, *, province: Province, by: Any, reason: str, all_languages: bool = True
) -> list[Withdrawal]:
    """Take an item off every screen of a province at once, in all its languages unless told otherwise, and revoke its
    approvals. The national level withdraws its items everywhere. Only a new approval brings it back. Raises
    `ApprovalRefused` when this person may not, or no reason is given."""
    if not has_role(by, province.code, "approver", "operator"):
        raise ApprovalRefused(
            _("Only an approver or an operator of %(province)s can withdraw this.") % {"province": province}, final=True
        )
    if not reason.strip():
        raise ApprovalRefused(_("Give the reason for withdrawing this item."))
    return _withdraw(page, province=province, by=by, reason=reason.strip(), all_languages=all_languages)


def _withdraw(page: ItemPage, *, province: Province, by: Any, reason: str, all_languages: bool) -> list[Withdrawal]:
    versions = ItemPage.objects.filter(translation_key=page.translation_key).select_related("locale")
    list(versions.select_for_update(of=("self",)).order_by("pk"))  # `approve` waits, or is waited for
    ids = {one.item_id: one.title for one in versions} if all_languages else {page.item_id: page.title}
    records = Approval.objects.filter(item__in=ids)
    everywhere = province.national and page.province == province
    if not everywhere:
        records = records.filter(province=province)
    made: list[Withdrawal] = []
    now = clock.now()
    for where in Province.objects.filter(Q(pk=province.pk) | Q(pk__in=records.values("province"))):
        for item, title in sorted(ids.items()):
            of_item = records.filter(item=item, province=where)
            if (
                not of_item.exists()
                or Withdrawal.objects.filter(item=item, province=where, lifted_at__isnull=True).exists()
            ):
                continue
            proofs = sorted(set(of_item.values_list("approved_proofs__proof", flat=True)) - {None})
            by_whom = by if getattr(by, "pk", None) else None
            made.append(
                Withdrawal.objects.create(
                    item=item, title=title, proofs=proofs, province=where, at=now, by=by_whom, reason=reason
                )
            )
            for approval in of_item.filter(revoked_at__isnull=True):
                _mark_revoked(approval, by=by, reason=reason)
    if made:
        announce_withdrawals({one.province_id for one in made}, [page.translation_key])
        announce_approvals({one.province_id for one in made}, [page.translation_key])
        for one in made:
            record("item.withdraw", one, user=by, province=one.province.code, reason=reason, item=one.item)
    return made


@transaction.atomic
def revoke_all(page: ItemPage, *, by: Any, reason: str) -> None:
    """The page is gone from Wagtail (unpublished, expired, deleted): withdraw this language version wherever it airs."""
    for approval in _in_force(page).select_related("province"):
        _withdraw(page, province=approval.province, by=by, reason=reason, all_languages=False)


def withdrawn_ids(cluster: Cluster) -> list[str]:
    """What the players of a cluster must not show: item translations that are withdrawn, and, after a new approval, the
    proofs that were withdrawn with the old one (a schedule still in force may hold them) unless they are approved again."""
    items: set[str] = set()
    proofs: set[str] = set()
    recent = Withdrawal.objects.filter(province=cluster.province_id).filter(
        Q(lifted_at__isnull=True) | Q(lifted_at__gt=clock.now() - HORIZON)
    )
    for item, old, lifted in recent.values_list("item", "proofs", "lifted_at"):
        if lifted is None:
            items.add(item)
        else:
            proofs.update(old)
    if proofs:
        proofs -= set(
            ApprovedProof.objects.filter(
                approval__province=cluster.province_id, approval__revoked_at__isnull=True, proof__in=proofs
            ).values_list("proof", flat=True)
        )
    return sorted(items | proofs)


def appraise(task: AppraisalTask, task_state: TaskState, user: Any, action_name: str, comment: str = "") -> None:
    """An appraiser's decision in the workflow. Raises `ApprovalRefused`."""
    _still_open(task_state)
    page = task_state.revision.content_object
    if not any(name == action_name for name, _label, _modal in task.get_actions(page, user)):
        raise ApprovalRefused(_("Only an appraiser who did not submit the item can appraise it."), final=True)
    _finish(page, task_state, user, action_name, comment, "appraisal")


def decide(
    task: ApprovalTask,
    task_state: TaskState,
    user: Any,
    action_name: str,
    comment: str = "",
    document: str = "",
    confirmed: bool = False,
    seen: str = "",
) -> None:
    """An approver's decision in the workflow; publishing in Wagtail is a by-product. Raises `ApprovalRefused`."""
    _still_open(task_state)
    page = task_state.revision.content_object
    if action_name == "approve":
        if not confirmed:
            raise ApprovalRefused(_("Confirm that you have looked at the pictures."))
        approve(
            page,
            task_state.revision,
            province=page.province,
            by=user,
            submitted_by=task_state.workflow_state.requested_by,
            document=document,
            comment=comment,
            seen=seen.split(","),
        )
    elif not task.get_actions(page, user):
        raise ApprovalRefused(_("Only an approver who did not submit the item can return it."), final=True)
    _finish(page, task_state, user, action_name, comment, "approval")


def _still_open(task_state: TaskState) -> None:
    """Nobody has decided since this state was read; nobody else can until this transaction ends."""
    now = TaskState.objects.select_for_update().values_list("status", flat=True).get(pk=task_state.pk)
    if now != TaskState.STATUS_IN_PROGRESS:
        raise ApprovalRefused(_("Somebody else has decided in the meantime."))


def _finish(page: ItemPage, task_state: TaskState, user: Any, action_name: str, comment: str, step: str) -> None:
    if action_name == "approve":
        if step == "appraisal":
            record(
                "appraisal.pass", page.title, user=user, province=page.province.code, reason=comment, item=page.item_id
            )
        task_state.approve(user=user, comment=comment)
    elif action_name == "reject":
        record(f"{step}.return", page.title, user=user, province=page.province.code, reason=comment, item=page.item_id)
        task_state.reject(user=user, comment=comment)
