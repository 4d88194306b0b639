"""What a player's storage held in each format that ever shipped: captured from a real browser, put back into another.

A dump is gzipped JSON: databases with their version, stores and rows; files of the origin private file system; entries of
the Cache API. Bytes are `{"$bytes": base64}`; the private key cannot be read, so a new one takes its place
(`{"$key": "private"}`). Dumps are never made anew: they are what old players left. `python -m tests.player_web.storage_dumps` makes
those of the present format when it is a new one.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import BrowserContext, Page

from cms.players import keys

if TYPE_CHECKING:
    from tests.player_web.fake_cms import FakeCms

FOLDER = Path(__file__).parent
SCRIPT = (FOLDER / "storage.js").read_text()
BLANK = "blank.html"
"""A page of the player's origin on which no player runs."""


def names() -> list[str]:
    """Every dump that is kept, as `format1_playing`."""
    return sorted(path.name.removesuffix(".json.gz") for path in FOLDER.glob("*.json.gz"))


def load(name: str) -> dict[str, Any]:
    return json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))


def save(name: str, dump: dict[str, Any]) -> None:
    text = json.dumps(dump, indent=1, sort_keys=True).encode()
    (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(text, 9, mtime=0))


def blank(context: BrowserContext, origin: str) -> Page:
    """A page at the origin that runs nothing."""
    context.route(f"**/{BLANK}", lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"))
    page = context.new_page()
    page.goto(f"{origin}/{BLANK}")
    page.add_script_tag(content=SCRIPT)
    return page


def capture(page: Page, seat: str) -> dict[str, Any]:
    """Everything that a player at this seat holds. No player may run meanwhile."""
    return page.evaluate("(seat) => capture(seat)", seat)


def restore(page: Page, cms: FakeCms, dump: dict[str, Any]) -> None:
    """Put a dump into an empty browser and make the player's new key known to the CMS."""
    jwk = page.evaluate("() => makeKey()")
    public = keys.canonical(jwk)
    cms.players[keys.key_id(public)] = public
    page.evaluate("([dump, id]) => restore(dump, id)", [dump, keys.key_id(public)])
