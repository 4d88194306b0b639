"""Duties drawn from Lạng Sơn's regulations of 2013 on video conferences and the e-office."""

from __future__ import annotations

from cms.plugin_api.types import Obligation, Text


def _row(clause: str, who: str, rhythm: str, vi: str, en: str, evidence: str = "") -> Obligation:
    return Obligation(clause=clause, duty=Text(vi, en), who=who, rhythm=rhythm, evidence=evidence)


OBLIGATIONS: tuple[Obligation, ...] = (
    _row(
        "LS hội nghị",
        "Đơn vị chủ trì",
        "trước ít nhất 2 ngày",
        "Thông báo bằng văn bản cho Sở, đơn vị đường truyền và Điện lực trước phiên truyền ít nhất 2 ngày.",
        "The host notifies the department, the line provider and the power company in writing at least 2 days ahead.",
    ),
    _row(
        "LS hội nghị (kỹ thuật)",
        "Sở, Viễn thông, Điện lực",
        "trước mỗi phiên",
        "Kiểm tra điều kiện kỹ thuật, đường truyền, nguồn điện.",
        "Named parties check technical conditions, line and power.",
        "players",
    ),
    _row(
        "LS văn phòng",
        "Văn phòng Ủy ban nhân dân tỉnh",
        "liên tục",
        "Theo dõi, đôn đốc, quản lý việc sử dụng hệ thống; văn bản và công việc giữa các đơn vị được theo dõi.",
        "Documents and tasks between units are tracked; use is followed up and monitored.",
        "audit",
    ),
    _row(
        "LS thủ trưởng",
        "Thủ trưởng đơn vị",
        "liên tục",
        "Chịu trách nhiệm về việc sử dụng hệ thống của đơn vị mình.",
        "Heads of units answer for use.",
        "audit",
    ),
)
