"""Items to start from at any gate. What stands in [square brackets] is a sample; an item with samples left cannot be submitted.

No figures of law (sums to declare, durations of stay) stand here: they change, and the source unit gives them.
"""

from __future__ import annotations

from cms.plugin_api.types import ItemTemplate, Text

_Card = tuple[str, dict[str, str]]
"""Its kind, and its words by field."""


def _title(kicker: str, words: str) -> _Card:
    return "title", {"kicker": kicker, "title": words}


def _text(head: str, *lines: str) -> _Card:
    return "text", {"title": head, "text": "\n".join(lines)}


def _table(head: str, *rows: str, note: str) -> _Card:
    """Cells of a row are parted by tabs."""
    return "table", {"title": head, "rows": "\n".join(rows), "note": note}


SUSPENDED = ItemTemplate(
    code="tam-dung-thong-quan",
    name=Text("Tạm dừng thông quan", "Clearance suspended"),
    summary=Text(
        "Khi cửa khẩu tạm ngừng cho người, xe hoặc hàng qua lại.",
        "When people, vehicles or goods cannot pass for a while.",
    ),
    kind="border",
    cards=(
        _title("Thông báo", "Tạm dừng thông quan [loại hàng, phương tiện]"),
        (
            "notice",
            {
                "issuer": "[Cơ quan ra thông báo]",
                "number": "[số/TB-…]",
                "title": "Tạm dừng từ [giờ, ngày]",
                "text": "Lý do: [lý do tạm dừng].\nDự kiến khôi phục: [giờ, ngày].",
                "signatory": "",
            },
        ),
        _text("Xin quý khách", "Chờ tại [bãi xe, nhà chờ].", "Hỏi thêm: [số điện thoại]."),
    ),
    tags=("thông quan",),
)

RESUMED = ItemTemplate(
    code="khoi-phuc-thong-quan",
    name=Text("Khôi phục thông quan", "Clearance resumed"),
    summary=Text("Khi cửa khẩu hoạt động trở lại.", "When the gate works again."),
    kind="border",
    cards=(
        _title("Thông báo", "Thông quan trở lại từ [giờ, ngày]"),
        _text(
            "Thứ tự qua cửa khẩu",
            "[Loại hàng, phương tiện] đi trước.",
            "Xe đang chờ tại [bãi xe] theo hướng dẫn của biên phòng.",
        ),
    ),
    tags=("thông quan",),
)

HOURS = ItemTemplate(
    code="gio-lam-viec",
    name=Text("Giờ làm việc của cửa khẩu", "Hours of the gate"),
    summary=Text("Bảng giờ làm thủ tục, kể cả ngày lễ.", "A table of the hours of clearance, holidays included."),
    kind="border",
    cards=(
        _title("Cửa khẩu [tên cửa khẩu]", "Giờ làm thủ tục"),
        _table(
            "Giờ làm việc",
            "Đối tượng\tSáng\tChiều",
            "Hành khách\t[giờ–giờ]\t[giờ–giờ]",
            "Hàng hoá\t[giờ–giờ]\t[giờ–giờ]",
            note="Ngày lễ, Tết: [giờ làm việc hoặc nghỉ]",
        ),
    ),
    tags=("giờ làm việc",),
)

TRAFFICKING = ItemTemplate(
    code="canh-bao-mua-ban-nguoi",
    name=Text("Cảnh báo lừa đảo, mua bán người", "Warning of fraud and trafficking"),
    summary=Text(
        "Việc nhẹ lương cao ở nước ngoài, giấy tờ giả, đổi tiền giả.", "Easy jobs abroad, false papers, false money."
    ),
    kind="border",
    cards=(
        _title("Cảnh giác", "Việc nhẹ, lương cao ở nước ngoài: coi chừng bị lừa bán"),
        _text(
            "Trước khi đi",
            "Không giao hộ chiếu cho người lạ.",
            "Không qua biên giới theo đường mòn.",
            "Hỏi rõ nơi làm, hợp đồng lao động.",
        ),
        (
            "bilingual",
            {
                "title": "Cần giúp đỡ? Gọi 113",
                "text": "hoặc đồn biên phòng: [số điện thoại]",
                "other_language": "en",
                "other_title": "Need help? Call 113",
                "other_text": "or the border guard: [số điện thoại]",
            },
        ),
    ),
    tags=("cảnh báo",),
)

HEALTH = ItemTemplate(
    code="khai-bao-y-te",
    name=Text("Hướng dẫn khai báo y tế", "Health declaration"),
    summary=Text("Ai khai, khai ở đâu, kèm mã QR.", "Who declares and where, with a QR code."),
    kind="border",
    cards=(
        _title("Kiểm dịch y tế", "Khai báo y tế trước khi làm thủ tục"),
        _text(
            "Các bước",
            "1. Quét mã, điền tờ khai.",
            "2. Đưa mã xác nhận tại [quầy kiểm dịch].",
            "3. Người về từ [nước, vùng có dịch]: báo ngay nhân viên y tế.",
        ),
        (
            "qr",
            {
                "title": "Quét để khai báo y tế",
                "text": "[Đơn vị kiểm dịch; kiểm tra lại địa chỉ của mã]",
                "url": "https://tokhaiyte.vn",
            },
        ),
    ),
    tags=(
        "y tế",
        "hướng dẫn",
    ),
)

CUSTOMS = ItemTemplate(
    code="khai-bao-hai-quan",
    name=Text("Hướng dẫn khai báo hải quan", "Customs declaration"),
    summary=Text("Tiền, vàng, hàng phải khai và hàng cấm.", "Money, gold and goods to declare, goods that are banned."),
    kind="border",
    cards=(
        _title("Hải quan", "Những gì phải khai báo"),
        _table(
            "Phải khai báo khi vượt mức",
            "Loại\tMức",
            "Tiền Việt Nam\t[mức]",
            "Ngoại tệ\t[mức]",
            "Vàng\t[mức]",
            note="Theo [văn bản quy định]",
        ),
        _text(
            "Không được mang",
            "Ma tuý, vũ khí, pháo nổ.",
            "Động vật hoang dã và sản phẩm của chúng.",
            "Hỏi cán bộ hải quan khi chưa rõ.",
        ),
    ),
    tags=(
        "hải quan",
        "hướng dẫn",
    ),
)

HOLIDAY = ItemTemplate(
    code="le-tet-ky-niem",
    name=Text("Lễ, Tết, ngày kỷ niệm", "Holidays and anniversaries"),
    summary=Text("Lời chào mừng và giờ làm việc trong dịp lễ.", "A greeting and the hours of the holidays."),
    kind="culture",
    cards=(
        _title("[Ngày, tháng, năm]", "Nhiệt liệt chào mừng [ngày lễ, ngày kỷ niệm]"),
        _text("Trong dịp lễ", "Cửa khẩu làm việc: [giờ, ngày].", "[Hoạt động chào mừng] tại [địa điểm]."),
    ),
    tags=("lễ tết",),
)

WEATHER = ItemTemplate(
    code="thoi-tiet-thien-tai",
    name=Text("Thời tiết, thiên tai", "Weather and natural disasters"),
    summary=Text(
        "Bão, lũ, sạt lở: đường nào tránh, tìm ai.", "Storm, flood, landslide: which road to avoid, whom to ask."
    ),
    kind="grassroots",
    cards=(
        _title("Cảnh báo thiên tai", "[Mưa lũ, bão, sạt lở] tại [địa bàn]"),
        _text(
            "Từ [giờ, ngày]",
            "Không đi qua [đoạn đường, cầu, ngầm].",
            "Đi theo [đường tránh].",
            "Khi cần cứu nạn: gọi 112.",
        ),
        ("ticker", {"title": "Cập nhật", "text": "[Bản tin mới nhất của Đài khí tượng thuỷ văn]", "speed": "60"}),
    ),
    tags=("thiên tai",),
)

TEMPLATES = (SUSPENDED, RESUMED, HOURS, TRAFFICKING, HEALTH, CUSTOMS, HOLIDAY, WEATHER)
