"""What players report: heartbeats, the play log, events. Written in bulk; every report may come twice or late."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from cms import clock
from cms.players.formats import Events, Heartbeat, Played, PlayLog, Shown
from cms.players.models import Player, PlayerEvent, PlayLogBoot, PlayLogEntry

QUIET = timedelta(seconds=20)  # an unchanged state is written down this often
MEASURED = frozenset({"clock", "frames", "temperature_c"})


LATEST_MS = 4_102_444_800_000
"""The year 2100. What a broken clock tells beyond it is kept as this: near the end of the year 9999 a local time is none any more,
and a report that is refused comes for ever."""


def time_of(ms: int) -> datetime:
    """A time that a player told."""
    return datetime.fromtimestamp(min(ms, LATEST_MS) / 1000, tz=UTC)


def record_heartbeat(player: Player, beat: Heartbeat, address: str = "") -> None:
    """Keep the state of a player, and where it reports from: one write, and none while nothing but measurements changed for a few
    seconds."""
    now = clock.now()
    status = beat.model_dump(mode="json", exclude={"boot", "sent_at"})
    fresh = player.last_seen is not None and timedelta(0) <= now - player.last_seen < QUIET
    where = address or player.address
    before, after = (_steady(player.status), player.boot, player.address), (_steady(status), beat.boot, where)
    if fresh and before == after:
        return
    Player.objects.filter(pk=player.pk).update(last_seen=now, status=status, boot=beat.boot, address=where)


def _steady(status: Mapping[str, Any]) -> dict[str, Any]:
    """A state without what is a little different at every look."""
    known = {name: one for name, one in status.items() if name not in MEASURED}
    known["storage"] = {name: one for name, one in (status.get("storage") or {}).items() if name != "used"}
    return known


@transaction.atomic
def record_play_log(player: Player, batch: PlayLog) -> int:
    """Keep the entries that are new; what was kept before stays as it was. Returns the highest number up to which nothing is
    missing from this boot (0: not even the first). Batches may overlap, repeat and come in any order. A batch is one transaction: an
    acknowledged line is on the disk."""
    progress = _progress(player, batch.boot)
    kept = progress.acknowledged
    _keep(player, batch, kept)
    if batch.oldest is not None and batch.oldest > kept + 1:
        gap = range(kept + 1, batch.oldest)
        known = PlayLogEntry.objects.filter(player=player, boot=batch.boot, seq__gt=kept, seq__lt=batch.oldest).count()
        progress.lost += len(gap) - known
        kept = batch.oldest - 1
    kept = _contiguous(kept, sorted({one.seq for one in batch.entries} | {play[0] for play in batch.plays}))
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


def _progress(player: Player, boot: str) -> PlayLogBoot:
    """How far a boot's log has come. One that began before the controller was paired anew goes on where it was."""
    before = PlayLogBoot.objects.filter(player__controller=player.controller_id, boot=boot).exclude(player=player)
    progress, new = PlayLogBoot.objects.select_for_update().get_or_create(player=player, boot=boot)
    if new and (known := before.order_by("-acknowledged").first()) is not None:
        progress.acknowledged = known.acknowledged
    return progress


def record_events(player: Player, batch: Events) -> None:
    """Keep what happened on a player; each with the boot it happened in, and once where its number is known."""
    PlayerEvent.objects.bulk_create(
        (
            PlayerEvent(
                player=player,
                boot=batch.boot,
                seq=one.seq,
                at=time_of(one.at),
                last_at=None if one.until is None else time_of(one.until),
                times=one.times,
                kind=one.kind,
                detail={**one.detail, "boot": batch.boot},
            )
            for one in batch.events
        ),
        ignore_conflicts=True,
    )


def _contiguous(kept: int, following: Iterable[int]) -> int:
    """The highest number without a gap after `kept`, of rising numbers; those below do not count."""
    for seq in following:
        if seq > kept + 1:
            break
        kept = max(kept, seq)
    return kept


def _keep(player: Player, batch: PlayLog, kept: int) -> None:
    """Write the lines above `kept` that are not there yet. Past the models, which take six times as long: a season of several screens may come
    in one night. The statement means the same to SQLite and PostgreSQL."""
    lines: Iterable[tuple[int, Played | Shown, int, int | None]] = itertools.chain(
        ((one.seq, one, one.from_, one.until) for one in batch.entries),
        ((seq, batch.shown[place], from_, until) for seq, place, from_, until in batch.plays),
    )
    stored = connection.ops.adapt_datetimefield_value
    now = stored(clock.now())
    rows = [
        (
            player.pk,
            batch.boot,
            seq,
            one.face,
            one.kind,
            one.scene or "",
            one.item or "",
            one.proof or "",
            one.schedule,
            stored(time_of(from_)),
            None if until is None else stored(time_of(until)),
            one.status,
            now,
        )
        for seq, one, from_, until in lines
        if seq > kept
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, rows)


_COLUMNS = (
    "player_id", "boot", "seq", "face", "kind", "scene", "item", "proof", "schedule", "started_at", "ended_at", "status",
    "received_at",
)  # fmt: skip
_INSERT = (
    f"INSERT INTO {PlayLogEntry._meta.db_table} ({', '.join(_COLUMNS)}) "  # noqa: S608 - no word of it comes from outside
    f"VALUES ({', '.join(['%s'] * len(_COLUMNS))}) ON CONFLICT DO NOTHING"
)
