"""Duties by circular 06/2022/TT-BTTTT, article 4, which binds every province."""

from __future__ import annotations

from cms.plugin_api.types import Obligation, Text


def _row(clause: str, who: str, rhythm: str, vi: str, en: str, evidence: str = "") -> Obligation:
    return Obligation(clause=clause, duty=Text(vi, en), who=who, rhythm=rhythm, evidence=evidence)


OBLIGATIONS: tuple[Obligation, ...] = (
    _row(
        "TT06 k1",
        "Ủy ban nhân dân tỉnh",
        "khi lập kế hoạch",
        "Đặt cụm tại cửa khẩu biên giới, ưu tiên đường bộ; địa điểm đủ không gian, phát huy hiệu quả.",
        "Clusters stand at border gates, land first, on a site with enough space and effect.",
        "clusters",
    ),
    _row(
        "TT06 k2",
        "Ủy ban nhân dân tỉnh",
        "khi lập kế hoạch",
        "Màn hình cỡ lớn 1, 2, 3 hoặc 4 mặt, lắp cố định, có máy tính điều khiển và thiết bị phụ trợ.",
        "Large screens of 1, 2, 3 or 4 faces, fixed, with control computer and auxiliaries.",
        "clusters",
    ),
    _row(
        "TT06 k2 (an toàn)",
        "Đơn vị vận hành",
        "liên tục",
        "An toàn thiết bị; an toàn, an ninh thông tin cho máy tính, phần mềm điều khiển và đường truyền tới đơn vị quản lý nội dung.",
        "Safety of equipment; security of computers, control software and of the link to the content unit.",
        "releases",
    ),
    _row(
        "TT06 k5",
        "Bộ; Ủy ban nhân dân tỉnh",
        "hằng năm",
        "Bộ cung cấp nội dung; tỉnh khảo sát, lập kế hoạch, sản xuất nội dung của mình.",
        "The Ministry supplies content; the provinces survey, plan and produce their own.",
        "items",
    ),
    _row(
        "TT06 k5 (quy chế)",
        "Ủy ban nhân dân tỉnh",
        "khi có việc",
        "Quy chế quản lý, vận hành nêu rõ an toàn cơ sở vật chất, kinh phí, an toàn nội dung, kiểm tra, giám sát.",
        "The management regulation covers asset safety, funding, content safety and inspection.",
        "audit",
    ),
)
