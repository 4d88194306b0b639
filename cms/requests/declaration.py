"""What a sender confirms: the words of CB 14.2, kept with each request as they stood on the form.

CB 14.2: «… cung cấp đầy đủ, chính xác, kịp thời các thông tin, dữ liệu được phép công bố thuộc lĩnh vực cơ quan, đơn vị quản lý …;
chịu trách nhiệm về nội dung thông tin do đơn vị mình cung cấp.»
"""

from __future__ import annotations

from cms.plugin_api.types import Text

VERSION = "CB14.2-1"
"""Changes with the words."""
CLAUSE = "CB 14"
WORDS = Text(
    "Đơn vị chúng tôi cung cấp đầy đủ, chính xác, kịp thời các thông tin, dữ liệu được phép công bố thuộc lĩnh vực cơ quan, "
    "đơn vị quản lý và chịu trách nhiệm về nội dung thông tin do đơn vị mình cung cấp.",
    "Our unit supplies fully, correctly and in time information and data that may be published and that lie within its "
    "field, and answers for the content of what it supplies.",
)
CITED = Text(
    " (Khoản 2 Điều 14 Quy chế ban hành kèm theo Quyết định số 31/2020/QĐ-UBND.)",
    " (Article 14, clause 2 of the regulation issued with decision 31/2020/QĐ-UBND.)",
)


def declaration_for(province_code: str, language: str) -> str:
    """The words on the form. The clause is cited where the province's plugin has it among its obligations."""
    from cms.plugin_host.host import get_host

    cited = any(one.clause == CLAUSE for one in get_host().obligations(province_code))
    if language.startswith("vi"):
        return WORDS.vi + (CITED.vi if cited else "")
    return WORDS.en + (CITED.en if cited else "")
