"""Format 1 of the two documents a player obeys: `schedule.json` and `now.json`. Times are UTC milliseconds, spans are
half open [from, until). The JSON Schemas in `docs/formats/` are generated from these models and compared in the tests.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cms.plugin_api.types.streams import LEAST_LATENCY_MS, MOST_LATENCY_MS, STREAM_URL

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Millis = Annotated[int, Field(ge=0)]
FaceId = Annotated[str, Field(pattern=r"^[a-d]$")]
Pixels4 = tuple[int, int, int, int]

CHUNK_BYTES = 1024 * 1024
HORIZON_DAYS = 35


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Span(Model):
    from_: Millis = Field(alias="from")
    until: Millis


class Asset(Model):
    """`manifest` is the hash of a chunk `{"chunks": [sha256 …]}` when the asset is longer than one chunk."""

    bytes: int
    type: str
    manifest: Sha256 | None = None


class Strip(Model):
    """How a layer's picture moves (`cms.plugin_api.types.Strip`): pixels, whole px/s, period in pixels (0: it does not repeat)."""

    start: tuple[int, int]
    speed: tuple[int, int]
    repeat: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]]


class Glyphs(Model):
    """A live value set from cells of the asset (`cms.plugin_api.types.Glyphs`)."""

    of: Literal["time", "countdown", "value"]
    cells: dict[str, Pixels4]
    align: Literal["left", "centre", "right"]
    fallback: list[str]
    pattern: list[str] | None = None
    offset: int | None = None
    until: Millis | None = None
    name: str | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    group: str | None = None
    point: str | None = None
    max_age: Millis | None = None


class Stream(Model):
    """A live stream (`cms.plugin_api.types.Stream`): its playlist, and how far behind its live edge it may be shown."""

    url: Annotated[str, Field(pattern=STREAM_URL)]
    latency: Annotated[int, Field(ge=LEAST_LATENCY_MS, le=MOST_LATENCY_MS)]


class Layer(Model):
    """`unverified` stands on a layer of kind `stream`, and on no other: its address was approved, its pixels were not. Its asset is
    the poster that is shown whenever the stream is not."""

    kind: Literal["image", "video", "strip", "glyphs", "stream", "audio"]
    asset: Sha256
    rect: Pixels4
    sound: bool = False
    strip: Strip | None = None
    glyphs: Glyphs | None = None
    stream: Stream | None = None
    unverified: bool = False

    @model_validator(mode="after")
    def _says_that_it_streams(self) -> Self:
        if not (self.kind == "stream") == (self.stream is not None) == self.unverified:
            raise ValueError("a layer of kind stream, and no other, has a stream and is marked unverified")
        return self


class Transition(Model):
    kind: Literal["cut", "fade", "slide", "wipe"]
    ms: Millis


class Scene(Model):
    """`item` names the item translation (`<translation key>:<language>`), `proof` what was approved."""

    item: str
    language: str
    proof: Sha256 | Literal["theme"]
    duration: Millis
    faces: dict[FaceId, list[Layer]]
    transition: Transition


class Placed(Model):
    """Where the canvas shows a face: its rectangle on the canvas after the clockwise rotation."""

    rect: Pixels4
    rotation: Literal[0, 90, 180, 270] = 0


class Audio(Model):
    face: FaceId


class Controller(Model):
    canvas: tuple[int, int]
    faces: dict[FaceId, Placed]
    audio: Audio | None = None


class Segment(Span):
    """`loop` names an entry of `loops`; None while closed. `from` is the segment's true start, so the place in the loop
    is `(instant - from) mod length` whenever the schedule was compiled."""

    kind: Literal["programme", "closed", "fallback"]
    loop: str | None = None


class FaceTimeline(Model):
    segments: list[Segment]


class Power(Span):
    on: bool
    brightness: Annotated[int, Field(ge=0, le=100)]
    volume: Annotated[int, Field(ge=0, le=100)]


class Schedule(Model):
    """`turns` are (scene, ms), each once; a loop is a list of places in `turns` (docs/decisions/0006)."""

    format: Literal[1]
    cluster: str
    valid_from: Millis
    valid_until: Millis
    timezone: str
    controllers: dict[str, Controller]
    assets: dict[Sha256, Asset]
    scenes: dict[str, Scene]
    turns: list[tuple[str, Millis]]
    loops: dict[str, list[Millis]]
    faces: dict[FaceId, FaceTimeline]
    power: dict[FaceId, list[Power]]
    standby: list[Sha256]
    fallback: str


class Alert(Span):
    id: str
    faces: list[FaceId]
    scene: str


class Blackout(Span):
    """Darkens faces at once. An `until` far in the future means until lifted."""

    faces: list[FaceId]


class Value(Model):
    value: str | int | float
    at: Millis
    max_age: Millis


class Notices(Model):
    """`withdrawn` holds item translations and proof ids; a scene whose `item` or `proof` is listed is not shown."""

    format: Literal[1]
    cluster: str
    alerts: list[Alert] = []
    blackout: list[Blackout] = []
    withdrawn: list[str] = []
    values: dict[str, Value] = {}
    scenes: dict[str, Scene] = {}
    assets: dict[Sha256, Asset] = {}
