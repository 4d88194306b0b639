"""Chrome's DevTools protocol over a pipe: no port that another program on the machine could open."""

from __future__ import annotations

import itertools
import json
import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Listener = Callable[[str, dict[str, Any], str], None]
MESSAGE_BYTES = 64 * 1024 * 1024


class Failed(Exception):
    """The browser did not answer in time, answered with an error, or is gone."""


class Pipe:
    """`call()` from any thread; `listener(method, params, session)` runs in the reader's thread and must be quick."""

    def __init__(self, to_browser: int, from_browser: int, listener: Listener) -> None:
        """Takes over both file descriptors."""
        self._out, self._in, self._listener = to_browser, from_browser, listener
        self._numbers = itertools.count(1)
        self._waiting: dict[int, queue.SimpleQueue[dict[str, Any] | None]] = {}
        self._lock = threading.Lock()
        self._closed = False
        threading.Thread(target=self._read, name="cdp", daemon=True).start()

    def call(
        self, method: str, params: dict[str, Any] | None = None, *, session: str = "", timeout: float = 5
    ) -> dict[str, Any]:
        """One command and its result; `timeout` in seconds. Raises Failed."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        answer: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        with self._lock:
            if self._closed:
                raise Failed("the browser is gone")
            self._waiting[number] = answer
        try:
            self._send(json.dumps(message).encode() + b"\0")
            said = answer.get(timeout=timeout)
        except queue.Empty:
            raise Failed(f"{method}: no answer in {timeout} s") from None
        except OSError as error:
            raise Failed(f"{method}: {error}") from error
        finally:
            with self._lock:
                self._waiting.pop(number, None)
        if said is None:
            raise Failed(f"{method}: the browser is gone")
        if "error" in said:
            raise Failed(f"{method}: {said['error'].get('message')}")
        result: dict[str, Any] = said.get("result", {})
        return result

    def post(self, method: str, params: dict[str, Any] | None = None, *, session: str = "") -> None:
        """A command whose answer does not matter; may be used from the listener."""
        message: dict[str, Any] = {"id": next(self._numbers), "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        with suppress(OSError):
            self._send(json.dumps(message).encode() + b"\0")

    def close(self) -> None:
        """Whoever waits for an answer is told that there will be none."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            waiting = list(self._waiting.values())
        os.close(self._out)
        for one in waiting:
            one.put(None)

    def _send(self, data: bytes) -> None:
        with self._lock:
            if self._closed:
                raise BrokenPipeError("closed")
            view = memoryview(data)
            while view:
                view = view[os.write(self._out, view) :]

    def _read(self) -> None:
        held = bytearray()
        with suppress(OSError):
            while piece := os.read(self._in, 256 * 1024):
                held += piece
                while (end := held.find(0)) >= 0:
                    self._take(bytes(held[:end]))
                    del held[: end + 1]
                if len(held) > MESSAGE_BYTES:
                    break
        os.close(self._in)
        self.close()

    def _take(self, data: bytes) -> None:
        try:
            message = json.loads(data)
        except ValueError:
            return
        if "id" in message:
            with self._lock:
                waiting = self._waiting.get(message["id"])
            if waiting:
                waiting.put(message)
        else:
            self._listener(message.get("method", ""), message.get("params", {}), message.get("sessionId", ""))
