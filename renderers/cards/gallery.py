"""Two to eight pictures with a caption each: one at a time where one fills the face, several side by side on long faces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from PIL import Image

from cms.plugin_api.types import Card, CardField, Face, Layer, Picture, Rect, RenderRequest, Scene, Text
from renderers.cards.base import (
    COMFORTS,
    FADE,
    Comfort,
    Placed,
    draw_furniture,
    furniture_boxes,
    furniture_of,
    judge_scene,
    least_of,
    painted,
    part_key,
    ribbon_body,
    shown_once,
    too_long,
    whole,
    write,
)
from renderers.cards.photo import Photo
from renderers.cards.scrim import dimmest, shaded
from renderers.errors import RenderError
from renderers.fit import Part, fit
from renderers.frames import Frame, frame_of
from renderers.furniture import Furniture
from renderers.ground import paint
from renderers.legibility import MIN_CARD_MS, Reading, reading_ms
from renderers.pictures import window
from renderers.sizes import head_room
from renderers.themes import Theme

LEAST, MOST = 2, 8
_LOOKING_MS = 3000
"""How long one wants to look at a picture."""
_CELL = {"ribbon": 1.9, "wide": 1.4, "tall": 1.0}
"""Width ÷ height of a picture among others (tall faces: stacked)."""
_SLICE = 2.8
"""Width ÷ height of a place at which a picture that fills it is but a slice."""


class GalleryTemplate:
    """Pictures that turn, each with its caption."""

    kind = "gallery"
    version = "1"
    name = Text("Bộ ảnh", "Gallery")
    icon = "grip"
    fields = (
        CardField("title", "line", Text("tiêu đề", "headline"), max_length=80),
        CardField(
            "pictures", "pictures", Text("ảnh", "pictures"), required=True,
            help=Text("Từ 2 đến 8 ảnh, mỗi ảnh một chú thích ngắn.", "Two to eight pictures, each with a short caption."),
        ),
    )  # fmt: skip

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        """As many scenes as the face that shows the fewest pictures at a time needs."""
        pictures = card.pictures
        if not LEAST <= len(pictures) <= MOST:
            raise RenderError(
                "empty" if len(pictures) < LEAST else "too_long",
                f"Bộ ảnh cần từ {LEAST} đến {MOST} ảnh; thẻ này có {len(pictures)}. Hãy thêm hoặc bớt ảnh.",
                f"A gallery needs {LEAST} to {MOST} pictures; this card has {len(pictures)}. Add or remove some.",
            )
        photos = [Photo(_file_of(one), request.theme.day.ground[1]) for one in pictures]
        faces = request.geometry.faces
        comfort = _comfort(request, card)
        groups = {face.id: grouped(len(pictures), cells_of(face)) for face in faces}
        most = {face.id: _common_size(request, card, face, comfort) for face in faces}
        count = max(len(one) for one in groups.values())
        scenes = []
        for index in range(count):
            layers: dict[str, tuple[Layer, ...]] = {}
            readings: dict[str, Reading] = {}
            words: list[str] = []
            seen = 1
            for face in faces:
                here = groups[face.id]
                page = index * len(here) // count
                which = here[page]
                what = furniture_of(request, page, len(here))
                layers[face.id], readings[face.id] = self._face(
                    request, card, photos, face, which, what, comfort, most[face.id]
                )
                said = [pictures[one].caption for one in which]
                words, seen = max(words, said, key=lambda one: len(" ".join(one))), max(seen, len(which))
            text = " ".join([card.title if index == 0 else "", *words])
            needs_ms = max(MIN_CARD_MS, seen * _LOOKING_MS, reading_ms(text, request.item.language))
            judge_scene(request, card, readings, needs_ms, index)
            scenes.append(Scene(card.duration_ms or needs_ms, layers, FADE))
        return scenes

    def _face(
        self,
        request: RenderRequest,
        card: Card,
        photos: Sequence[Photo],
        face: Face,
        which: Sequence[int],
        what: Furniture,
        comfort: Comfort,
        most: int,
    ) -> tuple[tuple[Layer, ...], Reading]:
        language = request.item.language
        captions = [card.pictures[one].caption for one in which]
        setting = set_gallery(card.title, captions, face, request.theme, language, what, comfort, most)
        if setting is None:
            raise too_long(card)
        views = [
            window(photos[one].size, cell.area.width / cell.area.height, card.pictures[one].focal)
            for one, cell in zip(which, setting.cells, strict=True)
        ]
        key = part_key(
            request, self.kind, self.version, face, comfort.name, most, card.title, captions,
            [card.pictures[one].sha256 for one in which], [list(view) for view in views], what.page, what.pages,
        )  # fmt: skip

        def make() -> Image.Image:
            parts = (
                photos[one].part(view, cell.area.width, cell.area.height)
                for one, view, cell in zip(which, views, setting.cells, strict=True)
            )
            return draw_gallery(setting, request.theme, what, parts)

        found = shown_once(request, key, make)
        return (whole(face, found.asset),), found.reading


GALLERY = GalleryTemplate()


@dataclass(frozen=True, slots=True)
class Cell:
    """A picture's place on a face, and its caption (its corner counted from the face's): on the picture, or with `aside` to the
    right of it."""

    area: Rect
    caption: Placed | None = None
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures set on a face of `size`; `panel` is what of the ground is seen beside them, with the headline and the furniture
    (which keeps to `frame`)."""

    size: tuple[int, int]
    frame: Frame
    cells: tuple[Cell, ...]
    panel: Rect | None
    title: Placed | None


def cells_of(face: Face) -> int:
    """How many pictures a face shows at a time: one, or on a long face as many as keep about their shape."""
    frame = frame_of(face)
    if frame.shape == "square":
        return 1
    long, short = max(face.width, face.height), min(face.width, face.height)
    return max(2, round(long / short / _CELL[frame.shape]))


def grouped(count: int, cells: int) -> list[list[int]]:
    """The numbers of `count` pictures in the fewest groups of at most `cells`, as even as can be, larger ones first."""
    groups = -(-count // cells)
    ends = [-(-count * one // groups) for one in range(groups + 1)]
    return [list(range(start, end)) for start, end in pairwise(ends)]


def _file_of(picture: Picture) -> Path:
    if not picture.path.is_file():
        raise RenderError(
            "no_media",
            "Bộ ảnh có ảnh đã bị xóa. Hãy chọn lại ảnh.",
            "A picture of the gallery is gone. Choose it again.",
        )
    return picture.path


def _comfort(request: RenderRequest, card: Card) -> Comfort:
    """The first comfort at which every picture's caption fits on every face. Raises `RenderError("too_long")`."""
    for comfort in COMFORTS:
        if all(one for face in request.geometry.faces for one in _settings(request, card, face, comfort)):
            return comfort
    longest = max(card.pictures, key=lambda one: len(one.caption))
    raise too_long(replace(card, title=longest.caption or card.title))


def _settings(request: RenderRequest, card: Card, face: Face, comfort: Comfort) -> Iterator[Gallery | None]:
    groups = grouped(len(card.pictures), cells_of(face))
    what = furniture_of(request, 0, len(groups))
    for which in groups:
        captions = [card.pictures[one].caption for one in which]
        yield set_gallery(card.title, captions, face, request.theme, request.item.language, what, comfort)


def _common_size(request: RenderRequest, card: Card, face: Face, comfort: Comfort) -> int:
    """The em that the longest caption leaves for all on a face."""
    cells = [cell for one in _settings(request, card, face, comfort) if one for cell in one.cells]
    return min((cell.caption.stack.size for cell in cells if cell.caption), default=9999)


def set_gallery(
    title: str,
    captions: Sequence[str],
    face: Face,
    theme: Theme,
    language: str,
    what: Furniture,
    comfort: Comfort,
    most: int = 9999,
) -> Gallery | None:
    """Pictures with these captions set on a face, captions no larger than `most`; None when one does not fit. Raises
    `RenderError("no_font")`."""
    frame = frame_of(face, theme.type)
    least = least_of(face, language, replace(comfort, scale=comfort.scale * 0.7))
    if frame.shape == "square":
        return _filling(title, captions[0], face, frame, theme, language, least, comfort, most)
    area = Rect(0, 0, face.width, face.height)
    panel, placed = None, None
    if title or frame.shape == "ribbon":
        panel, area = _panel(frame, what, bool(title))
        if frame.shape != "tall":
            frame = replace(frame, width=panel.width)  # the furniture keeps to the panel
    if title and panel:
        part = Part(title, language, theme.day.accent, 1.0, least, 9999, 800, True, 5)
        for gap in (frame.gap, 0):  # under the tag, where there is room for it
            inner = _inside(panel, frame, what, gap)
            most_px = max(least, round(head_room(frame) * 0.7))
            stack = fit([part], inner.width, inner.height, least, most_px, smooth=face.smooth)
            if stack:
                break
        if stack is None:
            return None
        placed = Placed(stack, inner.x, inner.y + (inner.height - stack.height) // 2)
    cells = []
    for spot, caption in zip(_split(area, len(captions), frame), captions, strict=True):
        cell = _captioned(caption, spot, face, frame, theme, language, least, comfort, most)
        if cell is None:
            return None
        cells.append(cell)
    return Gallery((face.width, face.height), frame, tuple(cells), panel, placed)


def _filling(
    title: str,
    caption: str,
    face: Face,
    frame: Frame,
    theme: Theme,
    language: str,
    least: int,
    comfort: Comfort,
    most: int,
) -> Gallery | None:
    """One picture over the whole face, headline and caption on its scrim."""
    most = max(least, min(most, round(face.height * 0.1)))
    few = 4 if comfort.limit else 2
    parts = [
        Part(title, language, theme.day.accent, 0.72, least, most, 700, True, 1 if not comfort.limit else 2),
        Part(caption, language, theme.day.text, 1.0, least, most, 600, False, few, gap=0.42),
    ]
    room = frame.body.height // 2
    stack = fit(parts, frame.body.width, room, least, most, smooth=face.smooth)
    if stack is None:
        return None
    whole_face = Rect(0, 0, face.width, face.height)
    placed = Placed(stack, frame.body.x, frame.body.y + frame.body.height - stack.height) if stack.lines else None
    return Gallery((face.width, face.height), frame, (Cell(whole_face, placed),), None, None)


def _panel(frame: Frame, what: Furniture, titled: bool) -> tuple[Rect, Rect]:
    """The ground's part of a long face (without a headline only as much as a ribbon's tag needs), and the pictures' part."""
    if frame.shape == "tall":
        high = round(frame.height * 0.2)
        return Rect(0, 0, frame.width, high), Rect(0, high, frame.width, frame.height - high)
    wide = round(frame.width * (0.25 if frame.shape == "wide" else 0.2))
    if not titled:
        wide = frame.width - ribbon_body(frame, what).width - frame.margin_x
    return Rect(0, 0, wide, frame.height), Rect(wide, 0, frame.width - wide, frame.height)


def _inside(panel: Rect, frame: Frame, what: Furniture, gap: int) -> Rect:
    """Where the headline stands on the panel."""
    if frame.shape == "ribbon":
        body = ribbon_body(frame, what)
        return Rect(body.x, body.y, panel.width - body.x - frame.margin_x, body.height)
    top = frame.body.y + gap
    return Rect(frame.margin_x, top, panel.width - 2 * frame.margin_x, panel.height - top - frame.margin_y)


def _split(area: Rect, count: int, frame: Frame) -> list[Rect]:
    """An area in equal parts along its face, with hairs of ground between them."""
    between = max(2, frame.gap // 3)
    long = area.height if frame.shape == "tall" else area.width
    edges = [round((long + between) * index / count) for index in range(count + 1)]
    spans = [(start, end - between - start) for start, end in pairwise(edges)]
    if frame.shape == "tall":
        return [Rect(area.x, area.y + start, area.width, size) for start, size in spans]
    return [Rect(area.x + start, area.y, size, area.height) for start, size in spans]


def _captioned(
    caption: str,
    spot: Rect,
    face: Face,
    frame: Frame,
    theme: Theme,
    language: str,
    least: int,
    comfort: Comfort,
    most: int,
) -> Cell | None:
    if not caption:
        return Cell(spot)
    if spot.width > _SLICE * spot.height:
        return _aside(caption, spot, face, frame, theme, language, least, most)
    margin = min(frame.margin_x, max(8, spot.width // 20))
    most = max(least, min(most, round(spot.height * (0.19 if frame.shape == "ribbon" else 0.1))))
    stack = fit(
        [Part(caption, language, theme.day.text, 1.0, least, most, 600, False, 4 if comfort.limit else 2)],
        spot.width - 2 * margin, round(spot.height * 0.6), least, most, smooth=face.smooth,
    )  # fmt: skip
    if stack is None:
        return None
    foot = min(frame.margin_y, max(8, spot.height // 14))
    return Cell(spot, Placed(stack, spot.x + margin, spot.y + spot.height - foot - stack.height))


def _aside(
    caption: str, spot: Rect, face: Face, frame: Frame, theme: Theme, language: str, least: int, most: int
) -> Cell | None:
    """Where a picture would be cut to a slice: it keeps its shape, and its caption stands beside it."""
    picture = Rect(spot.x, spot.y, round(spot.height * _CELL["ribbon"]), spot.height)
    left = picture.x + picture.width + frame.margin_x
    most = max(least, min(most, round(spot.height * 0.3)))
    stack = fit(
        [Part(caption, language, theme.day.text, 1.0, least, most, 600, False, 3)],
        spot.x + spot.width - frame.margin_x - left, spot.height - 2 * frame.margin_y, least, most, smooth=face.smooth,
    )  # fmt: skip
    if stack is None:
        return None
    return Cell(picture, Placed(stack, left, spot.y + (spot.height - stack.height) // 2), aside=True)


def draw_gallery(setting: Gallery, theme: Theme, what: Furniture, parts: Iterable[Image.Image]) -> Image.Image:
    """Paint set pictures: each under its own scrim, measured on it."""
    frame, palette = setting.frame, theme.day
    boxes = furniture_boxes(frame, what) + (setting.title.boxes() if setting.title else [])
    boxes += [box for cell in setting.cells if cell.aside and cell.caption for box in cell.caption.boxes()]
    image = paint(theme, *setting.size, keep_out=boxes, quiet=0.6)
    for cell, part in zip(setting.cells, parts, strict=True):
        area, placed = cell.area, cell.caption
        over = None if cell.aside else placed
        painted("picture", (area.x, area.y, area.x + area.width, area.y + area.height))
        if over:
            left, top, pad = over.x - area.x, over.y - area.y, frame.gap
            under = (left - pad, top - pad, left + over.stack.width + pad, top + over.stack.height + pad)
            part = shaded(part, under, palette.ground[1], dimmest(over.stack))
        image.paste(part, (area.x, area.y))
        if placed:
            write(image, placed.stack, placed.x, placed.y)
    if setting.title:
        write(image, setting.title.stack, setting.title.x, setting.title.y)
    draw_furniture(image, frame, palette, what, on_picture=setting.panel is None)
    return image
