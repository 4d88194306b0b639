"""Long texts become pages, cut at sentences in five languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderers.fit import Part, fit
from renderers.pages import clauses, paginate, sentences
from renderers.text import visible
from tests.renderers.library import LANGUAGES, paragraphs, real_sentences


def bare(text: str) -> str:
    return "".join(visible(text).split())


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str]:
    language = draw(st.sampled_from(LANGUAGES))
    chosen = draw(st.lists(st.sampled_from(real_sentences(language)), min_size=1, max_size=12))
    return language, ("" if language == "zh-hans" else " ").join(chosen)


@settings(max_examples=60, deadline=None)
@given(texts(), st.integers(60, 400), st.booleans())
def test_pages_hold_the_whole_text_and_each_fits(sample: tuple[str, str], room: int, tear: bool):
    language, text = sample
    pages = paginate(text, language, lambda page: len(page) <= room, max_pages=30, tear=tear)
    if pages is not None:
        assert bare("".join(pages)) == bare(text)
        assert all(0 < len(page) <= room for page in pages)
        assert len(pages) <= 30


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("vi", ["Tại TP. Cao Bằng có 3.500 người. ", "ThS. Nguyễn V. A. nói: “Tốt.” ", "Hết giờ!"]),
        ("vi", ["Số 5. ", "Giá 25.430 đ, v.v. tùy nơi. ", "Xem Điều 7. ", "Xong."]),
        ("vi", ["1. Mở cửa lúc 07:00. ", "2. Đóng cửa lúc 18:00."]),
        ("en", ["Mr. Smith paid No. 5 on 3.500 dong. ", "It was 5 p.m. when Dr. Lee came. ", "Is this all?"]),
        ("en", ["The U.S. Embassy and St. Mary's are open. ", "Come at 7 a.m. tomorrow. "]),
        ("km", ["ទាសភាព ត្រូវហាមឃាត់។ ", "មានត្រី អង្ករ។ល។ នៅផ្សារ។", "សូមអរគុណ។"]),
        ("lo", ["ວັນທີ 20 ທັນວາ ຄ.ສ 1958 ໄດ້ປະກາດ. ", "ທ່ານ ດຣ. ສົມ ໄດ້ມາ. ", "ຂອບໃຈ."]),
        ("zh-hans", ["口岸每天开放。", "他说：“请排队。”", "价格3.5元！", "再见"]),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_would_end_them(language: str, parts: list[str]):
    assert sentences("".join(parts), language) == parts


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_and_clauses_joined_are_the_text(language: str):
    for text in paragraphs(language):
        found = sentences(text, language)
        assert "".join(found) == text
        assert all("".join(clauses(one, language)) == one for one in found)


def test_pages_end_at_sentences_when_they_can():
    text = "Màn hình mở lúc 07:00. Màn hình nghỉ trưa từ 11:00. Màn hình mở lại lúc 14:00. Màn hình tắt lúc 18:00."
    pages = paginate(text, "vi", lambda page: len(page) < 60)
    assert pages is not None
    assert [page[-1] for page in pages] == ["."] * len(pages)


@pytest.mark.parametrize(("language", "end"), [("vi", "."), ("en", "."), ("km", "។"), ("lo", "."), ("zh-hans", "。")])
def test_real_texts_are_cut_after_full_stops_on_a_real_face(language: str, end: str):
    body = [one for one in real_sentences(language, 40) if one.endswith(end)]
    text = ("" if language == "zh-hans" else " ").join(one for one in body if len(one) < 220)[
        : 330 if language == "zh-hans" else 900
    ]
    text = text[: text.rindex(end) + 1]

    def fits(page: str) -> bool:
        return fit([Part(page, language, (255, 255, 255), 1.0, 30, 60, max_lines=7)], 900, 440, 30, 60) is not None

    pages = paginate(text, language, fits)
    assert pages is not None
    assert 1 < len(pages) <= 8
    assert all(page.endswith(end) for page in pages)
    assert bare("".join(pages)) == bare(text)


def test_no_page_is_left_with_a_lonely_few_words():
    text = "Hành khách vui lòng chuẩn bị sẵn hộ chiếu, giấy thông hành và tờ khai hải quan khi đến quầy. Xin cảm ơn."
    pages = paginate(text, "vi", lambda page: len(page) <= 95)
    assert pages == [
        "Hành khách vui lòng chuẩn bị sẵn hộ chiếu,",
        "giấy thông hành và tờ khai hải quan khi đến quầy. Xin cảm ơn.",
    ]
    # Where no sentence may be torn, a smaller letter is better than such a page.
    assert paginate(text, "vi", lambda page: len(page) <= 95, tear=False) is None


def test_a_sentence_that_fits_no_page_is_too_much():
    assert paginate("a" * 200, "vi", lambda page: len(page) < 60) is None


def test_what_takes_more_than_eight_pages_is_too_much():
    assert paginate("Màn hình mở lúc 07:00. " * 40, "vi", lambda page: len(page) < 60) is None
