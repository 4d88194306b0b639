from __future__ import annotations

from pathlib import Path

import pytest

from cms.plugin_api.types import Card
from renderers.drawn import collecting
from renderers.errors import RenderError
from tests.renderers.stage import Folder, face, render

WORDS = Card("quotation", text="“Không có gì quý hơn độc lập, tự do.”", fields=(("author", "Hồ Chí Minh"),))


@pytest.mark.parametrize("size", [(512, 256), (1024, 256), (256, 768), (1920, 120)])
def test_mark_portrait_and_words_stand_apart_on_every_shape(size: tuple[int, int], sink: Folder, national, photo: Path):
    card = Card("quotation", text=WORDS.text, fields=WORDS.fields, media=photo, media_sha256="p")
    with collecting() as drawn:
        render(sink, national, card, faces=(face(*size),))
    boxes = [(name, box) for name, box in drawn[0].boxes if name in ("quote", "picture", "text")]
    assert {"quote", "picture", "text"} == {name for name, _ in boxes}
    for index, (_, one) in enumerate(boxes):
        assert 0 <= one[0] < one[2] <= size[0]
        assert 0 <= one[1] < one[3] <= size[1]
        for _, other in boxes[index + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_a_long_quotation_becomes_pages_that_all_name_the_author(sink: Folder, national):
    text = " ".join(["Cửa khẩu là nơi hai dân tộc gặp nhau trong hòa bình."] * 9)
    scenes = render(sink, national, Card("quotation", text=text, fields=WORDS.fields)).scenes
    assert 1 < len(scenes) <= 8


def test_a_quotation_of_marks_alone_is_empty(sink: Folder, national):
    with pytest.raises(RenderError) as refused:
        render(sink, national, Card("quotation", text="“ ”"))
    assert refused.value.code == "empty"


def test_a_portrait_that_is_gone_is_said(sink: Folder, national, tmp_path: Path):
    with pytest.raises(RenderError) as refused:
        render(sink, national, Card("quotation", text="Lời.", media=tmp_path / "gone.jpg"))
    assert refused.value.code == "no_media"
