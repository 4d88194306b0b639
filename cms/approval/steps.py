"""Ways from draft to approval as Wagtail's workflows, and their steps as its tasks: who takes them, what they look at, by when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.models import GroupApprovalTask, Page, TaskState, Workflow, WorkflowState

from cms.places.models import Province

Actions = list[tuple[str, str, bool]]
APPRAISER, APPROVER = "appraiser", "approver"
"""Roles of people (`accounts.Role`) and kinds of roles of organisations (`OrganisationRole.Kind`) alike."""


def in_words(text: dict[str, str]) -> str:
    """A `plugin_api.types.Text` as JSON, in the reader's language."""
    return text.get("vi" if (get_language() or "vi").startswith("vi") else "en") or text.get("vi", "")


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at and tick, in the reader's language."""

    code: str
    text: str
    clause: str

    def __str__(self) -> str:
        return f"{self.text} ({self.clause})" if self.clause else self.text


class Way(models.Model):
    """A `plugin_api.types.WorkflowSpec` of a province as it was when its workflow was made. A plugin that says something else
    later gets a new one; what is on its way ends as it began."""

    province = models.ForeignKey(Province, on_delete=models.CASCADE, related_name="ways")
    code = models.SlugField(max_length=60)
    workflow = models.OneToOneField(Workflow, on_delete=models.CASCADE, related_name="way")
    name = models.JSONField(help_text="by language code")
    sources = models.JSONField(default=list, help_text="codes of organisations; empty: of all others")
    sudden = models.BooleanField(default=False)
    clause = models.CharField(max_length=40, blank=True)
    place = models.PositiveSmallIntegerField(default=0)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the specification")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("way to approval")
        verbose_name_plural = _("ways to approval")
        ordering = ["province", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "code"], condition=models.Q(retired_at__isnull=True), name="one_way_of_a_code"
            )
        ]

    def __str__(self) -> str:
        return in_words(self.name)


class StepTask(GroupApprovalTask):
    """A `plugin_api.types.StepSpec` of a province. `spec`: name and checklist by language, codes of organisations, days, clause."""

    role: ClassVar[str]
    province_code = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=60, blank=True)
    spec = models.JSONField(default=dict)

    class Meta:
        abstract = True

    @property
    def words(self) -> str:
        """The step's name in the reader's language."""
        return in_words(self.spec.get("name", {})) or self.name

    @property
    def organisations(self) -> tuple[str, ...]:
        return tuple(self.spec.get("organisations", ()))

    @property
    def checklist(self) -> list[Check]:
        return [Check(one["code"], in_words(one["text"]), one["clause"]) for one in self.spec.get("checklist", ())]

    @property
    def days(self) -> int:
        """Working days until it is late; 0 without a deadline."""
        return int(self.spec.get("days", 0))

    def start(self, workflow_state: WorkflowState, user: Any = None) -> TaskState:
        """Whoever begins or resumes a way has submitted. What was edited since an earlier step is appraised there first: Wagtail
        resumes at the step that returned it."""
        from cms.approval.deadlines import set_deadline
        from cms.approval.hands import first_open, note_submission

        if workflow_state.current_task_state is None:
            note_submission(workflow_state, user)
        earlier = first_open(workflow_state, self)
        if earlier is not None:
            return earlier._begin(workflow_state, user, set_deadline)
        return self._begin(workflow_state, user, set_deadline)

    def _begin(self, workflow_state: WorkflowState, user: Any, set_deadline: Any) -> TaskState:
        begun = super().start(workflow_state, user=user)
        set_deadline(self, begun)
        return begun

    def taker(self, user: Any) -> Any:
        """How a person may take this step today (`powers.Taker`); None when they may not."""
        from cms.approval.powers import taker_of

        return taker_of(user, self.province_code, self.role, self.organisations)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        if self.taker(user) is None:
            return TaskState.objects.none()
        return self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)

    def get_template_for_action(self, action: str) -> str:
        return "approval/action_modal.html"


class AppraisalTask(StepTask):
    """Appraisal: checks the content before it goes on (CB 7.1). Whoever submitted cannot appraise; whoever edited last, or passed
    this version on at an earlier step, can only return it."""

    role = APPRAISER

    def get_actions(self, obj: Page, user: Any) -> Actions:
        from cms.approval.hands import appraisers_of, editor_of, submitters_of

        taker = self.taker(user)
        if taker is None or taker.persons(user) & submitters_of(obj):
            return []
        actions = [("reject", _now("Return for changes"), True)]
        done = appraisers_of(obj.current_workflow_state, obj.latest_revision) | {editor_of(obj)}
        if not taker.persons(user) & done:
            actions.append(("approve", _now("Appraised, pass on for approval"), True))
        return actions

    def get_form_for_action(self, action: str) -> Any:
        from cms.approval.forms import AppraisalForm

        return partial(AppraisalForm, task=self) if action == "approve" else super().get_form_for_action(action)

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        from cms.approval.deciding import appraise

        appraise(self, task_state, user, action_name, **kwargs)

    @classmethod
    def get_description(cls) -> str:
        return str(_("The appraisers of a province check an item's content."))

    class Meta:
        verbose_name = _("appraisal task")
        verbose_name_plural = _("appraisal tasks")


class ApprovalTask(StepTask):
    """Approval: puts the proofs, pixel by pixel, on record. Whoever submitted, edited last or appraised cannot approve, and nobody
    edits while it lasts: what is approved is what was seen."""

    role = APPROVER

    def locked_for_user(self, obj: Page, user: Any) -> bool:
        return True

    def get_actions(self, obj: Page, user: Any) -> Actions:
        from cms.approval.rules import refusal

        if self.taker(user) is None:
            return []
        page = obj.specific
        told = refusal(page, page.latest_revision, province=page.province, by=user)
        if told is not None and told.final:
            return []
        actions = [("reject", _now("Return for changes"), True)]
        if told is None:
            actions.append(("approve", _now("Approve"), True))
        return actions

    def get_form_for_action(self, action: str) -> Any:
        from cms.approval.forms import ApprovalForm

        return partial(ApprovalForm, task=self) if action == "approve" else super().get_form_for_action(action)

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        from cms.approval.deciding import decide

        decide(self, task_state, user, action_name, **kwargs)

    @classmethod
    def get_description(cls) -> str:
        return str(_("The approvers of a province put an item's proofs on record."))

    class Meta:
        verbose_name = _("approval task")
        verbose_name_plural = _("approval tasks")
