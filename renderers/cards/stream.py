"""A live broadcast: the address of a stream, and the poster that stands wherever the stream is not.

Where the face is about as wide as a broadcast, the poster is the whole face and the broadcast covers it. Elsewhere the broadcast has
a place of 16:9, a sign stands there until it comes, and the words stay beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image, ImageDraw

from cms.plugin_api.types import (
    JSON,
    Card,
    CardField,
    Face,
    Layer,
    Rect,
    RenderRequest,
    Scene,
    Stream,
    Text,
    is_stream_url,
)
from renderers.cards.base import (
    COMFORTS,
    FADE,
    Comfort,
    Placed,
    furniture_of,
    judge_scene,
    least_of,
    part_key,
    ribbon_body,
    sizes_of,
    too_long,
    whole,
)
from renderers.cards.marks import Bar, Plate
from renderers.cards.sheets import Mark, Setter, Sheet, draw_sheet
from renderers.colour import RGB
from renderers.drawn import recording
from renderers.encode import PNG, png
from renderers.errors import RenderError
from renderers.frames import Frame, chip_height, frame_of
from renderers.furniture import Furniture
from renderers.legibility import Reading
from renderers.sizes import Size, body_room, head_room, rule_thickness, rule_width, size_of
from renderers.text import Box
from renderers.themes import Theme

LEAST_MINUTES, MOST_MINUTES = 1, 240
SAID = {"vi": "TRỰC TIẾP", "km": "ផ្សាយផ្ទាល់", "lo": "ຖ່າຍທອດສົດ", "zh-hans": "直播"}
"""The words above the title; English elsewhere."""
_WIDE, _HIGH = 16, 9
_TOO_WIDE = 2.2
"""Width ÷ height from which a face has room for words beside the broadcast; a square one has it to itself, with bars."""


class StreamTemplate:
    """A live broadcast."""

    kind = "stream"
    version = "1"
    name = Text("Truyền hình trực tiếp", "Live broadcast")
    icon = "view"
    fields = (
        CardField(
            "url",
            "stream",
            Text("địa chỉ của luồng", "address of the stream"),
            required=True,
            max_length=450,
            translated=False,
        ),
        CardField(
            "title",
            "line",
            Text("tên chương trình", "name of the broadcast"),
            required=True,
            max_length=90,
        ),
        CardField(
            "text",
            "text",
            Text("chữ khi không có hình", "words when there is no picture"),
            max_length=160,
            help=Text(
                "Ví dụ: Bắt đầu lúc 8:00. Trên màn hình rộng hoặc cao, chữ này đứng cạnh hình.",
                "For instance: Begins at 8:00. On wide and on tall faces it stands beside the picture.",
            ),
        ),
        CardField(
            "minutes",
            "number",
            Text("số phút", "minutes"),
            required=True,
            default="30",
            help=Text(
                "Một lượt dài bao lâu: 1 đến 240 phút. Khi nào bắt đầu và kết thúc là do lịch phát.",
                "How long one turn lasts: 1 to 240 minutes. When it begins and ends is up to its slot.",
            ),
        ),
        CardField(
            "sound",
            "choice",
            Text("âm thanh", "sound"),
            required=True,
            choices=(("off", Text("tắt tiếng", "silent")), ("on", Text("có tiếng", "with sound"))),
            default="off",
        ),
        CardField(
            "latency",
            "choice",
            Text("chậm nhất so với trường quay", "furthest behind the studio"),
            required=True,
            choices=tuple((str(one), Text(f"{one} giây", f"{one} seconds")) for one in (15, 30, 60, 120)),
            default="30",
            help=Text("Chậm hơn thế, màn hình bỏ qua đoạn đã lỡ.", "A screen that lags further skips what it missed."),
        ),
    )

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        """One scene of so many minutes. Raises `RenderError`: `url`, `minutes`, `too_long`, `illegible`."""
        stream = Stream(_address(card.get("url")), 1000 * _whole(card.get("latency") or "30"))
        duration_ms = 60_000 * _minutes(card.get("minutes") or "30")
        comfort, what = self._comfort(request, card, stream), furniture_of(request)
        layers: dict[Size, tuple[Layer, ...]] = {}
        readings: dict[Size, Reading] = {}
        for size, face in sizes_of(request.geometry.faces).items():
            sheet, area = set_stream(card, stream, face, request.theme, what, comfort) or _raise(card)
            key = part_key(request, self.kind, self.version, face, card.title, card.text, stream.origin, comfort.name)

            def make(sheet: Sheet = sheet, area: Rect | None = area, face: Face = face) -> JSON:
                with recording() as record:
                    image = draw_sheet(sheet, face, request.theme, what)
                    record.size = image.size
                found = {"whole": request.sink.put(png(image), PNG), "reading": record.reading().to_json()}
                if area is not None:
                    part = image.crop((area.x, area.y, area.x + area.width, area.y + area.height))
                    found["poster"] = request.sink.put(png(part), PNG)
                return found

            drawn = request.cache.once(key, make)
            readings[size] = Reading.from_json(drawn["reading"])
            over = Layer(
                "stream",
                drawn.get("poster", drawn["whole"]),
                area or Rect(0, 0, face.width, face.height),
                sound=card.get("sound") == "on",
                stream=stream,
            )
            layers[size] = (over,) if area is None else (whole(face, drawn["whole"]), over)
        faces = request.geometry.faces
        judge_scene(request, card, {face.id: readings[size_of(face)] for face in faces}, shown_ms=duration_ms)
        return [Scene(duration_ms, {face.id: layers[size_of(face)] for face in faces}, FADE)]

    def _comfort(self, request: RenderRequest, card: Card, stream: Stream) -> Comfort:
        faces, what = sizes_of(request.geometry.faces).values(), furniture_of(request)
        for comfort in COMFORTS:
            if all(set_stream(card, stream, face, request.theme, what, comfort) for face in faces):
                return comfort
        raise too_long(card)


STREAM = StreamTemplate()


def _raise(card: Card) -> tuple[Sheet, Rect | None]:
    raise too_long(card)


def _address(url: str) -> str:
    if is_stream_url(url):
        return url
    raise RenderError(
        "url",
        "Địa chỉ của luồng không dùng được. Hãy viết đầy đủ dạng https://máy-chủ/đường-dẫn.m3u8, chỉ dùng chữ cái không dấu.",
        "The address of the stream cannot be used. Write it in full as https://host/path.m3u8, in plain letters.",
    )


def _whole(number: str) -> int:
    return round(float(number))


def _minutes(text: str) -> int:
    found = _whole(text)
    if not LEAST_MINUTES <= found <= MOST_MINUTES:
        raise RenderError(
            "minutes",
            f"Một lượt truyền hình trực tiếp dài từ {LEAST_MINUTES} đến {MOST_MINUTES} phút. Hãy sửa số phút.",
            f"A turn of a live broadcast lasts {LEAST_MINUTES} to {MOST_MINUTES} minutes. Correct the minutes.",
        )
    return found


def set_stream(
    card: Card, stream: Stream, face: Face, theme: Theme, what: Furniture, comfort: Comfort
) -> tuple[Sheet, Rect | None] | None:
    """The words on a face, and where the broadcast lies (None: the whole face); None when they do not fit."""
    frame = frame_of(face, theme.type)
    setter = Setter(what.language, least_of(face, what.language, comfort), face.smooth)
    area, left = _divided(frame)
    body = ribbon_body(left, what) if left.shape == "ribbon" else left.body
    if left.shape == "ribbon" and area is not None:
        body = Rect(body.x, body.y, frame.width - body.x - frame.margin_x, body.height)
    room = theme.room[frame.shape] * comfort.motif * (1.0 if area is None else 0.4)
    if frame.shape == "tall":
        body = replace(body, height=round(body.height - frame.height * room))
    else:
        body = replace(body, width=round(body.width - frame.width * room))
    thick = rule_thickness(frame)
    above = 0 if frame.shape == "ribbon" or comfort.limit else thick + frame.gap
    palette = theme.day
    most = body_room(frame)
    host = stream.origin.partition("://")[2].replace(".", ".\u200b").replace("-", "-\u2060")
    parts = [
        setter.part(SAID.get(what.language, "LIVE"), palette.accent, round(most * 0.9), 700, 1, scale=0.55),
        setter.part(card.title, palette.text, round(head_room(frame) * 0.8), 800, 5 if frame.shape == "tall" else 3, gap=0.2),
        setter.part(card.text, palette.text, round(most * 0.95), 600, 3 if frame.shape == "ribbon" else 4, scale=0.58, gap=0.4),
        setter.part(host, palette.muted, round(most * 0.7), 600, 3, scale=0.48, gap=0.45),
    ]  # fmt: skip
    if frame.shape == "ribbon":
        parts = [parts[1], replace(parts[2], gap=0.15)] if card.text else [parts[1], replace(parts[3], gap=0.15)]
    sign = _sign_in(frame, area, palette.accent)
    if area is None and sign is not None:  # the sign stands at the right, beside the words
        body = replace(body, width=min(body.width, sign.box[0] - frame.gap - body.x))
    stack = setter.fit(parts, body.width, body.height - above, head_room(frame))
    if stack is None:
        return None
    top = body.y + above + round((body.height - above - stack.height) * (0.5 if frame.shape != "tall" else 0.3))
    marks: list[Mark] = []
    if area is not None:
        box = (area.x, area.y, area.x + area.width, area.y + area.height)
        marks.append(Plate(box, 0, _dark(theme)))
    if sign is not None:
        marks.append(sign)
    if above:
        marks.append(
            Bar((body.x, top - frame.gap - thick, body.x + rule_width(frame), top - frame.gap), palette.accent)
        )
    return Sheet((Placed(stack, body.x, top),), (), tuple(marks), left), area


def _divided(frame: Frame) -> tuple[Rect | None, Frame]:
    """Where the broadcast lies beside words (None: it has the whole face), and the frame that is left for them."""
    width, height, margin = frame.width, frame.height, frame.margin_x
    if frame.shape == "square" and width <= height * _TOO_WIDE:
        return None, frame
    if width > height:
        wide = round(min(height * _WIDE / _HIGH, width * 0.5))
        left = wide + margin
        body = Rect(left, frame.body.y, width - left - margin, frame.body.height)
        return Rect(0, 0, wide, height), replace(frame, head_x=left, body=body)
    high = round(width * _HIGH / _WIDE)
    head = high + frame.margin_y
    top = head + chip_height(frame.small) + frame.gap
    body = Rect(frame.margin_x, top, frame.body.width, height - top - frame.margin_y)
    return Rect(0, 0, width, high), replace(frame, head_y=head, body=body)


def _dark(theme: Theme) -> RGB:
    """A field a little darker than the theme's ground."""
    red, green, blue = theme.day.ground[-1]
    return round(red * 0.7), round(green * 0.7), round(blue * 0.7)


def _sign_in(frame: Frame, area: Rect | None, colour: RGB) -> Sign | None:
    """The sign in the middle of the broadcast's place, or at the right of a face that the words have to themselves."""
    if area is not None:
        side = round(min(area.width, area.height) * 0.5)
        return Sign(area.x + (area.width - side) // 2, area.y + (area.height - side) // 2, side, colour)
    body = frame.body
    side = round(min(body.height * 0.5, frame.width * 0.2))
    return Sign(body.x + body.width - side, body.y + (body.height - side) // 2, side, colour)


@dataclass(frozen=True, slots=True)
class Sign:
    """A point that sends waves to both sides, in a square with its top left corner at (x, y)."""

    x: int
    y: int
    side: int
    colour: RGB
    name: str = "sign"

    @property
    def box(self) -> Box:
        return self.x, self.y, self.x + self.side, self.y + self.side

    def draw(self, image: Image.Image) -> None:
        image.paste(self.colour, self.box, _waves(self.side))


@lru_cache(maxsize=16)
def _waves(side: int) -> Image.Image:
    """Coverage of the sign, smooth at its edges."""
    size = 4 * side
    mask = Image.new("L", (size, size), 0)
    pen, middle = ImageDraw.Draw(mask), size / 2

    def around(radius: float) -> tuple[float, float, float, float]:
        return middle - radius, middle - radius, middle + radius, middle + radius

    pen.ellipse(around(size * 0.1), fill=255)
    for radius in (0.28, 0.47):
        for start in (-42, 138):
            pen.arc(around(size * radius), start, start + 84, fill=255, width=max(4, round(size * 0.075)))
    return mask.reduce(4)
