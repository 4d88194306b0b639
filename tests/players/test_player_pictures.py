"""The thumbnails of the list: the pixels of the very release that a player says it has in force."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from PIL import Image

from cms.content.assets import AssetStore
from cms.plugin_api.types import canonical
from cms.release.documents import keep_document
from cms.schedule.format import Schedule
from tests.players.device import heartbeat

pytestmark = pytest.mark.django_db

SCENE = "item:vi#0@0123456789ab"


def png(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (256, 192), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def showing(device, player, settings, tmp_path):
    """The player shows a red picture on face a."""
    settings.DATA, settings.ASSETS_ROOT = tmp_path, tmp_path / "assets"
    data = png("#b01020")
    asset = AssetStore().put(data, "image/png")
    layer = {"kind": "image", "asset": asset, "rect": [0, 0, 256, 192]}
    scene = {
        "item": "item:vi", "language": "vi", "proof": "0123456789ab" + "0" * 52, "duration": 8000,
        "faces": {"a": [layer]}, "transition": {"kind": "cut", "ms": 0},
    }  # fmt: skip
    document = {
        "format": 1, "cluster": "tinh-bien", "valid_from": 0, "valid_until": 1, "timezone": "Asia/Ho_Chi_Minh",
        "controllers": {}, "assets": {asset: {"bytes": len(data), "type": "image/png"}}, "scenes": {SCENE: scene},
        "turns": [], "loops": {}, "faces": {}, "power": {}, "standby": [], "fallback": SCENE,
    }  # fmt: skip
    Schedule.model_validate(document)
    digest = keep_document("tinh-bien", "schedule", canonical(document))

    def show(scene=SCENE, sha256=digest):
        release = {"schedule": 1, "schedule_sha256": sha256, "now_version": None}
        faces = {"a": {"kind": "programme", "scene": scene}}
        assert device.report("heartbeat", heartbeat(release=release, faces=faces)).status_code == 200

    show()
    return show


def test_a_face_is_pictured_as_it_is(client_for, operator, player, showing):
    client, url = client_for(operator), reverse("players:face", args=(player.pk, "a"))
    answer = client.get(url)
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (256, 192)
    assert picture.getpixel((10, 10)) == (0xB0, 0x10, 0x20)
    again = client.get(url, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_others_do_not_see_it(client_for, outsider, player, showing):
    assert client_for(outsider).get(reverse("players:face", args=(player.pk, "a"))).status_code == 404


def test_what_is_not_known_has_no_picture(client_for, operator, player, showing):
    client = client_for(operator)
    assert client.get(reverse("players:face", args=(player.pk, "b"))).status_code == 404
    showing(scene="other:vi#0@0123456789ab")
    assert client.get(reverse("players:face", args=(player.pk, "a"))).status_code == 404
    showing(sha256="e" * 64)
    assert client.get(reverse("players:face", args=(player.pk, "a"))).status_code == 404
