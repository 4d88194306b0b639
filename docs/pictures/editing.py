"""Makes the pictures of the editors' guide (docs/editing) from a running demonstration (needs Chromium):

    BANGTIN_DATA=FOLDER bangtin demo &
    python docs/pictures/editing.py http://localhost:8000 FOLDER

Each is a page as somebody of the demonstration sees it, as WebP below 150 kB. Run it again when a page has changed.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "editing"
MOST_BYTES = 150_000
WIDTH, HEIGHT = 1280, 860


@dataclass(frozen=True)
class Shot:
    """A picture: who looks, where, what must stand there first, and how it is prepared (links to follow, what to do, the part of the
    page that is at the top)."""

    name: str
    who: str
    path: str
    ready: str = "main"
    follow: tuple[str, ...] = ()
    do: Callable[[Page], None] | None = None
    part: str = ""


def reorder_and_save(page: Page) -> None:
    """As far as the question whether the screens shall change."""
    page.locator("[data-inline-panel-child-move-down]:visible").first.click()
    page.keyboard.press("Control+s")


SHOTS = (
    Shot("requests", "angiang.editor", "requests/"),
    Shot("items", "angiang.editor", "items/"),
    Shot(
        "writing",
        "angiang.editor",
        "items/?language=vi&q=Giờ hoạt động",
        "[data-bt-state]:is([data-state=done], [data-state=samples])",
        ("table a[href*='/edit/']",),
    ),
    Shot("library", "angiang.editor", "library/"),
    Shot("upload", "angiang.editor", "library/upload/"),
    Shot("translations", "angiang.editor", "translations/"),
    Shot("balance", "angiang.editor", "programmes/shares/"),
    Shot(
        "impact",
        "angiang.editor",
        "snippets/programmes/programme/",
        "dialog[data-bt-impact][open] li",
        ("table a[href*='/edit/']:has-text('Quê hương')",),
        reorder_and_save,
    ),
    Shot("review", "angiang.appraiser", "", ".bt-proofs img", ("a[href$='/review/']",), part=".bt-skips"),
    Shot("decision", "angiang.appraiser", "", "#decision ~ *", ("a[href$='/review/']",), part="#decision"),
    Shot("people", "angiang.administrator", "users/", "main form", ("table a[href*='/users/edit/']",)),
)


def taken(page: Page, address: str, shot: Shot) -> bytes:
    page.goto(f"{address}/admin/{shot.path}")
    for link in shot.follow:
        page.goto(address + str(page.locator(f"main {link}").first.get_attribute("href")))
    page.wait_for_load_state("networkidle")
    if shot.do:
        shot.do(page)
    page.wait_for_selector(shot.ready)
    page.wait_for_load_state("networkidle")
    if shot.part:
        page.locator(shot.part).first.evaluate("(part) => part.scrollIntoView()")
    return page.screenshot()


def kept(png: bytes, path: Path) -> None:
    """As small as it must be; raises when that would not be read any more."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in (86, 78, 70, 60):
        picture.save(path, quality=quality, method=6)
        if path.stat().st_size < MOST_BYTES:
            return
    raise SystemExit(f"{path.name} has {path.stat().st_size} bytes")


def logged_in(browser: Browser, address: str, user: str, password: str, code: Callable[[], str]) -> Page:
    page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="vi-VN").new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{address}/admin/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_selector("input[name=code], .bh-acts, main")
    if page.locator("input[name=code]").count():
        page.fill("input[name=code]", code())
        page.click("button[type=submit]")
    page.wait_for_url("**/admin/")
    return page


def code_of(user: str, data: Path) -> str:
    """The second factor of somebody of the demonstration."""
    bangtin = [sys.executable, "-m", "cms.runtime", "demo", "--code", user]
    done = subprocess.run(  # noqa: S603 - our own command
        bangtin, env={**os.environ, "BANGTIN_DATA": str(data)}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def main(address: str, data: Path, only: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    people = json.loads((data / "demo" / "logins.json").read_text("utf-8"))
    passwords = {one["username"]: one["password"] for one in people}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        pages: dict[str, Page] = {}
        for shot in SHOTS:
            if only and shot.name not in only:
                continue
            if shot.who not in pages:
                pages[shot.who] = logged_in(
                    browser, address, shot.who, passwords[shot.who], partial(code_of, shot.who, data)
                )
            kept(taken(pages[shot.who], address, shot), FOLDER / f"{shot.name}.webp")
            print(shot.name, flush=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
