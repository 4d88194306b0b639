"""What is on record of an item's way: every decision with its evidence, who decides for whom, and by when."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _
from wagtail.models import TaskState, WorkflowState

from cms.content.models import ItemPage
from cms.places.models import Province


@deconstructible(path="cms.approval.decisions.PrivateStorage")
class PrivateStorage(FileSystemStorage):
    """`BANGTIN_DATA/decisions`: files without an address of their own; a page that asks who is there hands them out."""

    @property
    def base_location(self) -> Path:
        return Path(settings.DATA) / "decisions"

    @property
    def location(self) -> str:
        return str(self.base_location)

    def url(self, name: str | None) -> str:
        raise ValueError("A private file has no address.")


def _place(decision: Decision, filename: str) -> str:
    """A name that nobody chose; the ending was checked with the content."""
    return f"{uuid.uuid4().hex}{Path(filename).suffix.lower()}"


class Decision(models.Model):
    """One step of an item's way as it was taken: kept for good, whatever becomes of the page."""

    class Kind(models.TextChoices):
        SUBMISSION = "submission", _("Submitted")
        APPRAISAL = "appraisal", _("Appraised and passed on")
        RETURN = "return", _("Returned for changes")
        APPROVAL = "approval", _("Approved")
        EXCEPTION = "exception", _("Approved by exception")

    kind = models.CharField(_("decision"), max_length=12, choices=Kind.choices)
    page = models.ForeignKey(ItemPage, null=True, on_delete=models.SET_NULL, related_name="decisions")
    item = models.CharField(max_length=80, db_index=True, help_text="item_id of the page, kept when it is deleted")
    title = models.CharField(max_length=255)
    revision = models.PositiveBigIntegerField(null=True)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="decisions")
    workflow_state = models.ForeignKey(WorkflowState, null=True, on_delete=models.SET_NULL, related_name="decisions")
    task_state = models.ForeignKey(TaskState, null=True, on_delete=models.SET_NULL, related_name="decisions")
    approval = models.OneToOneField("approval.Approval", null=True, on_delete=models.SET_NULL, related_name="decision")
    step = models.CharField(max_length=60, blank=True, help_text="code of the step")
    step_name = models.JSONField(default=dict, help_text="by language code")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    document = models.CharField(_("document"), max_length=200, blank=True)
    document_date = models.DateField(null=True)
    file = models.FileField(storage=PrivateStorage(), upload_to=_place, blank=True, max_length=120)
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    sudden = models.BooleanField(default=False)
    directing_document = models.CharField(max_length=200, blank=True)
    directing_file = models.FileField(storage=PrivateStorage(), upload_to=_place, blank=True, max_length=120)
    directing_file_name = models.CharField(max_length=200, blank=True)
    directing_file_sha256 = models.CharField(max_length=64, blank=True)
    checklist = models.JSONField(default=list, help_text="what was ticked: code, text by language, clause")
    comment = models.TextField(_("comment"), blank=True)
    proofs = models.JSONField(default=list, help_text="SHA-256 of the proofs that it was about")

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only new rows, and only the links to what is deleted change."""
        if self.pk is not None:
            raise ValueError("A decision is on record; take another one.")
        super().save(*args, **kwargs)

    @property
    def step_words(self) -> str:
        from cms.approval.steps import in_words

        return in_words(self.step_name)

    @property
    def ticked(self) -> list[str]:
        """What was ticked, in the reader's language, with its clause."""
        from cms.approval.steps import Check, in_words

        return [str(Check(one["code"], in_words(one["text"]), one["clause"])) for one in self.checklist]


class Delegation(models.Model):
    """Somebody decides for an appraiser or approver of the same province, for a period, both days included."""

    class Role(models.TextChoices):
        APPRAISER = "appraiser", _("Appraisal")
        APPROVER = "approver", _("Approval")

    province = models.ForeignKey(
        Province, on_delete=models.CASCADE, related_name="delegations", verbose_name=_("province")
    )
    role = models.CharField(_("what is delegated"), max_length=12, choices=Role.choices)
    delegator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("on behalf of")
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person")
    )
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"))
    document = models.CharField(_("document"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-valid_from", "-id"]

    def __str__(self) -> str:
        return f"{self.delegator} → {self.delegate}"


class Deadline(models.Model):
    """The last day of a step in time, a local one."""

    task_state = models.OneToOneField(TaskState, on_delete=models.CASCADE, related_name="deadline")
    due = models.DateField(db_index=True)
    reminded_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.due:%d/%m/%Y}"
