"""Local days and their operating windows, as spans of UTC milliseconds.

A window belongs to the day it starts, also when it ends after midnight. A wall time that a clock change skips stands for the
instant of the change; one that comes twice stands for its first coming. Both rules keep windows in order, without overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cms.plugin_api.types import HoursSpec, Window

DAY_MIN = 1440


@dataclass(frozen=True, slots=True)
class Opening:
    """A span in which the faces are lit: `start` is the true local start of the window, also when that lies before the
    horizon. `day` is the local day it belongs to, `hours` the version of the operating hours that says so."""

    start: int
    end: int
    day: date
    hours: HoursSpec
    holiday: bool


def days_between(first: date, last: date) -> Iterator[date]:
    """The days first … last, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def merged(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    """Windows in order, overlapping or touching ones joined, empty ones left out."""
    joined: list[Window] = []
    for window in sorted(windows, key=lambda one: (one.start_min, one.end_min)):
        if window.end_min <= window.start_min:
            continue
        if joined and window.start_min <= joined[-1].end_min:
            joined[-1] = Window(joined[-1].start_min, max(joined[-1].end_min, window.end_min))
        else:
            joined.append(window)
    return tuple(joined)


class Calendar:
    """The operating hours of one cluster over time. Raises `zoneinfo.ZoneInfoNotFoundError` for an unknown zone."""

    def __init__(
        self, timezone: str, hours: tuple[HoursSpec, ...] = (), holidays: Mapping[date, str] | None = None
    ) -> None:
        self.zone = ZoneInfo(timezone)
        self.hours = tuple(sorted(hours, key=lambda version: version.valid_from))
        self.holidays = holidays or {}
        self._instants: dict[tuple[date, int], int] = {}

    def at(self, day: date, minute: int) -> int:
        """UTC milliseconds of a minute of a local day; minutes from 1440 on lie on the days after."""
        key = (day, minute)
        if key not in self._instants:
            extra, rest = divmod(minute, DAY_MIN)
            wall = datetime.combine(day + timedelta(days=extra), time(rest // 60, rest % 60))
            self._instants[key] = self._instant(wall)
        return self._instants[key]

    def _instant(self, wall: datetime) -> int:
        first = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        if first.astimezone(self.zone).replace(tzinfo=None) == wall:
            return _millis(first)
        # Skipped by a clock change: reading it with either offset encloses the instant of the change.
        low, high = _millis(wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)), _millis(first)
        offset = self._offset(low)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._offset(middle) == offset else (low, middle)
        return high

    def _offset(self, instant: int) -> timedelta | None:
        return datetime.fromtimestamp(instant / 1000, tz=UTC).astimezone(self.zone).utcoffset()

    def day_of(self, instant: int) -> date:
        """The local day of an instant (UTC ms)."""
        return datetime.fromtimestamp(instant / 1000, tz=UTC).astimezone(self.zone).date()

    def version(self, day: date) -> HoursSpec | None:
        """The operating hours in force on a day; None before the first version."""
        found = None
        for version in self.hours:
            if version.valid_from > day:
                break
            found = version
        return found

    def windows(self, day: date) -> tuple[Window, ...]:
        """The operating windows that start on a day: by the kind of holiday, then by holiday, where the version has a rule for
        it, else by weekday."""
        version = self.version(day)
        if version is None:
            return ()
        if day in self.holidays:
            own = dict(version.by_kind).get(self.holidays[day], version.holiday)
            if own is not None:
                return merged(own)
        return merged(version.weekly[day.weekday()]) if version.weekly else ()

    def openings(self, first: date, last: date) -> list[Opening]:
        """Openings that start on first … last, in order, without overlap; each window has its own, so that every day
        starts its loops anew. Where an overnight window runs into the next one, the next takes over at its start."""
        found: list[Opening] = []
        for day in days_between(first, last):
            version = self.version(day)
            if version is None:
                continue
            for window in self.windows(day):
                start, end = self.at(day, window.start_min), self.at(day, window.end_min)
                if found and start < found[-1].end:
                    before = found.pop()
                    end = max(end, before.end)
                    if before.start < start:
                        found.append(Opening(before.start, start, before.day, before.hours, before.holiday))
                if end > start:
                    found.append(Opening(start, end, day, version, day in self.holidays))
        return found


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
