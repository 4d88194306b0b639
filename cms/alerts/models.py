"""Blackouts and test patterns (emergencies come later)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.places.models import Cluster


class Blackout(models.Model):
    """Faces of a cluster darkened at once, until lifted. No faces named: all."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="blackouts", verbose_name=_("cluster"))
    faces = models.JSONField(_("faces"), default=list, blank=True)
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("blackout")
        verbose_name_plural = _("blackouts")
        ordering = ["-since"]

    def __str__(self) -> str:
        return f"{self.cluster} {', '.join(self.letters).upper()}".strip()

    @property
    def letters(self) -> list[str]:
        """The faces it darkens, in order; all of the cluster's when none are named."""
        return sorted(self.faces) or [face.letter for face in self.cluster.faces.all()]


class PatternRun(models.Model):
    """A test pattern on some faces of a cluster, which ends by itself at `until`."""

    cluster = models.ForeignKey(
        Cluster, on_delete=models.CASCADE, related_name="pattern_runs", verbose_name=_("cluster")
    )
    pattern = models.CharField(_("test pattern"), max_length=40)
    faces = models.JSONField(_("faces"), default=list)
    since = models.DateTimeField()
    until = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("test pattern")
        verbose_name_plural = _("test patterns")
        ordering = ["-since"]

    def __str__(self) -> str:
        return f"{self.cluster} {', '.join(self.faces).upper()}: {self.pattern}"
