"""Players: pairing codes, paired devices, what they report."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.places.models import Controller


class Pairing(models.Model):
    """A screen that asks to be paired, or an invitation made by an operator. Codes are stored hashed, used once, and expire."""

    code_hash = models.CharField(max_length=64, unique=True)
    public_key = models.JSONField(null=True, blank=True)
    screen = models.JSONField(default=dict, blank=True)
    controller = models.ForeignKey(Controller, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    used_at = models.DateTimeField(null=True, blank=True)
    poll_secret_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("pairing")
        verbose_name_plural = _("pairings")

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} {self.controller or ''}".strip()


class Player(models.Model):
    """A paired browser on a controller; its private key never leaves it."""

    controller = models.ForeignKey(
        Controller, on_delete=models.CASCADE, related_name="players", verbose_name=_("controller")
    )
    key_id = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the canonical public JWK")
    public_key = models.JSONField()
    paired_at = models.DateTimeField()
    paired_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_reason = models.TextField(_("reason"), blank=True)
    last_seen = models.DateTimeField(null=True, blank=True, db_index=True)
    status = models.JSONField(default=dict, blank=True)
    boot = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("player")
        verbose_name_plural = _("players")
        ordering = ["controller", "-paired_at"]

    def __str__(self) -> str:
        return str(self.controller)


class PlayLogBoot(models.Model):
    """How much of the play log of one boot of a player has arrived without a gap."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="boots")
    boot = models.CharField(max_length=40)
    acknowledged = models.BigIntegerField(default=0)
    lost = models.BigIntegerField(default=0, help_text="entries that the player lost before it could send them")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["player", "boot"], name="one_row_per_boot")]

    def __str__(self) -> str:
        return f"{self.boot}: {self.acknowledged}"


class PlayLogEntry(models.Model):
    """What a face showed, as its player wrote it down (ITU-T H.782)."""

    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="play_log")
    boot = models.CharField(max_length=40)
    seq = models.BigIntegerField()
    face = models.CharField(max_length=1)
    kind = models.CharField(max_length=12)
    scene = models.CharField(max_length=80, blank=True)
    item = models.CharField(max_length=80, blank=True, db_index=True)
    proof = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=20, default="success")
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("play log entry")
        verbose_name_plural = _("play log")
        ordering = ["-started_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["player", "boot", "seq"], name="play_log_once")]
        indexes = [models.Index(fields=["player", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S} {self.face} {self.item or self.kind}"


class PlayerEvent(models.Model):
    """Something a player told us: a refused release, a full disk, a restart."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=40, db_index=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("event of a player")
        verbose_name_plural = _("events of players")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind}"
