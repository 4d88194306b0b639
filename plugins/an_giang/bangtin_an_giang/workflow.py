"""Who appraises and approves in An Giang: the department, which selects, completes and edits what units send (AG 7.1, 7.2), and a
short way for what is directed (AG 7.2).

The decision names no days: those here are assumed.
"""

from __future__ import annotations

from cms.plugin_api.types import CheckSpec, StepSpec, Text, WorkflowSpec

DEPARTMENT = ("so-tttt", "so-vhttdl")
APPRAISAL = Text("Thẩm định", "Appraisal")
APPROVAL = Text("Phê duyệt", "Approval")

COMPLETE = CheckSpec(
    "hoan-chinh",
    Text("Nội dung đã được góp ý, biên tập hoàn chỉnh", "The content is complete: commented on and edited"),
    "AG 7.2",
)
LAW = CheckSpec("phap-luat", Text("Đúng quy định của pháp luật", "It is as the law demands"), "AG 7.2")
SUITABLE = CheckSpec(
    "phu-hop",
    Text("Phù hợp để đăng trên Cụm thông tin cơ sở", "It is suitable for the information cluster"),
    "AG 7.1",
)
LANGUAGES = CheckSpec(
    "ngon-ngu",
    Text(
        "Các bản tiếng Việt, Anh, Khmer (nếu có) nói cùng một nội dung",
        "The Vietnamese, English and Khmer versions, where there are any, say the same",
    ),
    "AG 7.3",
)
SCREENS = CheckSpec(
    "hinh-anh",
    Text(
        "Hình ảnh trên từng mặt màn hình đúng với nội dung đã thẩm định",
        "The pictures of every face show what was appraised",
    ),
    "AG 7.1",
)
DIRECTED = CheckSpec(
    "chi-dao",
    Text("Nội dung đúng với văn bản chỉ đạo của cấp trên", "The content is what the superior's document directs"),
    "AG 7.2",
)

WORKFLOWS = (
    WorkflowSpec(
        code="so",
        name=Text("Thẩm định và phê duyệt của Sở", "Appraisal and approval by the department"),
        steps=(
            StepSpec(
                "tham-dinh", "appraisal", APPRAISAL, DEPARTMENT, (COMPLETE, LAW, SUITABLE, LANGUAGES), 3, "AG 7.2"
            ),
            StepSpec("phe-duyet", "approval", APPROVAL, DEPARTMENT, (SCREENS,), 2, "AG 7.1"),
        ),
        clause="AG 7.2",
    ),
    WorkflowSpec(
        code="dot-xuat",
        name=Text("Đột xuất, theo chỉ đạo của cấp trên", "Sudden, as a superior directs"),
        steps=(
            StepSpec("tham-dinh", "appraisal", APPRAISAL, DEPARTMENT, (LAW, DIRECTED), 1, "AG 7.2"),
            StepSpec("phe-duyet", "approval", APPROVAL, DEPARTMENT, (SCREENS,), 1, "AG 7.2"),
        ),
        sudden=True,
        clause="AG 7.2",
    ),
)
