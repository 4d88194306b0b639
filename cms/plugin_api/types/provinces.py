"""Provinces as data: organisations, clusters, hours, regulations, obligations, holidays; and what a plugin declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from cms.plugin_api.types.scenes import Face, Mode
from cms.plugin_api.types.values import NO_TEXT, Text


@dataclass(frozen=True, slots=True)
class Window:
    """Minutes of a local day, end exclusive; an overnight window ends after 1440 and belongs to the day it starts."""

    start_min: int
    end_min: int


@dataclass(frozen=True, slots=True)
class HoursSpec:
    """Operating hours in force from a day on. `weekly[0]` is Monday. `holiday` None: holidays follow their weekday.
    `by_kind`: hours of holidays of one kind (`Holiday.kind`), before `holiday`."""

    valid_from: date
    weekly: tuple[tuple[Window, ...], ...]
    holiday: tuple[Window, ...] | None
    clause: str
    assumed: bool = False
    note: Text = NO_TEXT
    by_kind: tuple[tuple[str, tuple[Window, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class PlacementSpec:
    """Where a controller's canvas carries a face (top left corner after a clockwise rotation)."""

    face: str
    x: int
    y: int
    rotation: Literal[0, 90, 180, 270] = 0


@dataclass(frozen=True, slots=True)
class ControllerSpec:
    code: str
    canvas_width: int
    canvas_height: int
    placements: tuple[PlacementSpec, ...]


@dataclass(frozen=True, slots=True)
class ClusterSpec:
    """A cluster as its decision describes it. `assumed` names the facts no source gives, with the reason."""

    code: str
    name: Text
    place: Text
    faces: tuple[Face, ...]
    gaps_mm: tuple[float, ...]
    closed_ring: bool
    mode: Mode
    hours: tuple[HoursSpec, ...]
    controllers: tuple[ControllerSpec, ...]
    clause: str
    assumed: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrganisationSpec:
    """An organisation and the roles it holds from a day on: (role, from, until or None, clause). `level`: whose content it
    supplies ("" = none of these)."""

    code: str
    name: Text
    roles: tuple[tuple[str, date, date | None, str], ...]
    level: Literal["", "ministry", "province", "district", "commune"] = ""


@dataclass(frozen=True, slots=True)
class FaceRule:
    """How many faces a cluster may have, and by which clause."""

    minimum: int
    maximum: int
    clause: str


@dataclass(frozen=True, slots=True)
class RegulationSpec:
    """A regulation in force: number, date, title, and the key its clauses are quoted with (`CB`, `AG`, `TT06`, `LS`)."""

    key: str
    number: str
    title: Text
    in_force: date


@dataclass(frozen=True, slots=True)
class ProvinceSpec:
    """A province (or, with `national`, the Ministry's level): all the facts its plugin knows."""

    code: str
    name: Text
    languages: tuple[str, ...]
    theme: str
    organisations: tuple[OrganisationSpec, ...]
    clusters: tuple[ClusterSpec, ...]
    regulations: tuple[RegulationSpec, ...]
    national: bool = False
    face_rule: FaceRule | None = None


@dataclass(frozen=True, slots=True)
class Obligation:
    """A clause as a row: who owes what, how often, and the code of the evidence that serves it ("" = none yet)."""

    clause: str
    duty: Text
    who: str
    rhythm: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday, or with `working=True` a swapped working day. `kind`: `tet` (Tết Nguyên đán), `public` (another
    holiday of the Labour Code), `substitute` (a day off in place of a weekend), or one of the plugin's own."""

    day: date
    name: Text
    working: bool = False
    kind: str = "public"


@dataclass(frozen=True, slots=True)
class Plugin:
    """What a plugin's module declares as `BANGTIN_PLUGIN`: name and the API versions it fits."""

    code: str
    name: str
    api_min: int = 1
    api_max: int = 1
