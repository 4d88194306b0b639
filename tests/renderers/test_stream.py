"""A live broadcast's card: what is approved of it is the poster and the address."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from cms.plugin_api.types import Card, Layer, Proof, Scene
from renderers import draw
from renderers.drawn import collecting
from renderers.errors import RenderError
from tests.renderers.stage import SIZES, Folder, face, render

URL = "https://live.example.vn/hop-bao/playlist.m3u8"


def card(title: str = "Lễ thông quan", text: str = "Bắt đầu lúc 8:00", **fields: str) -> Card:
    return Card("stream", title=title, text=text, fields=tuple({"url": URL, "minutes": "30", **fields}.items()))


def stream_of(scene: Scene) -> Layer:
    (layer,) = (one for one in scene.faces["a"] if one.kind == "stream")
    return layer


@pytest.mark.parametrize("size", [*SIZES, (384, 384), (640, 360)])
def test_the_poster_is_what_a_proof_shows_and_lies_where_the_broadcast_will(
    size: tuple[int, int], sink: Folder, national
):
    (scene,) = render(sink, national, card(), faces=(face(*size),)).scenes
    layer = stream_of(scene)
    assert (layer.stream.url, layer.stream.latency_ms, layer.sound) == (URL, 30_000, False)
    assert scene.duration_ms == 30 * 60_000
    x, y, width, height = layer.rect.as_list()
    assert 0 <= x < x + width <= size[0]
    assert 0 <= y < y + height <= size[1]
    with Image.open(sink.path(layer.asset)) as poster:
        assert poster.size == (width, height)
        shown = draw.draw(*size, scene.faces["a"], 5000, asset_path=sink.path)
        part = np.asarray(shown.crop((x, y, x + width, y + height)))
        assert np.array_equal(part, np.asarray(poster.convert("RGB")))


def test_a_face_as_wide_as_a_broadcast_gives_it_all_others_keep_the_words_beside_it(sink: Folder, national):
    (whole,) = render(sink, national, card(), faces=(face(512, 256),)).scenes
    assert stream_of(whole).rect.as_list() == [0, 0, 512, 256]
    for size in ((1024, 256), (256, 768), (1920, 120)):
        with collecting() as drawn:
            (scene,) = render(sink, national, card(), faces=(face(*size),)).scenes
        x, y, width, height = stream_of(scene).rect.as_list()
        assert width / height == pytest.approx(16 / 9, abs=0.02)
        texts = [box for name, box in drawn[0].boxes if name == "text"]
        assert texts
        assert not [box for box in texts if box[0] < x + width and box[2] > x and box[1] < y + height and box[3] > y]


def test_the_address_stands_in_the_proof_and_another_one_is_another_proof(sink: Folder, national):
    def proof(**fields: str) -> Proof:
        return render(sink, national, card(**fields))

    assert proof().streams() == {URL}
    others = ({"url": URL + "?b"}, {"latency": "60"}, {"sound": "on"}, {"minutes": "31"})
    assert len({proof().id, *(proof(**one).id for one in others)}) == 5


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"url": ""}, "url"),
        ({"url": "http://live.example.vn/a.m3u8"}, "url"),
        ({"url": "https://live.example.vn@evil.example/a.m3u8"}, "url"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "241"}, "minutes"),
    ],
)
def test_what_players_would_not_take_is_refused_with_what_to_do(fields: dict[str, str], code: str, sink, national):
    with pytest.raises(RenderError) as refused:
        render(sink, national, card(**fields))
    assert refused.value.code == code
    assert refused.value.vi
    assert refused.value.en


def test_a_long_title_is_refused_on_a_small_face_before_it_is_too_small_to_read(sink: Folder, national):
    with pytest.raises(RenderError) as refused:
        render(sink, national, card(title="Lễ thông quan " * 30), faces=(face(128, 64),))
    assert refused.value.code == "too_long"
