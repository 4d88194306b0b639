"""Where on the form each error stands: by the names that Wagtail gives the inputs of cards, so that a script can write it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks import ListBlockValidationError, StreamBlockValidationError, StructBlockValidationError


@dataclass(frozen=True, slots=True)
class FieldError:
    """`name`: the input's, or the beginning of the names of a card's inputs."""

    name: str
    text: str


def errors_of(form: Any, data: Mapping[str, Any]) -> list[FieldError]:
    """Every error of a bound form, each card's at its own field; what is still empty is none while somebody writes."""
    found: list[FieldError] = []
    for name, errors in form.errors.as_data().items():
        field = form.fields.get(name)
        block = getattr(field, "block", None)
        for error in errors:
            if getattr(error, "code", "") == "required":
                continue
            if block is None:
                found += [FieldError(form.add_prefix(name), text) for text in error.messages]
            else:
                found += _of(error, block, form.add_prefix(name), data)
    return found


def _of(error: ValidationError, block: blocks.Block, prefix: str, data: Mapping[str, Any]) -> Iterator[FieldError]:
    if isinstance(error, StreamBlockValidationError) and isinstance(block, blocks.StreamBlock):
        yield from _own(error.non_block_errors, prefix)
        places = _places(prefix, data)
        for place, one in error.block_errors.items():
            kind = data.get(f"{places[place]}-type", "") if place < len(places) else ""
            if kind in block.child_blocks:
                yield from _each(one, block.child_blocks[kind], f"{places[place]}-value", data)
    elif isinstance(error, StructBlockValidationError) and isinstance(block, blocks.StructBlock):
        yield from _own(error.non_block_errors, prefix)
        for name, one in error.block_errors.items():
            yield from _each(one, block.child_blocks[name], f"{prefix}-{name}", data)
    elif isinstance(error, ListBlockValidationError) and isinstance(block, blocks.ListBlock):
        yield from _own(error.non_block_errors, prefix)
        places = _places(prefix, data)
        for place, one in _numbered(error.block_errors):
            if one is not None and place < len(places):
                yield from _each(one, block.child_block, f"{places[place]}-value", data)
    else:
        yield from (FieldError(prefix, text) for text in error.messages)


def _each(error: Any, block: blocks.Block, prefix: str, data: Mapping[str, Any]) -> Iterator[FieldError]:
    """Wagtail wraps some errors in a list."""
    for one in getattr(error, "data", None) or [error] if not isinstance(error, ValidationError) else [error]:
        yield from _of(one, block, prefix, data)


def _own(errors: Any, prefix: str) -> Iterator[FieldError]:
    for error in getattr(errors, "data", None) or errors or ():
        yield from (FieldError(prefix, text) for text in getattr(error, "messages", [str(error)]))


def _numbered(errors: Any) -> Iterator[tuple[int, Any]]:
    return iter(errors.items() if isinstance(errors, dict) else enumerate(errors))


def _places(prefix: str, data: Mapping[str, Any]) -> list[str]:
    """The prefixes of a stream's or list's rows in their order on the form, without those that were removed."""
    count = str(data.get(f"{prefix}-count", "0"))
    rows = [f"{prefix}-{number}" for number in range(int(count) if count.isdigit() else 0)]
    left = [row for row in rows if f"{row}-deleted" in data and not data[f"{row}-deleted"]]
    return sorted(left, key=lambda row: int(str(data.get(f"{row}-order") or "0")))
