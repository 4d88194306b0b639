"""Whatever interrupts an update, a verified release is on the screen, the newest comes, and little is fetched twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.player_web.faults import Ordeal

pytestmark = pytest.mark.browser


def test_ten_interruptions_neither_darken_nor_spoil_an_update(playwright: Playwright, tmp_path: Path) -> None:
    ordeal = Ordeal(playwright, tmp_path)
    try:
        report = ordeal.run(10, [9_000_000, 4_300_000, 700_000, 300_000], patience=2)
    finally:
        ordeal.close()
    assert report.strange == []
    assert report.screens >= 10
    assert report.newest
    assert report.rotten == 0
    assert report.downloaded <= report.bound, report
