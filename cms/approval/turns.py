"""Whose turn a step is, and the letter that tells them when it begins. Wagtail would write to everybody in the group of the province,
also to those of other organisations and to who wrote the item, and lead them past our page."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.mail import GroupApprovalTaskStateSubmissionEmailNotifier
from wagtail.models import TaskState
from wagtail.signals import task_submitted
from wagtail.users.models import UserProfile

from cms.accounts.models import User
from cms.approval.decisions import Delegation
from cms.approval.letters import send
from cms.approval.steps import StepTask
from cms.content.models import ItemPage

WAGTAILS = "group_approval_task_submitted_email_notification"
"""The name under which Wagtail connects its own letter (`wagtail.admin.signal_handlers`)."""


def whose_turn(step: StepTask, page: ItemPage) -> list[Any]:
    """Those who may take a step of an item today: of the step's group, and who stands in for one of them."""
    delegates = Delegation.objects.filter(
        province__code=step.province_code, role=step.role, ended_at__isnull=True
    ).values("delegate")
    people = User.objects.filter(groups__in=step.groups.all()) | User.objects.filter(pk__in=delegates)
    return [one for one in people.filter(is_active=True).distinct().order_by("pk") if step.get_actions(page, one)]


class OtherTasks(GroupApprovalTaskStateSubmissionEmailNotifier):
    """Wagtail's letter, about tasks that are no steps of ours."""

    def can_handle(self, instance: TaskState, **kwargs: Any) -> bool:
        return super().can_handle(instance, **kwargs) and not isinstance(instance.task.specific, StepTask)


_other_tasks = OtherTasks()


def connect() -> None:
    """Called once, when the app is ready."""
    # Under Wagtail's own name: if it comes to connect its letter later, this place is taken.
    task_submitted.disconnect(sender=TaskState, dispatch_uid=WAGTAILS)
    task_submitted.connect(_other_tasks, sender=TaskState, dispatch_uid=WAGTAILS)
    task_submitted.connect(_begun, sender=TaskState, dispatch_uid="approval.turns")


def _begun(instance: TaskState, user: Any = None, **kwargs: Any) -> None:
    """Once the step is kept: nobody waits for the mail server while the database is held, and no letter tells what did not happen."""
    if isinstance(instance.task.specific, StepTask):
        transaction.on_commit(partial(_tell, instance.pk, getattr(user, "pk", None)), robust=True)


def _tell(task_state: int, by: int | None) -> None:
    state = TaskState.objects.select_related("task", "revision", "deadline").filter(pk=task_state).first()
    page = ItemPage.objects.filter(pk=state.revision.object_id).first() if state is not None else None
    if state is None or page is None or state.status != TaskState.STATUS_IN_PROGRESS:
        return
    step: Any = state.task.specific
    people = [one for one in whose_turn(step, page) if one.pk != by and _wants(one)]
    send(people, lambda person: _letter(page, step, getattr(state, "deadline", None)))


def _wants(person: Any) -> bool:
    """Whether a person's own settings ask for letters about what was submitted."""
    return bool(UserProfile.get_for_user(person).submitted_notifications)


def _letter(page: ItemPage, step: StepTask, deadline: Any) -> tuple[str, str]:
    facts = {
        "item": page.draft_title or page.title,
        "step": step.words,
        "province": page.province,
        "address": f"{settings.WAGTAILADMIN_BASE_URL}{reverse('approval:review', args=[page.pk])}",
    }
    text = _("An item waits for your decision.\n\nItem: %(item)s\nProvince: %(province)s\nStep: %(step)s") % facts
    if deadline is not None:
        text += "\n" + _("To be taken by: %(day)s") % {"day": deadline.due.strftime("%d/%m/%Y")}
    return _("Waits for you: %(item)s") % facts, f"{text}\n\n{_('Look and decide')}:\n{facts['address']}"
