"""What a schedule is compiled from: frozen values, gathered by `cms.programmes.inputs`, free of Django and of the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cms.plugin_api.types import AssetInfo, Geometry, HoursSpec, Mode, Scene, Window

NORMAL, PRIORITY, URGENT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a controller's canvas shows a face: x, y, width, height after rotation."""

    face: str
    rect: tuple[int, int, int, int]
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class ControllerInput:
    id: str
    canvas: tuple[int, int]
    placements: tuple[Placement, ...]
    audio_face: str | None = None


@dataclass(frozen=True, slots=True)
class ClusterInput:
    """`hours` are dated versions, any order; the newest whose `valid_from` ≤ day applies. `holidays` are local days."""

    id: str
    timezone: str
    geometry: Geometry
    mode: Mode
    hours: tuple[HoursSpec, ...]
    holidays: frozenset[date]
    controllers: tuple[ControllerInput, ...]


@dataclass(frozen=True, slots=True)
class TranslationInput:
    """One approved translation. `scenes` and `proof` are the flat proof's; `span_*` those for span mode, where made."""

    item: str
    language: str
    proof: str
    scenes: tuple[Scene, ...]
    span_proof: str | None = None
    span_scenes: tuple[Scene, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemInput:
    """An item with its approved translations (maybe none: then it is skipped with a diagnostic). Valid on local days
    `valid_from` … `valid_until` inclusive."""

    key: str
    title: str
    translations: tuple[TranslationInput, ...]
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeInput:
    id: str
    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlotInput:
    """When and where a programme plays. Empty `faces`: all; empty `windows`: the whole day (operating hours still rule);
    `weekdays`: 0 Monday … 6 Sunday; dates inclusive."""

    id: str
    title: str
    programme: str
    date_from: date
    date_until: date | None = None
    weekdays: frozenset[int] = frozenset(range(7))
    windows: tuple[Window, ...] = ()
    faces: tuple[str, ...] = ()
    mode: Mode | None = None
    priority: int = NORMAL
    weight: int = 1


@dataclass(frozen=True, slots=True)
class FallbackInput:
    """The neutral scene of an approved theme, shown where nothing is scheduled within operating hours."""

    item: str
    language: str
    scene: Scene


@dataclass(frozen=True, slots=True)
class ScheduleInputs:
    """`first_day` … `first_day + days` (local days) is the horizon; `valid_from_ms` is when the document takes effect."""

    cluster: ClusterInput
    programmes: Mapping[str, ProgrammeInput]
    items: Mapping[str, ItemInput]
    slots: tuple[SlotInput, ...]
    fallback: FallbackInput
    assets: Mapping[str, AssetInfo]
    manifests: Mapping[str, str]
    valid_from_ms: int
    first_day: date
    days: int = 35


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something an editor should know: `code` is stable, `subject` names the slot, programme, item or face concerned;
    `params` fill the translated message in `cms.programmes.diagnostics`."""

    code: str
    level: str
    subject: str
    params: Mapping[str, str] = field(default_factory=dict)
