"""Releases: what was compiled, signed and published for a cluster, and what was refused."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.places.models import Cluster


class Release(models.Model):
    """One signed target (schedule.json or now.json) of a cluster."""

    class Target(models.TextChoices):
        SCHEDULE = "schedule", _("Schedule")
        NOW = "now", _("Notices")

    class Status(models.TextChoices):
        COMPILED = "compiled", _("Compiled, waiting for the signature")
        PUBLISHED = "published", _("Published")
        REFUSED = "refused", _("Refused by the signer")

    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="releases", verbose_name=_("cluster"))
    target = models.CharField(max_length=10, choices=Target.choices)
    version = models.PositiveIntegerField(null=True, blank=True, help_text="TUF targets version, once published")
    sha256 = models.CharField(max_length=64, db_index=True)
    bytes = models.BigIntegerField()
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.COMPILED, db_index=True)
    valid_from = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    diagnostics = models.JSONField(default=list, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-id"]
        indexes = [models.Index(fields=["cluster", "target", "status"])]
