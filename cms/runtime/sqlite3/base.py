"""Django's SQLite, but that searches ignore the case of every letter, not of ASCII alone: “cửa khẩu” finds “CỬA KHẨU”, as on PostgreSQL.

SQLite's LIKE folds ASCII only. `icontains`, `istartswith`, `iendswith` and `iexact` use the operator MATCH here, which SQLite leaves
to a function of the program (https://sqlite.org/lang_expr.html#match); a full-text table keeps its own. `contains`, `startswith` and
so the tree of pages stay with the fast built-in LIKE."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

ANY_CASE = ("iexact", "icontains", "istartswith", "iendswith")


class DatabaseWrapper(base.DatabaseWrapper):
    operators = base.DatabaseWrapper.operators | dict.fromkeys(ANY_CASE, "MATCH %s")

    def get_new_connection(self, conn_params: Any) -> Any:
        made = super().get_new_connection(conn_params)
        made.create_function("match", 2, match, deterministic=True)
        return made


def match(pattern: Any, value: Any) -> bool | None:
    """Whether a value is like a pattern (% for any text, _ for any character, after a backslash for themselves), whatever the case of
    either; None where one is NULL."""
    if pattern is None or value is None:
        return None
    return _matcher(str(pattern))(str(value).casefold())


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> Callable[[str], bool]:
    """Decides about casefolded text. What Django asks most, plain text between two %, needs no regular expression."""
    pieces = list(_pieces(pattern))
    if len(pieces) > 1 and pieces[0] == pieces[-1] == "%" and not {"%", "_"} & set(pieces[1:-1]):
        wanted = "".join(one[1:] for one in pieces[1:-1]).casefold()
        return lambda text: wanted in text
    wild = {"%": ".*", "_": "."}
    regex = re.compile("".join(wild.get(one) or re.escape(one[1:].casefold()) for one in pieces), re.DOTALL)
    return lambda text: regex.fullmatch(text) is not None


def _pieces(pattern: str) -> list[str]:
    """`%` and `_` where they stand for others, and every other character after a backslash."""
    found, rest = [], iter(pattern)
    for one in rest:
        if one == "\\":
            found.append(one + next(rest, ""))
        else:
            found.append(one if one in "%_" else "\\" + one)
    return found
