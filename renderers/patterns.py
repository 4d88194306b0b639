"""Test patterns: pictures that prove size, crop, order, colours and motion of faces. Plain pixels, the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cms.plugin_api.types import AssetSink, Face, Geometry, Layer, Rect, Scene, Strip, Text, Transition
from renderers.colour import RGB, Pixels
from renderers.encode import PNG, png
from renderers.fonts import path_of

MOST_MS = 30 * 60_000
"""The duration of every pattern: whoever shows one ends it before."""
VERSION = "1"
WHITE, INK, QUIET, ACCENT = (255, 255, 255), (8, 10, 14), (70, 80, 96), (255, 190, 60)
LIMIT = 153
"""Full fields are shown at 60 % of full level: a whole white face draws more than its supply may give."""
LINE = 60
"""px/s of moving lines: one pixel in each picture at 60 Hz."""
BLOCK = 16


@dataclass(frozen=True, slots=True)
class Pattern:
    """`name` is what records store; `text` what people read; `proves` what it is good for."""

    name: str
    text: Text
    proves: Text
    layers: Callable[[Face, AssetSink], tuple[Layer, ...]]


def scene_of(name: str, geometry: Geometry, sink: AssetSink) -> Scene:
    """A pattern for every face of a geometry. The same geometry gives the same bytes. Raises KeyError for an unknown name."""
    layers = PATTERNS[name].layers
    return Scene(MOST_MS, {face.id: layers(face, sink) for face in geometry.faces}, Transition("cut", 0))


def _whole(draw: Callable[[Face], Image.Image]) -> Callable[[Face, AssetSink], tuple[Layer, ...]]:
    """A pattern of one picture that stands still."""

    def layers(face: Face, sink: AssetSink) -> tuple[Layer, ...]:
        return (_image(draw(face), sink),)

    return layers


def _image(picture: Image.Image, sink: AssetSink, x: int = 0, y: int = 0) -> Layer:
    return Layer("image", sink.put(png(picture), PNG), Rect(x, y, *picture.size))


def _blank(face: Face, colour: RGB = (0, 0, 0)) -> Image.Image:
    return Image.new("RGB", (face.width, face.height), colour)


def _font(size: int) -> ImageFont.FreeTypeFont:
    # Laid out simply: these few signs need no shaping, and it is the same with and without raqm.
    return ImageFont.truetype(str(path_of("latin", 600)), size, layout_engine=ImageFont.Layout.BASIC)


def grid(face: Face) -> Image.Image:
    """Lines every 32 px (64 on large faces, 16 on small ones), each with its coordinate, the last pixel framed."""
    short = min(face.width, face.height)
    step = 64 if short >= 512 else 32 if short >= 96 else 16
    picture = _blank(face, INK)
    draw = ImageDraw.Draw(picture)
    for x in range(0, face.width, step):
        draw.line((x, 0, x, face.height - 1), fill=ACCENT if x % (4 * step) == 0 else QUIET)
    for y in range(0, face.height, step):
        draw.line((0, y, face.width - 1, y), fill=ACCENT if y % (4 * step) == 0 else QUIET)
    font = _font(max(8, step // 3))
    for x in range(0, face.width, step):
        for y in range(0, face.height, step):
            number = f"{x}" if y == 0 else f"{y}" if x == 0 else ""
            if number and draw.textlength(number, font=font) < step - 2:
                draw.text((x + 2, y + 1), number, fill=WHITE, font=font)
    _frame(draw, face)
    return picture


def letters(face: Face) -> Image.Image:
    """The face's letter as large as it can be, an arrow up, its size."""
    picture = _blank(face, (10, 26, 58))
    draw = ImageDraw.Draw(picture)
    short = min(face.width, face.height)
    wide = face.width >= face.height
    room = min(face.height * 0.72, face.width * (0.42 if wide else 0.8))
    font = _font(max(10, round(room)))
    middle_x, middle_y = face.width / 2, face.height * (0.46 if wide else 0.42)
    draw.text((middle_x, middle_y), face.id.upper(), fill=WHITE, font=font, anchor="mm")
    arrow = max(6, round(short * 0.16))
    left = round(middle_x - room * 0.62 - arrow) if wide else round(middle_x - arrow / 2)
    top = round(middle_y - arrow) if wide else max(2, round(middle_y - room * 0.62 - arrow * 1.4))
    shaft = arrow // 4
    draw.polygon([(left, top + arrow), (left + arrow, top + arrow), (left + arrow // 2, top)], fill=ACCENT)
    draw.rectangle(
        (left + arrow // 2 - shaft // 2, top + arrow, left + arrow // 2 + shaft // 2, top + 2 * arrow), fill=ACCENT
    )
    words = f"{face.width} × {face.height}"
    small = _font(max(8, min(round(short * 0.13), round(face.width * 0.09))))
    draw.text((middle_x, face.height - short * 0.05), words, fill=WHITE, font=small, anchor="mb")
    _frame(draw, face)
    return picture


def bars(face: Face) -> Image.Image:
    """Eight bars at 75 % above the same at 100 %, then eleven greys from black to white."""
    order = ((1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0))
    pixels = np.zeros((face.height, face.width, 3), dtype=np.uint8)
    place = np.arange(face.width) * 8 // face.width
    colours = np.array(order)[place]
    half, three = face.height // 2, face.height * 5 // 6
    pixels[:half] = colours * 191
    pixels[half:three] = colours * 255
    greys = np.rint(np.arange(face.width) * 11 // face.width * 25.5).astype(np.uint8)
    pixels[three:] = greys[:, None]
    return Image.fromarray(pixels)


def gradients(face: Face) -> Image.Image:
    """Four ramps from black, of red, green, blue and white, not dithered: steps and crushed ends show."""
    pixels = np.zeros((face.height, face.width, 3), dtype=np.uint8)
    ramp: Pixels = np.rint(np.linspace(0, 255, face.width)).astype(np.uint8)
    for number, channels in enumerate(((0,), (1,), (2,), (0, 1, 2))):
        rows = slice(face.height * number // 4, face.height * (number + 1) // 4)
        for channel in channels:
            pixels[rows, :, channel] = ramp
    return Image.fromarray(pixels)


def border(face: Face) -> Image.Image:
    """The outermost pixels lit, the corners marked: a side that is missing is cropped or scaled."""
    picture = _blank(face)
    draw = ImageDraw.Draw(picture)
    _frame(draw, face)
    arm = max(4, min(face.width, face.height) // 8)
    right, bottom = face.width - 1, face.height - 1
    corners = ((0, 0, 1, 1), (right, 0, -1, 1), (0, bottom, 1, -1), (right, bottom, -1, -1))
    for (x, y, h, v), colour in zip(
        corners, ((255, 60, 60), (60, 255, 90), (80, 130, 255), (255, 220, 60)), strict=True
    ):
        for inset in (3, 4):
            draw.line((x + h * inset, y + v * inset, x + h * (inset + arm), y + v * inset), fill=colour)
            draw.line((x + h * inset, y + v * inset, x + h * inset, y + v * (inset + arm)), fill=colour)
    draw.line((face.width // 2 - arm, face.height // 2, face.width // 2 + arm, face.height // 2), fill=QUIET)
    draw.line((face.width // 2, face.height // 2 - arm, face.width // 2, face.height // 2 + arm), fill=QUIET)
    return picture


def lines(face: Face, sink: AssetSink) -> tuple[Layer, ...]:
    """A line from left to right and one from top to bottom, one pixel in each picture: what jumps, tears or drags shows."""
    thick = 2 if min(face.width, face.height) >= 64 else 1
    whole = Rect(0, 0, face.width, face.height)
    upright = sink.put(png(Image.new("RGB", (thick, face.height), WHITE)), PNG)
    level = sink.put(png(Image.new("RGB", (face.width, thick), ACCENT)), PNG)
    return (
        _image(_blank(face), sink),
        Layer("strip", upright, whole, strip=Strip((0, 0), (LINE, 0), (face.width, 0))),
        Layer("strip", level, whole, strip=Strip((0, 0), (0, LINE), (0, face.height))),
    )


def walk(face: Face, sink: AssetSink) -> tuple[Layer, ...]:
    """One lit pixel in every block of 16 × 16, in each column of blocks in another row: while they move along, every pixel
    is lit once in 16 s. What is dead or stuck shows."""
    width = BLOCK * BLOCK  # after 16 blocks the rows come again
    pixels = np.zeros((face.height, width, 3), dtype=np.uint8)
    for block in range(BLOCK):
        pixels[block * 5 % BLOCK :: BLOCK, block * BLOCK] = WHITE
    asset = sink.put(png(Image.fromarray(pixels)), PNG)
    # What moves is followed, never preceded, by its repetitions: it begins at the right edge.
    strip = Strip((face.width - width, 0), (BLOCK, 0), (width, 0))
    return (_image(_blank(face), sink), Layer("strip", asset, Rect(0, 0, face.width, face.height), strip=strip))


def _field(colour: RGB) -> Callable[[Face], Image.Image]:
    return lambda face: _blank(face, colour)


def _frame(draw: ImageDraw.ImageDraw, face: Face) -> None:
    draw.rectangle((0, 0, face.width - 1, face.height - 1), outline=WHITE)


_ALL = (
    Pattern("letters", Text("Chữ cái mặt màn hình", "Face letters"), Text(
        "Đúng mặt, đúng chiều, đúng kích thước.", "The right face, the right way up, the right size."), _whole(letters)),
    Pattern("border", Text("Viền một điểm ảnh", "Border of one pixel"), Text(
        "Bốn cạnh đều sáng: hình không bị cắt hay co giãn.", "All four sides lit: nothing is cropped or scaled."), _whole(border)),
    Pattern("grid", Text("Lưới toạ độ", "Grid"), Text(
        "Module lắp đúng chỗ, không lệch, không lặp.", "Modules in their places, none shifted or repeated."), _whole(grid)),
    Pattern("bars", Text("Sọc màu", "Colour bars"), Text(
        "Đúng thứ tự màu; 75 % ở trên, 100 % ở dưới.", "Colours in order; 75 % above, 100 % below."), _whole(bars)),
    Pattern("gradients", Text("Dải chuyển màu", "Gradients"), Text(
        "Màu chuyển đều, không bậc thang, không mất vùng tối.", "Even ramps without steps or lost shadows."), _whole(gradients)),
    Pattern("lines", Text("Vạch chạy", "Moving lines"), Text(
        "Chuyển động đều, không giật, không xé hình.", "Even motion without jumps or tearing."), lines),
    Pattern("walk", Text("Điểm ảnh chạy", "Pixel walk"), Text(
        "Tìm điểm ảnh chết hoặc luôn sáng.", "Finds dead and stuck pixels."), walk),
    Pattern("white", Text("Nền trắng 60 %", "White at 60 %"), Text(
        "Độ đồng đều giữa các module.", "Evenness between modules."), _whole(_field((LIMIT, LIMIT, LIMIT)))),
    Pattern("red", Text("Nền đỏ 60 %", "Red at 60 %"), Text(
        "Điểm đỏ chết, độ đồng đều.", "Dead red pixels, evenness."), _whole(_field((LIMIT, 0, 0)))),
    Pattern("green", Text("Nền lục 60 %", "Green at 60 %"), Text(
        "Điểm lục chết, độ đồng đều.", "Dead green pixels, evenness."), _whole(_field((0, LIMIT, 0)))),
    Pattern("blue", Text("Nền lam 60 %", "Blue at 60 %"), Text(
        "Điểm lam chết, độ đồng đều.", "Dead blue pixels, evenness."), _whole(_field((0, 0, LIMIT)))),
)  # fmt: skip
PATTERNS: Mapping[str, Pattern] = {one.name: one for one in _ALL}
"""Every pattern by its name, in the order in which they are used."""
