"""How a player is doing, from when it was last heard of."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cms import clock
from cms.players.models import Player

HEALTHY = timedelta(minutes=5)
LOST = timedelta(minutes=15)


class Health(TextChoices):
    """Bands of health. A state has a word and a shape (`icon`), not only a colour."""

    HEALTHY = "healthy", _("Working")
    LOST = "lost", _("Not heard of for over 5 minutes")
    GONE = "gone", _("Not heard of for over 15 minutes")
    WAITING = "waiting", _("Never heard of yet")
    REVOKED = "revoked", _("Revoked")

    @property
    def icon(self) -> str:
        """The name of an icon of the admin."""
        return {"healthy": "circle-check", "lost": "warning", "gone": "cross", "waiting": "time", "revoked": "no-view"}[
            self.value
        ]


def health(player: Player) -> Health:
    """Healthy under 5 minutes of silence, lost under 15, then gone; by this instance's clock."""
    if player.revoked_at is not None:
        return Health.REVOKED
    if player.last_seen is None:
        return Health.WAITING
    silence = clock.now() - player.last_seen
    if silence < HEALTHY:
        return Health.HEALTHY
    return Health.LOST if silence < LOST else Health.GONE
