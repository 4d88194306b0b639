"""Cards and their templates, and what a layout renderer is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from cms.plugin_api.types.scenes import AssetSink, Geometry, Proof, Scene
from cms.plugin_api.types.values import JSON, Text

FieldKind = Literal[
    "line", "text", "picture", "pictures", "clip", "table", "url", "number", "date", "moment", "choice", "live",
    "stream",
]  # fmt: skip

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
    `moment` (ISO with zone), `choice` (of `choices`: value and label), `live` (clock, countdown, live values),
    `stream` (the address of a live stream on a host that administrators allow)."""

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
