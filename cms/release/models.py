"""Releases: what was compiled, signed and published for a cluster, what was refused, and what is still asked for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.places.models import Cluster


class Target(models.TextChoices):
    """The two documents that a player obeys."""

    SCHEDULE = "schedule", _("Schedule")
    NOW = "now", _("Notices")


class Release(models.Model):
    """One signed target (schedule.json or now.json) of a cluster."""

    Target = Target

    class Status(models.TextChoices):
        COMPILED = "compiled", _("Compiled, waiting for the signature")
        PUBLISHED = "published", _("Published")
        REFUSED = "refused", _("Refused by the signer")
        SUPERSEDED = "superseded", _("Overtaken by a newer one")

    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="releases", verbose_name=_("cluster"))
    target = models.CharField(pgettext_lazy("of a release", "document"), max_length=10, choices=Target.choices)
    version = models.PositiveIntegerField(
        _("version"), null=True, blank=True, help_text="TUF targets version, once published"
    )
    sha256 = models.CharField(max_length=64, db_index=True)
    bytes = models.BigIntegerField(_("size, bytes"))
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    inputs = models.CharField(
        max_length=64,
        blank=True,
        help_text="fingerprint of what a schedule was compiled from; equal: nothing to compile",
    )
    shape = models.CharField(
        max_length=64, blank=True, help_text="of the inputs; equal: other pictures in the same places, and no more"
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.COMPILED, db_index=True
    )
    valid_from = models.DateTimeField(_("in force from"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    diagnostics = models.JSONField(_("remarks"), default=list, blank=True)
    error = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-id"]
        indexes = [models.Index(fields=["cluster", "target", "status"])]

    def __str__(self) -> str:
        return f"{self.cluster}: {self.get_target_display()} {self.version or '–'}"


class ReleaseRequest(models.Model):
    """What is asked of the pipeline for one document of one cluster, kept in the transaction that changed the data, so that a
    lost queue loses no change. `requested` counts changes; `handled` is the count that the last finished job began with."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="+")
    target = models.CharField(max_length=10, choices=Target.choices)
    requested = models.PositiveBigIntegerField(default=0)
    handled = models.PositiveBigIntegerField(default=0)
    enqueued = models.BooleanField(default=False)
    requested_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True, db_index=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("request for a release")
        verbose_name_plural = _("requests for releases")
        constraints = [models.UniqueConstraint(fields=["cluster", "target"], name="one_request_per_cluster_and_target")]

    def __str__(self) -> str:
        return f"{self.cluster} {self.target}: {self.handled}/{self.requested}"
