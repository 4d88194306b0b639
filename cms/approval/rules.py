"""What stands in the way of an approval: the persons (four eyes, powers on the day), and the matter (proofs, versions, streams)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from wagtail.models import Revision

from cms.accounts.models import Role
from cms.accounts.services import has_role, has_second_factor
from cms.approval import streams as live
from cms.approval.hands import Hands, hands_of, hands_on_record
from cms.approval.models import Approval, ApprovalTask, Way
from cms.approval.powers import Taker, taker_of
from cms.content.models import ItemPage
from cms.content.proofs import missing, ready_jobs
from cms.content.services import untranslated
from cms.places.models import Province


class ApprovalRefused(PermissionDenied):
    """The decision cannot be taken. `str()` says why and what to do, in the reader's language. `final`: this person will
    never be able to take it for this revision (wrong role, submitter, last editor)."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


def approving(page: ItemPage, province: Province) -> tuple[str, ...]:
    """Codes of the organisations that approve an item for a province: those of the step that it waits at; where it waits at none, or
    comes from the national level, those of the way that it would take there."""
    from cms.approval.workflow import way_for, ways_of

    task = page.current_workflow_task if province == page.province else None
    if isinstance(task, ApprovalTask):
        return task.organisations
    ways = list(ways_of(province))
    way = way_for(page, ways) if province == page.province else next((one for one in ways if not one.sources), None)
    last = ApprovalTask.objects.filter(workflow_tasks__workflow=way.workflow_id).first() if way else None
    return last.organisations if last is not None else ()


def approver_of(page: ItemPage, province: Province, by: Any) -> Taker | None:
    """How this person may approve an item for a province today; None when they may not."""
    return taker_of(by, province.code, Role.APPROVER, approving(page, province))


def refusal(
    page: ItemPage,
    revision: Revision | None,
    *,
    province: Province,
    by: Any,
    submitted_by: Any = None,
    appraised_by: Any = None,
    hands: Hands | None = None,
) -> ApprovalRefused | None:
    """Why this person cannot approve this revision for this province now; None when nothing stands in the way. `hands`: who had one in
    it, where that is known already."""
    taker = approver_of(page, province, by)
    if taker is None:
        return _no_power(page, province, by)
    if revision is None or str(revision.object_id) != str(page.pk):
        return ApprovalRefused(_("This version does not belong to the item. Save the item again."))
    known = hands or hands_for(page, revision, province, submitted_by=submitted_by, appraised_by=appraised_by)
    own = province == page.province
    return against_person(known, by, taker, appraisal=own) or against_matter(page, revision, province)


def hands_for(
    page: ItemPage, revision: Revision, province: Province, *, submitted_by: Any = None, appraised_by: Any = None
) -> Hands:
    """Who had a hand in a revision that a province decides about: in its own items on their present way; in a national one those
    who had one when it was approved there."""
    taken_over = None
    if province != page.province and submitted_by is None and appraised_by is None:
        taken_over = in_force(page, page.province).filter(revision=revision.pk).select_related("submitted_by").first()
    if taken_over is not None:
        return hands_on_record(taken_over)
    return hands_of(page, revision, submitted_by=submitted_by, appraised_by=appraised_by)


def _no_power(page: ItemPage, province: Province, by: Any) -> ApprovalRefused:
    if not has_role(by, province.code, Role.APPROVER):
        said = _("Only an approver of %(province)s can approve this.") % {"province": province}
    else:
        said = _(
            "Only the people of the organisation that approves in %(province)s today can approve this. An administrator enters who "
            "belongs to it, from when until when."
        ) % {"province": province}
    return ApprovalRefused(said, final=True)


def against_person(hands: Hands, by: Any, taker: Taker, *, appraisal: bool) -> ApprovalRefused | None:
    """Four eyes: nobody approves what they, or whom they represent, submitted, wrote last or appraised, for whichever province; and,
    in the item's own (`appraisal`), nobody what was not appraised by somebody else."""
    persons = taker.persons(by)
    if persons & hands.writers:
        return ApprovalRefused(
            _("Whoever submitted or last edited an item cannot approve it. Ask another approver."), final=True
        )
    if not hands.submitters:
        return ApprovalRefused(_("It is not known who submitted this item. Submit it again."))
    if appraisal and (not hands.appraised or hands.appraisers & hands.writers):
        return ApprovalRefused(
            _("This version was not appraised by somebody who did not write it. Return it, and submit it again.")
        )
    if persons & hands.appraisers:
        return ApprovalRefused(
            _("Whoever appraised an item cannot approve it as well. Ask another approver."), final=True
        )
    if taker.on_behalf_of is not None and not has_second_factor(by):
        return ApprovalRefused(
            _("You approve on behalf of somebody else: first set up your second factor, under Account, Security.")
        )
    return None


def against_matter(page: ItemPage, revision: Revision, province: Province) -> ApprovalRefused | None:
    """What nobody can approve, whoever they are."""
    if page.alias_of_id is not None:
        return ApprovalRefused(_("This page only mirrors another one. Approve the original."))
    own = province == page.province
    told = _against_draft(page, revision) if own else _against_national(page, revision)
    if told is not None:
        return told
    jobs = ready_jobs(page, revision, None if own else province)
    if jobs is None:
        return ApprovalRefused(_not_ready(page, revision, None if own else province))
    said = live.against(live.of_jobs(jobs, province))
    return ApprovalRefused(said) if said else None


def _against_draft(page: ItemPage, revision: Revision) -> ApprovalRefused | None:
    """An item's own province approves its latest draft alone."""
    latest = ItemPage.objects.filter(pk=page.pk).values_list("latest_revision", flat=True).first()
    if latest != revision.pk:
        return ApprovalRefused(_("A newer draft was saved. Look at its proofs, then approve that one."))
    if untranslated(page):
        return ApprovalRefused(_("Some passages are not translated yet. Return it for changes."))
    if strayed(page):
        return ApprovalRefused(
            _(
                "Since it was submitted, the item says another source, or whether it is sudden: it goes another way now. Return it."
            )
        )
    return None


def _against_national(page: ItemPage, revision: Revision) -> ApprovalRefused | None:
    """Other provinces take over what the national level approved, whatever is being written there meanwhile."""
    home = page.province
    if not home.national:
        return ApprovalRefused(_("This item belongs to %(province)s.") % {"province": home}, final=True)
    if not in_force(page, home).filter(revision=revision.pk).exists():
        return ApprovalRefused(_("The national level has not approved this version yet."))
    return None


def strayed(page: ItemPage) -> bool:
    """Whether an item is on another way than its present draft would be sent. A newer version of the same way does not count."""
    from cms.approval.workflow import way_for

    state = page.current_workflow_state
    if state is None:
        return False
    on = Way.objects.filter(workflow=state.workflow_id).values_list("code", flat=True).first()
    wanted = way_for(page) if on is not None else None
    return wanted is not None and wanted.code != on


def _not_ready(page: ItemPage, revision: Revision, province: Province | None) -> str:
    clusters = dict.fromkeys(one.name for target in missing(page, revision, province) for one in target.clusters)
    if not clusters:
        return _("There is no proof to approve: the item needs a card and a cluster with faces.")
    return _("Proofs are not ready for: %(clusters)s. Wait until they are drawn, or correct what failed.") % {
        "clusters": ", ".join(clusters)
    }


def in_force(page: ItemPage, province: Province | None = None) -> Any:
    """The approvals of an item in force, everywhere or in one province."""
    found = Approval.objects.filter(item=page.item_id, revoked_at__isnull=True)
    return found if province is None else found.filter(province=province)
