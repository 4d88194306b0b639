"""Servers of live streams and the player's page: its policy names those that administrators allow, and every player hears of a change."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

from cms.places.models import StreamHost
from cms.players.telling import tell
from cms.players.web import player_web, served, signed_shell
from cms.players.words import STREAM_ADVICE, STREAMS

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2] / "player_web"
VENDOR = ROOT / "vendor" / "hls"


def allow(origin: str = "https://live.example.vn") -> StreamHost:
    return StreamHost.objects.create(origin=origin, responsible="Đài PT-TH An Giang")


def reached(path: str) -> str:
    policy = Client().get(path)["Content-Security-Policy"]
    return next(rule.strip() for rule in policy.split(";") if rule.strip().startswith("connect-src"))


def test_the_policy_reaches_allowed_servers_and_no_other():
    assert reached("/player/") == "connect-src 'self'"
    allow()
    allow("https://other.example.vn:8443")
    for path in ("/player/", f"/player/{served().version}/src/main.js"):
        assert reached(path) == "connect-src 'self' https://live.example.vn https://other.example.vn:8443"


def test_a_change_of_the_list_is_another_version_so_that_pages_load_it():
    before = served().version
    assert before == player_web().version
    host = allow()
    version = served().version
    assert version != before
    assert f"./{version}/src/main.js" in Client().get("/player/").content.decode()
    assert Client().get(f"/player/{before}/src/main.js").status_code == 404
    host.delete()
    assert served().version == before


def test_controllers_hear_of_the_servers_in_what_is_signed_for_them():
    assert "streams" not in json.loads(signed_shell().document())
    allow()
    document = json.loads(signed_shell().document())
    assert document["streams"] == ["https://live.example.vn"]
    assert document["version"] == served().version


def test_the_stream_library_is_the_one_that_its_page_names_and_part_of_the_shell():
    said = (VENDOR / "README.md").read_text(encoding="utf-8")
    for name in ("hls.light.min.mjs", "hls.worker.js"):
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() in said
        assert f"vendor/hls/{name}" in player_web().shell


@pytest.mark.parametrize(
    ("reason", "said"),
    [("network", "không trả lời"), ("foreign", "máy chủ khác"), ("ended", "đã kết thúc"), ("back", "đã hiện trở lại")],
)
def test_an_official_reads_which_stream_died_why_and_what_to_do(reason: str, said: str):
    with override("vi"):
        told = tell("stream", {"host": "live.example.vn", "face": "a", "reason": reason})
    assert "live.example.vn" in told.text
    assert said in told.text
    assert bool(told.advice) == (reason != "back")


def test_every_reason_of_the_player_has_words_and_advice():
    source = "".join((ROOT / "src/stage" / name).read_text() for name in ("stream_layer.js", "stream_session.js"))
    known = set(re.findall(r'#(?:lose|fails)\("(\w+)"', source)) | {"network", "media", "silent", "ended"}
    assert known == set(STREAMS) == set(STREAM_ADVICE)
