"""Reports of somebody who is not the player: refused, written down once, and told to people in words."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from cms import clock
from cms.players.api import api
from cms.players.models import Player, RefusedReport
from cms.players.services import revoke
from tests.players.device import API, Device, heartbeat

pytestmark = pytest.mark.django_db


def sent(device, *, at=None, signer=None):
    """The headers and the content of a heartbeat in the device's name."""
    content = heartbeat()
    signer = signer or device
    body = json.dumps(content).encode()
    headers = {**signer.headers(API + "heartbeat", body, at=at), "X-Bangtin-Key": device.key_id}
    return headers, content


def another_key(device):
    return [sent(device, signer=Device())]


def an_old_time(device):
    return [sent(device, at=clock.now_ms() - 3_600_000)]


def a_copy(device):
    overheard = sent(device)
    return [overheard, overheard]


def an_unknown_key(device):
    return [sent(Device())]


@pytest.mark.parametrize(
    ("attack", "reason", "words"),
    [
        (another_key, "signature", "mạo danh trình phát này"),
        (an_old_time, "skew", "báo cáo ghi sai giờ"),
        (a_copy, "replayed", "được gửi lại"),
        (an_unknown_key, "unknown_key", "máy chủ này không biết"),
    ],
)
def test_a_report_of_a_stolen_or_copied_device_is_refused_and_the_cms_says_so(
    attack, reason, words, device, player, client_for, operator, administrator
):
    requests = attack(device)
    answers = [device.report("heartbeat", content, headers=headers) for headers, content in requests]
    assert (answers[-1].status_code, answers[-1].json()["error"]) == (401, reason)
    if len(requests) == 1:
        assert Player.objects.get().last_seen is None
    told = RefusedReport.objects.get()
    assert (told.reason, told.what, told.address) == (reason, "heartbeat", "127.0.0.1")
    assert told.player == (None if reason == "unknown_key" else player)
    assert words in client_for(administrator).get(reverse("players:index")).content.decode()
    page = reverse("players:controller", args=(player.controller_id,))
    for place in (reverse("players:index"), page):
        seen = words in client_for(operator).get(place).content.decode()
        assert seen is (reason != "unknown_key")  # of no province


def test_a_lost_machine_that_still_reports_tells_where_it_is(device, player, operator, client_for):
    revoke(player, operator, "Máy bị mất")
    assert device.report("heartbeat", heartbeat()).status_code == 403
    text = client_for(operator).get(reverse("players:controller", args=(player.controller_id,))).content.decode()
    assert "vẫn đang chạy và gửi báo cáo từ địa chỉ 127.0.0.1" in text


def test_who_sends_rubbish_all_day_fills_one_line_an_hour(device, player, monkeypatch):
    from django.core.cache import cache

    for _ in range(30):
        device.report("heartbeat", heartbeat(), headers=sent(device, signer=Device())[0])
    assert RefusedReport.objects.count() == 1
    cache.clear()  # a minute passes
    RefusedReport.objects.update(
        first_at=clock.now() - timedelta(minutes=50), last_at=clock.now() - timedelta(minutes=50)
    )
    device.report("heartbeat", heartbeat(), headers=sent(device, signer=Device())[0])
    told = RefusedReport.objects.get()
    assert told.last_at - told.first_at > timedelta(minutes=49)
    monkeypatch.setattr("cms.players.refused.MOST_A_MINUTE", 5)
    cache.clear()
    for _ in range(20):  # ever other keys, to fill the disk
        device.report("heartbeat", heartbeat(), headers=sent(Device())[0])
    assert RefusedReport.objects.count() <= 6


def test_what_comes_without_any_signature_is_not_worth_a_line(device, player):
    assert device.unsigned("heartbeat", heartbeat()).status_code == 401
    assert not RefusedReport.objects.exists()


def test_every_address_that_takes_something_wants_a_signature(device, controller, player):
    offer = Device().ask().json()
    contents = {
        "/pairings": {"public_key": device.jwk, "screen": {"width": 1, "height": 1}},
        "/pairings/claim": {"code": "ABCD-EFGH", "public_key": device.jwk, "screen": {"width": 1, "height": 1}},
        "/pairings/{int:pairing_id}/status": {"secret": offer["secret"]},
        "/heartbeat": heartbeat(),
        "/playlog": {"boot": "b", "entries": []},
        "/events": {"boot": "b", "events": []},
        "/screenshot": {"request": "a" * 16, "kind": "true", "taken_at": 0, "picture": "AAAA"},
    }
    found = set()
    for path, view in api._routers[0][1].path_operations.items():
        for operation in view.operations:
            if operation.methods == ["GET"]:
                assert path == "/time"
                continue
            found.add(path)
            answer = device.unsigned(path.strip("/").replace("{int:pairing_id}", str(offer["id"])), contents[path])
            assert (answer.status_code, answer.json()["error"]) == (401, "headers"), path
    assert found == set(contents)
