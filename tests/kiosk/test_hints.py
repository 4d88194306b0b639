"""Hints pass through the controller as they come, and take no place from what a player fetches."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator

import pytest

from bangtin_kiosk.config import Config
from bangtin_kiosk.server import HINTS, LINES, Server
from bangtin_kiosk.upstream import Upstream
from tests.player_web.fake_cms import FakeCms


@pytest.fixture
def server(cms: FakeCms, config: Config) -> Iterator[Server]:
    made = Server(Upstream(config.cms), cms.cluster, config.port, config.page)
    made.start()
    yield made
    made.stop()


def line(server: Server, query: str = "") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    connection.request("GET", HINTS + query, headers={"Host": f"localhost:{server.port}"})
    return connection.getresponse()


def test_a_hint_is_passed_on_at_once(server: Server, cms: FakeCms) -> None:
    cms.hints = True
    answer = line(server, "?cluster=somebody-elses")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert answer.readline() == b": hello\n"
    answer.readline()
    cms.hint()
    assert answer.readline() == b"data: %d\n" % cms.versions["timestamp"]
    assert cms.queries == [f"cluster={cms.cluster}"]


def test_open_lines_take_no_place_from_what_a_player_fetches(server: Server, cms: FakeCms) -> None:
    cms.hints = True
    server.slots = threading.BoundedSemaphore(1)
    held = [line(server) for _ in range(LINES)]
    assert {answer.readline() for answer in held} == {b": hello\n"}
    assert line(server).status == 503
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    connection.request(
        "GET", f"/releases/{cms.cluster}/metadata/1.root.json", headers={"Host": f"localhost:{server.port}"}
    )
    assert connection.getresponse().status == 200


def test_a_cms_without_hints_says_so(server: Server) -> None:
    assert line(server).status == 204
