from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderers.fit import Part, fit
from renderers.pages import paginate
from renderers.text import Style, ink, normalise, visible, width, wrap

WORDS = {
    "vi": [
        "cửa",
        "khẩu",
        "quốc",
        "tế",
        "Tịnh",
        "Biên",
        "mở",
        "hằng",
        "ngày",
        "từ",
        "07:00",
        "đến",
        "18:00,",
        "kể",
        "cả",
        "ngày",
        "lễ.",
        "Ấp",
        "ậm",
        "ữ",
        "nghiêng",
    ],
    "en": [
        "The",
        "border",
        "gate",
        "is",
        "open",
        "every",
        "day",
        "from",
        "07:00",
        "to",
        "18:00,",
        "holidays",
        "included.",
        "Please",
        "queue",
    ],
    "km": ["ច្រក", "ទ្វារ", "អន្តរជាតិ", "ទិញបៀន", "ភាសាខ្មែរ", "បើក", "ជារៀងរាល់ថ្ងៃ", "ខ្ញុំ។", "ស្ត្រី"],
    "zh-hans": ["欢迎", "来到", "友谊", "国际", "口岸，", "信息屏", "每天", "开放。", "请", "排队"],
    "lo": ["ຍິນດີ", "ຕ້ອນຮັບ", "ສູ່", "ດ່ານ", "ສາກົນ", "ເປີດ", "ທຸກມື້"],
}


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str]:
    language = draw(st.sampled_from(sorted(WORDS)))
    words = draw(st.lists(st.sampled_from(WORDS[language]), min_size=1, max_size=30))
    return language, normalise(("" if language == "zh-hans" else " ").join(words))


def bare(text: str) -> str:
    return "".join(visible(text).split()).replace("\u00a0", "")


@settings(max_examples=60, deadline=None)
@given(texts(), st.integers(60, 700), st.integers(40, 300))
def test_a_fitted_text_never_leaves_its_box_and_loses_nothing(sample: tuple[str, str], wide: int, high: int):
    language, text = sample
    stack = fit([Part(text, language, (255, 255, 255), 1.0, 12, 90, 700, True)], wide, high, 12, 90)
    if stack is None:
        return
    assert bare("".join(line.text for line in stack.lines)) == bare(text)
    for line in stack.lines:
        left, top, right, bottom = line.ink
        assert left >= 0
        assert right <= wide
        assert top >= 0
        assert bottom <= high
    for upper, lower in zip(stack.lines, stack.lines[1:], strict=False):
        assert upper.ink[3] < lower.ink[1] + 1


@settings(max_examples=40, deadline=None)
@given(texts(), st.integers(40, 120))
def test_pages_hold_the_whole_text_and_each_fits(sample: tuple[str, str], room: int):
    language, text = sample
    pages = paginate(text, language, lambda page: len(page) <= room, max_pages=30)
    if pages is not None:
        assert bare("".join(pages)) == bare(text)
        assert all(len(page) <= room for page in pages)


def test_pages_end_at_sentences_when_they_can():
    text = "Màn hình mở lúc 07:00. Màn hình nghỉ trưa từ 11:00. Màn hình mở lại lúc 14:00. Màn hình tắt lúc 18:00."
    pages = paginate(text, "vi", lambda page: len(page) < 60)
    assert pages is not None
    assert [page[-1] for page in pages] == ["."] * len(pages)


def test_a_sentence_that_fits_no_page_is_too_much():
    assert paginate("a" * 200, "vi", lambda page: len(page) < 60) is None


def test_khmer_without_spaces_breaks_between_words():
    text = "ព្រះរាជាណាចក្រកម្ពុជាសូមស្វាគមន៍"
    lines = wrap(text, Style("km", 30), 260)
    assert lines is not None
    assert len(lines) > 1
    assert "".join(lines) == text


def test_an_editor_decides_with_invisible_marks():
    style = Style("en", 20)
    room = round(width("abcdefgh", style)) + 2
    assert wrap("abcdefgh\u200bijklmnop", style, room) == ["abcdefgh", "ijklmnop"]
    assert wrap("abc-\u2060def", style, round(width("abc-", style)) + 8) is None


@pytest.mark.parametrize("language", ["vi", "zh-hans"])
def test_words_and_names_stay_whole(language: str):
    text = {"vi": "Cửa khẩu quốc tế Tịnh Biên", "zh-hans": "友谊国际口岸"}[language]
    stack = fit([Part(text, language, (255, 255, 255), 1.0, 12, 80, 800, True)], 330, 200, 12, 80)
    assert stack is not None
    assert stack.torn == 0


def test_lines_are_balanced_without_a_lonely_word():
    style = Style("vi", 24, 600)
    lines = wrap("Hành khách vui lòng chuẩn bị sẵn hộ chiếu và giấy thông hành khi đến quầy", style, 420)
    assert lines is not None
    widths = [width(line, style) for line in lines]
    assert min(widths) > 0.6 * max(widths)


def test_text_is_composed_and_free_of_hidden_direction_marks():
    assert normalise(unicodedata.normalize("NFD", "Tiếng Việt\u202e  đảo\r\n\r\nhàng")) == "Tiếng Việt đảo\nhàng"


def test_khmer_lines_have_room_for_their_stacks():
    style = Style("km", 40)
    text = "ស្ត្រី ក្បួន គ្រឿង ម្ហូប ត្រី ស្រូវ ក្បាល ខ្ញុំ"
    lines = wrap(text, style, 260)
    assert lines is not None
    assert len(lines) > 2
    tallest = max(ink(line, style)[3] - ink(line, style)[1] for line in lines)
    assert tallest < 1.64 * 1.1 * 40
