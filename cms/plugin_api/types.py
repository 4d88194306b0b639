"""The frozen values that plugins, renderers, the compiler and the CMS exchange.

Lengths are pixels unless a name says otherwise (`_mm`, `_m`), times are milliseconds (`_ms`) or minutes of a local day
(`_min`), languages are BCP 47 tags in Wagtail's spelling (`vi`, `en`, `km`, `lo`, `zh-hans`), hashes are lower-case SHA-256.
This module imports nothing of ours and no Django.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, Protocol

import rfc8785

API_VERSION = 1

LayerKind = Literal["image", "video", "strip", "glyphs", "stream", "audio"]
Mode = Literal["mirror", "rotate", "independent", "span"]
TransitionKind = Literal["cut", "fade"]
CardKind = Literal["title", "text", "picture", "video"]
JSON = Any


def canonical(document: JSON) -> bytes:
    """RFC 8785 bytes of a JSON document; the same on every machine."""
    return rfc8785.dumps(document)


def sha256(data: bytes) -> str:
    """Lower-case hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in whole pixels, origin top left."""

    x: int
    y: int
    width: int
    height: int

    def as_list(self) -> list[int]:
        return [self.x, self.y, self.width, self.height]


@dataclass(frozen=True, slots=True)
class Face:
    """One LED face of a cluster."""

    id: str
    width: int
    height: int
    pitch_mm: float
    distance_m: float
    languages: tuple[str, ...] = ("vi",)
    bearing_deg: int | None = None
    max_brightness_nit: int = 5000


@dataclass(frozen=True, slots=True)
class Geometry:
    """The faces of a cluster in order. `gaps_mm[i]` lies between face i and i+1; a closed ring has one gap per face."""

    faces: tuple[Face, ...]
    gaps_mm: tuple[float, ...] = ()
    closed_ring: bool = False

    @property
    def id(self) -> str:
        """Hash of what a proof depends on: two clusters of equal geometry share their proofs. Languages and bearing do
        not change a pixel, so they do not count."""
        return sha256(
            canonical(
                {
                    "faces": [[f.id, f.width, f.height, f.pitch_mm, f.distance_m] for f in self.faces],
                    "gaps": list(self.gaps_mm),
                    "closed": self.closed_ring,
                }
            )
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture, video … at a rectangle of a face. `asset` is a SHA-256. `sound` says that a video carries sound."""

    kind: LayerKind
    asset: str
    rect: Rect
    sound: bool = False

    def to_json(self) -> JSON:
        document: dict[str, JSON] = {"kind": self.kind, "asset": self.asset, "rect": self.rect.as_list()}
        if self.sound:
            document["sound"] = True
        return document


@dataclass(frozen=True, slots=True)
class Transition:
    """How a scene comes in; it occupies the first `ms` of the incoming scene."""

    kind: TransitionKind = "fade"
    ms: int = 500

    def to_json(self) -> JSON:
        return {"kind": self.kind, "ms": self.ms}


@dataclass(frozen=True, slots=True)
class Scene:
    """What the faces of a cluster show for `duration_ms`: per face an ordered list of layers, first at the bottom."""

    duration_ms: int
    faces: Mapping[str, tuple[Layer, ...]]
    transition: Transition = Transition()

    def to_json(self) -> JSON:
        return {
            "duration": self.duration_ms,
            "faces": {face: [layer.to_json() for layer in layers] for face, layers in sorted(self.faces.items())},
            "transition": self.transition.to_json(),
        }

    def assets(self) -> frozenset[str]:
        return frozenset(layer.asset for layers in self.faces.values() for layer in layers)

    @classmethod
    def from_json(cls, document: JSON) -> Scene:
        return cls(
            duration_ms=document["duration"],
            faces={
                face: tuple(
                    Layer(kind=one["kind"], asset=one["asset"], rect=Rect(*one["rect"]), sound=one.get("sound", False))
                    for one in layers
                )
                for face, layers in document["faces"].items()
            },
            transition=Transition(**document["transition"]),
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """An ordered list of scenes in one language: exactly what is appraised, approved and shown."""

    scenes: tuple[Scene, ...]

    def to_json(self) -> JSON:
        return {"format": 1, "scenes": [scene.to_json() for scene in self.scenes]}

    @property
    def id(self) -> str:
        """SHA-256 of the canonical JSON; assets are named by hash, so it pins every pixel."""
        return sha256(canonical(self.to_json()))

    def assets(self) -> frozenset[str]:
        return frozenset().union(*(scene.assets() for scene in self.scenes)) if self.scenes else frozenset()

    @classmethod
    def from_json(cls, document: JSON) -> Proof:
        return cls(scenes=tuple(Scene.from_json(scene) for scene in document["scenes"]))


@dataclass(frozen=True, slots=True)
class AssetInfo:
    """Size and media type of an asset (`image/png`, `video/mp4`)."""

    sha256: str
    bytes: int
    type: str


class AssetSink(Protocol):
    """Where a renderer puts the bytes it makes. Putting the same bytes twice stores them once."""

    def put(self, data: bytes, type: str) -> str:
        """Store bytes, return their SHA-256."""
        ...

    def put_file(self, path: Path, type: str) -> str:
        """Store a file's bytes (the file may be moved), return their SHA-256."""
        ...


@dataclass(frozen=True, slots=True)
class Card:
    """One block of an item's translation, as a renderer sees it. Text is plain (newlines are paragraphs); `media` is an
    original on disk, already checked; `focal` is a point and a size as shares of the picture (x, y, width, height in 0…1)."""

    kind: CardKind
    title: str = ""
    text: str = ""
    kicker: str = ""
    caption: str = ""
    media: Path | None = None
    media_sha256: str = ""
    focal: tuple[float, float, float, float] | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ItemTranslation:
    """An item in one language, ready to be drawn."""

    item: str
    language: str
    cards: tuple[Card, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class ThemeSource:
    """A theme is data: a folder with `theme.toml` and what it names. `code` is what provinces refer to."""

    code: str
    folder: Path


Progress = Callable[[float], None]
"""Called with a share done, 0…1."""


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """What a layout renderer is asked for: one item translation on one geometry. `theme` is a loaded
    `renderers.themes.Theme`; `sink` takes the assets; `progress` is called now and then and may raise to cancel."""

    geometry: Geometry
    item: ItemTranslation
    theme: Any
    sink: AssetSink
    span: bool = False
    progress: Progress = lambda share: None


class LayoutRenderer(Protocol):
    """The hook at the centre: draws an item for clusters of so many faces."""

    code: str
    faces: int

    def render(self, request: RenderRequest) -> Proof:
        """Scenes with layers for every face of the geometry. Raises `renderers.errors.RenderError` when the content
        cannot be shown legibly; its message says what the editor should do."""
        ...


class RendererRegistry(Protocol):
    def for_faces(self, count: int) -> LayoutRenderer: ...


# --- provinces ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Vietnamese and English."""

    vi: str
    en: str


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
    note: Text = Text("", "")
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
    """An organisation and the roles it holds from a day on: (role, from, until or None, clause)."""

    code: str
    name: Text
    roles: tuple[tuple[str, date, date | None, str], ...]


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
