"""The frozen values that plugins, renderers, the compiler and the CMS exchange.

Lengths are pixels unless a name says otherwise (`_mm`, `_m`), times are milliseconds (`_ms`) or minutes of a local day
(`_min`), languages are BCP 47 tags in Wagtail's spelling (`vi`, `en`, `km`, `lo`, `zh-hans`), hashes are lower-case SHA-256.
This module imports nothing of ours and no Django.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, Protocol

import rfc8785

API_VERSION = 1

LayerKind = Literal["image", "video", "strip", "glyphs", "stream", "audio"]
Mode = Literal["mirror", "rotate", "independent", "span"]
TransitionKind = Literal["cut", "fade", "slide", "wipe"]
FieldKind = Literal[
    "line", "text", "picture", "pictures", "clip", "table", "url", "number", "date", "moment", "choice", "live"
]
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
    smooth: bool = True
    """Whether letters have soft edges. Coarse panels (about 10 mm and more) are sharper without (`False`: 1 bit)."""


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
                    "faces": [
                        [f.id, f.width, f.height, f.pitch_mm, f.distance_m, *(() if f.smooth else (False,))]
                        for f in self.faces
                    ],
                    "gaps": list(self.gaps_mm),
                    "closed": self.closed_ring,
                }
            )
        )


@dataclass(frozen=True, slots=True)
class Strip:
    """How a picture moves under its layer's rectangle, always by whole pixels: `offset_ms` after its scene came in, its top
    left corner lies at `start + trunc(speed × offset_ms / 1000)` (toward zero), relative to the rectangle's. `speed` is in
    whole px/s to the right and down. `repeat` is the period in pixels after which the picture comes again (0: it does not): it
    follows what moves, nothing runs before it; along an axis without motion it comes again at both sides."""

    start: tuple[int, int] = (0, 0)
    speed: tuple[int, int] = (0, 0)
    repeat: tuple[int, int] = (0, 0)

    def to_json(self) -> JSON:
        return {"start": list(self.start), "speed": list(self.speed), "repeat": list(self.repeat)}

    @classmethod
    def from_json(cls, document: JSON) -> Strip:
        return cls(*((document[name][0], document[name][1]) for name in ("start", "speed", "repeat")))


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A live value set from an approved atlas: `cells` names parts of the asset (rectangles in its pixels, all of the layer's
    height), and the value becomes a row of cells, aligned in the layer's rectangle. Nothing but what is in the atlas can
    ever be shown.

    `of`: `time` (the wall clock, `offset_min` east of UTC), `countdown` (to `until`, UTC ms) or `value` (`name` of
    `now.json`'s values). `pattern` (time and countdown) is a row of tokens; those below are replaced by digits or by the
    cell they name, any other is the name of a cell.
    Time: `HH` `H` `mm` `ss` `dd` `d` `MM` `M` `yyyy`; `weekday` → `w1` (Monday) … `w7`; the Vietnamese lunar day and
    month `ld` `lm` (no leading zero), `leap` → the cell `leap` in a leap month, else nothing; `lyear` → `c0` (Giáp Tý) … `c59`.
    Countdown: `D` (days), `HH` `mm` `ss` (the rest).
    A value that is a number is written with `decimals`, `group` between thousands and `point` before decimals; one that is a
    string names a cell. `fallback` (names of cells) is shown when the value is missing, older than its `max_age` or
    `max_age_ms`, has no cell, is wider than the rectangle, or when a countdown is over. A negative number begins with the cell `-`; a
    countdown tells begun seconds as whole ones."""

    of: Literal["time", "countdown", "value"]
    cells: tuple[tuple[str, Rect], ...]
    pattern: tuple[str, ...] = ()
    align: Literal["left", "centre", "right"] = "left"
    fallback: tuple[str, ...] = ()
    offset_min: int = 420
    until: int = 0
    name: str = ""
    decimals: int = 0
    group: str = "."
    point: str = ","
    max_age_ms: int = 0

    def to_json(self) -> JSON:
        document: dict[str, JSON] = {
            "of": self.of,
            "cells": {name: rect.as_list() for name, rect in self.cells},
            "align": self.align,
            "fallback": list(self.fallback),
        }
        if self.of == "value":
            document |= {"name": self.name, "decimals": self.decimals, "group": self.group, "point": self.point}
            document["max_age"] = self.max_age_ms
            return document
        document["pattern"] = list(self.pattern)
        if self.of == "time":
            document["offset"] = self.offset_min
        else:
            document["until"] = self.until
        return document

    @classmethod
    def from_json(cls, document: JSON) -> Glyphs:
        return cls(
            of=document["of"],
            cells=tuple(sorted((name, Rect(*rect)) for name, rect in document["cells"].items())),
            pattern=tuple(document.get("pattern", ())),
            align=document["align"],
            fallback=tuple(document["fallback"]),
            offset_min=document.get("offset", 420),
            until=document.get("until", 0),
            name=document.get("name", ""),
            decimals=document.get("decimals", 0),
            group=document.get("group", "."),
            point=document.get("point", ","),
            max_age_ms=document.get("max_age", 0),
        )


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture, video … at a rectangle of a face. `asset` is a SHA-256. `sound` says that a video carries sound. A `strip`
    (a picture that moves) has `strip`, a `glyphs` layer has `glyphs`; the asset of both is a PNG."""

    kind: LayerKind
    asset: str
    rect: Rect
    sound: bool = False
    strip: Strip | None = None
    glyphs: Glyphs | None = None

    def to_json(self) -> JSON:
        document: dict[str, JSON] = {"kind": self.kind, "asset": self.asset, "rect": self.rect.as_list()}
        if self.sound:
            document["sound"] = True
        if self.strip:
            document["strip"] = self.strip.to_json()
        if self.glyphs:
            document["glyphs"] = self.glyphs.to_json()
        return document

    @classmethod
    def from_json(cls, document: JSON) -> Layer:
        strip, glyphs = document.get("strip"), document.get("glyphs")
        return cls(
            kind=document["kind"],
            asset=document["asset"],
            rect=Rect(*document["rect"]),
            sound=document.get("sound", False),
            strip=Strip.from_json(strip) if strip else None,
            glyphs=Glyphs.from_json(glyphs) if glyphs else None,
        )


@dataclass(frozen=True, slots=True)
class Transition:
    """How a scene comes in; it occupies the first `ms` of the incoming scene. With p the eased progress 0…1 (`renderers.motion.eased`)
    on a face W pixels wide: `fade` blends; `slide` moves the incoming scene in from the right at x = round(W·(1-p)) and the one before out to
    the left by as much; `wipe` uncovers the incoming scene from the left up to x = round(W·p). None shows the background."""

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
            faces={face: tuple(Layer.from_json(one) for one in layers) for face, layers in document["faces"].items()},
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
class Text:
    """A text in Vietnamese and English."""

    vi: str
    en: str


Focal = tuple[float, float, float, float]
"""A point and a size as shares of a picture: x, y, width, height in 0…1."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a card: an original on disk, already checked, with its focal point and a caption of its own."""

    path: Path
    sha256: str
    focal: Focal | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """A live value beside its label. `of`: `clock`, `date`, `lunar`, `countdown` (to `until`, UTC ms) or `value` (the name of
    a live value, with its unit and decimals)."""

    of: str
    label: str = ""
    name: str = ""
    unit: str = ""
    decimals: int = 0
    until: int = 0
    max_age_ms: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One block of an item's translation, as a card template sees it. Text is plain (newlines are paragraphs); `media` is an
    original on disk, already checked. `rows` are those of a table, the first its head when `head`. `fields` holds whatever
    else the template's fields name, by name, as text (see `CardField`); read it with `get`."""

    kind: str
    title: str = ""
    text: str = ""
    kicker: str = ""
    caption: str = ""
    media: Path | None = None
    media_sha256: str = ""
    focal: Focal | None = None
    duration_ms: int | None = None
    pictures: tuple[Picture, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    head: bool = False
    live: tuple[Live, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        """A further field's text; "" when it was left empty."""
        return dict(self.fields).get(name, "")


@dataclass(frozen=True, slots=True)
class CardField:
    """A field of a card's form. `name` is the card's attribute (`title`, `text`, `kicker`, `caption`; `media` for one picture
    or clip; `pictures`, `rows`, `live`) or any other, which arrives in `Card.fields`. Kinds: `line` and `text` (words,
    translated unless `translated` is false), `picture`, `pictures`, `clip`, `table`, `url`, `number`, `date` (ISO),
    `moment` (ISO with zone), `choice` (of `choices`: value and label), `live` (clock, countdown, live values)."""

    name: str
    kind: FieldKind
    label: Text
    required: bool = False
    max_length: int = 0
    help: Text | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    translated: bool = True
    default: str = ""


class CardTemplate(Protocol):
    """A kind of card: its form, and how it is drawn. `kind` is what items store, so it never changes; `version` changes
    when the same card would be drawn otherwise, so that re-proofing can be offered; `icon` is one of Wagtail's."""

    @property
    def kind(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def name(self) -> Text: ...
    @property
    def icon(self) -> str: ...
    @property
    def fields(self) -> tuple[CardField, ...]: ...

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        """The scenes of one card, every face of `request.geometry` in each. Raises `renderers.errors.RenderError` with what
        the editor should do."""
        ...


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a card is harder to read than it could be: `points` lost of 100, and what the editor can do."""

    code: str
    text: Text
    points: int


@dataclass(frozen=True, slots=True)
class Legibility:
    """How well a traveller reads one scene on some faces: 100 at once, 0 hardly. What nobody could read is no score but a
    `RenderError`. `card` and `page` count from 0."""

    card: int
    page: int
    faces: tuple[str, ...]
    score: int
    reasons: tuple[Reason, ...] = ()

    def to_json(self) -> JSON:
        return {
            "card": self.card,
            "page": self.page,
            "faces": list(self.faces),
            "score": self.score,
            "reasons": [
                {"code": one.code, "vi": one.text.vi, "en": one.text.en, "points": one.points} for one in self.reasons
            ],
        }


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


class DrawCache(Protocol):
    """Remembers what was drawn, so that no picture and no clip is made twice."""

    def once(self, key: str, make: Callable[[], JSON]) -> JSON:
        """What `make` gave (JSON; it names assets by hash) when this key was first asked for, by whichever worker; while
        one makes it, others wait. `key` is the SHA-256 of all that decides the result. What `make` raises is not kept."""
        ...


class NoCache:
    """Makes everything anew."""

    def once(self, key: str, make: Callable[[], JSON]) -> JSON:
        return make()


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """What a layout renderer is asked for: one item translation on one geometry. `theme` is a loaded
    `renderers.themes.Theme`; `sink` takes the assets; `progress` is called now and then and may raise to cancel.
    `templates` are the kinds of cards by their `kind` (empty: the bundled ones); `cache` spares repeated work; `judge` hears
    how legible each scene is; `card` is the place of the card being drawn."""

    geometry: Geometry
    item: ItemTranslation
    theme: Any
    sink: AssetSink
    span: bool = False
    progress: Progress = lambda share: None
    templates: Mapping[str, CardTemplate] = field(default_factory=dict)
    cache: DrawCache = field(default_factory=NoCache)
    judge: Callable[[Legibility], None] = lambda legibility: None
    card: int = 0


class LayoutRenderer(Protocol):
    """The hook at the centre: draws an item for clusters of so many faces. `version` changes when the same item would be
    drawn otherwise."""

    code: str
    version: str
    faces: int

    def render(self, request: RenderRequest) -> Proof:
        """Scenes with layers for every face of the geometry. Raises `renderers.errors.RenderError` when the content
        cannot be shown legibly; its message says what the editor should do."""
        ...


class RendererRegistry(Protocol):
    def for_faces(self, count: int) -> LayoutRenderer: ...


# --- provinces ------------------------------------------------------------------------------------------------------


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
