"""Feeds: numbers and fixed words that others publish, which screens set from approved atlases of glyphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cms.plugin_api.types.values import NO_TEXT, Text


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document said: a number or a fixed word, and since when it is true (aware; None: since it was fetched)."""

    value: float | str
    at: datetime | None = None


Parse = Callable[[bytes, str], Reading]
"""A document (at most 1 MiB) and its media type to a reading. Raises anything: the reason is shown to the people in charge."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A live value that the CMS can fetch by itself, once a province switched it on.

    `name` is that of the live value (small letters, digits, _), which cards refer to. `url`: where the document lies by default,
    HTTPS; "" when an administrator must give an address first (`help` says which). Feeds with one address share one request.
    `minimum` … `maximum`: what a number may be. `largest_change`: how far a reading may be from the one before while that one
    still holds. `words`: what a word may be. `every_min`: how often to ask; `max_age_min`: how long a reading holds."""

    name: str
    label: Text
    parse: Parse
    url: str = ""
    unit: str = ""
    kind: Literal["number", "word"] = "number"
    minimum: float = 0.0
    maximum: float = 0.0
    largest_change: float = 0.0
    words: tuple[str, ...] = ()
    every_min: int = 30
    max_age_min: int = 24 * 60
    help: Text = NO_TEXT
