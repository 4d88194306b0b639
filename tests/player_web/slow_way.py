"""A slow network between a player and its CMS: everything that passes is delayed, each way by a delay of its own or by the same."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable
from typing import Any

Delays = Callable[[random.Random], tuple[float, float]]
"""One exchange's delays there and back, seconds."""


def symmetric(middle: float, spread: float) -> Delays:
    """The same each way: `middle` ± `spread`, another one for each exchange."""

    def draw(chance: random.Random) -> tuple[float, float]:
        delay = chance.uniform(middle - spread, middle + spread)
        return delay, delay

    return draw


def independent(middle: float, spread: float) -> Delays:
    """Each way varies by itself around the same middle."""
    return lambda chance: (
        chance.uniform(middle - spread, middle + spread),
        chance.uniform(middle - spread, middle + spread),
    )


def lopsided(there: float, back: float) -> Delays:
    """Longer on one way than on the other, always."""
    return lambda _chance: (there, back)


class SlowWay:
    """Listens on `port` and passes on to another port of this machine. The order within a connection is kept; connections are
    independent of one another. After `stop()` it is over."""

    def __init__(self, to: int, delays: Delays, seed: int = 1) -> None:
        self.to, self.delays = to, delays
        self.port = 0
        self._chance = random.Random(seed)  # noqa: S311
        self._loop = asyncio.new_event_loop()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> SlowWay:
        ready = threading.Event()

        async def serve() -> None:
            server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()

        def run() -> None:
            self._loop.create_task(serve())
            self._loop.run_forever()

        threading.Thread(target=run, daemon=True).start()
        ready.wait(10)
        return self

    def stop(self) -> None:
        async def end() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            self._loop.stop()

        asyncio.run_coroutine_threadsafe(end(), self._loop)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.close()
            return
        exchange = {"asking": False, "delays": (0.0, 0.0)}
        ways = [
            self._carry(reader, far_writer, exchange, asks=True),
            self._carry(far_reader, writer, exchange, asks=False),
        ]
        with contextlib.suppress(asyncio.CancelledError):  # the way is closed
            await asyncio.gather(*ways)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, exchange: dict[str, Any], *, asks: bool
    ) -> None:
        """One way of one connection. A question after an answer begins an exchange with delays of its own."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, data = await waiting.get()
                await asyncio.sleep(max(0, due - self._loop.time()))
                with contextlib.suppress(OSError):
                    if not data:
                        writer.close()
                        return
                    writer.write(data)
                    await writer.drain()

        delivering = self._loop.create_task(deliver())
        last = 0.0
        while True:
            try:
                data = await reader.read(1 << 16)
            except OSError:
                data = b""
            if asks and not exchange["asking"]:
                exchange["delays"] = self.delays(self._chance)
            exchange["asking"] = asks
            last = max(last, self._loop.time() + exchange["delays"][0 if asks else 1])
            waiting.put_nowait((last, data))
            if not data:
                break
        await delivering
