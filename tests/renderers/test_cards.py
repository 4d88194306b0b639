from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cms.plugin_api.types import Card, Geometry, Proof, Text
from renderers import draw, four_faces, one_face, plugin, three_faces, two_faces
from renderers.cards import captioned
from renderers.cards.base import COMFORTS
from renderers.cards.words import set_card
from renderers.colour import luminance, luminances, ratio
from renderers.errors import RenderError
from renderers.fallback import fallback_scene
from renderers.furniture import Furniture
from renderers.legibility import least_size, reading_ms
from renderers.pictures import cover, open_picture
from renderers.samples import LANGUAGES, Media, cards
from renderers.scene import clean
from renderers.themes import load
from tests.renderers.stage import SIZES, THEMES, Folder, face, render

TITLE = Card("title", title="Cửa khẩu quốc tế Tịnh Biên", kicker="Chào mừng quý khách")
LONG = " ".join(["Hành khách xuất trình hộ chiếu và giấy thông hành tại quầy kiểm soát biên phòng."] * 6)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_fits_every_shape_of_face_in_every_language(
    size: tuple[int, int], language: str, national, sink: Folder
):
    title, text = (clean(card) for kind in ("title", "text") for card in cards(kind, language, Media(()), 100))
    setting = set_card(title, "", face(*size), national, language, Furniture(language, "Tỉnh An Giang"), COMFORTS[0])
    assert setting is not None
    for left, top, right, bottom in setting.boxes():
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]
    assert all(placed.stack.size >= least_size(face(*size), language) for placed in setting.stacks)
    assert 1 <= len(render(sink, national, text, faces=(face(*size),), language=language).scenes) <= 3


def test_a_proof_is_the_same_twice_and_covers_every_face(sink: Folder, national, photo: Path, tmp_path: Path):
    faces = (face(320, 160, "a"), face(320, 160, "b"), face(160, 384, "c"))
    cards = (TITLE, Card("text", title="Giờ mở cửa", text=LONG[:90]), Card("picture", media=photo, caption="Sông Hậu"))
    proofs = [render(sink, national, *cards, faces=faces) for _ in range(2)]
    assert proofs[0].id == proofs[1].id
    assert Proof.from_json(proofs[0].to_json()) == proofs[0]
    for scene in proofs[0].scenes:
        assert set(scene.faces) == {"a", "b", "c"}
        assert scene.faces["a"] == scene.faces["b"]
        for one in faces:
            picture = draw.draw(one.width, one.height, scene.faces[one.id], 0, asset_path=sink.path)
            assert picture.size == (one.width, one.height)
            assert np.asarray(picture).any()


def test_a_long_text_becomes_pages_that_stand_long_enough(sink: Folder, national):
    scenes = render(sink, national, Card("text", title="Thủ tục", text=LONG)).scenes
    assert 1 < len(scenes) <= 8
    assert all(scene.duration_ms >= 6000 for scene in scenes)
    assert sum(scene.duration_ms for scene in scenes) >= 1000 * len(LONG) / 8.5


def test_reading_time_is_half_the_indoor_speed():
    assert reading_ms("a" * 100, "en") == 11_500
    assert reading_ms("国" * 45, "zh-hans") == 11_500
    assert reading_ms("Chào", "vi") == 6000


@pytest.mark.parametrize(
    "card",
    [
        Card("text", text=" ".join(["chữ"] * 3000)),
        Card("title", title="Cộng hòa xã hội chủ nghĩa Việt Nam " * 12),
        Card("text", text="a" * 600),
    ],
)
def test_too_long_a_text_is_refused_with_what_to_do(card: Card, sink: Folder, national):
    with pytest.raises(RenderError) as refused:
        render(sink, national, card)
    assert refused.value.code == "too_long"
    assert "Hãy rút gọn" in refused.value.vi
    assert "Shorten" in refused.value.en


def test_letters_grow_with_distance():
    assert least_size(face(distance_m=15), "vi") < least_size(face(distance_m=60), "vi")
    assert least_size(face(distance_m=60), "vi", limit=True) < least_size(face(distance_m=60), "vi")
    # 60 m read clearly: letters of 150 mm = 30 px of 5 mm.
    assert round(least_size(face(distance_m=60), "vi") * 0.74) == 30


@pytest.mark.parametrize("cards", [(), (Card("title"),), (Card("text", title="  ", text="\u200b"),)])
def test_nothing_to_show_is_said(cards: tuple[Card, ...], sink: Folder, national):
    with pytest.raises(RenderError) as refused:
        render(sink, national, *cards)
    assert refused.value.code == "empty"


def test_a_missing_picture_is_said(sink: Folder, national, tmp_path: Path):
    with pytest.raises(RenderError) as refused:
        render(sink, national, Card("picture", media=tmp_path / "gone.jpg"))
    assert refused.value.code == "no_media"


def test_a_caption_on_a_white_picture_has_its_contrast(national):
    white = np.full((256, 512, 3), 255, dtype=np.uint8)
    what = Furniture("vi", "")
    card = Card("picture", title="Sông Hậu", caption="Mùa nước nổi")
    setting = captioned.set_captioned(card, (1600, 1067), face(), national, "vi", what, COMFORTS[0])
    assert setting is not None
    assert setting.stack is not None
    bare = captioned.Captioned(setting.picture, setting.frame, True)
    with_text = captioned.overlay(setting, national, what, white)
    shade = np.asarray(with_text, dtype=float)
    # The scrim's own pixels: where no letter lies, white under the scrim.
    alpha = shade[..., 3:] / 255
    mixed = np.rint(shade[..., :3] * alpha + 255 * (1 - alpha))
    text = luminance(national.day.text)
    for left, top, right, bottom in setting.stack.boxes(setting.x, setting.y):
        edge = mixed[top:bottom, right + 1 : right + 4].reshape(-1, 3)
        above = mixed[top - 2 : top, left:right].reshape(-1, 3)
        worst = max(float(luminances(edge).max()), float(luminances(above).max()))
        assert ratio(text, worst) >= 7
    assert bare.stack is None


def test_a_picture_keeps_its_focal_point_and_is_never_stretched(tmp_path: Path):
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (800, 400), "black")
    ImageDraw.Draw(picture).ellipse((640, 140, 760, 260), fill="white")
    part = np.asarray(cover(picture, 200, 400, (0.875, 0.5, 0.1, 0.2)).convert("L")) > 128
    ys, xs = np.nonzero(part)
    assert part.sum() > 0.95 * np.pi * 60**2
    assert abs((xs.max() - xs.min()) - (ys.max() - ys.min())) <= 2


def test_orientation_and_colour_profile_are_applied(tmp_path: Path):
    from PIL import Image, ImageCms

    exif = Image.Exif()
    exif[0x0112] = 8
    picture = Image.new("RGB", (100, 60), (200, 30, 30))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture.save(tmp_path / "p.jpg", exif=exif.tobytes(), icc_profile=profile)
    assert open_picture(tmp_path / "p.jpg").size == (60, 100)
    Image.new("CMYK", (64, 64), (0, 255, 255, 0)).save(tmp_path / "c.jpg")
    red, green, blue = open_picture(tmp_path / "c.jpg").getpixel((30, 30))
    assert red > 200
    assert green < 90
    assert blue < 90


def test_a_wide_picture_spans_the_faces_with_their_gaps_counted(sink: Folder, national, tmp_path: Path):
    from PIL import Image

    # A ramp: the red value tells the place.
    ramp = np.zeros((200, 2040, 3), dtype=np.uint8)
    ramp[..., 0] = np.linspace(20, 230, 2040).astype(np.uint8)
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    faces = tuple(face(320, 200, letter) for letter in "abc")
    geometry = Geometry(faces, (150.0, 150.0))  # 30 px each: 1020 px in all
    (scene,) = render(sink, national, Card("picture", media=tmp_path / "ramp.png"), geometry=geometry, span=True).scenes
    rows = {
        one.id: np.asarray(draw.draw(320, 200, scene.faces[one.id], 0, asset_path=sink.path))[190, :, 0].astype(float)
        for one in faces
    }
    slope = (rows["b"][300] - rows["b"][20]) / 280
    assert rows["b"][10] - rows["a"][310] == pytest.approx(slope * 50, abs=2)
    assert rows["c"][10] - rows["b"][310] == pytest.approx(slope * 50, abs=2)


def test_cross_fade_mixes_as_a_browser_does(sink: Folder):
    from PIL import Image

    from cms.plugin_api.types import Layer, Rect
    from renderers.encode import png

    def flat(colour: tuple[int, int, int]) -> tuple[Layer, ...]:
        return (Layer("image", sink.put(png(Image.new("RGB", (4, 4), colour)), "image/png"), Rect(0, 0, 4, 4)),)

    one, other = flat((200, 100, 0)), flat((0, 200, 100))
    half = draw.draw(4, 4, other, 250, previous=one, previous_offset_ms=9000, progress=0.25, asset_path=sink.path)
    assert half.getpixel((1, 1)) == (150, 125, 25)
    assert draw.draw(4, 4, other, 250, progress=0.5, asset_path=sink.path).getpixel((0, 0)) == (0, 100, 50)
    assert draw.draw(4, 4, (), 0, asset_path=sink.path).getpixel((0, 0)) == (0, 0, 0)


@pytest.mark.parametrize("code", sorted(THEMES))
def test_the_fallback_is_there_for_every_face_even_the_smallest(code: str, sink: Folder):
    faces = (face(512, 256, "a"), face(1920, 120, "b"), face(32, 16, "c"), face(256, 768, "d"))
    theme = load(THEMES[code])
    scene = fallback_scene(Geometry(faces), theme, Text("Cụm thông tin Tịnh Biên", "Tịnh Biên cluster"), sink)
    again = fallback_scene(Geometry(faces), theme, Text("Cụm thông tin Tịnh Biên", "Tịnh Biên cluster"), sink)
    assert scene == again
    for one in faces:
        assert draw.draw(one.width, one.height, scene.faces[one.id], 0, asset_path=sink.path).size == (
            one.width,
            one.height,
        )


def test_the_plugin_registers_one_to_four_faces_and_the_national_theme():
    renderers = plugin.bangtin_renderers()
    assert [renderer.faces for renderer in renderers] == [1, 2, 3, 4]
    assert [r.code for r in renderers] == [m.RENDERER.code for m in (one_face, two_faces, three_faces, four_faces)]
    (source,) = plugin.bangtin_themes()
    assert load(source).code == "national"


def test_cancelling_stops_at_the_next_sign_of_progress(sink: Folder, national):
    class Cancelled(Exception):
        pass

    def cancel(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        render(sink, national, TITLE, TITLE, progress=cancel)
