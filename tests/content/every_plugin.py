"""A plugin whose card has a field of every kind."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from cms.plugin_api.hookspecs import hookimpl
from cms.plugin_api.types import (
    Card,
    CardField,
    CardTemplate,
    Layer,
    Legibility,
    Plugin,
    Reason,
    Rect,
    RenderRequest,
    Scene,
    Text,
    sha256,
)

BANGTIN_PLUGIN = Plugin(code="every", name="Every")


class Every:
    kind = "every"
    version = "1"
    name = Text("thẻ đủ loại", "card of everything")
    icon = "table"
    fields = (
        CardField("title", "line", Text("tiêu đề", "headline"), max_length=80),
        CardField("text", "text", Text("nội dung", "text")),
        CardField("code", "line", Text("mã", "code"), translated=False),
        CardField("media", "picture", Text("ảnh", "picture")),
        CardField("pictures", "pictures", Text("các ảnh", "pictures")),
        CardField("rows", "table", Text("bảng", "table")),
        CardField("url", "url", Text("địa chỉ", "address")),
        CardField("price", "number", Text("giá", "price")),
        CardField("day", "date", Text("ngày", "day")),
        CardField("at", "moment", Text("lúc", "at")),
        CardField("side", "choice", Text("bên", "side"), choices=(("l", Text("trái", "left")), ("r", Text("phải", "right")))),
        CardField("live", "live", Text("số liệu", "live values")),
        CardField("author", "line", Text("tác giả", "author"), help=Text("Họ và tên.", "Full name.")),
    )  # fmt: skip

    def __init__(self) -> None:
        self.made: list[str] = []

    def scenes(self, request: RenderRequest, card: Card) -> Sequence[Scene]:
        """One colour for each text; what is made is written down."""
        key = sha256(f"every {card.title} {card.text}".encode())

        def make() -> str:
            self.made.append(card.title)
            out = io.BytesIO()
            Image.new("RGB", (8, 8), f"#{key[:6]}").save(out, "PNG")
            return request.sink.put(out.getvalue(), "image/png")

        asset = request.cache.once(key, make)
        request.progress(0.5)
        faces = request.geometry.faces
        reason = Reason("small", Text("Chữ nhỏ. Hãy rút gọn.", "Small letters. Shorten the text."), 30)
        request.judge(Legibility(request.card, 0, tuple(one.id for one in faces), 70, (reason,)))
        layers = {one.id: (Layer("image", asset, Rect(0, 0, one.width, one.height)),) for one in faces}
        return [Scene(card.duration_ms or 6000, layers)]


CARD = Every()


@hookimpl
def bangtin_card_templates() -> Sequence[CardTemplate]:
    return [CARD]
