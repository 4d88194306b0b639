"""Quotas that decision 31/2020/QĐ-UBND sets. It names one number."""

from __future__ import annotations

from cms.plugin_api.types import QuotaSpec, Text

QUOTAS = (
    QuotaSpec(
        code="dai-pttth-hang-thang",
        name=Text(
            "Đài Phát thanh - Truyền hình tỉnh: ít nhất 01 chương trình mỗi tháng",
            "Provincial radio and television: at least 1 programme a month",
        ),
        at_least=1,
        per="month",
        source="dai-pttth",
        clause="CB 13",
    ),
)
