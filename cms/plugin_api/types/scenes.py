"""Faces, and what they show: layers, scenes, proofs and their assets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from cms.plugin_api.types.streams import Stream
from cms.plugin_api.types.values import JSON, Rect, canonical, sha256

LayerKind = Literal["image", "video", "strip", "glyphs", "stream", "audio"]
Mode = Literal["mirror", "rotate", "independent", "span"]
TransitionKind = Literal["cut", "fade", "slide", "wipe"]


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
    (a picture that moves) has `strip`, a `glyphs` layer has `glyphs`; the asset of both is a PNG. A `stream` layer has `stream`; its
    asset is the poster, the PNG that is shown whenever the stream is not, and `unverified` stands in its JSON: what comes from that
    address was approved by its address alone."""

    kind: LayerKind
    asset: str
    rect: Rect
    sound: bool = False
    strip: Strip | None = None
    glyphs: Glyphs | None = None
    stream: Stream | None = None

    def to_json(self) -> JSON:
        document: dict[str, JSON] = {"kind": self.kind, "asset": self.asset, "rect": self.rect.as_list()}
        if self.sound:
            document["sound"] = True
        if self.strip:
            document["strip"] = self.strip.to_json()
        if self.glyphs:
            document["glyphs"] = self.glyphs.to_json()
        if self.stream:
            document |= {"stream": self.stream.to_json(), "unverified": True}
        return document

    @classmethod
    def from_json(cls, document: JSON) -> Layer:
        strip, glyphs, stream = document.get("strip"), document.get("glyphs"), document.get("stream")
        return cls(
            kind=document["kind"],
            asset=document["asset"],
            rect=Rect(*document["rect"]),
            sound=document.get("sound", False),
            strip=Strip.from_json(strip) if strip else None,
            glyphs=Glyphs.from_json(glyphs) if glyphs else None,
            stream=Stream.from_json(stream) if stream else None,
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

    def streams(self) -> frozenset[str]:
        """Addresses of its streams."""
        return frozenset(layer.stream.url for layers in self.faces.values() for layer in layers if layer.stream)

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

    def streams(self) -> frozenset[str]:
        """Addresses of the streams in it, each to be approved by name."""
        return frozenset().union(*(scene.streams() for scene in self.scenes)) if self.scenes else frozenset()

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
