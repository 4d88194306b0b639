"""The play log as a file: one line for each play with what ITU-T H.782 asks of a play log. Written while it is read, a page of rows
after another, so that months of it need no memory."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.db.models import Q, QuerySet
from django.http import StreamingHttpResponse

from cms.players.models import PlayLogEntry

PAGE = 2000
FIELDS = (
    "terminal",
    "cluster",
    "screen_region",
    "start",
    "end",
    "duration_s",
    "content_kind",
    "content_id",
    "content_title",
    "scene_id",
    "proof_sha256",
    "schedule_id",
    "schedule_version",
    "status",
    "log",
    "log_number",
)
"""Terminal: the controller; screen region: the face; schedule: the target and its version; log: the player's boot, within which numbers have
no gaps. Names are not translated: programs read them."""
STATUS = {
    "success": "success",
    "content_failure": "content failure",
    "hardware_failure": "hardware failure",
    "interrupted": "interruption",
}


def response(rows: QuerySet[PlayLogEntry], filename: str = "nhat-ky-phat") -> StreamingHttpResponse:
    """Rows with `item_title`, newest first, whatever order they have."""
    answer = StreamingHttpResponse(lines(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}.csv"'
    answer["X-Accel-Buffering"] = "no"
    return answer


async def lines(rows: QuerySet[PlayLogEntry]) -> AsyncIterator[bytes]:
    """Pieces of the file, in UTF-8 with the mark that spreadsheets look for."""
    yield "\ufeff".encode() + _written([FIELDS])
    last: tuple[datetime, int] | None = None
    while found := await sync_to_async(_page)(rows, last):
        yield _written([_line(one) for one in found])
        last = (found[-1].started_at, found[-1].pk)


def _page(rows: QuerySet[PlayLogEntry], last: tuple[datetime, int] | None) -> list[PlayLogEntry]:
    """The rows after a place. By the place and not by a count: rows that come meanwhile shift nothing, and no page costs more than the first."""
    if last is not None:
        at, pk = last
        rows = rows.filter(Q(started_at__lt=at) | Q(started_at=at, pk__lt=pk), started_at__lte=at)
    return list(rows.order_by("-started_at", "-pk")[:PAGE])


def _line(entry: PlayLogEntry) -> Sequence[Any]:
    controller = entry.player.controller
    zone = ZoneInfo(controller.cluster.timezone)
    ended = entry.ended_at
    return (
        controller.slug,
        controller.cluster.slug,
        entry.face,
        _told(entry.started_at, zone),
        _told(ended, zone) if ended else "",
        f"{(ended - entry.started_at).total_seconds():.3f}" if ended else "",
        entry.kind,
        entry.item,
        _harmless(getattr(entry, "item_title", None) or ""),
        entry.scene,
        entry.proof,
        f"{controller.cluster.slug}/schedule.json" if entry.schedule is not None else "",
        "" if entry.schedule is None else entry.schedule,
        STATUS.get(entry.status, entry.status),
        entry.boot,
        entry.seq,
    )


def _told(at: datetime, zone: ZoneInfo) -> str:
    """ISO 8601 by the cluster's clock, to the millisecond."""
    return at.astimezone(zone).isoformat(timespec="milliseconds")


def _harmless(text: str) -> str:
    """A title that a spreadsheet would take for a formula is text."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _written(rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
