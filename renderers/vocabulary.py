"""The words that line and page breaks mind (`words.toml`), ready for use."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("words.toml")


@cache
def _file() -> dict[str, dict[str, str]]:
    return tomllib.loads(unicodedata.normalize("NFC", _FILE.read_text(encoding="utf-8")))


@cache
def words(kind: str, *languages: str) -> frozenset[str]:
    """The entries of a list in some languages (none named: in all). Raises KeyError for a list the file has not."""
    lists = _file()[kind]
    found = (lists.get(language, "") for language in (languages or lists))
    return frozenset(word for one in found for word in _split(one))


def _split(entries: str) -> list[str]:
    parts = entries.replace("\n", "").split("|") if "|" in entries else entries.split()
    return [part.strip() for part in parts if part.strip()]
