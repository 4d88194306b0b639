"""Checks that every relative link and anchor in our documents leads somewhere: `python -m cms.runtime.documents`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.*)$", re.MULTILINE)


def documents(root: Path = ROOT) -> Iterator[Path]:
    """Our Markdown files."""
    yield from sorted(root.glob("*.md"))
    for folder in ("docs", "deploy", "plugins", "cms", "player_web"):
        yield from sorted(one for one in (root / folder).rglob("*.md") if "node_modules" not in one.parts)


def faults(root: Path = ROOT) -> list[str]:
    """One line for each link that leads nowhere."""
    found: list[str] = []
    for document in documents(root):
        text = _CODE.sub("", document.read_text(encoding="utf-8"))
        for link in _LINK.findall(text):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = (document.parent / unquote(path)).resolve() if path else document
            if not target.exists():
                found.append(f"{document.relative_to(root)}: {link} leads to no file")
            elif anchor and target.suffix == ".md" and anchor not in anchors(target):
                found.append(f"{document.relative_to(root)}: {link} names no heading")
    return found


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as forges make them."""
    found: set[str] = set()
    for heading in _HEADING.findall(document.read_text(encoding="utf-8")):
        plain = unicodedata.normalize("NFC", heading.replace("`", "").strip().lower())
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


if __name__ == "__main__":
    wrong = faults()
    print("\n".join(wrong))
    raise SystemExit(1 if wrong else 0)
