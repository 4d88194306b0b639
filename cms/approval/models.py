"""What may air: approvals with the proofs they name, approved themes, withdrawals, and the workflow tasks that make them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.models import GroupApprovalTask, Page, TaskState

from cms.content.models import ItemPage, Proof
from cms.places.models import Province

Actions = list[tuple[str, str, bool]]


def submitter_of(page: Page) -> Any:
    """Who sent the item on its present way through the workflow; None outside of one."""
    state = page.current_workflow_state
    return state.requested_by if state is not None else None


class AppraisalTask(GroupApprovalTask):
    """Appraisal: checks the content before it goes to approval (CB 7.1). Whoever submitted cannot appraise."""

    def get_actions(self, obj: Page, user: Any) -> Actions:
        if not super().get_actions(obj, user) or submitter_of(obj) == user:
            return []
        return [
            ("reject", _now("Return for changes"), True),
            ("approve", _now("Appraised, pass on for approval"), True),
        ]

    def get_template_for_action(self, action: str) -> str:
        return "approval/action_modal.html"

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        from cms.approval.services import appraise

        appraise(self, task_state, user, action_name, **kwargs)

    @classmethod
    def get_description(cls) -> str:
        return str(_("The appraisers of a province check an item's content."))

    class Meta:
        verbose_name = _("appraisal task")
        verbose_name_plural = _("appraisal tasks")


class ApprovalTask(GroupApprovalTask):
    """Approval: puts the proofs, pixel by pixel, on record. Whoever submitted or edited last cannot approve, and nobody edits
    while it lasts: what is approved is what was seen."""

    def locked_for_user(self, obj: Page, user: Any) -> bool:
        return True

    def get_actions(self, obj: Page, user: Any) -> Actions:
        from cms.approval.services import refusal

        if not super().get_actions(obj, user):
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

        return ApprovalForm if action == "approve" else super().get_form_for_action(action)

    def get_template_for_action(self, action: str) -> str:
        return "approval/action_modal.html"

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        from cms.approval.services import decide

        decide(self, task_state, user, action_name, **kwargs)

    @classmethod
    def get_description(cls) -> str:
        return str(_("The approvers of a province put an item's proofs on record."))

    class Meta:
        verbose_name = _("approval task")
        verbose_name_plural = _("approval tasks")


class Approval(models.Model):
    """A translation of an item may air in a province with exactly these proofs, until revoked."""

    page = models.ForeignKey(ItemPage, null=True, on_delete=models.SET_NULL, related_name="approvals")
    item = models.CharField(
        max_length=80, db_index=True, help_text="item_id of the page, kept when the page is deleted"
    )
    item_key = models.UUIDField(db_index=True)
    title = models.CharField(max_length=255)
    language = models.CharField(max_length=20)
    revision = models.PositiveBigIntegerField()
    valid_from = models.DateField(
        null=True, blank=True, help_text="of the approved revision; a later draft changes nothing"
    )
    valid_until = models.DateField(null=True, blank=True)
    clusters = models.JSONField(default=list, help_text="slugs of the chosen clusters; empty: all of the province")
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="approvals")
    proofs = models.ManyToManyField(Proof, through="ApprovedProof", related_name="approvals")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    document = models.CharField(_("document"), max_length=200, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, db_index=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-approved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "province"], condition=models.Q(revoked_at__isnull=True), name="one_approval_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


class ApprovedProof(models.Model):
    """One of an approval's proofs and the geometry it is for."""

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="approved_proofs")
    proof = models.ForeignKey(Proof, on_delete=models.PROTECT, related_name="+")
    geometry = models.CharField(max_length=64)
    theme = models.CharField(max_length=40)
    span = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.proof_id[:12]} {self.geometry[:8]}"


class ThemeApproval(models.Model):
    """A theme's own pictures (fallback scenes) that an administrator allowed on the screens: their hashes, by geometry."""

    theme = models.CharField(max_length=40)
    geometry = models.CharField(max_length=64)
    scene = models.JSONField(help_text="the fallback scene as JSON of plugin_api.types.Scene")
    assets = models.JSONField(default=list)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("approved theme")
        verbose_name_plural = _("approved themes")
        ordering = ["-approved_at"]

    def __str__(self) -> str:
        return f"{self.theme} {self.geometry[:8]}"


class Withdrawal(models.Model):
    """An item translation taken off every screen at once; its proofs stay off until they are approved anew."""

    item = models.CharField(max_length=80, db_index=True)
    title = models.CharField(max_length=255)
    proofs = models.JSONField(default=list)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="withdrawals")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.title
