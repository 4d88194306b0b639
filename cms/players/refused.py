"""Requests that were refused because of who sent them: written down, so that somebody hears of a stolen or copied device."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from cms import clock
from cms.players import limits
from cms.players.models import Player, RefusedReport

TOGETHER = timedelta(hours=1)
"""What is refused again within so long is one line with a first and a last time."""
KEPT = timedelta(days=180)
MOST_A_MINUTE = 30
"""New lines and changes of lines, by everybody together: who sends rubbish fills no disk."""


def tell(request: HttpRequest, reason: str, key_id: str, player: Player | None) -> None:
    """Write a refusal down; at most once a minute for each sender and reason, and never at length."""
    where, what = limits.address(request), request.path.rstrip("/").rpartition("/")[2][:20]
    if request.path.endswith("/status"):
        what = "pairings"
    if not limits.seldom(f"refused:{key_id}:{reason}:{where}", 60):
        return
    try:
        limits.count("refused", "all", most=MOST_A_MINUTE, seconds=60)
    except limits.TooOften:
        return
    now = clock.now()
    same = RefusedReport.objects.filter(
        player=player, key_id=key_id, reason=reason, address=where, last_at__gte=now - TOGETHER
    )
    if same.update(last_at=now, what=what):
        return
    RefusedReport.objects.filter(last_at__lt=now - KEPT).delete()
    RefusedReport.objects.create(
        player=player, key_id=key_id, reason=reason, what=what, address=where, first_at=now, last_at=now
    )
