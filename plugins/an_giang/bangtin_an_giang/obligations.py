"""Duties by decision 17/2021/QĐ-UBND of An Giang (amending 51/2019/QĐ-UBND), clause by clause."""

from __future__ import annotations

from cms.plugin_api.types import Obligation, Text


def _row(clause: str, who: str, rhythm: str, vi: str, en: str, evidence: str = "") -> Obligation:
    return Obligation(clause=clause, duty=Text(vi, en), who=who, rhythm=rhythm, evidence=evidence)


OBLIGATIONS: tuple[Obligation, ...] = (
    _row(
        "AG 7.1",
        "Sở phụ trách",
        "mỗi ngày",
        "Vận hành Tịnh Biên đủ 8 giờ/ngày: 07:00–11:00 và 14:00–18:00, kể cả ngày lễ, Tết, thứ Bảy, Chủ nhật.",
        "Tịnh Biên runs 8 hours every day, 07:00–11:00 and 14:00–18:00, holidays, Tết and weekends included.",
        "hours",
    ),
    _row(
        "AG 7.2",
        "Sở phụ trách",
        "các ngày trong tuần",
        "Tiếp nhận, góp ý, biên tập, cập nhật; đột xuất theo chỉ đạo của cấp trên.",
        "Content is received, commented on, edited and updated; sudden cases on a superior's direction.",
        "approvals",
    ),
    _row(
        "AG 7.3",
        "Sở phụ trách",
        "liên tục",
        "Sản phẩm bằng tiếng Việt, tiếng Anh, tiếng Campuchia.",
        "Products in Vietnamese, English and Khmer.",
        "languages",
    ),
    _row(
        "AG 7.4",
        "Sở phụ trách",
        "hằng tháng",
        "Sao lưu dữ liệu, thông tin đã đăng tải theo pháp luật về lưu trữ.",
        "Monthly backup of aired data and information, under archive law.",
        "backup",
    ),
    _row(
        "AG 7.5",
        "Sở phụ trách",
        "hằng năm",
        "Đề xuất bảo trì, nâng cấp, sửa chữa; phương án dự phòng khắc phục sự cố.",
        "Yearly proposal for maintenance, upgrade and repair; a contingency plan.",
    ),
    _row(
        "AG 7.6",
        "Sở phụ trách",
        "hằng năm",
        "Dự toán: nội dung; quản lý, duy trì, vận hành; tiền điện; sửa chữa; nâng cấp.",
        "Yearly budget: content; management, upkeep, operation; electricity; repair; upgrade.",
    ),
    _row(
        "AG 7.7",
        "Sở phụ trách",
        "định kỳ và đột xuất",
        "Kiểm tra bảo đảm công năng hoạt động.",
        "Periodic and surprise inspection.",
        "play_log",
    ),
    _row(
        "AG 7.8",
        "Sở phụ trách",
        "hằng năm",
        "Tổ chức tập huấn, bồi dưỡng nghiệp vụ.",
        "Training classes.",
    ),
    _row(
        "AG 7.9",
        "Sở phụ trách",
        "khi có việc",
        "Xử lý sự cố kỹ thuật và an ninh mạng (truy nhập, sử dụng, tiết lộ, gián đoạn, sửa đổi, phá hoại trái phép).",
        "Technical and cyber incidents (unauthorised access, use, disclosure, interruption, modification, destruction) are handled.",
        "events",
    ),
    _row(
        "AG 7.9a",
        "Sở phụ trách",
        "khi có việc",
        "Sự cố điện: khắc phục hoặc liên hệ Ban Quản lý Khu kinh tế, Biên phòng, Điện lực.",
        "Power: fix, or contact the economic-zone board, the border guard or the power company.",
    ),
    _row(
        "AG 7.9b",
        "Sở phụ trách",
        "khi có việc",
        "Sự cố kỹ thuật, an ninh mạng: xử lý hoặc báo cáo Ủy ban nhân dân tỉnh nếu vượt thẩm quyền.",
        "Technical or cyber: handle, or report to the committee when beyond authority.",
        "events",
    ),
    _row(
        "AG 7.10",
        "Sở phụ trách",
        "khi có việc",
        "Hỗ trợ công nghệ thông tin, khắc phục sự cố khi được thông báo.",
        "IT support; repair when notified.",
    ),
    _row(
        "AG 7.11",
        "Sở phụ trách",
        "hằng năm",
        "Sơ kết, tổng kết, báo cáo Ủy ban nhân dân tỉnh và Bộ.",
        "Yearly review to the committee and the Ministry.",
    ),
    _row(
        "AG 8.1",
        "Bộ đội Biên phòng",
        "khi có việc",
        "Tiếp nhận phản ánh, thông báo cho Sở.",
        "Feedback is taken and passed on.",
    ),
    _row(
        "AG 8.2",
        "Bộ đội Biên phòng",
        "khi có việc",
        "Bảo vệ cụm thông tin; hỗ trợ tắt/mở trong trường hợp đột xuất, khẩn cấp theo đề nghị của Sở.",
        "Guards the cluster; emergency switch on and off at the department's request.",
        "blackout",
    ),
    _row(
        "AG 8.3",
        "Bộ đội Biên phòng",
        "khi có việc",
        "Cung cấp nội dung an ninh biên giới, đối ngoại với Campuchia.",
        "Supplies content on border security and relations with Cambodia.",
        "items",
    ),
    _row(
        "51/2019",
        "Các cơ quan phối hợp",
        "khi có việc",
        "Phối hợp cả bằng thư điện tử giữa Ban Quản lý Khu kinh tế, Công an, Báo, Đài, Sở Tài chính, Sở Nội vụ, cấp huyện.",
        "Coordination also by e-mail among the units named.",
    ),
)
