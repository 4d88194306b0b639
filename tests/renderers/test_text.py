"""Texts set in boxes: cleaned, broken, balanced and fitted."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icu4py.breakers import CharacterBreaker

from renderers.fit import Part, Stack, fit, stack_at
from renderers.lines import balanced, fewest
from renderers.text import Style, break_lines, ink, normalise, visible, width, wrap
from tests.renderers.library import LANGUAGES, paragraphs, real_sentences

WHITE = (255, 255, 255)
WORDS = {
    "vi": """cửa khẩu quốc tế Tịnh Biên mở hằng ngày từ 07:00 đến 18:00, kể cả ngày lễ. Ấp ậm ữ nghiêng 25.430 đ 70 km
        31/2020/QĐ-UBND TP. Cao""",
    "en": "The border gate is open every day from 07:00 to 18:00, holidays included. Please queue 30 April 2027",
    "km": "ច្រក ទ្វារ អន្តរជាតិ ទិញបៀន ភាសាខ្មែរ បើក ជារៀងរាល់ថ្ងៃ ខ្ញុំ។ ស្ត្រី ៧០",
    "zh-hans": "欢迎 来到 友谊 国际 口岸， 信息屏 每天 开放。 请 排队 2027年4月30日",
    "lo": "ຍິນດີ ຕ້ອນຮັບ ສູ່ ດ່ານ ສາກົນ ເປີດ ທຸກມື້ 07:00",
}


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str]:
    language = draw(st.sampled_from(sorted(WORDS)))
    words = draw(st.lists(st.sampled_from(WORDS[language].split()), min_size=1, max_size=30))
    glue = draw(st.sampled_from(["", "\u200b"] if language == "zh-hans" else [" ", " ", "\u200b", " \u2060", "\n"]))
    return language, normalise(glue.join(words))


def bare(text: str) -> str:
    return "".join(visible(text).split()).replace("\u00a0", "")


def head(text: str, language: str, most: int = 90) -> Part:
    return Part(text, language, WHITE, 1.0, 12, most, 700, True)


@settings(max_examples=60, deadline=None)
@given(texts(), st.integers(60, 700), st.integers(40, 300), st.integers(12, 40), st.integers(40, 90))
def test_a_fitted_text_never_leaves_its_box_and_loses_nothing(
    sample: tuple[str, str], wide: int, high: int, least: int, most: int
):
    language, text = sample
    stack = fit([head(text, language)], wide, high, least, most)
    if stack is None:
        return
    assert least <= stack.size <= most
    assert bare("".join(line.text for line in stack.lines)) == bare(text)
    assert stack.width <= wide
    assert stack.height <= high
    for line in stack.lines:
        left, top, right, bottom = line.ink
        assert 0 <= left <= right <= wide
        assert 0 <= top <= bottom <= high
        assert width(line.text, line.style) <= wide
    for upper, lower in zip(stack.lines, stack.lines[1:], strict=False):
        assert upper.ink[3] < lower.ink[1] + 1


@settings(max_examples=40, deadline=None)
@given(texts(), st.integers(80, 500))
def test_no_line_parts_a_cluster_of_letters(sample: tuple[str, str], wide: int):
    language, text = sample
    lines = wrap(text, Style(language, 26), wide)
    if lines is None:
        return
    whole = list(CharacterBreaker(bare(text), language))
    assert [one for line in lines for one in CharacterBreaker(bare(line), language)] == whole
    assert not any(unicodedata.category(line[0]).startswith("M") or line[0] in "ະາຳຽໆៗ។" for line in lines)
    assert not any(line[-1] == "\u17d2" for line in lines)


@settings(max_examples=40, deadline=None)
@given(texts(), st.integers(120, 600), st.integers(60, 300), st.integers(0, 120), st.integers(0, 120))
def test_a_larger_box_never_makes_a_text_fail(sample: tuple[str, str], wide: int, high: int, wider: int, higher: int):
    language, text = sample
    if fit([head(text, language)], wide, high, 12, 60):
        assert fit([head(text, language)], wide + wider, high + higher, 12, 60)


@settings(max_examples=25, deadline=None)
@given(texts(), st.integers(120, 600), st.integers(60, 300))
def test_no_larger_size_would_have_fitted(sample: tuple[str, str], wide: int, high: int):
    language, text = sample
    part = head(text, language)
    found = fit([part], wide, high, 12, 60)
    fitting = [size for size in range(12, 61) if stack_at([part], size, wide, high)]
    assert (found is None) == (not fitting)
    if found and not stack_at([part], fitting[-1], wide, high).torn:  # type: ignore[union-attr]
        assert found.size == fitting[-1]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(1, 50), min_size=1, max_size=40), st.floats(50, 200), st.integers(0, 2))
def test_lines_are_balanced_only_as_the_box_allows(advances: list[float], box: float, more: int):
    blanks, costs = [0.5] * len(advances), [0.0] * len(advances)
    lines = min(fewest(advances, blanks, box) + more, len(advances))
    ends = balanced(advances, blanks, costs, box, lines)
    assert len(ends) == lines
    assert ends == sorted(set(ends))
    assert ends[-1] == len(advances)
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        assert sum(advances[start:end]) - 0.5 <= box + 1e-6
    assert lines == 1 or not balanced(advances, blanks, costs, box, fewest(advances, blanks, box) - 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_real_paragraphs_of_every_length_fit_a_face_or_say_so(language: str):
    whole = " ".join(paragraphs(language)[8:40])
    for count in (20, 80, 200, 500, 1200):
        text = normalise(whole[:count])
        stack = fit([Part(text, language, WHITE, 1.0, 11, 200)], 960, 540, 11, 200)
        assert stack is not None
        assert bare("".join(line.text for line in stack.lines)) == bare(text)


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
    stack = fit([Part(text, language, WHITE, 1.0, 12, 80, 800, True)], 330, 200, 12, 80)
    assert stack is not None
    assert stack.torn == 0


def test_a_headline_gets_smaller_before_it_parts_a_number_from_its_unit():
    def setting(size: int) -> Stack | None:
        return fit([head("Tỷ giá USD 1 mua vào 25.430 đ", "vi", size)], 300, 150, 12, size)

    stack = setting(80)
    assert stack is not None
    assert stack.torn == 0
    assert any("25.430 đ" in line.text for line in stack.lines)


def test_lines_are_balanced_without_a_lonely_word():
    style = Style("vi", 24, 600)
    lines = wrap("Hành khách vui lòng chuẩn bị sẵn hộ chiếu và giấy thông hành khi đến quầy", style, 420)
    assert lines is not None
    widths = [width(line, style) for line in lines]
    assert min(widths) > 0.6 * max(widths)


@pytest.mark.parametrize("language", LANGUAGES)
def test_real_sentences_end_without_a_widow(language: str):
    style = Style(language, 26)
    short = count = 0
    for text in real_sentences(language, 60)[:40]:
        lines = wrap(text, style, 560)
        if lines and len(lines) > 1:
            count += 1
            short += width(lines[-1], style) < 0.3 * max(width(line, style) for line in lines)
    assert count > 10
    assert short <= 0.05 * count


def test_vietnamese_lines_end_inside_few_words():
    lines = [break_lines(text, Style("vi", 26), 620) for text in real_sentences("vi", 60)]
    ends = sum(len(found.lines) - 1 for found in lines if found)
    assert ends > 60
    assert sum(found.torn for found in lines if found) <= 0.03 * ends


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
