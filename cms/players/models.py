"""Players: pairing codes, paired devices, what they report."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.places.models import Controller


class Pairing(models.Model):
    """A screen that asks to be paired, or an invitation made by an operator. Codes are stored hashed, used once, and expire.

    `seat` and `address` are what the screen said of itself and where it asked from, for the operator to compare."""

    code_hash = models.CharField(max_length=64, unique=True)
    public_key = models.JSONField(null=True, blank=True)
    screen = models.JSONField(default=dict, blank=True)
    seat = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=64, blank=True)
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
    screen = models.JSONField(
        default=dict, blank=True, help_text="width and height of its screen in px, when it was paired"
    )
    seat = models.CharField(max_length=80, blank=True)
    address = models.CharField(
        max_length=64, blank=True, help_text="where its last heartbeat, or its pairing, came from"
    )
    shot_wanted = models.CharField(
        max_length=32, blank=True, help_text="the screenshot that its heartbeats are asked for"
    )
    shot_wanted_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("player")
        verbose_name_plural = _("players")
        ordering = ["controller", "-paired_at"]

    def __str__(self) -> str:
        return str(self.controller)


class ServicePin(models.Model):
    """What a controller's player knows of the PIN of its technician's page (`cms.players.service_pin`). The digits are not stored."""

    controller = models.OneToOneField(Controller, on_delete=models.CASCADE, related_name="service_pin")
    salt = models.CharField(max_length=32)
    hash = models.CharField(max_length=64)
    iterations = models.PositiveIntegerField()
    renewed_at = models.DateTimeField()
    renewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("PIN of a controller")
        verbose_name_plural = _("PINs of controllers")

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
    """What a face showed, as its player wrote it down (ITU-T H.782).

    `schedule` is the version of the schedule in force, empty where none was or an old player did not say. Three hundred thousand lines
    come at once after five weeks without a network: every index has its reader (`lists`, `telemetry`), and none serves twice."""

    # The unique constraint begins with the player and serves as its index.
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="play_log", db_index=False)
    boot = models.CharField(max_length=40)
    seq = models.BigIntegerField()
    face = models.CharField(max_length=1)
    kind = models.CharField(max_length=12)
    scene = models.CharField(max_length=80, blank=True)
    item = models.CharField(max_length=80, blank=True, db_index=True)
    proof = models.CharField(max_length=64, blank=True)
    schedule = models.PositiveIntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=20, default="success")
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("play log entry")
        verbose_name_plural = _("play log")
        ordering = ["-started_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["player", "boot", "seq"], name="play_log_once")]
        indexes = [
            models.Index(fields=["player", "-started_at"]),
            models.Index(fields=["-started_at", "-id"], name="play_log_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S} {self.face} {self.item or self.kind}"


class PlayerEvent(models.Model):
    """Something a player told us: a refused release, a full disk, a restart.

    `seq` numbers the events of one player's storage, so that one that is sent twice is kept once; empty from players that do not
    number them. What happened `times` times from `at` until `last_at` came as one."""

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="events")
    boot = models.CharField(max_length=40, blank=True)
    seq = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(db_index=True)
    last_at = models.DateTimeField(null=True, blank=True)
    times = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=40, db_index=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("event of a player")
        verbose_name_plural = _("events of players")
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["player", "boot", "seq"], name="player_event_once")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind}"


class Screenshot(models.Model):
    """A picture of a controller's canvas that was asked for; `kind` is empty until it comes. `asked_by` empty: because somebody looked.

    `true`: the pixels of the window, taken by the kiosk. `drawn`: what a plain browser meant to draw. The file lies under its
    SHA-256 (`cms.players.shots`)."""

    class Kind(models.TextChoices):
        TRUE = "true", _("true picture of the screen")
        DRAWN = "drawn", _("drawn by the page")

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="screenshots")
    request = models.CharField(max_length=32, unique=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=5, blank=True, choices=Kind)
    taken_at = models.DateTimeField(null=True, blank=True, help_text="by the player's clock")
    received_at = models.DateTimeField(null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("screenshot")
        verbose_name_plural = _("screenshots")
        ordering = ["-asked_at", "-id"]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M:%S} {self.kind or '…'}"


class RefusedReport(models.Model):
    """A request that was refused because of who sent it, and how often no more than that: from when until when.

    `reason`: `unknown_key`, `signature`, `skew`, `replayed` (`cms.players.auth.Unsigned`) or `revoked`."""

    player = models.ForeignKey(Player, null=True, on_delete=models.CASCADE, related_name="refused_reports")
    key_id = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=20)
    what = models.CharField(max_length=20)
    address = models.CharField(max_length=64, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("refused report")
        verbose_name_plural = _("refused reports")
        ordering = ["-last_at", "-id"]

    def __str__(self) -> str:
        return f"{self.last_at:%Y-%m-%d %H:%M:%S} {self.reason} {self.address}"
