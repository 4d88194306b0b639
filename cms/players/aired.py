"""Which items the screens of a province really showed, by the play log; for its quotas (`cms.programmes.quotas`)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from cms.approval.models import Approval
from cms.places.models import Province
from cms.players.models import Player, PlayLogEntry
from cms.programmes.quotas import ZONE


def aired(province: Province, first: date, last: date, items: Collection[UUID]) -> set[UUID] | None:
    """Those of these items (translation keys) that a face of the province showed in any language from a local day to a day; None while
    no player has been paired there. Two queries: each item is looked up in the log, which is never counted."""
    players = list(Player.objects.filter(controller__cluster__province=province).values_list("pk", flat=True))
    if not players:
        return None
    shown = PlayLogEntry.objects.filter(
        item=OuterRef("item"),
        player__in=players,
        status="success",
        started_at__gte=datetime.combine(first, time(), ZONE),
        started_at__lt=datetime.combine(last + timedelta(days=1), time(), ZONE),
    )
    approved = Approval.objects.filter(province=province, item_key__in=items).order_by()
    return set(approved.filter(Exists(shown)).values_list("item_key", flat=True))
