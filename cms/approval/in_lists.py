"""What lists of items ask of the database: the states of `standing.states` as conditions, and decisions on many items at once."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page, WorkflowState

from cms.approval.models import Approval, ApprovalTask, Withdrawal
from cms.approval.services import ApprovalRefused, withdraw
from cms.approval.standing import may_withdraw
from cms.approval.workflow import submit
from cms.content import listing_bulk, states
from cms.content.listing_bulk import Act, Chosen
from cms.content.models import ItemPage


def where(code: str) -> Q:
    """Items in a state, as `standing.states` says it: on the way comes before approved, approved before withdrawn."""
    approved, latest = Exists(_in_force()), Exists(_in_force().filter(revision=OuterRef("latest_revision_id")))
    conditions = {
        "appraisal": Q(pk__in=_under_way(final=False)),
        "approval": Q(pk__in=_under_way(final=True)),
        "approved": Q(approved) & ~Q(pk__in=_under_way()),
        "withdrawn": Q(Exists(_withdrawn())) & ~Q(approved) & ~Q(pk__in=_under_way()),
        "edited": Q(approved) & ~Q(latest),
        "settled": Q(latest) & ~Q(pk__in=_under_way()),
    }
    return conditions.get(code, Q(pk__in=[]))


def _records() -> QuerySet[Approval]:
    return Approval.objects.filter(item_key=OuterRef("translation_key"), language=OuterRef("locale__language_code"))


def _in_force() -> QuerySet[Approval]:
    return _records().filter(revoked_at__isnull=True)


def _withdrawn() -> QuerySet[Approval]:
    return _records().filter(item__in=Withdrawal.objects.filter(lifted_at__isnull=True).values("item"))


def _under_way(final: bool | None = None) -> QuerySet[WorkflowState]:
    """Ids of the pages that wait for a decision: for the approval (`final`), for an appraisal, or for any."""
    running = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page), status=WorkflowState.STATUS_IN_PROGRESS
    )
    last = Q(current_task_state__task__in=ApprovalTask.objects.values("pk"))
    if final is not None:
        running = running.filter(last) if final else running.exclude(last)
    return running.annotate(of=Cast("object_id", BigIntegerField())).values("of")


def _submit(chosen: Chosen, user: Any, _value: Any) -> str:
    """Every language version that is a draft, or has a newer one than what is approved."""
    open_ones = [page for page, state in chosen.versions if state.code in ("draft", "withdrawn") or state.edited]
    if not open_ones:
        raise ApprovalRefused(_("There is no draft to submit: every version is on its way or approved."))
    for page in open_ones:
        submit(page, by=user)
    return _("Submitted for appraisal: %(languages)s.") % {"languages": _languages(open_ones)}


def _withdraw(chosen: Chosen, user: Any, reason: Any) -> str:
    made = withdraw(chosen.page, province=chosen.province, by=user, reason=str(reason or ""))
    if not made:
        raise ApprovalRefused(_("This item is not on the screens of %(province)s.") % {"province": chosen.province})
    return _("Withdrawn from the screens of %(province)s.") % {"province": chosen.province}


def _languages(pages: list[ItemPage]) -> str:
    return ", ".join(page.locale.language_code.upper() for page in pages)


SUBMIT = Act(
    "submit",
    gettext_lazy("Submit for appraisal"),
    gettext_lazy("Every language version of these items that is a draft goes to the appraisers."),
    _submit,
    allowed=lambda user, chosen: chosen.may_edit(user),
)
WITHDRAW = Act(
    "withdraw",
    gettext_lazy("Withdraw from the screens"),
    gettext_lazy(
        "These items leave every screen of the province at once, in all languages. Only a new approval brings them back."
    ),
    _withdraw,
    field="reason",
    danger=True,
    allowed=lambda user, chosen: may_withdraw(user, chosen.province),
)


def register() -> None:
    """Called once, when the app starts."""
    states.register_where(where)
    for act in (SUBMIT, WITHDRAW):
        listing_bulk.register(act)
