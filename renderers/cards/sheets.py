"""What cards of several things share: a sheet of text, cells and marks set on a face, painted once, dealt out as pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from PIL import Image

from cms.plugin_api.types import JSON, Card, Face, RenderRequest, Scene
from renderers.cards import paging
from renderers.cards.base import (
    Comfort,
    Placed,
    draw_furniture,
    furniture_boxes,
    furniture_of,
    page_scene,
    painted,
    part_key,
    shown_once,
    sizes_of,
    too_long,
    write,
)
from renderers.cards.paging import ATTEMPTS
from renderers.colour import RGB
from renderers.fit import Part, Stack, fit
from renderers.frames import Frame, frame_of
from renderers.furniture import Furniture
from renderers.ground import paint
from renderers.legibility import MIN_CARD_MS
from renderers.text import Box
from renderers.themes import Theme


class Mark(Protocol):
    """Something drawn that is not text: a rule, a plate, a picture. `box` is all it covers, `name` what it is (see
    `renderers.drawn.Drawn`)."""

    @property
    def name(self) -> str: ...
    @property
    def box(self) -> Box: ...

    def draw(self, image: Image.Image) -> None: ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a card set on a face. `marks` are drawn first; `cells` are looked up rather than read through; `frame` says
    where the furniture stands when the card moves it, `language` what its tag says if not the item's; `aside`
    are boxes to be kept free of the motif for layers above."""

    stacks: tuple[Placed, ...] = ()
    cells: tuple[Placed, ...] = ()
    marks: tuple[Mark, ...] = ()
    frame: Frame | None = None
    aside: tuple[Box, ...] = ()
    language: str = ""

    def boxes(self) -> list[Box]:
        """Where letters and figures lie."""
        return [box for placed in (*self.stacks, *self.cells) for box in placed.boxes()]


def draw_sheet(sheet: Sheet, face: Face, theme: Theme, what: Furniture) -> Image.Image:
    """Paint a sheet on the theme's ground; the motif keeps out of everything on it. Raises `RenderError("illegible")`."""
    frame = sheet.frame or frame_of(face, theme.type)
    what = replace(what, language=sheet.language or what.language)
    boxes = [*sheet.boxes(), *(mark.box for mark in sheet.marks), *sheet.aside, *furniture_boxes(frame, what)]
    image = paint(theme, face.width, face.height, keep_out=boxes)
    for mark in sheet.marks:
        mark.draw(image)
        painted(mark.name, mark.box)
    for placed in sheet.stacks:
        write(image, placed.stack, placed.x, placed.y)
    for placed in sheet.cells:
        write(image, placed.stack, placed.x, placed.y, name="cell")
    draw_furniture(image, frame, theme.day, what)
    return image


P = TypeVar("P")
SetPage = Callable[[P, Face, Furniture, Comfort], Sheet | None]
"""Sets one page on a face at a comfort; None when it does not fit."""


def fits(request: RenderRequest, page: P, comfort: Comfort, pages: int, set_page: SetPage[P]) -> bool:
    """Whether a page fits every size of face."""
    what = furniture_of(request, 0, pages)
    return all(set_page(page, face, what, comfort) is not None for face in sizes_of(request.geometry.faces).values())


def deal(
    request: RenderRequest,
    card: Card,
    version: str,
    comfort: Comfort,
    pages: Sequence[P],
    set_page: SetPage[P],
    *inputs: JSON,
) -> list[Scene]:
    """The scenes of pages that were found to fit. `inputs` and the page (as text) decide the pixels. Each stands for as long
    as reading it takes. Raises `RenderError`: `too_long`, `illegible`."""
    faces = sizes_of(request.geometry.faces)
    scenes = []
    for index, page in enumerate(pages):
        what = furniture_of(request, index, len(pages))
        shown = {}
        for size, face in faces.items():
            sheet = set_page(page, face, what, comfort)
            if sheet is None:
                raise too_long(card)

            def make(sheet: Sheet = sheet, face: Face = face, what: Furniture = what) -> Image.Image:
                return draw_sheet(sheet, face, request.theme, what)

            key = part_key(request, card.kind, version, face, comfort.name, repr(page), index, len(pages), *inputs)
            shown[size] = shown_once(request, key, make)
        needs = max(one.reading.needs_ms for one in shown.values())
        scenes.append(page_scene(request, card, shown, stands(needs), index, len(pages)))
    return scenes


def stands(needs_ms: int) -> int:
    """How long a scene stands whose reading takes so long: whole half seconds."""
    return max(MIN_CARD_MS, 500 * -(-needs_ms // 500))


def shares(total: int, parts: int) -> list[int]:
    """A number of things in so many parts as even as can be, the larger first."""
    least, more = divmod(total, parts)
    return [least + (1 if index < more else 0) for index in range(parts)]


@dataclass(frozen=True, slots=True)
class Setter:
    """How texts of a card are set on a face: language, the smallest em, soft edges or not."""

    language: str
    least: int
    smooth: bool = True

    def part(
        self,
        text: str,
        colour: RGB,
        most: int,
        weight: int = 600,
        lines: int = 2,
        *,
        scale: float = 1.0,
        gap: float = 0.0,
    ) -> Part:
        """A text of a stack, no larger than `most`; from weight 700 up it is a headline."""
        most = max(self.least, most)
        return Part(text, self.language, colour, scale, self.least, most, weight, weight >= 700, lines, gap)

    def fit(self, parts: Sequence[Part], width: int, height: int, most: int) -> Stack | None:
        """The parts at the largest size up to `most`; None when they do not fit."""
        if width <= 0 or height <= 0:
            return None
        return fit(parts, width, height, self.least, max(self.least, most), smooth=self.smooth)

    def one(
        self, text: str, colour: RGB, width: int, height: int, most: int, weight: int = 600, lines: int = 2
    ) -> Stack | None:
        """One text alone."""
        return self.fit([self.part(text, colour, most, weight, lines)], width, height, most)


def spread(
    request: RenderRequest,
    card: Card,
    text: str,
    page_of: Callable[[str], P],
    set_page: SetPage[P],
    attempts: Sequence[tuple[Comfort, int, bool]] = ATTEMPTS,
) -> tuple[Comfort, list[P]]:
    """The pages of a text (see `renderers.cards.paging.spread`). Raises `RenderError("too_long")`."""

    def fitting(part: str, comfort: Comfort, pages: int) -> bool:
        return fits(request, page_of(part), comfort, pages, set_page)

    found = paging.spread(text, request.item.language, fitting, attempts)
    if found is None:
        raise too_long(card)
    comfort, parts = found
    return comfort, [page_of(part) for part in parts]
