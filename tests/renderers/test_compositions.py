"""How cards are composed: pages, pictures beside text, galleries, transitions, and what is never drawn twice."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cms.plugin_api.types import JSON, Card, Picture, Transition
from renderers import draw
from renderers.cards import clips as clip_cards
from renderers.cards.base import Drawn, collecting
from renderers.cards.gallery import cells_of, grouped
from renderers.cards.paging import lonely
from renderers.cards.photo import Photo
from renderers.encode import png
from renderers.errors import RenderError
from renderers.fit import Stack
from renderers.pictures import window
from renderers.samples import paragraph, texts
from renderers.text import Box
from tests.renderers.stage import SIZES, Folder, face, render

SENTENCE = "Hành khách xuất trình hộ chiếu và giấy thông hành tại quầy kiểm soát biên phòng."
TEXTS = {
    "vi": SENTENCE,
    "km": "អេក្រង់ដំណើរការជារៀងរាល់ថ្ងៃ រួមទាំងថ្ងៃបុណ្យ៖ ព្រឹកពីម៉ោង 07:00 ដល់ 11:00។",
    "zh-hans": "信息屏工作日开放：上午07:30至11:00，下午13:30至18:00。",
    "lo": "ຈໍສະແດງຂໍ້ມູນເປີດທຸກວັນ ລວມທັງວັນພັກ: ຕອນເຊົ້າແຕ່ 07:00 ຫາ 11:00.",
}


class Kept:
    """A `DrawCache` in memory that counts what was made."""

    def __init__(self) -> None:
        self.known: dict[str, JSON] = {}
        self.made = 0

    def once(self, key: str, make: Callable[[], JSON]) -> JSON:
        if key not in self.known:
            self.known[key] = make()
            self.made += 1
        return self.known[key]


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def nothing_overlaps(drawn: Drawn) -> None:
    """No box but a picture's may lie under another, and none leaves its face."""
    for name, (left, top, right, bottom) in drawn.boxes:
        assert 0 <= left < right <= drawn.size[0], (name, drawn)
        assert 0 <= top < bottom <= drawn.size[1], (name, drawn)
    others = [(name, box) for name, box in drawn.boxes if name != "picture"]
    for (name, one), (other, box) in combinations(others, 2):
        assert not meet(one, box), (name, other, drawn.size)


def gallery(photo: Path, count: int, caption: str = "Chợ nổi Long Xuyên", title: str = "") -> Card:
    return Card(
        "gallery", title=title, pictures=tuple(Picture(photo, f"{n}" * 64, caption=caption) for n in range(count))
    )


@pytest.mark.parametrize(
    ("size", "language"), [((1024, 256), "vi"), ((256, 768), "km"), ((1920, 120), "lo"), ((384, 192), "zh-hans")]
)
def test_nothing_is_clipped_or_overlaps(size: tuple[int, int], language: str, national, photo: Path, sink: Folder):
    text = TEXTS[language]
    cards = (
        Card("title", title=text[:40], kicker=text[:16]),
        Card("text", title=text[:24], text=text),
        Card("picture", media=photo, title=text[:20], caption=text[:40]),
        Card("beside", media=photo, title=text[:16], text=text[:48]),
        gallery(photo, 3, text[:30], text[:18]),
    )
    with collecting() as drawn:
        render(sink, national, *cards, faces=(face(*size),), language=language)
    assert len(drawn) >= len(cards)
    for one in drawn:
        nothing_overlaps(one)


@pytest.mark.parametrize("size", SIZES[1:])
def test_a_text_beside_a_picture_is_never_on_it_and_the_picture_stays(
    size: tuple[int, int], national, photo: Path, sink: Folder
):
    card = Card("beside", media=photo, title="Thủ tục", text=" ".join([SENTENCE] * 5))
    with collecting() as drawn:
        scenes = render(sink, national, card, faces=(face(*size),)).scenes
    assert len(scenes) == len(drawn) > 1
    (picture,) = {box for one in drawn for name, box in one.boxes if name == "picture"}
    assert not any(meet(picture, box) for one in drawn for name, box in one.boxes if name != "picture")
    shown = [np.asarray(draw.draw(*size, one.faces["a"], 0, asset_path=sink.path)) for one in scenes]
    left, top, right, bottom = picture
    assert all((one[top:bottom, left:right] == shown[0][top:bottom, left:right]).all() for one in shown)
    assert all((one != shown[0]).any() for one in shown[1:])


def test_the_pages_of_a_text_have_one_size_of_letters_and_no_lonely_end(national, sink: Folder, monkeypatch):
    sizes: list[set[int]] = []
    plain = Stack.draw

    def seen(stack: Stack, image: Image.Image, x: int, y: int) -> Box:
        sizes.append({line.style.size for line in stack.lines if not line.style.head})
        return plain(stack, image, x, y)

    monkeypatch.setattr(Stack, "draw", seen)
    text = " ".join([SENTENCE] * 4) + " Xin cảm ơn."
    scenes = render(sink, national, Card("text", title="Thủ tục", text=text)).scenes
    assert len(scenes) > 1
    assert len({tuple(one) for one in sizes}) == 1
    assert len({scene.duration_ms for scene in scenes}) <= len(scenes)


def test_pages_that_fit_are_not_refused_for_the_size_they_share(national, photo: Path, sink: Folder):
    title, text = texts()["zh-hans"]["heading"], paragraph("zh-hans", 300)
    card = Card("beside", media=photo, title=title, text=text)
    assert len(render(sink, national, card, faces=(face(256, 768),), language="zh-hans").scenes) > 1


def test_a_few_words_on_the_last_page_are_lonely():
    assert lonely([SENTENCE, "Xin cảm ơn."])
    assert not lonely([SENTENCE, SENTENCE[:40]])
    assert not lonely(["Xin cảm ơn."])


def test_a_headline_that_would_be_too_small_is_cut_between_its_clauses(national, sink: Folder):
    title = "Chào mừng quý khách đến cửa khẩu quốc tế Tịnh Biên, kính chúc thượng lộ bình an, hẹn gặp lại"
    small = face(288, 128)
    scenes = render(sink, national, Card("title", title=title), faces=(small,)).scenes
    assert 1 < len(scenes) <= 3
    assert len({scene.faces["a"][0].asset for scene in scenes}) == len(scenes)
    assert len(render(sink, national, Card("title", title=title)).scenes) == 1


@pytest.mark.parametrize(("name", "ms"), [("cut", 0), ("fade", 500), ("slide", 500), ("wipe", 500), ("", 500)])
def test_a_card_says_how_it_comes_in(name: str, ms: int, national, sink: Folder):
    card = Card("text", text=SENTENCE, fields=(("transition", name),), duration_ms=9000)
    (scene,) = render(sink, national, card).scenes
    assert scene.transition == Transition(name or "fade", ms)
    assert scene.duration_ms == 9000


def test_a_gallery_shows_one_picture_at_a_time_and_several_on_long_faces(national, photo: Path, sink: Folder):
    square, long, high = face(512, 256, "a"), face(1920, 120, "b"), face(256, 768, "c")
    assert [cells_of(one) for one in (square, long, high)] == [1, 8, 3]
    scenes = render(sink, national, gallery(photo, 4), faces=(square, long, high)).scenes
    assert len(scenes) == 4
    assert len({scene.faces["a"] for scene in scenes}) == 4
    assert len({scene.faces["b"] for scene in scenes}) == 1
    assert len({scene.faces["c"] for scene in scenes}) == 2
    assert len(render(sink, national, gallery(photo, 4), faces=(long,)).scenes) == 1


@given(st.integers(2, 8), st.integers(1, 9))
def test_pictures_are_grouped_evenly(count: int, cells: int):
    groups = grouped(count, cells)
    assert [one for group in groups for one in group] == list(range(count))
    assert max(map(len, groups)) <= cells
    assert max(map(len, groups)) - min(map(len, groups)) <= 1
    assert len(groups) == -(-count // cells)


@pytest.mark.parametrize("count", [0, 1, 9])
def test_a_gallery_has_two_to_eight_pictures(count: int, national, photo: Path, sink: Folder):
    with pytest.raises(RenderError) as refused:
        render(sink, national, gallery(photo, count))
    assert "2 đến 8" in refused.value.vi


def test_faces_of_one_cluster_are_each_composed_for_themselves(national, photo: Path, sink: Folder):
    near, far = face(512, 256, "a"), face(512, 256, "b", distance_m=45, pitch_mm=4)
    with collecting() as drawn:
        (scene,) = render(
            sink, national, Card("text", text=SENTENCE[:50]), faces=(near, far, face(256, 768, "c"))
        ).scenes
    assert len(set(scene.faces.values())) == 3
    assert [one.size for one in drawn] == [(512, 256), (512, 256), (256, 768)]


def test_what_was_drawn_is_not_drawn_again_nor_its_picture_opened(national, photo: Path, sink: Folder, monkeypatch):
    cache, cards = (
        Kept(),
        (Card("text", text=SENTENCE), Card("picture", media=photo, caption="Sông Hậu"), gallery(photo, 2)),
    )
    first = render(sink, national, *cards, cache=cache)
    made = cache.made
    monkeypatch.setattr(Photo, "_at", lambda *_: pytest.fail("the picture was opened"))
    assert render(sink, national, *cards, cache=cache).id == first.id
    assert cache.made == made


def test_a_clip_is_transcoded_once_for_all_languages(national, clip: Path, sink: Folder, monkeypatch):
    cache, runs = Kept(), []
    plain = clip_cards.transcode
    monkeypatch.setattr(clip_cards, "transcode", lambda *a, **k: (runs.append(a), plain(*a, **k))[1])
    card = Card("video", media=clip, media_sha256="c" * 64, caption="Thác Bản Giốc")
    proofs = [render(sink, national, card, language=one, cache=cache) for one in ("vi", "en", "zh-hans")]
    assert len(runs) == 1
    assert len({proof.id for proof in proofs}) == 3
    videos = {layer.asset for proof in proofs for layer in proof.scenes[0].faces["a"] if layer.kind == "video"}
    assert len(videos) == 1


def test_a_part_of_a_large_photograph_is_the_same_decoded_small(tmp_path: Path, photo: Path):
    large = Image.open(photo).resize((2400, 1600))
    large.save(tmp_path / "large.jpg", quality=95)
    found = Photo(tmp_path / "large.jpg", (0, 0, 0))
    part = window(found.size, 2.0, None)
    quick = np.asarray(found.part(part, 512, 256), dtype=float)
    exact = np.asarray(Photo(photo, (0, 0, 0)).part(window((960, 640), 2.0, None), 512, 256), dtype=float)
    assert found._at(4).size == (600, 400)
    assert float(np.abs(quick - exact).mean()) < 2


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(["L", "RGB", "RGBA"]), st.integers(0, 2**32 - 1))
def test_a_png_holds_the_very_pixels(width: int, height: int, mode: str, seed: int):
    import io

    bands = len(Image.new(mode, (1, 1)).getbands())
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, bands), dtype=np.uint8)
    image = Image.fromarray(pixels if bands > 1 else pixels[..., 0])
    with Image.open(io.BytesIO(png(image))) as read:
        assert read.mode == mode
        assert read.tobytes() == image.tobytes()
    assert png(image) == png(image.copy())
