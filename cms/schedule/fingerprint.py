"""`fingerprint()`: a name for everything that a schedule depends on. Equal names: the compiler would make the same document.

In the canonical form a dataclass is the tuple of its fields, nested ones laid flat. Fields are found by their types, so one that
is added later cannot be forgotten, and one of a type that nobody thought of fails at the first use. What reads them is put
together once; a busy cluster holds some ten thousand layers. `marshal` writes it: its version 2 is the same since Python 2.5,
and without references equal values give equal bytes. Were that to change, all would be compiled once more, and no more than that.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from itertools import islice
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from cms.schedule.inputs import ScheduleInputs

COMPILER = 1
"""Raise it with every change after which the compiler makes another document, or other remarks, of the same inputs: clusters are
compiled anew when it differs. `tests/schedule/test_fingerprint.py` notices such a change."""
FORMAT = 1
LEFT_OUT = frozenset({"valid_from_ms"})
"""Fields of `ScheduleInputs` that do not count: nothing that is shown depends on when the document takes effect."""
MARSHAL, PIECE = 2, 100

Convert = Callable[[Any], Any]


def fingerprint(inputs: ScheduleInputs) -> str:
    """SHA-256 (lower-case, hexadecimal) over everything in `inputs` but `valid_from_ms`, the compiler's version and the format's.
    The order of slots, and of any mapping or set, does not matter. Raises TypeError for a type that has no canonical form."""
    digest = hashlib.sha256(_bytes((COMPILER, FORMAT)))
    hints = get_type_hints(ScheduleInputs)
    for field in fields(ScheduleInputs):
        if field.name not in LEFT_OUT:
            digest.update(_bytes(field.name))
            for piece in _pieces(field.name, hints[field.name], getattr(inputs, field.name)):
                digest.update(_bytes(piece))
    return digest.hexdigest()


def _pieces(name: str, hint: Any, value: Any) -> Iterator[Any]:
    """A field's canonical form, bit by bit: what is made and dropped at once costs the garbage collector little."""
    convert = _converter(hint) or (lambda same: same)
    if name == "slots":
        value = sorted(value, key=attrgetter("id"))
    elif isinstance(value, Mapping):
        convert, value = _of_entries(*get_args(hint)), sorted(value.items())
    if not isinstance(value, list | tuple):
        yield convert(value)
        return
    entries = iter(value)
    while piece := list(islice(entries, PIECE)):
        yield convert(piece)


def _bytes(plain: Any) -> bytes:
    try:
        return marshal.dumps(plain, MARSHAL)
    except ValueError:
        return marshal.dumps(_exact(plain), MARSHAL)


def _exact(plain: Any) -> Any:
    """The same, without the subclasses of texts and numbers (members of an enumeration) that `marshal` refuses."""
    if isinstance(plain, tuple | list):
        return type(plain)(map(_exact, plain))
    for kind in (bool, int, float, str):
        if isinstance(plain, kind):
            return kind.__str__(plain) if kind is str else kind(plain)
    return plain


@cache
def _converter(hint: Any) -> Convert | None:
    """Makes the canonical form of a value of this type; None when it is that already."""
    if hint in (str, int, bool, NoneType) or get_origin(hint) is Literal:
        return None
    if hint is float:
        return float  # 200 and 200.0 are equal
    if hint is date:
        return date.isoformat
    if is_dataclass(hint):
        return _of_dataclass(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is tuple:
        return _of_tuple(inner)
    if origin is frozenset:
        each = _converter(inner[0])
        return (lambda value: sorted(map(each, value))) if each else sorted
    if origin is Mapping:
        entries = _of_entries(*inner)
        return lambda value: entries(sorted(value.items()))
    if origin in (Union, UnionType) and len(inner) == 2 and NoneType in inner:
        some = _converter(inner[0] if inner[1] is NoneType else inner[1])
        return (lambda value: None if value is None else some(value)) if some else None
    raise TypeError(f"a value of type {hint} has no canonical form")


def _of_dataclass(kind: Any) -> Convert:
    found = list(_flat(kind))
    read = attrgetter(*(name for name, _ in found)) if len(found) > 1 else _alone(found[0][0])
    odd = [(place, convert) for place, (_, hint) in enumerate(found) if (convert := _converter(hint))]
    if not odd:
        return read

    def convert_fields(value: Any) -> list[Any]:
        values = list(read(value))
        for place, convert in odd:
            values[place] = convert(values[place])
        return values

    return convert_fields


def _alone(name: str) -> Convert:
    return lambda value: (getattr(value, name),)


def _flat(kind: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names and types of a dataclass's fields, those of the dataclasses within in their place."""
    hints = get_type_hints(kind)
    for field in fields(kind):
        if is_dataclass(hints[field.name]):
            yield from _flat(hints[field.name], f"{prefix}{field.name}.")
        else:
            yield prefix + field.name, hints[field.name]


def _of_tuple(inner: tuple[Any, ...]) -> Convert | None:
    if len(inner) == 2 and inner[1] is Ellipsis:
        each = _converter(inner[0])
        return (lambda value: [*map(each, value)]) if each else None
    converts = [_converter(one) for one in inner]
    if not any(converts):
        return None
    return lambda value: [convert(one) if convert else one for convert, one in zip(converts, value, strict=True)]


def _of_entries(key: Any, held: Any) -> Convert:
    """Of a mapping's entries, sorted already."""
    name, each = _converter(key), _converter(held)
    if name is None and each is not None:
        return lambda entries: [(one, each(value)) for one, value in entries]
    return lambda entries: [(name(one) if name else one, each(value) if each else value) for one, value in entries]
