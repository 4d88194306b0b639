"""Where lines break, against ICU: the one the program uses and, as a second opinion, node's own."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
from itertools import accumulate
from pathlib import Path

import pytest
from icu4py.breakers import LineBreaker

from renderers.breaks import MAY, MUST_NOT, breaks, opportunities
from renderers.text import Style, normalise, visible, width, wrap
from tests.renderers.library import LANGUAGES, paragraphs, real_sentences

SEGMENT = Path(__file__).with_name("segment.mjs")
SOUTH_EAST = [(language, sentence) for language in ("km", "lo") for sentence in real_sentences(language)]
ENOUGH = 0.99


def starts(text: str, lines: list[str]) -> list[int]:
    """Where each line after the first starts in the text."""
    found, place = [], 0
    for line in lines:
        place = text.index(line, place)
        found.append(place)
        place += len(line)
    return found[1:]


def line_starts(language: str, text: str, *widths: int) -> list[int]:
    return [
        place for wide in widths if (lines := wrap(text, Style(language, 30), wide)) for place in starts(text, lines)
    ]


@pytest.fixture(scope="module")
def second_opinion() -> list[dict[str, set[int]]]:
    ran = subprocess.run(
        ["node", str(SEGMENT)], input=json.dumps(SOUTH_EAST), capture_output=True, text=True, check=True
    )
    return [{name: set(offsets) for name, offsets in one.items()} for one in json.loads(ran.stdout)]


def test_there_are_sentences_enough():
    assert len(SOUTH_EAST) >= 300


def test_khmer_and_lao_lines_break_where_icu_allows():
    right = wrong = 0
    for language, text in SOUTH_EAST:
        allowed = set(accumulate(len(piece) for piece in LineBreaker(text, language)))
        for place in line_starts(language, text, 330, 520):
            right, wrong = right + (place in allowed), wrong + (place not in allowed)
    assert right > 2000
    assert right / (right + wrong) >= ENOUGH


def test_khmer_and_lao_lines_break_where_another_icu_sees_words_end(second_opinion: list[dict[str, set[int]]]):
    right = wrong = 0
    for (language, text), other in zip(SOUTH_EAST, second_opinion, strict=True):
        for place in line_starts(language, text, 400):
            right, wrong = right + (place in other["words"]), wrong + (place not in other["words"])
    assert right > 900
    assert right / (right + wrong) >= ENOUGH


def test_what_icu_offers_is_taken_but_where_it_would_orphan_a_mark(second_opinion: list[dict[str, set[int]]]):
    same = other = 0
    for (language, text), opinion in zip(SOUTH_EAST, second_opinion, strict=True):
        offered = set(accumulate(len(piece) for piece in LineBreaker(text, language))) - {len(text)}
        taken = set(opportunities(text, language))
        assert taken <= opinion["clusters"]
        same, other = same + len(offered & taken), other + len(offered ^ taken)
    assert same / (same + other) >= ENOUGH


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_begins_with_what_belongs_to_the_letter_before(language: str):
    for text in paragraphs(language)[:90]:
        for place in opportunities(text, language):
            last, first = text[place - 1], text[place]
            assert not unicodedata.category(first).startswith("M")
            assert first not in "ះៈ៉ៗ។ະາຳຽໆ，。、；：！？）》”"
            assert last not in "្ເແໂໃໄ（《“"


def test_a_consonant_is_never_left_without_what_is_written_under_it():
    assert all(text[place - 1] != "\u17d2" for text in paragraphs("km") for place in opportunities(text, "km"))
    # ICU alone would break this misspelt word after its sign for "the next goes below".
    assert "យុត្|ដិធម៌" not in "|".join(breaks("យុត្ដិធម៌", "km")[1].pieces)


@pytest.mark.parametrize(
    ("language", "word"), [("km", "កម្ពុជា"), ("lo", "ປະເທດ"), ("en", "abcdef"), ("zh-hans", "口岸")]
)
def test_an_editor_may_break_and_forbid_inside_any_word(language: str, word: str):
    middle = {"km": 5, "lo": 2, "en": 3, "zh-hans": 1}[language]
    assert middle + 1 in opportunities(word[:middle] + MAY + word[middle:], language)
    joined = (word + MUST_NOT).join(["", word, word])
    assert not {place for place in opportunities(joined, language) if joined[place - 1] == MUST_NOT}
    assert joined.index(MUST_NOT) not in opportunities(joined, language)


def test_what_is_forbidden_in_a_khmer_phrase_leaves_its_other_words_alone():
    text = "ព្រះរាជាណាចក្រកម្ពុជាសូមស្វាគមន៍"
    free = opportunities(text, "km")
    tied = text[: free[0]] + MUST_NOT + text[free[0] :]
    assert [place - 1 for place in opportunities(tied, "km")] == free[1:]


def pieces(text: str, language: str) -> list[str]:
    return [visible(piece) for piece in breaks(normalise(text), language)[0].pieces]


@pytest.mark.parametrize(
    ("language", "text", "whole"),
    [
        ("vi", "Quyết định số 31/2020/QĐ-UBND ngày 30/4/2027 của tỉnh", ["số 31/2020/QĐ-UBND", "ngày 30/4/2027"]),
        ("vi", "Báo cáo Số 05/BC-STTTT nêu Điều 7 khoản 2 rất rõ", ["Số 05/BC-STTTT", "Điều 7", "khoản 2"]),
        ("vi", "Mở cửa từ ngày 30 tháng 4 năm 2027 cho khách", ["từ ngày 30 tháng 4", "năm 2027"]),
        ("vi", "Sáng 07:00–11:00, chiều từ 13:30 đến 18:00 nhé", ["07:00–11:00,", "từ 13:30", "đến 18:00"]),
        ("vi", "Giá 25.430 đ hoặc 1.200.000 VND, tức USD 1 thôi", ["Giá 25.430 đ", "1.200.000 VND,", "USD 1"]),
        ("vi", "Tỷ giá USD 1 = 25.430 đ và 1 EUR = 28.900 VND đó", ["USD 1 = 25.430 đ", "1 EUR = 28.900 VND"]),
        ("vi", "Gọi 0296 3852 852 khi cách 70 km hay nóng 38 °C", ["0296 3852 852", "70 km", "38 °C"]),
        ("vi", "Chờ 8 giờ 30 phút ở TP. Cao Bằng, quý IV", ["8 giờ 30 phút", "quý IV"]),
        ("en", "Open from 07:00 to 11:00 a.m. on 30 April 2027 only", ["from 07:00", "to 11:00 a.m.", "30 April 2027"]),
        ("en", "Under Article 7 of Decision No. 31/2020/QD-UBND", ["Article 7", "No. 31/2020/QD-UBND"]),
        ("km", "តម្លៃ ៥០០០ រៀល ម៉ោង ០៧:០០ តាមមាត្រា ៧", ["៥០០០ រៀល", "ម៉ោង ០៧:០០", "មាត្រា ៧"]),
        ("km", "នៅថ្ងៃទី ១០ ខែធ្នូ ចម្ងាយ ៧០ គីឡូម៉ែត្រ", ["ថ្ងៃទី ១០ ខែធ្នូ", "៧០ គីឡូម៉ែត្រ"]),
        ("lo", "ວັນທີ 30 ເມສາ 2027 ເວລາ 07:00 ລາຄາ 20.000 ກີບ", ["ວັນທີ 30 ເມສາ 2027", "ເວລາ 07:00", "20.000 ກີບ"]),
        ("zh-hans", "自2027年4月30日起，距离70公里，按第七条办理", ["2027年4月30日", "70公里，", "第七条"]),
        ("zh-hans", "开放时间07:00至18:00，价格25.430越南盾", ["07:00至18:00，", "25.430越南盾"]),
    ],
)  # fmt: skip
def test_numbers_stay_with_what_they_count(language: str, text: str, whole: list[str]):
    found = pieces(text, language)
    assert [one for one in whole if one not in found] == []


def test_what_is_kept_whole_is_parted_before_it_is_lost():
    style = Style("vi", 24)
    room = round(width("31/2020/QĐ-", style)) + 4
    assert wrap("31/2020/QĐ-UBND", style, room) in (["31/2020/", "QĐ-UBND"], ["31/2020/QĐ-", "UBND"])


def test_an_editor_may_part_even_a_number_from_its_unit():
    assert pieces(f"cách 70{MAY} km", "vi") == ["cách", "70", "km"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pieces_of_a_paragraph_are_the_paragraph(language: str):
    for text in paragraphs(language)[:60]:
        for way in breaks(text, language):
            assert "".join(way.pieces) == text
            assert len(way.costs) == len(way.pieces)
            assert not any(re.match(r"\s", piece) for piece in way.pieces)


def test_a_foreign_name_in_khmer_and_a_syllable_with_bantoc_stay_whole():
    pieces = breaks("ទន្លេក្វៃសឺនហូរធ្លាក់ អ្នកដំណើរម្នាក់ៗនាំមកនូវមិត្តភាព", "km")[0].pieces
    assert any("ក្វៃសឺន" in piece for piece in pieces), pieces
    assert any("ម្នាក់ៗ" in piece for piece in pieces), pieces
