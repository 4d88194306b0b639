from __future__ import annotations

from datetime import date

import pytest

from cms.plugin_api.types import Card
from renderers.cards.seal import ornament
from renderers.drawn import collecting
from renderers.errors import RenderError
from renderers.themes import load
from renderers.written import WEEKDAYS, lunar_year, written_day, written_number
from tests.renderers.stage import THEMES, Folder, face, render

FIELDS = (
    ("issuer", "Ban Quản lý khu kinh tế"),
    ("number", "05/TB-BQL"),
    ("day", "2027-02-05"),
    ("signatory", "Trưởng ban"),
)
NOTICE = Card(
    "notice", title="Thông báo giờ mở cửa", text="Cửa khẩu mở cửa từ 06:00 đến 22:00 hằng ngày.", fields=FIELDS
)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("vi", "ngày 05 tháng 02 năm 2027"),
        ("en", "5 February 2027"),
        ("km", "ថ្ងៃទី 5 ខែកុម្ភៈ ឆ្នាំ 2027"),
        ("lo", "ວັນທີ 5 ກຸມພາ 2027"),
        ("zh-hans", "2027年2月5日"),
    ],
)
def test_a_day_is_written_as_each_language_does(language: str, says: str):
    assert written_day(date(2027, 2, 5), language) == says


def test_only_the_first_two_months_take_a_zero_in_vietnamese():
    assert written_day(date(2027, 6, 15), "vi") == "ngày 15 tháng 6 năm 2027"
    assert written_day(date(2027, 10, 1), "vi") == "ngày 01 tháng 10 năm 2027"


def test_a_number_takes_its_word_once():
    assert written_number("05/TB", "vi") == "Số: 05/TB"
    assert written_number("Số: 05/TB", "vi") == "Số: 05/TB"
    assert written_number("05/TB", "zh-hans") == "编号：05/TB"
    assert written_number("", "vi") == ""


def test_weekdays_and_years_of_the_cycle():
    assert all(len(days) == 7 for days in WEEKDAYS.values())
    assert lunar_year(0) == "Giáp Tý"
    assert lunar_year((2027 - 4) % 60) == "Đinh Mùi"


@pytest.mark.parametrize("size", [(512, 256), (1024, 256), (256, 768), (1920, 120)])
def test_the_seal_lies_under_no_text(size: tuple[int, int], sink: Folder, national):
    with collecting() as drawn:
        render(sink, national, NOTICE, faces=(face(*size),))
    (seal,) = (box for name, box in drawn[0].boxes if name == "seal")
    for name, box in drawn[0].boxes:
        if name in ("text", "tag", "source"):
            assert seal[2] <= box[0] or box[2] <= seal[0] or seal[3] <= box[1] or box[3] <= seal[1]


@pytest.mark.parametrize("code", sorted(THEMES))
def test_no_seal_bears_the_star_of_the_state(code: str):
    found = ornament(load(THEMES[code]))
    assert found["kind"] in ("star", "flower")
    assert found.get("points") != 5


def test_a_day_that_is_none_is_said(sink: Folder, national):
    card = Card("notice", title="Thông báo", fields=(("issuer", "Ban"), ("day", "31/02/2027")))
    with pytest.raises(RenderError) as refused:
        render(sink, national, card)
    assert refused.value.code == "date"


LONG = (
    "សូមគោរពជាជួរ និងត្រៀមលិខិតឆ្លងដែនឱ្យរួចរាល់។ សូមកុំថតរូបក្នុងតំបន់ត្រួតពិនិត្យ។ ក្រុមគ្រួសារដែលមានកុមារអាចទៅផ្លូវលេខ ១។ សូមរក្សាអីវ៉ាន់របស់អ្នកជានិច្ច។ "
) * 3


def test_a_long_notice_on_a_small_face_says_who_first_and_what_on_the_next_pages(sink: Folder, national):
    card = Card("notice", title="បិទផ្លូវលេខ ២", text=LONG.strip(), fields=FIELDS)
    with collecting() as drawn:
        scenes = render(sink, national, card, language="km").scenes
    assert 2 <= len(scenes) <= 9
    seals = [sum(name == "seal" for name, _ in picture.boxes) for picture in drawn]
    lines = [sum(name == "text" for name, _ in picture.boxes) for picture in drawn]
    assert seals[0] == 1
    assert not any(seals[1:])
    assert all(lines)
    assert all(scene.duration_ms >= 4_000 for scene in scenes)


def test_a_notice_without_a_text_has_one_page(sink: Folder, national):
    card = Card("notice", title="Cửa khẩu tạm đóng", fields=FIELDS)
    assert len(render(sink, national, card).scenes) == 1
