"""Who appraises and approves in Cao Bằng: the department what units send it (CB 7.1), the places of the clusters what they produce
themselves and answer for (CB 8.6), and a short way for what is directed (CB 7.1).

The decision names no days: those here are assumed, and so is that whoever answers for content appraises and approves it.
"""

from __future__ import annotations

from cms.plugin_api.types import CheckSpec, StepSpec, Text, WorkflowSpec

DEPARTMENT = ("so-tttt", "so-vhttdl")
COMMUNE = "ubnd-xa-so-tai"
APPRAISAL = Text("Thẩm định", "Appraisal")
APPROVAL = Text("Phê duyệt", "Approval")

CONTENT = CheckSpec(
    "noi-dung",
    Text(
        "Nội dung thuộc phạm vi Cụm thông tin được đăng tải",
        "The content is of the kinds that the clusters are for",
    ),
    "CB 2.1",
)
LAW = CheckSpec(
    "phap-luat",
    Text("Đúng quy định của pháp luật", "It is as the law demands"),
    "CB 7.1",
)
PUBLIC = CheckSpec(
    "cong-bo",
    Text(
        "Thông tin đầy đủ, chính xác và được phép công bố; đơn vị cung cấp chịu trách nhiệm",
        "It is complete, correct, and may be made public; its supplier answers for it",
    ),
    "CB 14.2",
)
OWN = CheckSpec(
    "tu-san-xuat",
    Text(
        "Chương trình do địa phương sản xuất; địa phương chịu trách nhiệm về nội dung",
        "The programme was produced here, and here one answers for its content",
    ),
    "CB 8.6",
)
SCREENS = CheckSpec(
    "hinh-anh",
    Text(
        "Hình ảnh trên từng mặt màn hình đúng với nội dung đã thẩm định",
        "The pictures of every face show what was appraised",
    ),
    "CB 7.1",
)
DIRECTED = CheckSpec(
    "chi-dao",
    Text("Nội dung đúng với văn bản chỉ đạo của cấp trên", "The content is what the superior's document directs"),
    "CB 7.1",
)


def _own(code: str, source: str, name: Text) -> WorkflowSpec:
    """The way of what a place of a cluster produces itself; the commune goes on where its district ended."""
    people = tuple(dict.fromkeys((source, COMMUNE)))
    return WorkflowSpec(
        code=code,
        name=name,
        steps=(
            StepSpec("tham-dinh", "appraisal", APPRAISAL, people, (CONTENT, LAW, PUBLIC), 2, "CB 8.6"),
            StepSpec("phe-duyet", "approval", APPROVAL, people, (OWN, SCREENS), 1, "CB 8.6"),
        ),
        sources=(source,),
        clause="CB 8.6",
    )


WORKFLOWS = (
    WorkflowSpec(
        code="so",
        name=Text("Nội dung các đơn vị gửi về Sở", "Content that units send to the department"),
        steps=(
            StepSpec("tham-dinh", "appraisal", APPRAISAL, DEPARTMENT, (CONTENT, LAW, PUBLIC), 3, "CB 7.1"),
            StepSpec("phe-duyet", "approval", APPROVAL, DEPARTMENT, (SCREENS,), 2, "CB 7.1"),
        ),
        clause="CB 7.1",
    ),
    _own(
        "trung-khanh", "ubnd-trung-khanh", Text("Nội dung huyện Trùng Khánh tự sản xuất", "Trùng Khánh's own content")
    ),
    _own("quang-hoa", "ubnd-quang-hoa", Text("Nội dung huyện Quảng Hòa tự sản xuất", "Quảng Hòa's own content")),
    _own("xa", COMMUNE, Text("Nội dung xã tự sản xuất", "The commune's own content")),
    WorkflowSpec(
        code="dot-xuat",
        name=Text("Đột xuất, theo chỉ đạo của cấp trên", "Sudden, as a superior directs"),
        steps=(
            StepSpec("tham-dinh", "appraisal", APPRAISAL, DEPARTMENT, (LAW, DIRECTED), 1, "CB 7.1"),
            StepSpec("phe-duyet", "approval", APPROVAL, DEPARTMENT, (SCREENS,), 1, "CB 7.1"),
        ),
        sudden=True,
        clause="CB 7.1",
    ),
)
