"""What players report, and what strangers send in their name."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest

from cms import clock
from cms.players import keys
from cms.players.limits import BODY_BYTES
from cms.players.models import Player, PlayerEvent, PlayLogBoot, PlayLogEntry
from cms.players.services import Health, health, revoke
from tests.players.device import API, Device, heartbeat, played

pytestmark = pytest.mark.django_db


def acknowledged(device, *entries, boot="boot-1", **fields):
    answer = device.report("playlog", {"boot": boot, "entries": list(entries), **fields})
    assert answer.status_code == 200, answer.content
    return answer.json()["acknowledged"]


def test_a_heartbeat_tells_what_a_player_shows(device, player, settings):
    answer = device.report("heartbeat", heartbeat())
    assert answer.status_code == 200
    assert answer.json()["poll_ms"] == settings.BANGTIN_POLL_MS
    assert answer.json()["revoked"] is False
    assert abs(answer.json()["server_time"] - clock.now_ms()) < 5000
    player.refresh_from_db()
    assert player.status["release"]["schedule"] == 3
    assert player.status["faces"]["a"]["kind"] == "programme"
    assert player.boot == "boot-1"
    assert health(player) == Health.HEALTHY


def test_a_heartbeat_costs_one_read_and_one_write(device, player, django_assert_num_queries):
    with django_assert_num_queries(2):
        device.report("heartbeat", heartbeat())
    with django_assert_num_queries(1):  # nothing changed
        device.report("heartbeat", heartbeat(sent_at=1))


def test_health_has_bands(player):
    assert health(player) == Health.WAITING
    for minutes, band in ((0, "healthy"), (4.9, "healthy"), (5.1, "lost"), (14.9, "lost"), (15.1, "gone")):
        player.last_seen = clock.now() - timedelta(minutes=minutes)
        assert health(player) == band


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"X-Bangtin-Signature": ""}, "headers"),
        ({"X-Bangtin-Time": "soon"}, "headers"),
        ({"X-Bangtin-Time": "١٢٣"}, "headers"),
        ({"X-Bangtin-Time": "9" * 400}, "headers"),
        ({"X-Bangtin-Time": "1"}, "signature"),
        ({"X-Bangtin-Key": "0" * 64}, "unknown_key"),
        ({"X-Bangtin-Signature": "A" * 86}, "signature"),
        ({"X-Bangtin-Signature": "not base64"}, "signature"),
    ],
)
def test_a_report_without_a_good_signature_is_refused(device, player, change, error):
    body = json.dumps(heartbeat()).encode()
    headers = {**device.headers(API + "heartbeat", body), **change}
    answer = device.report("heartbeat", json.loads(body), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, error)
    player.refresh_from_db()
    assert player.last_seen is None


def test_a_signature_holds_for_one_body_one_path_and_one_method(device, player):
    body = json.dumps({"boot": "boot-1", "events": []}).encode()
    for headers in (
        device.headers(API + "events", body + b" "),
        device.headers(API + "playlog", body),
        device.headers(API + "events", body, method="PUT"),
    ):
        answer = device.client.post(API + "events", body, content_type="application/json", headers=headers)
        assert answer.json()["error"] == "signature"


def test_another_players_key_does_not_sign_for_this_one(device, player):
    stranger = Device()
    stranger.key_id = device.key_id
    assert stranger.report("heartbeat", heartbeat()).json()["error"] == "signature"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_more_than_five_minutes_off_is_told_the_time(device, player, minutes):
    answer = device.report("heartbeat", heartbeat(), at=clock.now_ms() + minutes * 60_000)
    assert answer.json()["error"] == "skew"
    assert abs(answer.json()["server_time"] - clock.now_ms()) < 5000
    assert device.client.get(API + "time").status_code == 200


def test_a_copied_heartbeat_does_not_keep_a_dead_player_alive(device, player):
    body = json.dumps(heartbeat()).encode()
    headers = device.headers(API + "heartbeat", body)
    assert device.report("heartbeat", json.loads(body), headers=headers).status_code == 200
    assert device.report("heartbeat", json.loads(body), headers=headers).json()["error"] == "replayed"
    raw = keys.decode(headers["X-Bangtin-Signature"])
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    other = raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)  # as valid a signature of the same request
    headers["X-Bangtin-Signature"] = keys.encode(other)
    assert device.report("heartbeat", json.loads(body), headers=headers).json()["error"] == "replayed"


def test_a_copied_play_log_changes_nothing(device, player):
    body = json.dumps({"boot": "boot-1", "entries": [played(1), played(2)]}).encode()
    headers = device.headers(API + "playlog", body)
    for _ in range(3):
        assert device.report("playlog", json.loads(body), headers=headers).json() == {"acknowledged": 2}
    assert PlayLogEntry.objects.count() == 2


def test_a_revoked_player_is_told_so_and_no_longer_heard(device, player, operator):
    revoke(player, operator, "Máy đã thay")
    for name, content in (
        ("heartbeat", heartbeat()),
        ("playlog", {"boot": "boot-1", "entries": [played(1)]}),
        ("events", {"boot": "boot-1", "events": []}),
    ):
        answer = device.report(name, content)
        assert (answer.status_code, answer.json()) == (403, {"revoked": True})
    assert not PlayLogEntry.objects.exists()
    assert Player.objects.get().last_seen is None


def test_everything_played_is_kept_as_it_was_told(device, player):
    assert acknowledged(device, played(1), played(2, kind="closed", scene=None, item=None, proof=None, until=None)) == 2
    first, second = PlayLogEntry.objects.order_by("seq")
    assert (first.face, first.item, first.proof, first.status) == ("a", "x:vi", "b" * 64, "success")
    assert first.ended_at - first.started_at == timedelta(seconds=8)
    assert (second.kind, second.item, second.ended_at) == ("closed", "", None)


def test_the_highest_number_without_a_gap_before_it_is_acknowledged(device, player):
    assert acknowledged(device, played(3), played(4)) == 0
    assert acknowledged(device, played(1)) == 1
    assert acknowledged(device, played(6), played(2)) == 4
    assert acknowledged(device, played(5)) == 6
    assert acknowledged(device) == 6


def test_batches_may_come_in_any_order_and_twice(device, player):
    batches = [[played(seq) for seq in range(start, start + 7)] for start in range(1, 60, 5)]
    shuffled = batches * 2
    random.Random(7).shuffle(shuffled)  # noqa: S311
    answers = [acknowledged(device, *batch) for batch in shuffled]
    assert answers == sorted(answers)
    assert answers[-1] == 62
    assert PlayLogEntry.objects.count() == 62


def test_what_was_kept_stays_as_it_was(device, player):
    acknowledged(device, played(1), played(3))
    acknowledged(device, played(1, item="y:vi"), played(3, item="y:vi"), played(2))
    assert set(PlayLogEntry.objects.values_list("item", flat=True)) == {"x:vi"}


def test_each_boot_counts_for_itself(device, player):
    assert acknowledged(device, played(1), played(2)) == 2
    assert acknowledged(device, played(1), boot="boot-2") == 1
    assert acknowledged(device, played(3)) == 3


def test_entries_that_the_player_lost_do_not_hold_up_the_rest(device, player):
    assert acknowledged(device, played(1), played(2), played(4)) == 2
    assert acknowledged(device, played(10), oldest=10) == 10
    boot = PlayLogBoot.objects.get()
    assert (boot.acknowledged, boot.lost) == (10, 6)  # 3 and 5 to 9
    assert acknowledged(device, played(11), oldest=3) == 11


def test_five_hundred_entries_are_written_at_once(device, player, django_assert_max_num_queries):
    entries = [played(seq) for seq in range(1, 501)]
    with django_assert_max_num_queries(20):
        assert acknowledged(device, *entries) == 500
    assert device.report("playlog", {"boot": "b", "entries": [*entries, played(501)]}).status_code == 422


def test_a_refusal_is_kept_with_what_and_why(device, player):
    refusal = {"what": "schedule.json", "reason": "hash", "version": 9}
    content = {"boot": "boot-1", "events": [{"at": clock.now_ms(), "kind": "refused", "detail": refusal}]}
    assert device.report("events", content).json() == {"ok": True}
    event = PlayerEvent.objects.get()
    assert (event.kind, event.detail) == ("refused", {**refusal, "boot": "boot-1"})


def test_an_event_is_not_lost_over_its_wording(device, player):
    detail = {"stack": "x" * 9000, "nul": "a\x00b", "half": "\ud800", "deep": {"a": [1, 2.5]}, "big": 10**400}
    content = {"boot": "boot-1", "events": [{"at": 1, "kind": "error", "detail": detail}]}
    assert device.report("events", content).status_code == 200
    kept = PlayerEvent.objects.get().detail
    assert len(kept["stack"]) == 500
    assert kept["nul"] == "ab"
    assert kept["deep"] == '{"a": [1, 2.5]}'


@pytest.mark.parametrize(
    "content",
    [
        heartbeat(extra=1),
        heartbeat(boot="a b"),
        heartbeat(faces={"e": {"kind": "closed", "scene": None}}),
        heartbeat(faces={"a": {"kind": "closed", "scene": "x\x00y"}}),
        heartbeat(faces={"a": {"kind": "closed", "scene": "\ud800"}}),
        heartbeat(storage={"used": -1, "quota": 1}),
        heartbeat(sent_at=10**30),
        [],
        None,
    ],
)
def test_a_report_of_another_shape_is_refused(device, player, content):
    assert device.report("heartbeat", content).status_code == 422
    player.refresh_from_db()
    assert player.last_seen is None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 20_000])
def test_what_is_not_json_is_refused(device, player, body):
    headers = device.headers(API + "events", body)
    answer = device.client.post(API + "events", body, content_type="application/json", headers=headers)
    assert answer.status_code in (400, 411, 422)


def test_a_body_that_is_too_long_is_not_read(device, player):
    body = b" " * (BODY_BYTES + 1)
    answer = device.client.post(API + "events", body, content_type="application/json")
    assert answer.status_code == 413


def test_answers_are_not_kept_by_anybody(device, player):
    assert device.report("heartbeat", heartbeat())["Cache-Control"] == "no-store"
    assert not device.client.cookies


@pytest.fixture
def cache_away(settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"unix://{tmp_path / 'nobody.sock'}",
        }
    }


def test_reports_are_kept_while_the_cache_is_away(device, player, cache_away):
    assert device.report("heartbeat", heartbeat()).status_code == 200
    assert acknowledged(device, played(1)) == 1


def test_pairing_waits_while_the_cache_is_away(device, cache_away):
    assert device.ask().status_code == 429
