"""Makes the dumps of the present storage format with the present player: `python -m tests.player_web.storage_dumps FORMAT`."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import django
from playwright.sync_api import Playwright, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.testing")
os.environ.setdefault("BANGTIN_DATA", tempfile.mkdtemp(prefix="bangtin-dumps-"))
django.setup()

from tests.player_web import storage_dumps  # noqa: E402 - the CMS's own modules want Django's settings
from tests.player_web.conftest import Player  # noqa: E402
from tests.player_web.storage_dumps.content import LASTING, LONG, OTHER, Lasting, LongLived  # noqa: E402

NO_FILES = "navigator.storage.getDirectory = () => Promise.reject(new Error('no file system here'));"


def make(playwright: Playwright, state: str, folder: Path) -> dict[str, Any]:
    """A player brought into a state, and what it then holds."""
    cms = LongLived()
    cms.start()
    content = Lasting(cms)
    content.publish([content.scene("one", 1)], standby=[LONG])
    notices = {"format": 1, "cluster": cms.cluster, "withdrawn": ["gone:vi"]}
    cms.publish("now.json", notices)
    player = Player(playwright, folder)
    invitation = cms.invite()
    player.open("about:blank")
    assert player.context is not None
    if state == "cache":
        player.context.add_init_script(NO_FILES)
    player.page.goto(cms.origin + invitation)
    player.until("s.schedule?.version === 1 && s.ready && s.notices === 2")
    if state == "half":
        other = content.asset(OTHER, "video/mp4")
        chunks = [path for path in cms.files if path.startswith("store/") and len(cms.files[path]) == 1024 * 1024]
        cms.held = {chunks[-1]: threading.Event()}
        content.publish([content.scene("two", 2)], standby=[LONG, OTHER])
        player.until("s.pending.length === 1")
        cms.wait_for(lambda: f"/{chunks[-1]}" in cms.asked or cms.heartbeats.clear())
        assert other
    cms.stop()
    player.page.wait_for_timeout(500)  # what it shows meanwhile is in the play log that waits for a network
    player.page.close()
    dump = storage_dumps.capture(storage_dumps.blank(player.context, cms.origin), cms.controller)
    player.close()
    if state == "broken":
        spoil(dump)
    return {**dump, "state": state, "versions": cms.versions, "valid": list(LASTING)}


def spoil(dump: dict[str, Any]) -> None:
    """A picture that rotted, one that is gone, and a file that nobody knows."""
    files = dump["files"]
    one, other, *_ = sorted(name for name in files if len(files[name]["$bytes"]) < 100_000)
    files[one]["$bytes"] = "AAAA" + files[one]["$bytes"][4:]
    del files[other]
    files["0" * 64] = {"$bytes": "AAAA"}


def main(version: str) -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        for state in ("playing", "half", "broken", "cache"):
            storage_dumps.save(f"format{version}_{state}", make(playwright, state, Path(folder) / state))


if __name__ == "__main__":
    main(sys.argv[1])
