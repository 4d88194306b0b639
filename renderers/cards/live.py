"""Live values beside their labels: clock, date, lunar date, countdown, rates. The labels are drawn, the values are `glyphs` layers
set by the player from approved atlases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from PIL import Image

from cms.plugin_api.types import JSON, Card, CardField, Face, Layer, Rect, RenderRequest, Scene, Text
from renderers.atlas import draw_atlas, glyphs_of
from renderers.cards.base import (
    COMFORTS,
    EASY,
    FADE,
    Comfort,
    Shown,
    furniture_of,
    judge_scene,
    measured,
    part_key,
    shown_once,
    sizes_of,
    too_long,
    whole,
)
from renderers.cards.sheets import draw_sheet, shares, stands
from renderers.cards.stage import Item, Setting, Value, item_of, set_live
from renderers.encode import PNG, png
from renderers.errors import RenderError
from renderers.pages import MAX_PAGES
from renderers.sizes import Size, size_of


class LiveTemplate:
    """Rows of label and live value."""

    kind = "live"
    version = "2"
    name = Text("Giá trị trực tiếp", "Live values")
    icon = "time"
    fields = (
        CardField("title", "line", Text("tiêu đề", "headline"), max_length=80),
        CardField(
            "live",
            "live",
            Text("giá trị", "values"),
            required=True,
            help=Text(
                "Đồng hồ, ngày, âm lịch, đếm ngược, tỷ giá hay nhiệt độ. Màn hình tự cập nhật, không cần duyệt lại.",
                "Clock, date, lunar date, countdown, a rate or a temperature. The screen keeps them up to date by itself.",
            ),
        ),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        if not card.live:
            raise RenderError(
                "empty", "Thẻ chưa có giá trị nào. Hãy thêm một hàng.", "The card has no values. Add a row."
            )
        items = tuple(item_of(live, request.item.language) for live in card.live)
        faces = sizes_of(request.geometry.faces)
        for comfort, count in _attempts(len(items)):
            parts, what = _parts(items, count), furniture_of(request, 0, count)
            if all(
                set_live(card.title, part, face, request.theme, what, comfort)
                for part in parts
                for face in faces.values()
            ):
                return [self._scene(request, card, part, index, count, comfort) for index, part in enumerate(parts)]
        raise too_long(replace(card, title=card.title or items[0].label))

    def _scene(
        self, request: RenderRequest, card: Card, items: tuple[Item, ...], page: int, pages: int, comfort: Comfort
    ) -> Scene:
        what = furniture_of(request, page, pages)
        shown: dict[Size, Shown] = {}
        layers: dict[Size, tuple[Layer, ...]] = {}
        for size, face in sizes_of(request.geometry.faces).items():
            setting = set_live(card.title, items, face, request.theme, what, comfort)
            if setting is None:
                raise too_long(card)

            def make(setting: Setting = setting, face: Face = face) -> Image.Image:
                image = draw_sheet(setting.sheet, face, request.theme, what)
                for value in setting.values:
                    measured(image, value.box, value.colour, "value")
                return image

            key = part_key(request, self.kind, self.version, face, card.title, repr(items), page, pages, comfort.name)
            shown[size] = shown_once(request, key, make)
            layers[size] = (
                whole(face, shown[size].asset),
                *(_layer(request, self.version, value) for value in setting.values),
            )
        needs = stands(max(one.reading.needs_ms for one in shown.values()) + 1000 * len(items))
        judge_scene(
            request,
            card,
            {face.id: shown[size_of(face)].reading for face in request.geometry.faces},
            needs,
            page,
            pages,
        )
        ends = card.duration_ms or needs
        return Scene(ends, {face.id: layers[size_of(face)] for face in request.geometry.faces}, FADE)


LIVE = LiveTemplate()


def _attempts(items: int) -> Iterator[tuple[Comfort, int]]:
    """One or two pages at ease; then as few pages as can be."""
    for count in range(1, min(2, items) + 1):
        yield EASY, count
    for count in range(1, min(MAX_PAGES, items) + 1):
        for comfort in COMFORTS:
            yield comfort, count


def _parts(items: tuple[Item, ...], count: int) -> list[tuple[Item, ...]]:
    parts, start = [], 0
    for size in shares(len(items), count):
        parts.append(items[start : start + size])
        start += size
    return parts


def _layer(request: RenderRequest, version: str, value: Value) -> Layer:
    """A value's layer; its atlas is drawn once for a language, style and colour."""
    key = _atlas_key(request, version, value)

    def make() -> JSON:
        image, cells = draw_atlas(value.cells, value.colour)
        return {"asset": request.sink.put(png(image), PNG), "cells": [[name, rect.as_list()] for name, rect in cells]}

    found = request.cache.once(key, make)
    cells = tuple((name, Rect(*rect)) for name, rect in found["cells"])
    return Layer("glyphs", found["asset"], value.rect, glyphs=glyphs_of(value.live, value.cells, cells, value.align))


def _atlas_key(request: RenderRequest, version: str, value: Value) -> str:
    """The key of an atlas: whatever decides its pixels, and no face."""
    style = value.cells.style
    anywhere = Face("", 0, 0, 0, 0, smooth=style.smooth)
    return part_key(
        request, "atlas", version, anywhere, style.language, style.size, style.weight, list(value.colour), [list(cell) for cell in value.cells.words.cells],
    )  # fmt: skip
