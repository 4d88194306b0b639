"""What the library knows beside a file: the right to show it, where it is used, and the files that are still arriving."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms import clock

SOON_DAYS = 30
"""So long before its end a right is said to run out."""


def today() -> date:
    return timezone.localdate(clock.now())


class Rights(models.Model):
    """By what right a picture or clip is shown. Nothing stated is allowed, and said."""

    class Kind(models.TextChoices):
        OWN = "own", _("Own work")
        LICENSED = "licensed", _("Licensed for a time")
        PERMISSION = "permission", _("By permission of the owner")

    rights = models.CharField(
        _("right of use"),
        max_length=12,
        choices=Kind.choices,
        blank=True,
        help_text=_("By what right the screens may show it. Licensed for a time needs the last day."),
    )
    source = models.CharField(
        _("source"),
        max_length=200,
        blank=True,
        help_text=_("The unit, agency or person from whom the file comes."),
    )
    licence = models.CharField(
        _("number of the document"),
        max_length=100,
        blank=True,
        help_text=_("Of the licence, contract or letter of permission."),
    )
    rights_until = models.DateField(
        _("right ends after"),
        null=True,
        blank=True,
        help_text=_("The last day on which it may be shown. Afterwards no item with it can be submitted."),
    )

    class Meta:
        abstract = True

    def clean(self, *args: Any, **kwargs: Any) -> None:
        super().clean(*args, **kwargs)
        check_rights(self.rights, self.rights_until)

    @property
    def right(self) -> str:
        """`unstated`, `over` (its last day has passed), `soon` (within `SOON_DAYS`) or `fine`."""
        if self.rights_until is not None:
            left = (self.rights_until - today()).days
            return "over" if left < 0 else "soon" if left <= SOON_DAYS else "fine"
        return "fine" if self.rights else "unstated"

    @property
    def right_shape(self) -> str:
        return {"over": "■", "soon": "▲", "fine": "●", "unstated": "○"}[self.right]

    @property
    def right_said(self) -> str:
        """The same in words, with the day."""
        if self.rights_until is None:
            return str(self.get_rights_display()) if self.rights else str(_("Right not stated"))
        said = _("Right ended after %(day)s") if self.right == "over" else _("Right until %(day)s")
        return str(said) % {"day": self.rights_until.strftime("%d/%m/%Y")}


def check_rights(rights: str, until: date | None) -> None:
    """Raises ValidationError when what is said about a right contradicts itself."""
    if rights == Rights.Kind.LICENSED and until is None:
        raise ValidationError({"rights_until": _("Give the last day of the licence.")})
    if rights == Rights.Kind.OWN and until is not None:
        raise ValidationError(
            {"rights_until": _("Own work has no last day. Leave the day empty, or choose another right.")}
        )


def ending(days: int) -> models.Q:
    """The condition on media whose right ends within so many days, or has ended (days < 0)."""
    if days < 0:
        return models.Q(rights_until__lt=today())
    return models.Q(rights_until__gte=today(), rights_until__lte=today() + timedelta(days=days))


class MediaUse(models.Model):
    """A picture or clip in the latest draft of an item. (Wagtail's index knows only what was published.) A row without
    either says that the draft was looked through and has none."""

    page = models.ForeignKey("content.ItemPage", on_delete=models.CASCADE, related_name="media_uses")
    revision = models.ForeignKey("wagtailcore.Revision", on_delete=models.CASCADE, related_name="+")
    picture = models.ForeignKey("content.Picture", null=True, on_delete=models.CASCADE, related_name="draft_uses")
    clip = models.ForeignKey("content.Clip", null=True, on_delete=models.CASCADE, related_name="draft_uses")

    def __str__(self) -> str:
        return f"{self.page_id}: {self.picture_id or ''} {self.clip_id or ''}"


class Upload(models.Model):
    """A file on its way into the library. Its bytes lie in `UPLOADS_ROOT/<id>.part`; `received` of them are certain."""

    class Status(models.TextChoices):
        RECEIVING = "receiving", _("Arriving")
        WAITING = "waiting", _("Waiting to be checked")
        CHECKING = "checking", _("Being checked")
        DONE = "done", _("In the library")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey("wagtailcore.Collection", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    fingerprint = models.CharField(max_length=64, help_text="by which the same file is known when it is chosen again")
    details = models.JSONField(default=dict, blank=True, help_text="fields of the media form, as text")
    language = models.CharField(max_length=10, default="vi", help_text="in which its owner reads")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVING, db_index=True)
    step = models.PositiveSmallIntegerField(default=0, help_text="of the check: 1 looked through, 2 stored")
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    picture = models.ForeignKey("content.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    clip = models.ForeignKey("content.Clip", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "collection", "fingerprint"],
                condition=models.Q(status="receiving"),
                name="one_upload_of_a_file_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.name
