"""Present records, compiled for any instant, and the pixels of a face at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cms.content.assets import AssetStore
from cms.places.models import Cluster
from cms.programmes.inputs import gather
from cms.programmes.live_values import told_to
from cms.schedule.calendar import Calendar
from cms.schedule.compile import Compiled, compile_schedule
from cms.schedule.format import Layer, Schedule, Value
from cms.schedule.frame import FrameResult
from cms.schedule.inputs import ScheduleInputs
from renderers.draw import draw


@dataclass(frozen=True, slots=True)
class Answer:
    """The inputs and the schedule that were compiled for an instant."""

    inputs: ScheduleInputs
    compiled: Compiled


def local_midnight_ms(cluster: Cluster, day: date) -> int:
    """UTC ms of the start of a local day of the cluster."""
    return Calendar(cluster.timezone).at(day, 0)


def local_day(cluster: Cluster, instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(cluster.timezone)).date()


def parse_instant(text: str, cluster: Cluster) -> datetime:
    """An ISO 8601 instant; without an offset it is local to the cluster. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(cluster.timezone))


def millis(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def compile_at(cluster: Cluster, instant: datetime, days: int = 2) -> Answer:
    """Present records, compiled for the local day of an instant, however far ahead."""
    first = local_day(cluster, instant)
    inputs = gather(cluster, first_day=first, days=days, valid_from_ms=local_midnight_ms(cluster, first))
    return Answer(inputs, compile_schedule(inputs))


def picture(cluster: Cluster, schedule: Schedule, letter: str, result: FrameResult, instant_ms: int) -> Any:
    """The pixels (RGB image, the face's exact size) of what `frame()` said of an instant; live values as they are told now. Raises
    KeyError for an unknown face and OSError when an asset is missing."""
    face = next((one for one in cluster.faces.all() if one.letter == letter), None)
    if face is None:
        raise KeyError(letter)
    return draw(
        face.width,
        face.height,
        layers(schedule, result.scene, letter),
        result.offset_ms,
        previous=layers(schedule, result.previous, letter) if result.previous else None,
        previous_offset_ms=result.previous_offset_ms,
        progress=result.progress,
        transition=schedule.scenes[result.scene].transition.kind if result.scene else "cut",
        instant_ms=instant_ms,
        values=values(cluster) if tells(schedule, result, letter) else None,
        asset_path=AssetStore().path,
    )


def layers(schedule: Schedule, scene: str | None, letter: str) -> list[Layer]:
    """A scene's layers on a face, first at the bottom; none for no scene (black)."""
    return list(schedule.scenes[scene].faces.get(letter, [])) if scene else []


def tells(schedule: Schedule, result: FrameResult, letter: str) -> bool:
    """Whether what a face shows tells the time or a live value."""
    return any(
        one.kind == "glyphs" for scene in (result.scene, result.previous) for one in layers(schedule, scene, letter)
    )


def values(cluster: Cluster) -> dict[str, Value]:
    """The live values of a cluster as its players are told them."""
    return {name: Value.model_validate(one) for name, one in told_to(cluster).items()}
