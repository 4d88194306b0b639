"""Sample words of an item to start from: in square brackets, until a person replaces them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

SAMPLE = re.compile(r"\[[^\[\]\n]{1,120}\]")


def sample_words(body: Any) -> list[str]:
    """What is still to be replaced in the words of cards, each once, in their order."""
    return list(dict.fromkeys(text for card in body or () for text in _marked(card.value)))


def _marked(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from SAMPLE.findall(value)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _marked(one)
    elif isinstance(value, list | tuple) or hasattr(value, "bound_blocks"):
        for one in value:
            yield from _marked(one)
