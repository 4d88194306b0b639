"""When a cluster is lit, from its dated hours. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cms.places.services import hours_on
from cms.plugin_api.types import HoursSpec

LOOK_AHEAD_DAYS = 8


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a cluster is within its hours, when that changes next (None: not within eight days), and today's hours as
    (from, until) local times with the clause they follow."""

    open: bool
    changes_at: datetime | None
    today: tuple[tuple[time, time], ...]
    clause: str
    assumed: bool
    holiday: bool


def opening(hours: Iterable[HoursSpec], holidays: Mapping[date, str], now: datetime) -> Opening:
    """`holidays`: days and their kinds. `now` is the cluster's local time (aware)."""
    versions = tuple(hours)
    today = now.date()
    spans: list[tuple[datetime, datetime]] = []
    for offset in range(-1, LOOK_AHEAD_DAYS):
        day = today + timedelta(days=offset)
        midnight = datetime.combine(day, time(), tzinfo=now.tzinfo)
        windows, _ = hours_on(versions, day, holiday=holidays.get(day))
        spans += [(midnight + timedelta(minutes=w.start_min), midnight + timedelta(minutes=w.end_min)) for w in windows]
    lit = _joined(spans)
    current = next((span for span in lit if span[0] <= now < span[1]), None)
    following = next((span[0] for span in lit if span[0] > now), None)
    windows, version = hours_on(versions, today, holiday=holidays.get(today))
    return Opening(
        open=current is not None,
        changes_at=current[1] if current else following,
        today=tuple((_time(w.start_min), _time(w.end_min)) for w in sorted(windows, key=lambda w: w.start_min)),
        clause=version.clause if version else "",
        assumed=bool(version and version.assumed),
        holiday=today in holidays,
    )


def _joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans that touch become one, so that midnight is no change."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
