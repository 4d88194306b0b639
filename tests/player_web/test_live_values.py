"""A live value that is too old, cannot be shown or is no number: to the pixel, its fallback stands there and the rest of the face goes on.
One browser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from cms.plugin_api.types import Glyphs, Layer, Rect
from tests.player_web.conftest import Player, same
from tests.player_web.content import PLACED, SIZES, Content
from tests.player_web.fake_cms import FakeCms
from tests.player_web.test_moving import veiled

pytestmark = pytest.mark.browser

MINUTE = 60_000
RATE = Rect(10, 60, 90, 20)


def live_scene(content: Content) -> str:
    """A picture, a clock and a rate on each face; the rate's atlas has digits, a point, and a dash to fall back to."""
    atlas = content.asset(veiled(5, (13 * 8, 20)), "image/png")
    names = [*"0123456789", ":", ".", "–"]
    cells = tuple(sorted((name, Rect(8 * place, 0, 8, 20)) for place, name in enumerate(names)))
    made = content.scene("live", 2, duration=1500)
    clock = Glyphs("time", cells, ("HH", ":", "mm", ":", "ss"), "centre")
    rate = Glyphs("value", cells, name="usd", align="right", fallback=("–", "–"))
    layers = [Layer("glyphs", atlas, Rect(10, 20, 120, 20), glyphs=clock), Layer("glyphs", atlas, RATE, glyphs=rate)]
    for face in SIZES:
        content.scenes[made]["faces"][face] += [layer.to_json() for layer in layers]
    return made


def test_a_value_that_cannot_be_shown_leaves_the_rest_of_the_face_as_it_is(
    player: Player, cms: FakeCms, content: Content
) -> None:
    version, document = content.publish([live_scene(content)])
    instant = document["faces"]["a"]["segments"][0]["from"] + 900_000
    player.open(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.ready")

    def shown(**values: Any) -> Image.Image:
        """The canvas while these are the values, compared with what was drawn for them."""
        notices: dict[str, Any] = {"format": 1, "cluster": cms.cluster, "values": values}
        told = cms.publish("now.json", notices)
        player.until(f"s.notices === {told}")
        picture = player.still(instant)
        assert same(picture, content.expected(document, instant, notices)), values
        return picture

    def usd(value: float | str, age: int = 1000) -> dict[str, Any]:
        return {"value": value, "at": instant - age, "max_age": 10 * MINUTE}

    good = shown(usd=usd(25480))
    fallback = shown()
    assert differs_only_in_the_rate(good, fallback)
    wrong = {
        "too old": usd(25480, age=11 * MINUTE),
        "larger than any screen can say": usd(1e17),
        "wider than its place": usd(123_456_789_012),
        "no number but a word": usd("hai mươi lăm nghìn"),
        "a sign that nobody approved": usd(-5),
    }
    for reason, value in wrong.items():
        assert same(shown(usd=value), fallback), reason
    assert same(shown(eur=usd(29000)), fallback)  # nobody told the one that the card names
    assert same(shown(usd=usd(25480)), good)
    assert not [event for event in cms.events if event["kind"] in ("error", "refused")], cms.events


def differs_only_in_the_rate(left: Image.Image, right: Image.Image) -> bool:
    """Face a lies upright on the canvas; what differs there lies within the rate's rectangle."""
    x, y, width, height = PLACED["a"]["rect"]
    box = (x, y, x + width, y + height)
    difference = np.asarray(left.crop(box), dtype=np.int16) - np.asarray(right.crop(box), dtype=np.int16)
    rows, columns = np.nonzero(np.abs(difference).max(axis=2) > 2)
    inside = (rows >= RATE.y) & (rows < RATE.y + RATE.height) & (columns >= RATE.x) & (columns < RATE.x + RATE.width)
    return bool(len(rows)) and bool(inside.all())
