"""What may air: approvals with the proofs they name, approved themes, withdrawals; the steps that lead there and their record lie
in `steps.py` and `decisions.py`."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from cms.approval.decisions import Deadline, Decision, Delegation
from cms.approval.remarks import Answer, Remark
from cms.approval.steps import AppraisalTask, ApprovalTask, Way
from cms.content.models import ItemPage, Proof
from cms.places.models import Province

__all__ = [
    "Answer",
    "AppraisalTask",
    "Approval",
    "ApprovalTask",
    "ApprovedProof",
    "Deadline",
    "Decision",
    "Delegation",
    "Remark",
    "ThemeApproval",
    "Way",
    "Withdrawal",
]


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
    streams = models.JSONField(
        default=list, help_text="live streams that the approver named: address and who answers for what it sends"
    )
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    document = models.CharField(_("document"), max_length=200, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    exceptional = models.BooleanField(default=False, help_text="by an administrator, against the rule of four eyes")
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

    @classmethod
    def of(cls, page: ItemPage, revision: Revision, province: Province) -> Approval:
        """What an approval of this revision would be, not saved, by nobody yet."""
        draft = revision.as_object()
        return cls(
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
        )


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
