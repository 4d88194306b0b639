from __future__ import annotations

import numpy as np
import pytest
import segno
from PIL import Image

from cms.plugin_api.types import Card
from renderers.cards.base import EASY
from renderers.cards.qr import LEAST_PX, QUIET, matrix_of, set_qr
from renderers.colour import luminances
from renderers.drawn import collecting
from renderers.errors import RenderError
from renderers.furniture import Furniture
from renderers.web_address import parse
from tests.renderers.stage import Folder, face, render

ADDRESS = "https://customs.gov.vn/khai-bao"


def card(url: str = ADDRESS) -> Card:
    return Card("qr", title="Quét mã để khai báo", text="Miễn phí", fields=(("url", url),))


@pytest.mark.parametrize("size", [(512, 256), (1024, 256), (256, 768), (1920, 120), (384, 192)])
def test_the_drawn_modules_are_those_of_the_code_with_a_quiet_zone(size: tuple[int, int], sink: Folder, national):
    with collecting() as drawn:
        (scene,) = render(sink, national, card(), faces=(face(*size),)).scenes
    ((left, top, right, bottom),) = (box for name, box in drawn[0].boxes if name == "code")
    matrix = np.array([[bool(module) for module in row] for row in segno.make(ADDRESS, error="m", micro=False).matrix])
    modules = len(matrix) + 2 * QUIET
    module = (right - left) // modules
    assert right - left == bottom - top == module * modules
    assert module >= LEAST_PX
    with Image.open(sink.path(scene.faces["a"][0].asset)) as picture:
        part = luminances(np.asarray(picture.convert("RGB"))[top:bottom, left:right])
    blocks = part.reshape(modules, module, modules, module).transpose(0, 2, 1, 3).reshape(modules, modules, -1)
    inner = blocks[QUIET:-QUIET, QUIET:-QUIET]
    assert np.array_equal(inner.max(axis=2) < 0.2, matrix)
    assert np.array_equal(inner.min(axis=2) > 0.5, ~matrix)
    quiet = blocks.copy()
    quiet[QUIET:-QUIET, QUIET:-QUIET] = 1
    assert quiet[2:-2, 2:-2].min() > 0.5  # only the plate's corners are round
    assert (inner[~matrix].min() + 0.05) / (inner[matrix].max() + 0.05) >= 7


def test_a_code_too_fine_for_the_face_is_refused_with_what_to_do(sink: Folder, national):
    with pytest.raises(RenderError) as refused:
        render(sink, national, card(ADDRESS + "/" + "a" * 180), faces=(face(256, 128),))
    assert refused.value.code == "illegible"
    assert "rút ngắn" in refused.value.vi
    assert "Shorten" in refused.value.en


def test_a_low_ribbon_shows_the_address_in_words(sink: Folder, national):
    with collecting() as drawn:
        render(sink, national, card(), faces=(face(1920, 80),))
    assert not [name for name, _ in drawn[0].boxes if name == "code"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://customs.gov.vn@evil.example/x",
        "https://user:secret@customs.gov.vn/",
        "https://customs.gov.vn\\@evil.example/",
        "https://customs gov.vn/",
        "https:///x",
        "https://localhost/",
        "https://a..vn/",
        "ftp://customs.gov.vn/",
        "https://customs.gov.vn:99999/",
    ],
)
def test_addresses_that_hide_where_they_lead_are_refused(url: str):
    with pytest.raises(RenderError) as refused:
        parse(url)
    assert refused.value.code == "url"


def test_the_host_is_shown_as_it_leads():
    assert parse("customs.gov.vn/a").url == "https://customs.gov.vn/a"
    assert parse("https://www.Customs.gov.vn/a b".replace(" ", "%20")).host == "customs.gov.vn"
    assert parse("https://tiếngviệt.vn/").host == "tiếngviệt.vn"
    assert parse("https://tiếngviệt.vn/").url.startswith("https://xn--")
    # A Cyrillic "а" that looks Latin.
    assert parse("https://customs.gov.v\u0430.vn/").host.startswith("customs.gov.xn--")
    assert parse("https://customs.gov.vn:8443/x").host == "customs.gov.vn:8443"


def test_the_same_address_gives_the_same_modules():
    assert np.array_equal(matrix_of(parse(ADDRESS)), matrix_of(parse(ADDRESS)))


def test_the_address_on_a_ribbon_is_cut_only_behind_a_slash(national):
    address = parse("https://angiang.gov.vn/cua-khau/tinh-bien/thu-tuc-xuat-canh")
    sheet = set_qr(
        "Đọc trên điện thoại", "", address, matrix_of(address), face(1920, 120), national, Furniture("vi", ""), EASY
    )
    assert sheet is not None
    lines = [line.text.replace("\u2060", "").strip("\u200b") for line in sheet.stacks[-1].stack.lines]
    assert "".join(lines) == address.short
    assert len(lines) > 1
    assert all(line.endswith("/") for line in lines[:-1]), lines
