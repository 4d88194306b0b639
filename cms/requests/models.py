"""Content requests (CB 14.2): what a unit asks to be shown, its files, its thread, and the personal links of senders without an account."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cms.content.models import Clip, ItemPage, Picture
from cms.places.models import Cluster, Organisation, Province
from cms.requests.states import OPEN, SHAPES, State
from cms.requests.storage import PrivateStorage


class Series(models.Model):
    """The last number given in a province and year. Locked while a request is stored, so numbers neither repeat nor leave gaps."""

    province = models.ForeignKey(Province, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["province", "year"], name="one_series_per_province_and_year")]

    def __str__(self) -> str:
        return f"{self.province_id} {self.year}: {self.last}"


class SenderLink(models.Model):
    """A personal address for somebody without an account. Whoever has it sends in the organisation's name until it expires or is revoked."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="sender_links", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("Who answers for what is sent through the link."))
    email = models.EmailField(_("e-mail"), help_text=_("The link and news of the requests are sent here."))
    nonce = models.CharField(max_length=32, unique=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("sender's link")
        verbose_name_plural = _("senders' links")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} – {self.organisation}"


class ContentRequest(models.Model):
    """What an organisation asks to be shown. `version` counts the decisions on it, so that of two editors at once one is told."""

    class Kind(models.TextChoices):
        EVENT = "event", _("An event")
        NOTICE = "notice", _("A notice")
        OTHER = "other", _("Something else")

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(_("number"), max_length=40, help_text="of the province, e.g. CB-2026-0001")
    draft = models.UUIDField(
        unique=True, help_text="of the form that it came from: the same form sent twice is one request"
    )
    wagtail_reference_index_ignore = True  # "used in" of the library speaks of items

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="content_requests", verbose_name=_("organisation")
    )
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="content_requests"
    )
    link = models.ForeignKey(SenderLink, null=True, on_delete=models.SET_NULL, related_name="content_requests")
    sender_name = models.CharField(_("sender"), max_length=150)
    email = models.EmailField(_("e-mail"))
    phone = models.CharField(_("telephone"), max_length=30, blank=True)

    kind = models.CharField(_("what it is"), max_length=10, choices=Kind.choices, default=Kind.EVENT)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    wished_from = models.DateField(_("show from"), null=True, blank=True)
    wished_until = models.DateField(_("show until"), null=True, blank=True)
    fixed = models.BooleanField(_("the dates are fixed"), default=False)
    clusters = models.ManyToManyField(Cluster, blank=True, related_name="+", verbose_name=_("gates"))
    languages = models.JSONField(_("languages"), default=list)
    letter_number = models.CharField(_("number of the letter"), max_length=60, blank=True)
    letter_date = models.DateField(_("date of the letter"), null=True, blank=True)

    declared_at = models.DateTimeField()
    declaration = models.CharField(max_length=20, help_text="version of the words that the sender confirmed")
    declaration_text = models.TextField(help_text="those words, as they stood on the form")

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RECEIVED, db_index=True)
    version = models.PositiveIntegerField(default=1)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    item = models.ForeignKey(ItemPage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    item_key = models.UUIDField(null=True, blank=True, db_index=True, help_text="translation key of the item")
    making_since = models.DateTimeField(null=True, blank=True, help_text="somebody is making its item")
    sent_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("content request")
        verbose_name_plural = _("content requests")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["province", "year", "serial"], name="one_request_per_number"),
            models.CheckConstraint(
                condition=Q(wished_from=None) | Q(wished_until=None) | Q(wished_until__gte=models.F("wished_from")),
                name="requested_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """Its page for editors."""
        return reverse("content_requests:detail", args=[self.pk])

    @property
    def shape(self) -> str:
        return SHAPES[State(self.state)]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class Entry(models.Model):
    """A line of a request's thread. `STATE` lines are written by the system with each change; the others by people."""

    class Kind(models.TextChoices):
        STATE = "state", _("New state")
        QUESTION = "question", _("Question to the sender")
        REPLY = "reply", _("Reply of the sender")

    request = models.ForeignKey(ContentRequest, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, blank=True)
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    mail_due = models.BooleanField(default=False, db_index=True, help_text="a message about it has yet to be sent")

    class Meta:
        verbose_name = _("entry of a request")
        verbose_name_plural = _("entries of requests")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind} {self.state}"


def _stored(instance: RequestFile, name: str) -> str:
    return f"{instance.draft}/{uuid.uuid4().hex}{Path(name).suffix}"


class RequestFile(models.Model):
    """A file that a sender handed in: the original as it came, checked, and a picture of ours that shows what is in it. Until the
    request is sent, it belongs to a form (`draft`) of one sender (`owner`, see `senders.Sender.key`)."""

    class Kind(models.TextChoices):
        PICTURE = "picture", _("Picture")
        PDF = "pdf", "PDF"
        WORD = "word", "Word"
        VIDEO = "video", _("Video")

    wagtail_reference_index_ignore = True

    request = models.ForeignKey(ContentRequest, null=True, on_delete=models.CASCADE, related_name="files")
    draft = models.UUIDField(db_index=True)
    owner = models.CharField(max_length=40)
    letter = models.BooleanField(_("scan of the letter"), default=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=160, help_text="as the sender called it")
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=PrivateStorage(), upload_to=_stored, max_length=200)
    preview = models.FileField(storage=PrivateStorage(), upload_to=_stored, max_length=200, blank=True)
    at = models.DateTimeField()
    picture = models.ForeignKey(Picture, null=True, on_delete=models.SET_NULL, related_name="+")
    clip = models.ForeignKey(Clip, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("file of a request")
        verbose_name_plural = _("files of requests")
        ordering = ["-letter", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "owner", "sha256", "letter"], name="one_file_of_a_content_in_a_form"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """With its bytes."""
        stored = [one for one in (self.file, self.preview) if one]
        done = super().delete(*args, **kwargs)
        for one in stored:
            one.storage.delete(str(one.name))
        return done
