"""What players report: heartbeats, the play log, events. Written in bulk; every report may come twice or late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import transaction

from cms import clock
from cms.players.formats import Events, Heartbeat, Played, PlayLog
from cms.players.models import Player, PlayerEvent, PlayLogBoot, PlayLogEntry

QUIET = timedelta(seconds=20)  # an unchanged state is written down this often


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC)


def record_heartbeat(player: Player, beat: Heartbeat) -> None:
    """Keep the state of a player: one write, and none while nothing changed for a few seconds."""
    now = clock.now()
    status = beat.model_dump(mode="json", exclude={"boot", "sent_at"})
    fresh = player.last_seen is not None and timedelta(0) <= now - player.last_seen < QUIET
    if fresh and player.status == status and player.boot == beat.boot:
        return
    Player.objects.filter(pk=player.pk).update(last_seen=now, status=status, boot=beat.boot)


@transaction.atomic
def record_play_log(player: Player, batch: PlayLog) -> int:
    """Keep the entries that are new; what was kept before stays as it was. Returns the highest number up to which nothing is
    missing from this boot (0: not even the first). Batches may overlap, repeat and come in any order."""
    progress, _ = PlayLogBoot.objects.select_for_update().get_or_create(player=player, boot=batch.boot)
    now, kept = clock.now(), progress.acknowledged
    PlayLogEntry.objects.bulk_create(
        [_entry(player, batch.boot, one, now) for one in batch.entries if one.seq > kept], ignore_conflicts=True
    )
    if batch.oldest is not None and batch.oldest > kept + 1:
        gap = range(kept + 1, batch.oldest)
        known = PlayLogEntry.objects.filter(player=player, boot=batch.boot, seq__gt=kept, seq__lt=batch.oldest).count()
        progress.lost += len(gap) - known
        kept = batch.oldest - 1
    kept = _contiguous(
        kept,
        PlayLogEntry.objects.filter(player=player, boot=batch.boot, seq__gt=kept)
        .order_by("seq")
        .values_list("seq", flat=True)
        .iterator(chunk_size=500),
    )
    if kept != progress.acknowledged:
        progress.acknowledged = kept
        progress.save(update_fields=["acknowledged", "lost"])
    return kept


def record_events(player: Player, batch: Events) -> None:
    """Keep what happened on a player; each with the boot it happened in."""
    PlayerEvent.objects.bulk_create(
        PlayerEvent(player=player, at=_time(one.at), kind=one.kind, detail={**one.detail, "boot": batch.boot})
        for one in batch.events
    )


def _contiguous(kept: int, following: Iterable[int]) -> int:
    for seq in following:
        if seq != kept + 1:
            break
        kept = seq
    return kept


def _entry(player: Player, boot: str, one: Played, now: datetime) -> PlayLogEntry:
    return PlayLogEntry(
        player=player,
        boot=boot,
        seq=one.seq,
        face=one.face,
        kind=one.kind,
        scene=one.scene or "",
        item=one.item or "",
        proof=one.proof or "",
        started_at=_time(one.from_),
        ended_at=None if one.until is None else _time(one.until),
        status=one.status,
        received_at=now,
    )
