"""Hints for players, `GET /api/player/v1/hints?cluster=<slug>`: server-sent events that say that there is something newer, nothing else.

An ASGI application beside Django's: an open connection is a coroutine and holds no thread. Each process has one subscription in Redis
and fans out. Who is refused, or hears nothing, polls as before; what a hint says is not trusted."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import random
import re
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import redis.asyncio
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from redis.exceptions import RedisError

from cms.players import limits
from cms.release.hints import CHANNEL

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = "/api/player/v1/hints"
HEARTBEAT_S = 20.0
LIFE_S = 600.0
"""A connection is closed after this long (± 10 %), so that a server that is replaced gets rid of its players, not all at once."""
RETRY_S = 60
CLUSTER = re.compile(r"[-a-zA-Z0-9_]{1,60}")
LONGEST_WAIT_S = 30.0


class Line:
    """One player's connection. Of several hints only the newest counts, so a slow reader costs no memory."""

    __slots__ = ("ended", "told", "version")

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.version = 0
        self.ended = False

    def tell(self, version: int) -> None:
        self.version = version
        self.told.set()

    def end(self) -> None:
        self.ended = True
        self.told.set()


class Hints:
    """`most`: connections of this process; `most_each`: those from one network address."""

    def __init__(self, *, most: int, most_each: int, heartbeat_s: float = HEARTBEAT_S, life_s: float = LIFE_S) -> None:
        self.most, self.most_each = most, most_each
        self.heartbeat_s, self.life_s = heartbeat_s, life_s
        self.lines: dict[str, set[Line]] = {}
        self.askers: Counter[str] = Counter()
        self._listener: asyncio.Task[None] | None = None
        self._closed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cluster = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("cluster", [""])[0]
        if scope["method"] != "GET":
            return await _refuse(send, 405, "method")
        if not CLUSTER.fullmatch(cluster):
            return await _refuse(send, 400, "cluster")
        if self._closed:
            return await _refuse(send, 503, "stopping")
        asker = limits.network(ASGIRequest(dict(scope), io.BytesIO()))
        if self.askers.total() >= self.most or self.askers[asker] >= self.most_each:
            return await _refuse(send, 429, "too_often")
        line = Line()
        self.askers[asker] += 1
        self.lines.setdefault(cluster, set()).add(line)
        try:
            self._listen()
            await self._serve(line, receive, send)
        finally:
            self.askers[asker] -= 1
            self.askers += Counter()  # forgets who has none left
            self.lines[cluster].discard(line)
            if not self.lines[cluster]:
                del self.lines[cluster]

    async def _serve(self, line: Line, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + self.life_s * random.uniform(0.9, 1.1)  # noqa: S311 - nobody gains by guessing it
        await _start(send, 200, b"text/event-stream", (b"x-accel-buffering", b"no"))
        gone = asyncio.ensure_future(_gone(receive))
        data = b": hello\n\n"
        try:
            while not gone.done():
                await _body(send, data, more=True)
                left = min(self.heartbeat_s, ends - loop.time())
                if left <= 0:
                    break
                told = asyncio.ensure_future(line.told.wait())
                await asyncio.wait({gone, told}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                told.cancel()
                data = b": still here\n\n"
                if line.ended:
                    break
                if line.told.is_set():
                    line.told.clear()
                    data = b"data: %d\n\n" % line.version
            if not gone.done():
                await _body(send, b"", more=False)
        except OSError:  # it went away while it was told something
            return
        finally:
            gone.cancel()

    def close(self) -> None:
        """End every line, and take no more."""
        self._closed = True
        for lines in self.lines.values():
            for line in lines:
                line.end()

    def _close_with(self, loop: asyncio.AbstractEventLoop) -> None:
        """A server that is told to stop waits until its answers have ended. The loop hears of signals by its own way, so a
        handler beside it takes nothing away."""

        def handler(before: Any) -> Callable[[int, Any], None]:
            def ending(number: int, frame: Any) -> None:
                with suppress(RuntimeError):  # the loop has gone already
                    loop.call_soon_threadsafe(self.close)
                before(number, frame)

            return ending

        for number in (signal.SIGTERM, signal.SIGINT):
            before = signal.getsignal(number)
            if callable(before):
                with suppress(ValueError):  # only a main thread may
                    signal.signal(number, handler(before))

    # --- what Redis says ------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        """One subscription a process, from its first player on."""
        if self._listener is None:
            self._close_with(asyncio.get_running_loop())
        if self._listener is None or self._listener.done():
            self._listener = asyncio.ensure_future(self._heard())

    async def _heard(self) -> None:
        wait = 1.0
        while True:
            try:
                async with (
                    redis.asyncio.Redis.from_url(
                        settings.REDIS_URL, health_check_interval=15, socket_connect_timeout=5
                    ) as connection,
                    connection.pubsub(ignore_subscribe_messages=True) as channel,
                ):
                    await channel.subscribe(CHANNEL)
                    wait = 1.0
                    while True:
                        message = await channel.get_message(timeout=10)
                        if message is not None:
                            self.fan_out(message["data"])
            except (RedisError, OSError) as error:
                log.warning("No hints for now: %s", error)
                await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311
                wait = min(LONGEST_WAIT_S, wait * 2)

    def fan_out(self, message: bytes) -> None:
        """Tell the players of a cluster. What cannot be read is nobody's hint."""
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(message)
            version = int(said["version"])
            for line in self.lines.get(said["cluster"], ()):
                line.tell(version)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: Send, status: int, type_: bytes, *more: tuple[bytes, bytes]) -> None:
    headers = [
        (b"content-type", type_),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _body(send: Send, data: bytes, *, more: bool) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": more})


async def _refuse(send: Send, status: int, error: str) -> None:
    await _start(send, status, b"application/json", (b"retry-after", str(RETRY_S).encode()))
    await _body(send, json.dumps({"error": error}).encode(), more=False)


def beside(django: Callable[..., Awaitable[None]], hints: Application) -> Application:
    """Django's application, with hints answered by their own."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = hints if scope["type"] == "http" and scope["path"] == PATH else django
        await chosen(scope, receive, send)

    return application
