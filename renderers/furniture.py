"""The small constant things on a face: language tag, province, page dots, the short rule of the accent."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

from renderers.colour import RGB
from renderers.drawn import measured, painted
from renderers.frames import Frame, chip_height
from renderers.text import Box, Style, draw_line, ink, visible, width
from renderers.themes import Palette

TAGS = {"vi": "VI", "en": "EN", "km": "KM", "zh": "中", "lo": "ລາວ", "th": "TH"}


@dataclass(frozen=True, slots=True)
class Furniture:
    """What the furniture of a scene says. `page` counts from 0."""

    language: str
    source: str
    page: int = 0
    pages: int = 1


def tag_of(language: str) -> str:
    """The short name of a language on its tag."""
    base = language.split("-")[0]
    return TAGS.get(base, base.upper()[:3])


def tag_width(frame: Frame, language: str) -> int:
    style = _tag_style(frame, language)
    return max(chip_height(frame.small), round(width(tag_of(language), style) + frame.small * 0.9))


def _tag_style(frame: Frame, language: str) -> Style:
    return Style(language, max(11, round(frame.small * 0.92)), 700, smooth=frame.smooth)


def draw_tag(image: Image.Image, frame: Frame, palette: Palette, language: str, x: int, y: int) -> Box:
    """The language tag with its top left corner at (x, y)."""
    wide, high = tag_width(frame, language), chip_height(frame.small)
    plate(image, (x, y, x + wide, y + high), max(2, high // 5), palette.accent)
    label, style = tag_of(language), _tag_style(frame, language)
    left, top, right, bottom = ink(label, style)
    draw_line(
        image, x + round((wide - right - left) / 2), y + round((high - bottom - top) / 2), label, style, palette.ink
    )
    painted("tag", (x, y, x + wide, y + high))
    return x, y, x + wide, y + high


def plate(image: Image.Image, box: Box, radius: int, colour: RGB) -> None:
    """A rounded rectangle with smooth corners; (left, top, right, bottom), end exclusive."""
    factor = 4
    wide, high = box[2] - box[0], box[3] - box[1]
    mask = Image.new("L", (wide * factor, high * factor), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, wide * factor - 1, high * factor - 1), radius * factor, fill=255)
    image.paste(Image.new(image.mode, (wide, high), _opaque(colour, image.mode)), box[:2], mask.reduce(factor))


def _opaque(colour: RGB, mode: str) -> tuple[int, ...]:
    return (*colour, 255) if mode == "RGBA" else colour


def source_line(frame: Frame, source: str, language: str, room: int) -> tuple[str, Style] | None:
    """The source set in the furniture's size, shortened at a word to fit; None when there is no room for it."""
    style = Style(language, frame.small, 600, smooth=frame.smooth)
    words = visible(source).split(" ")
    for count in (len(words), *range(len(words) - 1, 2, -1)):  # two words of a name say too little
        text = " ".join(words[:count]) + ("" if count == len(words) else " …")
        if width(text, style) <= room:
            return text, style
    return None


def header(frame: Frame, what: Furniture) -> tuple[list[Box], int]:
    """The boxes that the header row will cover (for the motif to keep out of) and the x of its free right end."""
    high = chip_height(frame.small)
    left, top = frame.head_x, frame.head_y
    boxes: list[Box] = [(left, top, left + tag_width(frame, what.language), top + high)]
    right = frame.width - frame.margin_x
    if what.pages > 1:
        wide = dots_width(frame, what.pages)
        boxes.append((right - wide, top, right, top + high))
        right -= wide + frame.small
    line = _source(frame, what, right)
    if line:
        start = boxes[0][2] + round(frame.small * 0.6)
        boxes.append((start, top, start + round(width(*line)), top + high))
    return boxes, right


def _source(frame: Frame, what: Furniture, right: int) -> tuple[str, Style] | None:
    start = frame.head_x + tag_width(frame, what.language) + round(frame.small * 0.6)
    return source_line(frame, what.source, what.language, right - start) if what.source else None


def draw_header(
    image: Image.Image, frame: Frame, palette: Palette, what: Furniture, *, on_picture: bool = False
) -> None:
    """Tag, source and page dots in the row at the top; on a picture they stand on a plate of the theme's ground."""
    boxes, right = header(frame, what)
    high = chip_height(frame.small)
    line = _source(frame, what, right)
    if on_picture:
        pad = max(3, round(frame.small * 0.3))
        end = boxes[-1][2] + round(frame.small * 0.3) if line else boxes[0][2]
        plate(
            image,
            (boxes[0][0] - pad, boxes[0][1] - pad, end + pad, boxes[0][3] + pad),
            max(3, high // 4),
            palette.ground[1],
        )
        if what.pages > 1:
            left, top, stop, bottom = boxes[1]
            plate(image, (left - pad, top - pad, stop + pad, bottom + pad), max(3, high // 4), palette.ground[1])
    draw_tag(image, frame, palette, what.language, frame.head_x, frame.head_y)
    if line:
        text, style = line
        _, above, _, below = ink("H", style)
        start, baseline = boxes[0][2] + round(frame.small * 0.6), frame.head_y + round((high - below - above) / 2)
        left, above, right, below = ink(text, style)
        measured(image, (start + left, baseline + above, start + right, baseline + below), palette.muted, "source")
        draw_line(image, start, baseline, text, style, palette.muted)
    if what.pages > 1:
        draw_dots(image, frame, palette, what, frame.width - frame.margin_x, frame.head_y + high // 2)


def dots_width(frame: Frame, pages: int) -> int:
    dot, step = _dot(frame)
    return (pages - 1) * step + dot + step // 2


def _dot(frame: Frame) -> tuple[int, int]:
    dot = max(4, 2 * round(frame.small * 0.22))
    return dot, round(dot * 1.9)


def draw_dots(image: Image.Image, frame: Frame, palette: Palette, what: Furniture, right: int, middle: int) -> None:
    """One dot a page, ending at `right`; the present one is longer and in the accent."""
    dot, step = _dot(frame)
    x, y = right - dots_width(frame, what.pages), middle - dot // 2
    painted("dots", (x, y, right, y + dot))
    for index in range(what.pages):
        now = index == what.page
        wide = dot + step // 2 if now else dot
        colour = palette.accent if now else palette.muted
        plate(image, (x, y, x + wide, y + dot), dot // 2, colour)
        x += step + (step // 2 if now else 0)


def rule(image: Image.Image, x: int, y: int, wide: int, thick: int, colour: RGB) -> None:
    """A filled bar."""
    painted("rule", (x, y, x + wide, y + thick))
    ImageDraw.Draw(image).rectangle((x, y, x + wide - 1, y + thick - 1), fill=colour)
