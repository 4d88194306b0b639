"""What all kinds of cards share: how small text may get, where the furniture stands, and how scenes are made of pictures.

A template sets its texts (`renderers.fit`) on every size of face (`sizes_of`), paints each picture once (`shown_once` with
`part_key`), inside of which it draws texts with `write` (which measures the contrast on the very pixels behind each line),
the furniture with `draw_furniture`, and names whatever else it paints with `painted`; then `page_scene` makes the scene and tells
`request.judge` how legible it is on which faces. What is not one picture per face calls `recording` and `judge_scene` itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from cms.plugin_api.types import (
    JSON,
    Card,
    Face,
    Layer,
    Legibility,
    Reason,
    Rect,
    RenderRequest,
    Scene,
    Transition,
    canonical,
    sha256,
)
from renderers.drawn import Drawn as Drawn
from renderers.drawn import collecting as collecting
from renderers.drawn import measured as measured
from renderers.drawn import painted as painted
from renderers.drawn import recording
from renderers.drawn import write as write
from renderers.encode import PNG, png
from renderers.errors import RenderError
from renderers.fit import Stack
from renderers.frames import Frame
from renderers.furniture import Furniture, draw_header, draw_tag, header, tag_width
from renderers.furniture import dots_width as _dots_width
from renderers.furniture import draw_dots as _dots
from renderers.legibility import Reading, assess, least_size
from renderers.sizes import Size, size_of
from renderers.text import Box, normalise
from renderers.themes import Palette

DRAWING = "4"
"""Version of the drawing itself (text, ground, furniture): raised when the same card would get other pixels."""

FADE = Transition("fade", 500)


@dataclass(frozen=True, slots=True, eq=False)
class Comfort:
    """How small a text may be set and in how many lines before another page is better; `motif` is the share of
    its room that the motif keeps."""

    name: str
    scale: float
    lines: dict[str, int]
    limit: bool = False
    motif: float = 1.0


EASY = Comfort("easy", 0.085, {"ribbon": 2, "wide": 4, "square": 5, "tall": 9})
NEAT = Comfort("neat", 0.07, {"ribbon": 2, "wide": 4, "square": 6, "tall": 10}, motif=0.9)
GOOD = Comfort("good", 0.055, {"ribbon": 2, "wide": 5, "square": 6, "tall": 11}, motif=0.8)
FAIR = Comfort("fair", 0.044, {"ribbon": 2, "wide": 5, "square": 7, "tall": 13}, motif=0.7)
CLEAR = Comfort("clear", 0.0, {"ribbon": 3, "wide": 6, "square": 9, "tall": 16}, motif=0.6)
LIMIT = Comfort("limit", 0.0, {"ribbon": 4, "wide": 9, "square": 10, "tall": 20}, limit=True, motif=0.0)
COMFORTS = (EASY, GOOD, CLEAR, LIMIT)


@dataclass(frozen=True, slots=True)
class Placed:
    """A stack with the corner where it is drawn."""

    stack: Stack
    x: int
    y: int

    def boxes(self) -> list[Box]:
        return self.stack.boxes(self.x, self.y)


@dataclass(frozen=True, slots=True)
class Setting:
    """A card's text set on a face: its stacks, and the accent's rule as (x, y, width, height)."""

    stacks: tuple[Placed, ...]
    rule: Rect | None = None

    def boxes(self) -> list[Box]:
        return [box for placed in self.stacks for box in placed.boxes()]


def least_of(face: Face, language: str, comfort: Comfort) -> int:
    """The smallest em allowed on a face at a comfort."""
    short = min(face.width, face.height)
    least = least_size(face, language, limit=comfort.limit)
    scale = comfort.scale * (2.4 if face.width >= 8 * face.height else 1.0)
    return max(least, round(short * scale))


def ribbon_body(frame: Frame, what: Furniture) -> Rect:
    """A ribbon has no header row: its tag stands at the left, its dots at the right."""
    left = frame.head_x + tag_width(frame, what.language) + frame.margin_x
    right = frame.width - frame.margin_x - (_dots_width(frame, what.pages) + frame.margin_x if what.pages > 1 else 0)
    return Rect(left, frame.margin_y, right - left, frame.height - 2 * frame.margin_y)


def furniture_boxes(frame: Frame, what: Furniture) -> list[Box]:
    """What the furniture covers."""
    if frame.shape != "ribbon":
        return header(frame, what)[0]
    top, bottom = frame.margin_y, frame.height - frame.margin_y
    boxes = [(frame.head_x, top, frame.head_x + tag_width(frame, what.language), bottom)]
    if what.pages > 1:
        right = frame.width - frame.margin_x
        boxes.append((right - _dots_width(frame, what.pages), top, right, bottom))
    return boxes


def draw_furniture(
    image: Image.Image, frame: Frame, palette: Palette, what: Furniture, *, on_picture: bool = False
) -> None:
    """Tag, source and dots where the shape of the face wants them."""
    if frame.shape != "ribbon":
        draw_header(image, frame, palette, what, on_picture=on_picture)
        return
    high = 2 * round(frame.small * 0.72)
    draw_tag(image, frame, palette, what.language, frame.head_x, (frame.height - high) // 2)
    if what.pages > 1:
        _dots(image, frame, palette, what, frame.width - frame.margin_x, frame.height // 2)


def furniture_of(request: RenderRequest, page: int = 0, pages: int = 1) -> Furniture:
    """The furniture of a request's scenes; `page` counts from 0."""
    return Furniture(request.item.language, normalise(request.item.source).replace("\n", " "), page, pages)


def sizes_of(faces: Iterable[Face]) -> dict[Size, Face]:
    """One face of every size: equal sizes share their pixels."""
    return {size_of(face): face for face in faces}


def whole(face: Face, asset: str) -> Layer:
    """A picture that covers a face."""
    return Layer("image", asset, Rect(0, 0, face.width, face.height))


def still(request: RenderRequest, assets: Mapping[Size, str], duration_ms: int) -> Scene:
    """A scene of one picture per face, by the faces' sizes."""
    faces = request.geometry.faces
    return Scene(duration_ms, {face.id: (whole(face, assets[size_of(face)]),) for face in faces}, FADE)


def part_key(request: RenderRequest, what: str, version: str, face: Face, *inputs: JSON) -> str:
    """The key of something drawn on a face: `what` and its `version`, theme, language, furniture's source, size of the
    face, and all further inputs (JSON) that decide its pixels. Faces of equal size share it; the face's id does not count."""
    return sha256(
        canonical(
            [
                what, version, DRAWING, request.theme.code, request.theme.key, request.item.language, request.item.source,
                [face.width, face.height, face.pitch_mm, face.distance_m, face.smooth], *inputs,
            ]
        )
    )  # fmt: skip


def picture_once(request: RenderRequest, key: str, make: Callable[[], Image.Image]) -> str:
    """The asset of a picture that `make` paints, painted once for every key (see `part_key`)."""
    return shown_once(request, key, make).asset


@dataclass(frozen=True, slots=True)
class Shown:
    """A painted picture: its asset, and what a traveller has to read on it."""

    asset: str
    reading: Reading

    def to_json(self) -> JSON:
        return {"asset": self.asset, "reading": self.reading.to_json()}

    @classmethod
    def from_json(cls, document: JSON) -> Shown:
        return cls(document["asset"], Reading.from_json(document["reading"]))


def shown_once(request: RenderRequest, key: str, make: Callable[[], Image.Image]) -> Shown:
    """A picture that `make` paints, painted once for every key (see `part_key`), with what was measured while it was painted.
    Raises what `make` raises, `RenderError("illegible")` when a text drawn with `write` lacks contrast."""

    def paint() -> JSON:
        with recording() as record:
            image = make()
            record.size = image.size
        return Shown(request.sink.put(png(image), PNG), record.reading()).to_json()

    return Shown.from_json(request.cache.once(key, paint))


def page_scene(
    request: RenderRequest, card: Card, shown: Mapping[Size, Shown], needs_ms: int, page: int = 0, pages: int = 1
) -> Scene:
    """The scene of one picture per size of face, judged. It stands as long as the card says, else `needs_ms`. Raises
    `RenderError("illegible")` for what no traveller could read."""
    readings = {face.id: shown[size_of(face)].reading for face in request.geometry.faces}
    judge_scene(request, card, readings, needs_ms, page, pages)
    return still(request, {size: one.asset for size, one in shown.items()}, card.duration_ms or needs_ms)


def judge_scene(
    request: RenderRequest,
    card: Card,
    readings: Mapping[str, Reading],
    needs_ms: int | None = None,
    page: int = 0,
    pages: int = 1,
    *,
    shown_ms: int | None = None,
) -> None:
    """Tell `request.judge` how legible a scene is (`readings` by face id), faces of equal result together. It stands `shown_ms`,
    else what the card says, else `needs_ms` (None: as measured). Raises `RenderError("illegible")`."""
    found: dict[tuple[int, tuple[Reason, ...]], list[str]] = {}
    for face in request.geometry.faces:
        reading = readings.get(face.id)
        if reading is None:
            continue
        needs = reading.needs_ms if needs_ms is None else needs_ms
        stands = shown_ms or card.duration_ms or needs
        fixed = shown_ms is None and card.duration_ms is not None
        result = assess(face, reading, stands, needs_ms=needs, pages=pages, fixed=fixed)
        found.setdefault(result, []).append(face.id)
    for (score, reasons), faces in found.items():
        request.judge(Legibility(request.card, page, tuple(faces), score, reasons))


def media_of(card: Card) -> Path:
    """The card's picture or clip. Raises `RenderError("no_media")`."""
    if card.media is None or not card.media.is_file():
        raise RenderError(
            "no_media",
            "Thẻ chưa có ảnh hoặc clip, hoặc tệp đã bị xóa. Hãy chọn lại.",
            "The card has no picture or clip, or its file is gone. Choose it again.",
        )
    return card.media


def too_long(card: Card) -> RenderError:
    """The error of a text that no legible size and no number of pages can hold."""
    start = (card.title or card.text or card.caption)[:40]
    return RenderError(
        "too_long",
        f"Văn bản “{start}…” quá dài so với màn hình: chữ sẽ nhỏ hơn mức đọc được. "
        "Hãy rút gọn hoặc chia thành nhiều thẻ.",
        f"The text “{start}…” is too long for the screen: its letters would be too small to read. "
        "Shorten it or split it into several cards.",
    )
