"""The signer signs strips and live values as they were approved: how one moves and of which cells the other is set are part of it."""

from __future__ import annotations

import json

import pytest

from cms import clock
from cms.plugin_api.types import Glyphs, Layer, Rect, Scene, Strip, Transition, canonical
from cms.release.checks import Refused, check_schedule, parse
from cms.release.repository import ClusterRepository
from cms.release.signer import sign_release
from cms.schedule.format import Schedule

from .made import approve, put_asset

STRIP, CLOCK, RATE = 1, 2, 3


@pytest.fixture
def moving(desk, province, cluster, administrator):
    """A desk whose one item has a strip, a clock and a rate over a picture, and slides in."""
    picture, atlas = put_asset(b"ground"), put_asset(b"atlas")
    cells = tuple((name, Rect(10 * place, 0, 10, 20)) for place, name in enumerate("0123456789:"))
    layers = (
        Layer("image", picture, Rect(0, 0, 256, 192)),
        Layer("strip", picture, Rect(0, 100, 256, 20), strip=Strip((256, 0), (-60, 0), (900, 0))),
        Layer("glyphs", atlas, Rect(0, 0, 60, 20), glyphs=Glyphs("time", cells, ("HH", ":", "mm"), fallback=(":",))),
        Layer("glyphs", atlas, Rect(0, 30, 60, 20), glyphs=Glyphs("value", cells, name="usd", decimals=2)),
    )
    scene = Scene(8000, {"a": layers, "b": layers}, Transition("slide", 500))
    desk.shown[:] = [approve(province, cluster, administrator, scene)]
    return desk


def test_what_moves_and_what_lives_is_signed_as_it_was_approved(moving):
    assert sign_release(moving.release()) == "published"
    schedule = json.loads(ClusterRepository("tinh-bien", "an_giang").read_target("schedule"))
    (scene,) = (one for one in schedule["scenes"].values() if one["proof"] != "theme")
    approved = moving.shown[0][1].scenes[0]
    assert scene["faces"]["a"] == [layer.to_json() for layer in approved.faces["a"]]
    assert scene["transition"] == {"kind": "slide", "ms": 500}


CHANGES = {
    "another cell": lambda scene, layers: layers[CLOCK]["glyphs"]["cells"].update({"7": [10, 0, 10, 20]}),
    "a cell more": lambda scene, layers: layers[RATE]["glyphs"]["cells"].update({"đ": [0, 0, 10, 20]}),
    "a cell less": lambda scene, layers: layers[RATE]["glyphs"]["cells"].pop("9"),
    "another pattern": lambda scene, layers: layers[CLOCK]["glyphs"].update(pattern=["mm", ":", "HH"]),
    "another zone": lambda scene, layers: layers[CLOCK]["glyphs"].update(offset=0),
    "another value": lambda scene, layers: layers[RATE]["glyphs"].update(name="eur"),
    "other decimals": lambda scene, layers: layers[RATE]["glyphs"].update(decimals=0),
    "no end of its age": lambda scene, layers: layers[RATE]["glyphs"].update(max_age=10**12),
    "another fallback": lambda scene, layers: layers[CLOCK]["glyphs"].update(fallback=["0"]),
    "another kind of live value": lambda scene, layers: layers[CLOCK]["glyphs"].update(of="countdown", until=1),
    "another speed": lambda scene, layers: layers[STRIP]["strip"].update(speed=[-6000, 0]),
    "another beginning": lambda scene, layers: layers[STRIP]["strip"].update(start=[0, 0]),
    "another period": lambda scene, layers: layers[STRIP]["strip"].update(repeat=[0, 0]),
    "no motion": lambda scene, layers: layers[STRIP].update(kind="image", strip=None),
    "a picture that now moves": lambda scene, layers: layers[0].update(strip=layers[STRIP]["strip"]),
    "another transition": lambda scene, layers: scene["transition"].update(kind="wipe"),
}  # fmt: skip


def test_what_was_changed_after_its_approval_is_refused(moving, cluster):
    document = canonical(moving.document(clock.now_ms() + 60_000))
    check_schedule(cluster, parse(Schedule, document, cluster))
    for name, change in CHANGES.items():
        altered = json.loads(document)
        scene = next(one for one in altered["scenes"].values() if one["proof"] != "theme")
        change(scene, scene["faces"]["a"])
        with pytest.raises(Refused) as refused:
            check_schedule(cluster, parse(Schedule, canonical(altered), cluster))
        assert [one.code for one in refused.value.reasons] == ["altered"], name
