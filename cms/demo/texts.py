"""The demo's items as data: `content/<province>.toml`, one table an item, every text by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
Words = Mapping[str, str]
_OWN = ("type", "picture", "clip")


@dataclass(frozen=True, slots=True)
class DemoCard:
    """`texts` maps a block's field (`heading`, `text`, `rows`, …) to its wording by language; `rest` holds the fields that are the
    same in all (`url`, `day`, …); `lists` the rows of fields that have some (`pictures`, `live`), each like a card."""

    type: str
    media: str
    texts: Mapping[str, Words]
    rest: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[DemoCard, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoItem:
    slug: str
    kind: str
    title: Words
    cards: tuple[DemoCard, ...]

    def languages(self) -> list[str]:
        return list(self.title)


@dataclass(frozen=True, slots=True)
class DemoProvince:
    code: str
    programme: str
    items: tuple[DemoItem, ...]


def _card(data: Mapping[str, Any]) -> DemoCard:
    return DemoCard(
        type=data.get("type", ""),
        media=data.get("picture") or data.get("clip") or "",
        texts={key: value for key, value in data.items() if isinstance(value, dict)},
        rest={key: value for key, value in data.items() if isinstance(value, str) and key not in _OWN},
        lists={key: tuple(map(_card, value)) for key, value in data.items() if isinstance(value, list)},
    )


@cache
def province_texts() -> dict[str, DemoProvince]:
    """What the demo tells, by province code."""
    found = {}
    for path in sorted((FOLDER / "content").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        items = tuple(
            DemoItem(
                slug=item["slug"],
                kind=item["kind"],
                title=item["title"],
                cards=tuple(_card(card) for card in item["card"]),
            )
            for item in data["item"]
        )
        found[data["province"]] = DemoProvince(data["province"], data.get("programme", ""), items)
    return found
