"""A new slot that already says what was clicked in the week calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta

from cms.places.models import Cluster
from cms.places.services import holiday_kinds_of, hours_of
from cms.programmes.models import Slot, SlotWindow
from cms.schedule.calendar import Calendar

DAY_MIN = 1440
LENGTH_MIN = 60


def slot_at(query: Mapping[str, str]) -> Slot | None:
    """An unsaved slot for `cluster` (code) on the weekday of `day` from that day on (ISO), and at `start` (HH:MM) for an hour or
    until the faces go dark. None when the query asks for nothing of the sort; what cannot be read is left out."""
    cluster = Cluster.objects.filter(slug=query.get("cluster", "")).select_related("province").first()
    try:
        day = date.fromisoformat(query["day"])
    except (KeyError, ValueError):
        day = None
    if cluster is None and day is None:
        return None
    made = Slot()
    if cluster is not None:
        made.clusters = [cluster]
    if day is not None:
        made.date_from = day
        made.weekdays = [day.weekday()]
        try:
            start = time.fromisoformat(query["start"])
        except (KeyError, ValueError):
            return made
        minute = start.hour * 60 + start.minute
        end = _end(cluster, day, minute) if cluster else minute + LENGTH_MIN
        made.windows = [SlotWindow(start=start, end=time(*divmod(end % DAY_MIN, 60)))]
    return made


def _end(cluster: Cluster, day: date, minute: int) -> int:
    kinds = holiday_kinds_of(cluster.province, day, day + timedelta(days=1))
    for one in Calendar(cluster.timezone, hours_of(cluster), kinds).windows(day):
        if one.start_min <= minute < one.end_min:
            return min(minute + LENGTH_MIN, one.end_min)
    return minute + LENGTH_MIN
