"""The shifted clock of a demonstration: set once, kept with the data, never running backwards.

At a start outside the morning (local 08:00–10:30, Monday to Friday) it jumps to the next Monday 08:00, when every cluster
is lit, so that a demonstration is never black by accident."""

from __future__ import annotations

import json
import os
import time
from datetime import datetime, timedelta
from datetime import time as daytime
from pathlib import Path
from zoneinfo import ZoneInfo

from cms.runtime.say import Stop

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = (daytime(8, 0), daytime(10, 30))
VARIABLE = "BANGTIN_CLOCK_OFFSET_MS"


def file(data: Path) -> Path:
    return data / "clock.json"


def begin(data: Path, wanted: str | None, machine_ms: int | None = None) -> int:
    """The offset in ms for this run, also put into this process's environment; 0 when the instance has no demo clock.

    `wanted` is `BANGTIN_CLOCK`, an ISO instant (without a zone: Vietnam's time). Raises `Stop` when it cannot be read."""
    machine = time.time_ns() // 1_000_000 if machine_ms is None else machine_ms
    kept = _read(data)
    if kept is None and not wanted:
        return 0
    earliest = 0
    if kept is not None:
        offset, last = kept
        earliest = max(machine + offset, last)
    if wanted:
        earliest = max(earliest, _parse(wanted))
    offset = to_morning(earliest) - machine
    os.environ[VARIABLE] = str(offset)
    remember(data, offset, machine)
    return offset


def to_morning(instant_ms: int) -> int:
    """The same instant when it lies in a morning of a working week; else the next Monday 08:00."""
    local = datetime.fromtimestamp(instant_ms / 1000, ZONE)
    if local.weekday() < 5 and MORNING[0] <= local.time() < MORNING[1]:
        return instant_ms
    days = -local.weekday() % 7
    monday = datetime.combine(local.date() + timedelta(days=days), MORNING[0], ZONE)
    if monday <= local:
        monday += timedelta(days=7)
    return int(monday.timestamp() * 1000)


def remember(data: Path, offset: int, machine_ms: int | None = None) -> None:
    """Keep the offset and the latest instant shown, so that a restart goes on from there."""
    machine = time.time_ns() // 1_000_000 if machine_ms is None else machine_ms
    path = file(data)
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps({"offset_ms": offset, "last_ms": machine + offset}))
    temporary.replace(path)


def kept_offset(data: Path) -> int:
    """The offset of an instance with a demo clock, else 0. Commands beside a running instance share its time by this."""
    kept = _read(data)
    return kept[0] if kept else 0


def _read(data: Path) -> tuple[int, int] | None:
    try:
        document = json.loads(file(data).read_text())
        return int(document["offset_ms"]), int(document["last_ms"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        path = file(data)
        raise Stop(
            f"Không đọc được đồng hồ trình diễn {path}; xoá tệp này.", f"{path} cannot be read; delete it."
        ) from error


def _parse(wanted: str) -> int:
    try:
        instant = datetime.fromisoformat(wanted)
    except ValueError as error:
        raise Stop(
            f"BANGTIN_CLOCK phải là thời điểm như 2027-01-04T08:00:00+07:00, không phải {wanted!r}.",
            f"BANGTIN_CLOCK must be an instant like 2027-01-04T08:00:00+07:00, not {wanted!r}.",
        ) from error
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=ZONE)
    return int(instant.timestamp() * 1000)
