"""QR code with a call to action: whole pixels a module, its quiet zone on a plate, the host beside it in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import segno
from PIL import Image

from cms.plugin_api.types import Card, CardField, Face, Rect, RenderRequest, Scene, Text
from renderers.cards.base import Comfort, Placed, least_of, ribbon_body
from renderers.cards.marks import Bar
from renderers.cards.sheets import Mark, Setter, Sheet, deal, spread
from renderers.colour import RGB, Pixels, luminance
from renderers.errors import RenderError
from renderers.fit import Stack
from renderers.frames import Frame, frame_of
from renderers.furniture import Furniture, plate
from renderers.sizes import body_room, head_room, rule_thickness
from renderers.text import Box
from renderers.themes import Palette, Theme
from renderers.web_address import Address, parse

QUIET = 4
"""Light modules around a code (ISO/IEC 18004)."""
LEAST_PX = 3
"""Pixels of a module below which telephones lose it between the LEDs."""
_WORTH_ONE_LINE = 1.15
_OFF_WHITE: RGB = (246, 240, 228)


class QrTemplate:
    """A code, what one gets by it, and where it leads."""

    kind = "qr"
    version = "2"
    name = Text("Mã QR", "QR code")
    icon = "link-external"
    fields = (
        CardField(
            "title",
            "line",
            Text("lời mời", "call to action"),
            required=True,
            max_length=80,
            help=Text("Ví dụ: Quét mã để khai báo hải quan.", "For instance: Scan to declare goods."),
        ),
        CardField("text", "line", Text("giải thích", "explanation"), max_length=160),
        CardField(
            "url",
            "url",
            Text("địa chỉ trang web", "web address"),
            required=True,
            max_length=300,
            translated=False,
            help=Text(
                "Địa chỉ càng ngắn, mã càng dễ quét từ xa.", "The shorter it is, the farther off the code can be read."
            ),
        ),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        address = parse(card.get("url"))
        matrix = matrix_of(address)

        def set_page(page: str, face: Face, what: Furniture, comfort: Comfort) -> Sheet | None:
            return set_qr(card.title, page, address, matrix, face, request.theme, what, comfort)

        comfort, pages = spread(request, card, card.text, str, set_page)
        return deal(request, card, self.version, comfort, pages, set_page, card.title, address.url)


QR = QrTemplate()


def matrix_of(address: Address) -> Pixels:
    """The modules of an address (True: dark), without the quiet zone; error correction M, or better where it costs nothing."""
    code = segno.make(address.url, error="m", micro=False)
    return np.array([[bool(module) for module in row] for row in code.matrix])


@dataclass(frozen=True, slots=True, eq=False)
class Code:
    """A code with its plate: `module` pixels each, the plate's top left corner at (x, y)."""

    matrix: Pixels = field(repr=False)
    module: int
    x: int
    y: int
    dark: RGB
    light: RGB
    name: str = "code"

    @property
    def side(self) -> int:
        return self.module * (len(self.matrix) + 2 * QUIET)

    @property
    def box(self) -> Box:
        return self.x, self.y, self.x + self.side, self.y + self.side

    def draw(self, image: Image.Image) -> None:
        plate(image, self.box, 2 * self.module, self.light)
        large = np.kron(self.matrix, np.ones((self.module, self.module), dtype=bool))
        pixels = np.where(large[..., None], np.array(self.dark), np.array(self.light)).astype(np.uint8)
        image.paste(Image.fromarray(pixels), (self.x + QUIET * self.module, self.y + QUIET * self.module))


def code_in(matrix: Pixels, side: int, palette: Palette) -> Code | None:
    """The largest code in a square; None when its modules would be under `LEAST_PX`."""
    module = side // (len(matrix) + 2 * QUIET)
    if module < LEAST_PX:
        return None
    light = palette.text if luminance(palette.text) > 0.5 else _OFF_WHITE
    dark = min(*palette.ground, palette.ink, key=luminance)
    return Code(matrix, module, 0, 0, dark, light)


def set_qr(
    title: str, text: str, address: Address, matrix: Pixels, face: Face, theme: Theme, what: Furniture, comfort: Comfort
) -> Sheet | None:
    """The card on a face; None when its words do not fit. Raises `RenderError("illegible")` when the code has no room."""
    frame = frame_of(face, theme.type)
    setter = Setter(what.language, least_of(face, what.language, comfort), face.smooth)
    if frame.shape == "ribbon":
        return _on_ribbon(title, text, address, matrix, frame, theme.day, what, setter)
    if frame.shape == "tall":
        return _under_each_other(title, text, address, matrix, frame, theme.day, setter, comfort)
    return _beside(title, text, address, matrix, frame, theme, setter, comfort)


def _beside(
    title: str,
    text: str,
    address: Address,
    matrix: Pixels,
    frame: Frame,
    theme: Theme,
    setter: Setter,
    comfort: Comfort,
) -> Sheet | None:
    """The code at the left over the whole height, the words beside it."""
    code = code_in(matrix, min(frame.height - 2 * frame.margin_y, round(frame.width * 0.46)), theme.day)
    if code is None:
        raise _too_fine(address)
    code = replace(code, x=frame.margin_y, y=(frame.height - code.side) // 2)
    left = code.box[2] + round(frame.margin_x * 1.3)
    room = theme.room[frame.shape] * 0.5 * comfort.motif
    body = Rect(
        left, frame.body.y, frame.width - left - max(frame.margin_x, round(frame.width * room)), frame.body.height
    )
    words = _words(
        title, text, address, setter, theme.day, body, round(head_room(frame) * 0.8), round(body_room(frame) * 0.9)
    )
    if words is None:
        return None
    top = body.y + (body.height - words.height) // 2
    return Sheet((Placed(words, left, top),), (), (code,), replace(frame, head_x=left, body=body))


def _under_each_other(
    title: str,
    text: str,
    address: Address,
    matrix: Pixels,
    frame: Frame,
    palette: Palette,
    setter: Setter,
    comfort: Comfort,
) -> Sheet | None:
    """Call, code, explanation and host."""
    body = frame.body
    code = code_in(matrix, min(body.width, round(body.height * 0.6)), palette)
    if code is None:
        raise _too_fine(address)
    gap = round(frame.gap * 1.6)
    room = body.height - code.side - 2 * gap
    call = setter.one(title, palette.text, body.width, round(room * 0.5), round(head_room(frame) * 0.75), 800, 5)
    if call is None:
        return None
    rest = _words(
        "",
        text,
        address,
        setter,
        palette,
        Rect(0, 0, body.width, room - call.height),
        1,
        round(body_room(frame) * 0.95),
    )
    if rest is None:
        return None
    free = room - call.height - rest.height
    top = body.y + (round(free * 0.25) if comfort.motif else 0)
    code = replace(code, x=(frame.width - code.side) // 2, y=top + call.height + gap)
    return Sheet((Placed(call, body.x, top), Placed(rest, body.x, code.box[3] + gap)), (), (code,))


def _on_ribbon(
    title: str,
    text: str,
    address: Address,
    matrix: Pixels,
    frame: Frame,
    palette: Palette,
    what: Furniture,
    setter: Setter,
) -> Sheet | None:
    """Code, call, host in one line; where the code has no room the address stands in words, large."""
    area = ribbon_body(frame, what)
    code = code_in(matrix, frame.height - 4, palette)
    marks: tuple[Mark, ...] = ()
    if code:
        code = replace(code, x=area.x, y=(frame.height - code.side) // 2)
        marks = (code,)
        step = code.side + frame.margin_x
        area = Rect(area.x + step, area.y, area.width - step, area.height)
    between = frame.margin_x + frame.gap
    host = setter.one(
        address.host if code else address.short.replace("-", "-\u2060").replace("/", "/\u200b"),
        palette.accent,
        round(area.width * 0.45),
        area.height,
        round(head_room(frame) * 0.8),
        700,
    )
    if host is None:
        return None
    thick = max(2, rule_thickness(frame))
    width = area.width - host.width - 2 * between - thick
    parts = [
        setter.part(title, palette.text, round(head_room(frame) * 0.85), 800),
        setter.part(text, palette.muted, round(body_room(frame) * 0.9), scale=0.6, gap=0.25),
    ]
    words = setter.fit(parts, width, area.height, round(head_room(frame) * 0.85))
    if words is None:
        return None
    x = area.x + words.width + between
    rule = Bar((x, area.y + area.height // 8, x + thick, area.y + area.height * 7 // 8), palette.accent2)
    stacks = (
        Placed(words, area.x, area.y + (area.height - words.height) // 2),
        Placed(host, x + thick + between, area.y + (area.height - host.height) // 2),
    )
    return Sheet(stacks, (), (*marks, rule))


def _words(
    title: str, text: str, address: Address, setter: Setter, palette: Palette, room: Rect, large: int, small: int
) -> Stack | None:
    """Call, explanation and host as one stack. A host too long for one line breaks after its dots."""
    for host in (address.host, address.host.replace(".", ".\u200b")):
        parts = [
            setter.part(title, palette.text, large, 800, 4),
            setter.part(text, palette.text, small, 600, 4, scale=0.62 if title else 1.0, gap=0.4),
            setter.part(host, palette.accent, round(small * 1.1), 700, 2, scale=0.66 if title else 1.0, gap=0.5),
        ]
        stack = setter.fit(parts, room.width, room.height, max(large, small))
        if stack and (host != address.host or stack.size >= _WORTH_ONE_LINE * setter.least):
            return stack
    return None


def _too_fine(address: Address) -> RenderError:
    return RenderError(
        "illegible",
        f"Mã QR của “{address.short[:40]}…” quá nhiều ô so với màn hình: mỗi ô nhỏ hơn {LEAST_PX} điểm ảnh, điện thoại không "
        "đọc được. Hãy rút ngắn địa chỉ.",
        f"The QR code of “{address.short[:40]}…” is too fine for the screen: its modules would be under {LEAST_PX} pixels and "
        "no telephone would read them. Shorten the address.",
    )
