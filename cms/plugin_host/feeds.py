"""What feeds must satisfy beyond their types before any of them is offered."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from cms.plugin_api.types import Feed
from cms.plugin_host.problems import Nonsense
from cms.plugin_host.shapes import check

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
LARGEST = 10**12
MINUTES = {"every_min": (5, 7 * 24 * 60), "max_age_min": (5, 366 * 24 * 60)}
MOST_WORDS, LONGEST_WORD = 20, 40


def check_feeds(result: Any) -> None:
    """Raise `Nonsense` naming the first feed, and what of it, that cannot be."""
    check(result, Sequence[Any], "result")
    names: set[str] = set()
    for index, one in enumerate(result):
        where = f"result[{index}]"
        _check_types(one, where)
        if one.name in names:
            raise Nonsense(f"{where}.name: {one.name!r} occurs twice.")
        names.add(one.name)
        _check_facts(one, f"{where} {one.name}")


def _check_types(one: Any, where: str) -> None:
    if not isinstance(one, Feed):
        raise Nonsense(f"{where}: expected Feed, got {type(one).__name__}.")
    if not callable(one.parse):
        raise Nonsense(f"{where}.parse: must be a function of a document and its media type.")
    types: dict[str, Any] = {
        "name": str,
        "url": str,
        "unit": str,
        "words": tuple[str, ...],
        "every_min": int,
        "max_age_min": int,
    }
    types |= dict.fromkeys(("minimum", "maximum", "largest_change"), float)
    for name, expected in types.items():
        check(getattr(one, name), expected, f"{where}.{name}")
    if one.kind not in ("number", "word"):
        raise Nonsense(f"{where}.kind: expected one of 'number', 'word', got {one.kind!r}.")


def _check_facts(one: Feed, where: str) -> None:
    if not NAME.match(one.name):
        raise Nonsense(
            f"{where}: a name has small letters, digits and _, begins with a letter, and at most 40 of them."
        )
    if not (one.label.vi.strip() and one.label.en.strip()):
        raise Nonsense(f"{where}.label: needs a Vietnamese and an English text.")
    if len(one.unit) > 20 or len(one.label.vi) > 120:
        raise Nonsense(f"{where}: the unit has at most 20 letters, the label 120.")
    if one.url and not (urlsplit(one.url).scheme == "https" and urlsplit(one.url).hostname):
        raise Nonsense(f"{where}.url: {one.url!r} is no HTTPS address.")
    for name, (least, most) in MINUTES.items():
        if not least <= getattr(one, name) <= most:
            raise Nonsense(f"{where}.{name}: {getattr(one, name)} is not within {least} … {most}.")
    if one.every_min >= one.max_age_min:
        raise Nonsense(f"{where}: a reading must hold for longer than until the next ({one.every_min} min).")
    if one.kind == "word":
        if not 2 <= len(one.words) <= MOST_WORDS or any(not 0 < len(word) <= LONGEST_WORD for word in one.words):
            raise Nonsense(f"{where}.words: 2 to {MOST_WORDS} words of at most {LONGEST_WORD} letters.")
        return
    bounds = (one.minimum, one.maximum, one.largest_change)
    if not all(math.isfinite(bound) and abs(bound) < LARGEST for bound in bounds):
        raise Nonsense(f"{where}: the bounds must be numbers below {LARGEST}.")
    if not (one.minimum < one.maximum and one.largest_change > 0):
        raise Nonsense(f"{where}: the minimum lies below the maximum, and the largest change is above 0.")
