"""The demo's items as data: `content/<province>.toml`, one table an item, every text by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DemoCard:
    """`texts` maps a block's field (`heading`, `text`, …) to its wording by language."""

    type: str
    media: str
    texts: Mapping[str, Words]


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
                cards=tuple(
                    DemoCard(
                        type=card["type"],
                        media=card.get("picture") or card.get("clip") or "",
                        texts={key: value for key, value in card.items() if isinstance(value, dict)},
                    )
                    for card in item["card"]
                ),
            )
            for item in data["item"]
        )
        found[data["province"]] = DemoProvince(data["province"], data.get("programme", ""), items)
    return found
