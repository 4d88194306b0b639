"""Makes the pictures of docs/kiosk.md from a running demonstration (needs Chromium):

    bangtin demo &
    PYTHONPATH=player_web/kiosk python docs/pictures/kiosk.py http://localhost:8000 var angiang.operator PASSWORD

A kiosk is installed into a folder that is thrown away, shows its code, and is looked at by its own screenshots.
"""

from __future__ import annotations

import contextlib
import html
import io
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bangtin_kiosk.browser import Browser
from bangtin_kiosk.cdp import Failed
from bangtin_kiosk.cli import main
from bangtin_kiosk.config import State, load
from bangtin_kiosk.kiosk import Kiosk
from bangtin_kiosk.trust import check_code

HERE = Path(__file__).parent
CLUSTER, SEAT = "tinh-bien", "tinh-bien-1"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--screen-info={768x768}")
CODE = "document.querySelector('.code:not(.waiting)')?.innerText ?? null"
NOT_OF_A_CONTROLLER = ("user", "clock")
"""Whoever makes the pictures is root, and the clock of a demonstration is shifted."""
TERMINAL = """<body style="margin:0;background:#12161c;color:#e6e8ec;font:17px/1.5 'DejaVu Sans Mono',monospace">
<pre style="padding:18px 24px;margin:0;white-space:pre-wrap">{text}</pre></body>"""


def until(what: Callable[[], Any], seconds: float = 90) -> Any:
    """The first true value."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(Failed, AttributeError):
            if found := what():
                return found
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.2)


def log_in(page: Page, address: str, user: str, password: str) -> None:
    """Through both doors; BANGTIN_DATA says whose demonstration it is."""
    page.goto(f"{address}/admin/")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_load_state()
    if page.locator("input[name=code]").count():
        command = [sys.executable, "-m", "cms.runtime", "demo", "--code", user]
        code = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]  # noqa: S603
        page.fill("input[name=code]", code)
        page.click("button[type=submit]")
    page.wait_for_url("**/admin/")


def doctor(folder: str) -> str:
    """What `bangtin-kiosk doctor` says, as far as it is about a controller."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        main(["--state", folder, "doctor"])
    findings = re.split(r"^(?=[✓✗] )", said.getvalue(), flags=re.MULTILINE)
    return "".join(one for one in findings if one and one.split()[1] not in NOT_OF_A_CONTROLLER)


def make(address: str, data: str, user: str, password: str) -> None:
    """All pictures."""
    root = next(Path(data, "keys", "root", "an_giang").glob("1.root.json"))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        visitor = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = visitor.new_page(viewport={"width": 1280, "height": 760}, locale="vi-VN")
        log_in(page, address, user, password)
        flags = [f"--flag={one}" for one in FLAGS]
        told = ["--cms", address, "--cluster", CLUSTER, "--seat", SEAT, "--root", str(root), *flags]
        if main(["--state", folder, "install", *told, "--code", check_code(root.read_bytes())]):
            raise SystemExit(1)
        state = State(Path(folder))
        kiosk = Kiosk(load(state), state)
        thread = threading.Thread(target=kiosk.run)
        thread.start()
        try:
            browser: Browser = until(lambda: kiosk.watch.browser)
            shown = until(lambda: browser.evaluate(CODE))
            picture = Image.open(io.BytesIO(browser.screenshot())).convert("RGB")
            picture.save(HERE / "kiosk-pairing.jpg", quality=88)
            page.goto(f"{address}/admin/players/pair/?code={shown}", wait_until="networkidle")
            page.locator("main h1, main h2").first.wait_for()
            page.screenshot(path=HERE / "kiosk-pair-cms.png")
            until(lambda: kiosk.watch.last)
            page.set_viewport_size({"width": 900, "height": 200})
            page.set_content(TERMINAL.format(text=html.escape("$ bangtin-kiosk doctor\n" + doctor(folder))))
            page.screenshot(path=HERE / "kiosk-doctor.png", full_page=True)
        finally:
            kiosk.stop()
            thread.join()
            visitor.close()


if __name__ == "__main__":
    make(*sys.argv[1:])
