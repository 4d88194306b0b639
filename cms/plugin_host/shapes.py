"""Checks a value against the type that a dataclass of `cms.plugin_api.types` declares, field by field, all the way down."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from cms.plugin_host.problems import Nonsense


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def check(value: Any, expected: Any, where: str) -> None:
    """Raise `Nonsense` naming the first place where `value` is not of the type `expected`."""
    if expected is Any:
        return
    origin = get_origin(expected)
    if origin is Literal:
        allowed = get_args(expected)
        # `True == 1`, so the types are compared too.
        if not any(type(value) is type(one) and value == one for one in allowed):
            raise Nonsense(f"{where}: expected one of {', '.join(map(repr, allowed))}, got {value!r}.")
    elif origin in (Union, types.UnionType):
        _check_union(value, expected, where)
    elif origin is tuple:
        _check_tuple(value, get_args(expected), where)
    elif origin is not None and issubclass(origin, Mapping):
        _check_mapping(value, get_args(expected), where)
    elif origin is not None and issubclass(origin, Sequence):
        if not isinstance(value, (list, tuple)):
            raise Nonsense(f"{where}: expected a list or tuple, got {_kind(value)}.")
        for index, one in enumerate(value):
            check(one, get_args(expected)[0], f"{where}[{index}]")
    elif dataclasses.is_dataclass(expected):
        _check_dataclass(value, expected, where)
    else:
        _check_plain(value, expected, where)


def _kind(value: Any) -> str:
    return "None" if value is None else type(value).__name__


def _check_union(value: Any, expected: Any, where: str) -> None:
    members = get_args(expected)
    if value is None and type(None) in members:
        return
    members = tuple(one for one in members if one is not type(None))
    if len(members) == 1:
        check(value, members[0], where)
        return
    for one in members:
        try:
            check(value, one, where)
        except Nonsense:
            continue
        return
    raise Nonsense(f"{where}: {_kind(value)} is none of the types allowed.")


def _check_tuple(value: Any, members: tuple[Any, ...], where: str) -> None:
    if not isinstance(value, tuple):
        raise Nonsense(f"{where}: expected a tuple, got {_kind(value)}.")
    if len(members) == 2 and members[1] is Ellipsis:
        for index, one in enumerate(value):
            check(one, members[0], f"{where}[{index}]")
        return
    if len(value) != len(members):
        raise Nonsense(f"{where}: expected {len(members)} values, got {len(value)}.")
    for index, (one, member) in enumerate(zip(value, members, strict=True)):
        check(one, member, f"{where}[{index}]")


def _check_mapping(value: Any, members: tuple[Any, ...], where: str) -> None:
    if not isinstance(value, Mapping):
        raise Nonsense(f"{where}: expected a mapping, got {_kind(value)}.")
    for key, one in value.items():
        check(key, members[0], f"{where} key {key!r}")
        check(one, members[1], f"{where}[{key!r}]")


def _check_dataclass(value: Any, expected: Any, where: str) -> None:
    if not isinstance(value, expected):
        raise Nonsense(f"{where}: expected {expected.__name__}, got {_kind(value)}.")
    hints = _hints(expected)
    for field in dataclasses.fields(expected):
        check(getattr(value, field.name), hints[field.name], f"{where}.{field.name}")


def _check_plain(value: Any, expected: Any, where: str) -> None:
    ok = isinstance(value, expected)
    if expected in (int, float) and isinstance(value, bool):
        ok = False
    elif expected is float and isinstance(value, int):
        ok = not isinstance(value, bool)
    elif expected is date and isinstance(value, datetime):
        ok = False
    if not ok:
        raise Nonsense(f"{where}: expected {getattr(expected, '__name__', expected)}, got {_kind(value)}.")
