"""Ticker: a title that stands, and words that pass at a constant whole number of pixels a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PIL import Image

from cms.plugin_api.types import JSON, Card, CardField, Face, Layer, Rect, RenderRequest, Scene, Strip, Text
from renderers.cards.base import (
    COMFORTS,
    FADE,
    Comfort,
    Placed,
    Shown,
    furniture_of,
    judge_scene,
    least_of,
    measured,
    part_key,
    ribbon_body,
    shown_once,
    sizes_of,
    too_long,
    whole,
)
from renderers.cards.grid import lines_stack
from renderers.cards.marks import Plate, Shade
from renderers.cards.sheets import Mark, Setter, Sheet, draw_sheet
from renderers.encode import PNG, png
from renderers.errors import RenderError
from renderers.fit import fit
from renderers.frames import Frame, beside_motif, frame_of
from renderers.furniture import Furniture
from renderers.legibility import MIN_CARD_MS
from renderers.pages import MAX_PAGES, paginate
from renderers.sizes import Size, head_room, size_of
from renderers.text import Box, Style, ink, visible, width
from renderers.themes import Theme

LONGEST = 16_000
"""Pixels of a strip: browsers hold no wider picture in one piece."""
SPEEDS = (60, 120)
_BAND = {"wide": 0.36, "square": 0.27, "tall": 0.15, "ribbon": 1.0}
_BETWEEN = " \u2002•\u2002 "


class TickerTemplate:
    """A title and moving words."""

    kind = "ticker"
    version = "1"
    name = Text("Chữ chạy", "Ticker")
    icon = "arrow-left"
    fields = (
        CardField("title", "line", Text("tiêu đề (đứng yên)", "headline (stands still)"), max_length=60),
        CardField("text", "text", Text("chữ chạy", "moving words"), required=True, max_length=1200),
        CardField(
            "speed",
            "choice",
            Text("tốc độ", "speed"),
            choices=(
                ("60", Text("vừa (60 điểm ảnh/giây)", "moderate (60 pixels a second)")),
                ("120", Text("nhanh (120 điểm ảnh/giây)", "fast (120 pixels a second)")),
            ),
            translated=False,
            default="60",
        ),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        text = _BETWEEN.join(line for line in card.text.split("\n") if visible(line))
        if not text:
            raise RenderError(
                "empty", "Thẻ chưa có chữ chạy. Hãy điền nội dung.", "The card has no moving words. Fill them in."
            )
        speed = int(card.get("speed")) if card.get("speed") in map(str, SPEEDS) else SPEEDS[0]
        faces = sizes_of(request.geometry.faces)
        for comfort in COMFORTS:
            settings = {
                size: set_ticker(card.title, text, face, request.theme, furniture_of(request, 0, 2), comfort)
                for size, face in faces.items()
            }
            found = {size: setting for size, setting in settings.items() if setting}
            if len(found) < len(settings):
                continue

            def short(part: str, found: Mapping[Size, Setting] = found) -> bool:
                return all(width(part, setting.style) + setting.style.size < LONGEST for setting in found.values())

            pages = paginate(text, request.item.language, short, MAX_PAGES)
            if pages is not None:
                return [
                    self._scene(request, card, page, index, len(pages), comfort, speed)
                    for index, page in enumerate(pages)
                ]
        raise too_long(card)

    def _scene(
        self, request: RenderRequest, card: Card, text: str, page: int, pages: int, comfort: Comfort, speed: int
    ) -> Scene:
        what = furniture_of(request, page, pages)
        shown: dict[Size, Shown] = {}
        layers: dict[Size, tuple[tuple[Layer, Layer], int]] = {}
        lasts: dict[Size, int] = {}
        for size, face in sizes_of(request.geometry.faces).items():
            setting = set_ticker(card.title, text, face, request.theme, what, comfort)
            if setting is None:
                raise too_long(card)

            def make(setting: Setting = setting, face: Face = face) -> Image.Image:
                image = draw_sheet(setting.sheet, face, request.theme, what)
                measured(image, setting.band_box, request.theme.day.text, "strip")
                return image

            inputs = [card.title, setting.style.size, pages, page, comfort.name]
            shown[size] = shown_once(request, part_key(request, self.kind, self.version, face, *inputs), make)
            strip, long = _strip(request, self.version, face, setting, text)
            layers[size] = (whole(face, shown[size].asset), Layer("strip", strip, setting.band)), long
            lasts[size] = 1000 * (setting.band.width + long) // speed
        ends = card.duration_ms or max(MIN_CARD_MS, 500 * -(-max(lasts.values()) // 500))
        judge_scene(
            request,
            card,
            {face.id: shown[size_of(face)].reading for face in request.geometry.faces},
            None,
            page,
            pages,
            shown_ms=ends,
        )
        scene: dict[str, tuple[Layer, ...]] = {}
        for face in request.geometry.faces:
            (ground, band), long = layers[size_of(face)]
            # Words that have passed before the scene ends come again.
            period = long + band.rect.width // 2 if lasts[size_of(face)] + 1000 < ends else 0
            motion = Strip((band.rect.width, 0), (-speed, 0), (period, 0))
            scene[face.id] = (ground, replace(band, strip=motion))
        return Scene(ends, scene, FADE)


TICKER = TickerTemplate()


@dataclass(frozen=True, slots=True)
class Setting:
    """A ticker on a face: what stands still, the band in which words pass, and their style and baseline in it."""

    sheet: Sheet
    band: Rect
    style: Style
    baseline: int

    @property
    def band_box(self) -> Box:
        return self.band.x, self.band.y, self.band.x + self.band.width, self.band.y + self.band.height


def set_ticker(title: str, text: str, face: Face, theme: Theme, what: Furniture, comfort: Comfort) -> Setting | None:
    """A ticker on a face; None when it does not fit. Raises `RenderError("no_font")`."""
    frame, least = frame_of(face, theme.type), least_of(face, what.language, comfort)
    setter = Setter(what.language, least, face.smooth)
    if frame.shape == "ribbon":
        return _on_ribbon(title, text, frame, theme, what, setter)
    high = max(round(frame.height * _BAND[frame.shape]), round(least * 1.9))
    bottom = round(frame.height * (0.09 if frame.shape != "tall" else 0.3))
    if not title:  # alone it stands in the middle, and larger
        high = round(high * 1.3)
        bottom = (frame.height - high) // 2
    band = Rect(0, frame.height - bottom - high, frame.width, high)
    style = _style(text, what.language, setter, high)
    if style is None:
        return None
    area = beside_motif(frame, theme, 0.5 * comfort.motif) if frame.shape != "tall" else frame.body
    room = band.y - frame.gap - area.y
    stacks: tuple[Placed, ...] = ()
    if title:
        head = setter.one(
            title, theme.day.text, area.width, room, head_room(frame), 800, 6 if frame.shape == "tall" else 2
        )
        if head is None:
            return None
        stacks = (Placed(head, area.x, area.y + (room - head.height) // 2),)
    box = (band.x, band.y, band.x + band.width, band.y + band.height)
    thick = max(2, frame.gap // 4)
    marks: tuple[Mark, ...] = (
        Shade(box, 0.32),
        Plate((0, band.y - thick, frame.width, band.y), 0, theme.day.accent),
    )
    return Setting(Sheet(stacks, (), marks, None, (box,)), band, *style)


def _on_ribbon(title: str, text: str, frame: Frame, theme: Theme, what: Furniture, setter: Setter) -> Setting | None:
    """The title on a plate at the left, the words pass behind its right edge."""
    area = ribbon_body(frame, what)
    left, stacks, marks = area.x, (), ()  # type: int, tuple[Placed, ...], tuple[Mark, ...]
    if title:
        pad = frame.margin_x
        most = round(head_room(frame) * 0.62)
        part = setter.part(title, theme.day.ink, most, 800, 2)
        head = fit(
            [part],
            round(area.width * 0.28),
            area.height - 2 * (pad // 4),
            setter.least,
            max(setter.least, most),
            smooth=setter.smooth,
        )
        if head is None:
            return None
        right = area.x + head.width + 2 * pad
        marks = (
            Plate(
                (area.x, frame.margin_y, right, frame.height - frame.margin_y),
                max(4, frame.height // 14),
                theme.day.accent,
            ),
        )
        stacks = (Placed(head, area.x + pad, (frame.height - head.height) // 2),)
        left = right + frame.gap
    band = Rect(left, 0, area.x + area.width - left if what.pages > 1 else frame.width - left, frame.height)
    style = _style(text, what.language, setter, round(frame.height * 0.92))
    if style is None or band.width < 4 * style[0].size:
        return None
    box = (band.x, 0, band.x + band.width, frame.height)
    lowered = style[1] + (frame.height - round(frame.height * 0.92)) // 2
    return Setting(Sheet(stacks, (), marks, None, (box,)), band, style[0], lowered)


def _style(text: str, language: str, setter: Setter, high: int) -> tuple[Style, int] | None:
    """The largest style whose ink is at home in a band, and its baseline there; None below the smallest legible one."""
    _, above, _, below = ink(text, Style(language, 100, 700, True, setter.smooth))
    near = round(high * 80 / max(1, below - above)) + 1  # ink grows with the em
    for size in range(min(round(high * 0.62), near), setter.least - 1, -1):
        style = Style(language, size, 700, True, setter.smooth)
        _, above, _, below = ink(text, style)
        if below - above <= high * 0.8:
            return style, (high - (below - above)) // 2 - above
    return None


def _strip(request: RenderRequest, version: str, face: Face, setting: Setting, text: str) -> tuple[str, int]:
    """The asset of a strip (RGBA, as high as its band) and its width."""
    box = ink(text, setting.style)
    shift = max(0, -box[0])
    long = max(box[2], round(width(text, setting.style))) + shift + 2

    def make() -> JSON:
        image = Image.new("RGBA", (long, setting.band.height), (*request.theme.day.text, 0))
        lines_stack([text], setting.style, 0, request.theme.day.text).draw(image, 0, setting.baseline)
        return request.sink.put(png(image), PNG)

    key = part_key(
        request, "ticker strip", version, face, text, setting.style.size, setting.baseline, setting.band.height
    )
    return str(request.cache.once(key, make)), long
