"""The player's origin on the controller lets through what a player needs, and nothing else."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bangtin_kiosk.config import Config
from bangtin_kiosk.server import POLICY, Server, policy
from bangtin_kiosk.shell import Manifest, Shell, Shells, parse
from bangtin_kiosk.sources import Network
from bangtin_kiosk.trust import Refused
from bangtin_kiosk.update import take
from bangtin_kiosk.upstream import Upstream
from tests.kiosk.conftest import offer
from tests.player_web.fake_cms import FakeCms

PLAYER = {"index.html": b'<body data-version="{{version}}">', "service_worker.js": b"", "src/main.js": b"one"}


@pytest.fixture
def server(cms: FakeCms, config: Config, shells: Shells) -> Iterator[Server]:
    upstream = Upstream(config.cms)
    made = Server(upstream, cms.cluster, config.port, config.page)
    offer(cms, PLAYER)
    made.serve(take(shells, Network(upstream, cms.cluster)))
    made.start()
    cms.asked.clear()
    yield made
    made.stop()


def ask(
    server: Server, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    connection.request(method, path, body, {"Host": f"localhost:{server.port}", **headers})
    answer = connection.getresponse()
    found = answer.status, answer.read(), dict(answer.getheaders())
    connection.close()
    return found


def test_the_page_and_its_files_come_from_the_controller_itself(server: Server, cms: FakeCms) -> None:
    cms.stop()
    status, page, headers = ask(server, "/player/?seat=x")
    assert status == 200
    assert f'data-cms="http://127.0.0.1:{cms.port}/" data-version="{server.version}"'.encode() in page
    assert headers["Content-Security-Policy"] == policy(server.shells[server.version])
    status, code, headers = ask(server, f"/player/{server.version}/src/main.js")
    assert (status, code) == (200, b"one")
    assert headers["Content-Type"].startswith("text/javascript")
    assert ask(server, "/")[2]["Location"] == server.home
    assert cms.asked == []


def test_no_service_worker_keeps_copies_that_nobody_verifies(server: Server) -> None:
    assert ask(server, "/player/service_worker.js")[0] == 404
    assert ask(server, f"/player/{server.version}/service_worker.js")[0] == 404


def test_the_policy_is_the_one_that_the_cms_gives_its_player() -> None:
    from cms.players.views import POLICY as OURS

    ours = "; ".join(f"{name} {' '.join(values)}" for name, values in OURS.items())
    assert ours == POLICY.format(reached="'self'") == policy(Shell(Manifest("0123456789ab", {}), {}))


def test_the_page_reaches_the_servers_of_streams_that_its_signed_manifest_names() -> None:
    signed = {
        "format": 1,
        "version": "0123456789ab",
        "files": {"index.html": {"bytes": 0, "sha256": "0" * 64, "type": "text/html"}},
    }
    manifest = parse(json.dumps({**signed, "streams": ["https://live.example.vn:8443"]}).encode())
    assert "connect-src 'self' https://live.example.vn:8443; worker-src" in policy(Shell(manifest, {}))
    for wrong in ("https://*", "*", "https://a.vn; script-src *", "http://a.vn", 1):
        with pytest.raises(Refused):
            parse(json.dumps({**signed, "streams": [wrong]}).encode())


def test_the_public_tree_and_the_players_api_go_on_to_the_cms(server: Server, cms: FakeCms) -> None:
    chunk = next(path for path in cms.files if path.startswith("store/"))
    for path in (f"releases/{cms.cluster}/metadata/timestamp.json", cms.metadata_path("targets"), chunk):
        assert ask(server, f"/{path}")[:2] == (200, cms.files[path])
    status, said, _ = ask(server, "/api/player/v1/time")
    assert status == 200
    assert "now" in json.loads(said)
    status, said, _ = ask(server, "/api/player/v1/heartbeat", "POST", b"{}", **{"X-Bangtin-Key": "nobody"})
    assert status == 401
    assert json.loads(said)["error"] == "unknown_key"


FORBIDDEN = [
    "/admin/",
    "/api/player/v1/../../../admin/",
    "/api/player/v1/%2e%2e/x",
    "/releases/ta-lung/metadata/timestamp.json",
    "/releases/tinh-bien/metadata/../../x.json",
    "/store/ab/" + "cd" * 32,
    "/media/x.png",
    "/player/../../etc/passwd",
    "/metrics",
    "http://127.0.0.1:1/x",
]


@pytest.mark.parametrize("path", FORBIDDEN)
def test_nothing_else_does(path: str, server: Server, cms: FakeCms) -> None:
    assert ask(server, path)[0] == 404
    assert ask(server, path, "POST", b"{}")[0] == 405
    assert cms.asked == []


def test_cookies_and_other_headers_stay_here(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}
    before = FakeCms.answer

    def answer(self: FakeCms, method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
        seen.update(headers.items())
        return before(self, method, path, headers, body)

    monkeypatch.setattr(FakeCms, "answer", answer)
    ask(server, "/api/player/v1/time", Cookie="sessionid=1", Authorization="x", **{"X-Bangtin-Time": "5"})
    assert seen["X-Bangtin-Time"] == "5"
    assert not {"Cookie", "Authorization"} & set(seen)


@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_other_origins_are_sent_away(header: dict[str, str], server: Server, cms: FakeCms) -> None:
    assert ask(server, "/api/player/v1/time", **header)[0] == 403
    assert ask(server, "/player/", **header)[0] == 403
    assert cms.asked == []


def test_a_body_is_bounded(server: Server, cms: FakeCms) -> None:
    assert ask(server, "/api/player/v1/events", "POST", bytes(256 * 1024 + 1))[0] == 413
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    connection.request("POST", "/api/player/v1/events", iter([b"{}"]), {"Host": f"localhost:{server.port}"})
    assert connection.getresponse().status == 411
    assert cms.asked == []


def test_a_cms_that_is_away_is_told_at_once(server: Server, cms: FakeCms) -> None:
    cms.stop()
    began = time.monotonic()
    for _ in range(20):
        status, said, _ = ask(server, "/api/player/v1/time")
        assert (status, json.loads(said)) == (504, {"error": "offline"})
    assert time.monotonic() - began < 3
    assert ask(server, "/player/")[0] == 200


def test_an_answer_that_breaks_off_is_not_passed_off_as_whole(
    server: Server, cms: FakeCms, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.player_web import fake_cms

    def half(self: Any) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    monkeypatch.setattr(fake_cms._Handler, "_answer", half)
    with pytest.raises(http.client.IncompleteRead):
        ask(server, f"/releases/{cms.cluster}/metadata/timestamp.json")


def test_compressed_answers_pass_as_they_are_and_redirects_do_not(
    server: Server, cms: FakeCms, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.player_web import fake_cms

    packed = gzip.compress(b"{}")

    def answer(self: Any) -> None:
        redirect = self.path.endswith("/time")
        self.send_response(302 if redirect else 200)
        self.send_header("Location", "http://evil.example/")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)

    monkeypatch.setattr(fake_cms._Handler, "_answer", answer)
    path = f"/releases/{cms.cluster}/metadata/timestamp.json"
    status, data, headers = ask(server, path, **{"Accept-Encoding": "gzip"})
    assert (status, data, headers["Content-Encoding"]) == (200, packed, "gzip")
    status, _, headers = ask(server, "/api/player/v1/time")
    assert status == 502
    assert "Location" not in headers


def test_without_a_player_the_screen_says_what_to_do(server: Server) -> None:
    server.serve(None)
    server.serve(None)
    status, page, _ = ask(server, "/player/")
    assert status == 200
    assert re.search(r"bangtin-kiosk doctor", page.decode())
