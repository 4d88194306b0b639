"""The play log at the server: short batches, what is told of each play (ITU-T H.782), and lists that do not count millions."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.players import play_log
from cms.players.models import PlayerEvent, PlayLogBoot, PlayLogEntry
from tests.players.device import heartbeat, played

pytestmark = pytest.mark.django_db

START = 1_800_000_000_000
THING = {
    "face": "a", "kind": "programme", "scene": "x:vi#0@0123456789ab", "item": "x:vi", "proof": "b" * 64,
    "schedule": 7, "status": "success",
}  # fmt: skip


def play(seq, place=0, seconds=8):
    start = START + seq * 8000
    return [seq, place, start, None if seconds is None else start + seconds * 1000]


def sent(device, plays, shown=(THING,), boot="boot-1", **fields):
    return device.report("playlog", {"boot": boot, "shown": list(shown), "plays": plays, **fields})


def exported(client, query=""):
    answer = client.get(reverse("players:play_log") + f"?export=csv{query}")
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_what_is_shown_again_and_again_is_named_once(device, player):
    shown = [
        THING,
        {**THING, "face": "b", "kind": "closed", "scene": None, "item": None, "proof": None, "schedule": None},
    ]
    assert sent(device, [play(1), play(2, 1, None), play(3)], shown).json() == {"acknowledged": 3}
    first, second, third = PlayLogEntry.objects.order_by("seq")
    assert (first.face, first.schedule, first.item, first.proof) == ("a", 7, "x:vi", "b" * 64)
    assert (second.face, second.kind, second.schedule, second.ended_at) == ("b", "closed", None, None)
    assert third.started_at == datetime.fromtimestamp((START + 24_000) / 1000, tz=UTC)


def test_short_batches_and_whole_lines_are_one_log(device, player):
    assert device.report("playlog", {"boot": "boot-1", "entries": [played(1), played(2)]}).json() == {"acknowledged": 2}
    assert sent(device, [play(2), play(3)]).json() == {"acknowledged": 3}
    assert list(PlayLogEntry.objects.order_by("seq").values_list("schedule", flat=True)) == [None, None, 7]


def test_two_thousand_plays_are_one_transaction(device, player, django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        assert sent(device, [play(seq) for seq in range(1, 2001)]).json() == {"acknowledged": 2000}
    assert sent(device, [play(seq) for seq in range(2001, 4002)]).status_code == 422


def test_short_batches_may_come_in_any_order_and_twice(device, player):
    batches = [[play(seq) for seq in range(start, start + 7)] for start in range(1, 60, 5)]
    shuffled = batches * 2
    random.Random(11).shuffle(shuffled)  # noqa: S311
    answers = [sent(device, batch).json()["acknowledged"] for batch in shuffled]
    assert answers == sorted(answers)
    assert (answers[-1], PlayLogEntry.objects.count()) == (62, 62)


def test_a_log_whose_first_lines_left_says_where_it_begins(device, player):
    assert sent(device, [play(1), play(2)]).json() == {"acknowledged": 2}
    assert device.report("playlog", {"boot": "boot-1", "entries": [], "oldest": 501}).json() == {"acknowledged": 500}
    assert sent(device, [play(501)], oldest=501).json() == {"acknowledged": 501}
    boot = PlayLogBoot.objects.get()
    assert (boot.lost, PlayLogEntry.objects.count()) == (498, 3)


@pytest.mark.parametrize(
    "wrong", [[1, 1, START, START], [0, 0, START, START], [1, 0, -1, START], [1, 0, START], [1, -1, START, None]]
)
def test_plays_of_another_shape_are_refused(device, player, wrong):
    assert sent(device, [wrong]).status_code == 422
    assert not PlayLogEntry.objects.exists()


def test_an_event_that_comes_twice_is_kept_once(device, player):
    event = {
        "at": START,
        "kind": "refused",
        "detail": {"what": "now.json"},
        "seq": 5,
        "times": 40,
        "until": START + 9000,
    }
    for _ in range(2):
        assert device.report("events", {"boot": "boot-1", "events": [event]}).status_code == 200
        event["until"] += 1  # another request, the same event
    kept = PlayerEvent.objects.get()
    assert (kept.times, kept.last_at) == (40, datetime.fromtimestamp((START + 9000) / 1000, tz=UTC))


def test_events_of_a_player_that_does_not_number_them_are_all_kept(device, player):
    event = {"at": START, "kind": "error", "detail": {}}
    assert device.report("events", {"boot": "boot-1", "events": [event, event]}).status_code == 200
    assert PlayerEvent.objects.count() == 2


def test_measurements_alone_are_no_reason_to_write(device, player, django_assert_num_queries):
    measured = {
        "clock": {"offset_ms": 3, "uncertainty_ms": 1.5, "synchronised": True},
        "frames": {"fps": 60, "dropped": 1},
    }
    with django_assert_num_queries(2):
        assert device.report("heartbeat", heartbeat(**measured, temperature_c=51.5)).status_code == 200
    measured["frames"] = {"fps": 59.9, "dropped": 4}
    with django_assert_num_queries(1):
        device.report("heartbeat", heartbeat(**measured, temperature_c=52, storage={"used": 1001, "quota": 100_000}))
    with django_assert_num_queries(2):
        device.report("heartbeat", heartbeat(**measured, sound_blocked=True))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"clock": {"offset_ms": -90_000, "uncertainty_ms": 2, "synchronised": True}}, "Đồng hồ của máy nhanh 90"),
        ({"clock": {"offset_ms": 0, "synchronised": False}}, "chưa nhận được giờ của máy chủ"),
        ({"frames": {"fps": 12, "dropped": 0}}, "hình giật"),
        ({"frames": {"fps": 50, "dropped": 600}}, "hình giật"),
        ({"temperature_c": 86}, "Máy đang ở 86 °C"),
        ({"storage": {"persisted": False}}, "có thể xoá dữ liệu"),
        ({"storage": {"used": 99, "quota": 100}}, "không còn chỗ"),
        ({"storage": {"missing": 3}}, "Còn 3 tệp đang tải"),
        ({"sound_blocked": True}, "chặn âm thanh"),
    ],
)
def test_what_is_wrong_with_a_player_stands_on_its_page_with_what_to_do(
    client_for, operator, device, player, told, words
):
    assert device.report("heartbeat", heartbeat(**told)).status_code == 200
    page = client_for(operator).get(reverse("players:controller", args=(player.controller_id,))).content.decode()
    assert words in page
    listed = client_for(operator).get(reverse("players:index")).content.decode()
    assert "bt-trouble" in listed


def test_a_player_that_is_well_has_nothing_to_see_to(client_for, operator, device, player):
    told = {
        "clock": {"offset_ms": 400, "uncertainty_ms": 2, "synchronised": True},
        "frames": {"fps": 60, "dropped": 5},
        "temperature_c": 55,
        "storage": {"used": 1, "quota": 100, "persisted": True, "missing": 0},
        "sound_blocked": False,
    }
    device.report("heartbeat", heartbeat(**told))
    page = client_for(operator).get(reverse("players:controller", args=(player.controller_id,))).content.decode()
    assert "bt-troubles" not in page
    assert "55 °C" in page


def test_the_file_of_the_log_says_what_h_782_asks_for(client_for, operator, device, player):
    sent(device, [play(1), play(2, 1, None)], [THING, {**THING, "status": "hardware_failure"}])
    newest, oldest = exported(client_for(operator))
    assert oldest["terminal"] == player.controller.slug
    assert (oldest["screen_region"], oldest["content_id"], oldest["proof_sha256"]) == ("a", "x:vi", "b" * 64)
    assert (oldest["schedule_id"], oldest["schedule_version"]) == ("tinh-bien/schedule.json", "7")
    assert (oldest["start"], oldest["duration_s"]) == ("2027-01-15T15:00:08.000+07:00", "8.000")
    assert (newest["status"], newest["end"], newest["duration_s"]) == ("hardware failure", "", "")


def test_the_file_is_read_page_by_page_and_misses_nothing(client_for, operator, device, player, monkeypatch):
    monkeypatch.setattr(play_log.play_log_file, "PAGE", 7)
    same_instant = [[seq, 0, START, START + 1000] for seq in range(1, 40)]
    sent(device, same_instant)
    rows = exported(client_for(operator))
    assert sorted(int(one["log_number"]) for one in rows) == list(range(1, 40))


def test_the_file_has_what_the_filters_leave(client_for, operator, outsider, device, player):
    sent(device, [play(1), play(2, 1)], [THING, {**THING, "face": "b"}])
    assert [one["screen_region"] for one in exported(client_for(operator), "&face=b")] == ["b"]
    assert exported(client_for(outsider)) == []


def test_a_title_does_not_become_a_formula(device, player):
    assert play_log.play_log_file._harmless("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert play_log.play_log_file._harmless("Chợ Tịnh Biên") == "Chợ Tịnh Biên"


def test_a_list_counts_no_further_than_it_leads(client_for, operator, device, player, monkeypatch):
    monkeypatch.setattr(play_log, "COUNTED", 120)
    sent(device, [play(seq) for seq in range(1, 301)])
    client = client_for(operator)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get(reverse("players:play_log"))
    assert page.context["paginator"].count == 120
    assert "120 dòng mới nhất" in page.content.decode()
    counted = [one["sql"] for one in asked if "COUNT(" in one["sql"] and "players_playlogentry" in one["sql"]]
    assert counted
    assert all("LIMIT 120" in one for one in counted)
