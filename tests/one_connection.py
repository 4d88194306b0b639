"""One thread at a time in the tests' database.

Django lends the test's connection to the threads of the live server when the database lies in memory. SQLite keeps a mutex for a
connection, Python one for itself: a thread that looks at a row holds Python's and waits for SQLite's, while another one, whose query
calls a function of ours or Django's (`match`, dates), holds SQLite's and waits for Python's. Both wait for ever. In service every
thread has a connection of its own."""

from __future__ import annotations

import threading
from typing import Any

from django.db.backends.sqlite3.base import SQLiteCursorWrapper

from cms.runtime.sqlite3.base import DatabaseWrapper

_turn = threading.RLock()


class OneAtATime(SQLiteCursorWrapper):
    def execute(self, query: str, params: Any = None) -> Any:
        with _turn:
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with _turn:
            return super().executemany(query, param_list)

    def fetchone(self) -> Any:
        with _turn:
            return super().fetchone()

    def fetchmany(self, *size: int) -> Any:
        with _turn:
            return super().fetchmany(*size)

    def fetchall(self) -> Any:
        with _turn:
            return super().fetchall()

    def __next__(self) -> Any:
        with _turn:
            return super().__next__()


def take_turns() -> None:
    """From now on, for every connection of this process."""

    def create_cursor(self: DatabaseWrapper, name: str | None = None) -> Any:
        return self.connection.cursor(factory=OneAtATime)

    DatabaseWrapper.create_cursor = create_cursor  # type: ignore[method-assign]
