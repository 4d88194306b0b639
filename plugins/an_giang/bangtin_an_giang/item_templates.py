"""Items to start from at the gates of An Giang, besides those for every gate."""

from __future__ import annotations

from cms.plugin_api.types import ItemTemplate, Text

BULL_RACE = ItemTemplate(
    code="hoi-dua-bo",
    name=Text("Hội đua bò Bảy Núi", "Bảy Núi bull race"),
    summary=Text("Mời xem hội dịp lễ Sene Dolta của người Khmer.", "An invitation at Sene Dolta, the Khmer festival."),
    kind="culture",
    cards=(
        ("title", {"kicker": "Lễ hội", "title": "Hội đua bò Bảy Núi [năm]"}),
        ("text", {"title": "Mời bà con và du khách", "text": "Bắt đầu: [giờ, ngày].\nTại: [sân đua, xã]."}),
    ),
    tags=("lễ hội",),
)

TEMPLATES = (BULL_RACE,)
