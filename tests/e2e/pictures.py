"""Pictures of what people saw on their way, kept in the folder that `BANGTIN_PICTURES` names, in the order in which they came."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = os.environ.get("BANGTIN_PICTURES", "")
# Wagtail's pages scroll within a box of their own.
HEIGHT = "() => Math.max(...[document.documentElement, ...document.querySelectorAll('main, .content-wrapper')].map((one) => one.scrollHeight))"
TALLEST = 6000


def keep(page: Page, name: str) -> None:
    """The page from top to bottom; nothing where nobody wants to look."""
    if not FOLDER:
        return
    folder = Path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size({"width": before["width"], "height": min(TALLEST, page.evaluate(HEIGHT))})
    page.wait_for_load_state("networkidle")  # pictures further down load once they are in sight
    page.screenshot(path=folder / f"{len(list(folder.glob('*.png'))) + 1:02}-{name}.png")
    page.set_viewport_size(before)
