"""Pictures of a screen: asked for, sent by the player, judged like any upload, and seen by people of the province only."""

from __future__ import annotations

import base64
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from PIL import Image, ImageColor

from cms import clock
from cms.accounts.models import AuditEntry
from cms.content.assets import AssetStore
from cms.players import shots
from cms.players.models import Screenshot
from cms.plugin_api.types import canonical
from cms.release.documents import keep_document
from cms.release.models import Release
from cms.schedule.format import Schedule
from tests.players.device import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private_folder(settings, tmp_path):
    settings.ASSETS_ROOT = tmp_path / "assets"


def jpeg(size=(512, 192), colour="#0a6", form="JPEG", **options):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, **options)
    return out.getvalue()


def wanted(device):
    """What the answer to a heartbeat asks for."""
    return device.report("heartbeat", heartbeat()).json()["screenshot"]


def send(device, request, picture=None, **fields):
    data = base64.b64encode(jpeg() if picture is None else picture).decode()
    body = {"request": request, "kind": "true", "taken_at": clock.now_ms(), "picture": data, **fields}
    return device.report("screenshot", body)


def pressed(client, controller):
    return client.post(reverse("players:screenshot_ask", args=(controller.pk,)))


def test_a_picture_is_taken_when_an_operator_asks_for_it(client_for, operator, controller, device, player):
    client = client_for(operator)
    assert wanted(device) is None
    assert pressed(client, controller).status_code == 302
    request = wanted(device)
    assert send(device, request).json() == {"ok": True}
    assert wanted(device) is None
    shot = shots.latest(controller)
    assert (shot.kind, shot.width, shot.height, shot.asked_by) == ("true", 512, 192, operator)
    answer = client.get(reverse("players:screenshot", args=(shot.pk,)))
    picture = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert (picture.format, picture.size) == ("WEBP", (512, 192))
    assert AuditEntry.objects.filter(action="player.screenshot", user=operator).count() == 1
    page = client.get(reverse("players:controller", args=(controller.pk,))).content.decode()
    assert "Ảnh thật" in page
    assert reverse("players:screenshot", args=(shot.pk,)) in page


def test_a_heartbeat_asks_without_a_query_more(device, player, django_assert_num_queries):
    shots.ask(player)
    with django_assert_num_queries(2):
        assert wanted(device)


def test_whoever_asks_again_waits_for_the_same_picture(device, player, operator):
    assert shots.ask(player, operator) == shots.ask(player, operator) == wanted(device)
    assert Screenshot.objects.count() == 1


def test_nobody_sends_what_was_not_asked_for(device, player):
    assert send(device, "never-asked-for-1").status_code == 404
    request = shots.ask(player)
    assert send(device, request).status_code == 200
    assert send(device, request).status_code == 404
    assert Screenshot.objects.count() == 1


def test_a_wish_ends(device, player, monkeypatch):
    request = shots.ask(player)
    later = clock.now() + shots.WAITS
    monkeypatch.setattr(shots.clock, "now", lambda: later)
    assert shots.wanted(type(player).objects.get(), later) is None
    assert send(device, request).status_code == 404


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"\xff\xd8\xff no picture",
        jpeg()[:-200],
        jpeg(form="PNG"),
        jpeg((4000, 4000)),
        jpeg(form="WEBP", save_all=True, append_images=[Image.new("RGB", (512, 192))]),
    ],
    ids=["nothing", "rubbish", "half", "another format", "too many pixels", "a film"],
)
def test_what_is_no_picture_is_refused(device, player, controller, picture):
    request = shots.ask(player)
    assert send(device, request, picture).status_code == 422
    assert shots.latest(controller) is None
    assert wanted(device) == request


def test_what_came_with_a_picture_does_not_stay(device, player, controller):
    exif = Image.Exif()
    exif[0x010E] = "said by the camera"
    send(device, shots.ask(player), jpeg((2000, 500), exif=exif))
    shot = shots.latest(controller)
    data = shots.path(shot.sha256).read_bytes()
    assert (shot.width, shot.height) == (1280, 320)
    assert b"said by the camera" not in data


def test_a_body_that_is_no_longer_a_picture_of_a_screen_is_not_read(device, player):
    assert send(device, shots.ask(player), b"\0" * (shots.SIDE * 600)).status_code == 413


def test_the_last_twenty_stay(device, player, controller):
    for number in range(22):
        assert send(device, shots.ask(player), jpeg(colour=(number * 9, 0, 0))).status_code == 200
    assert Screenshot.objects.count() == shots.KEPT
    assert len(list(shots.path("00").parents[1].rglob("*.webp"))) == shots.KEPT


def test_a_picture_that_is_shared_by_two_stays_until_both_are_gone(device, player, controller):
    send(device, shots.ask(player), jpeg(colour="#fff"))
    digest = shots.latest(controller).sha256
    for number in range(19):
        send(device, shots.ask(player), jpeg(colour=(number * 9, 0, 0)))
    send(device, shots.ask(player), jpeg(colour="#fff"))
    assert shots.path(digest).is_file()


def test_strangers_neither_ask_nor_see(client_for, outsider, controller, device, player):
    send(device, shots.ask(player))
    shot = shots.latest(controller)
    assert client_for(outsider).get(reverse("players:screenshot", args=(shot.pk,))).status_code == 404
    assert pressed(client_for(outsider), controller).status_code == 404
    assert not AuditEntry.objects.filter(action="player.screenshot").exists()


def test_who_may_only_look_does_not_ask(client_for, editor, controller, player):
    pressed(client_for(editor), controller)
    assert not Screenshot.objects.exists()


def test_who_looks_at_a_controller_soon_sees_a_picture_of_it(client_for, operator, controller, device, player):
    client, url = client_for(operator), reverse("players:controller", args=(controller.pk,))
    device.report("heartbeat", heartbeat())
    client.get(url)
    request = wanted(device)
    assert request
    send(device, request, kind="drawn")
    assert "Trang tự vẽ lại" in client.get(url).content.decode()
    assert wanted(device) is None  # not again within ten minutes
    assert not AuditEntry.objects.filter(action="player.screenshot").exists()


def test_what_should_be_shown_is_drawn_for_the_instant_of_the_picture(
    client_for, operator, controller, device, player, settings, tmp_path
):
    settings.DATA = tmp_path
    digest, red = released(controller.cluster, "#b01020")
    send(device, shots.ask(player))
    client = client_for(operator)
    shot = shots.latest(controller)
    answer = client.get(reverse("players:screenshot_should", args=(shot.pk,)))
    picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert picture.size == (controller.canvas_width, controller.canvas_height)
    face = controller.placements.get(face__letter="a")
    shown = picture.getpixel((face.x + 20, face.y + 20))
    assert max(abs(one - other) for one, other in zip(shown, red, strict=True)) < 8
    Release.objects.filter(sha256=digest).update(published_at=clock.now())  # after the picture
    assert client.get(reverse("players:screenshot_should", args=(shot.pk,))).status_code == 404


def released(cluster, colour):
    """A schedule in force whose face a shows one colour; its hash, and the colour."""
    out = io.BytesIO()
    Image.new("RGB", (256, 192), colour).save(out, "PNG")
    asset = AssetStore().put(out.getvalue(), "image/png")
    scene = {
        "item": "item:vi", "language": "vi", "proof": "0" * 64, "duration": 8000, "transition": {"kind": "cut", "ms": 0},
        "faces": {"a": [{"kind": "image", "asset": asset, "rect": [0, 0, 256, 192]}]},
    }  # fmt: skip
    name, now = "item:vi#0@000000000000", clock.now_ms()
    document = {
        "format": 1, "cluster": cluster.slug, "valid_from": 0, "valid_until": now + 10**9, "timezone": "Asia/Ho_Chi_Minh",
        "controllers": {}, "assets": {asset: {"bytes": len(out.getvalue()), "type": "image/png"}}, "scenes": {name: scene},
        "turns": [[name, 8000]], "loops": {"one": [0]}, "power": {}, "standby": [], "fallback": name,
        "faces": {"a": {"segments": [{"from": 0, "until": now + 10**9, "kind": "programme", "loop": "one"}]}},
    }  # fmt: skip
    data = canonical(Schedule.model_validate(document).model_dump(mode="json", by_alias=True, exclude_none=True))
    digest = keep_document(cluster.slug, "schedule", data)
    before = clock.now() - timedelta(hours=1)
    Release.objects.create(
        cluster=cluster, target="schedule", version=1, sha256=digest, bytes=len(data), status="published",
        valid_from=before, made_at=before, published_at=before,
    )  # fmt: skip
    return digest, ImageColor.getrgb(colour)
