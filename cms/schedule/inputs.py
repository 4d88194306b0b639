"""What a schedule is compiled from: frozen values, gathered by `cms.programmes.inputs`, free of Django and of the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from typing import Literal

from cms.plugin_api.types import AssetInfo, Geometry, HoursSpec, Mode, Scene, Window

NORMAL, PRIORITY, URGENT = 0, 1, 2
Missing = Literal["next", "leave", "vietnamese", "theme"]
"""What a face shows in the turn of a language in which an item is not approved: its `next` language, nothing of the item (`leave`: an
item after it instead), the item in `vietnamese`, or the neutral scene of the `theme`."""


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
    """`hours` are dated versions, any order; the newest whose `valid_from` ≤ day applies. `holidays`: local days and their
    kinds (`Holiday.kind`)."""

    id: str
    timezone: str
    geometry: Geometry
    mode: Mode
    hours: tuple[HoursSpec, ...]
    holidays: Mapping[date, str]
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
    `valid_from` … `valid_until` inclusive, and `grace_days` more, with a warning."""

    key: str
    title: str
    translations: tuple[TranslationInput, ...]
    valid_from: date | None = None
    valid_until: date | None = None
    grace_days: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in a programme: an `item`, a nested `programme`, or what a filter found (`feed`, item keys in the filter's order;
    neither of the others). `take`: so many of the nested programme or feed at each pass, in turn; 0: all of them."""

    item: str = ""
    programme: str = ""
    feed: tuple[str, ...] = ()
    take: int = 0


@dataclass(frozen=True, slots=True)
class ProgrammeInput:
    """`order`: as listed, or shuffled anew at each pass; `seed` makes one shuffle differ from another. `missing` of the programme that
    a slot plays holds for all that is nested in it."""

    id: str
    title: str
    entries: tuple[Entry, ...]
    order: Literal["listed", "shuffle"] = "listed"
    seed: str = ""
    missing: Missing = "next"


@dataclass(frozen=True, slots=True)
class SlotInput:
    """When and where a programme plays. Empty `faces`: all; empty `windows`: the whole day (operating hours still rule);
    `weekdays`: 0 Monday … 6 Sunday; dates inclusive. A window, also one past midnight, belongs to the day it starts, and so do
    `exceptions` (days left out), `holidays` and `rrule` (RFC 5545, whole days only, counted from `date_from`).

    `languages`: only these (empty: all). `max_per_hour`: turns that may begin within any 60 minutes; `spacing_s`: seconds
    between the end of a turn and the beginning of the next (0: no limit). `required_s`: seconds that each face shows the slot
    at least on every day on which it is due (0: as its weight gives)."""

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
    exceptions: frozenset[date] = frozenset()
    holidays: Literal["any", "only", "never"] = "any"
    rrule: str = ""
    languages: tuple[str, ...] = ()
    max_per_hour: int = 0
    spacing_s: int = 0
    required_s: int = 0


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
    """Something an editor should know: `code` is stable, `subject` names the slot, programme, item or face concerned, `field`
    the attribute of it to correct (as in these classes; empty: none in particular); `params` fill the translated message in
    `cms.programmes.diagnostics`."""

    code: str
    level: str
    subject: str
    params: Mapping[str, str] = dataclass_field(default_factory=dict)
    field: str = ""
