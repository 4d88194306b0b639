"""Makes the pictures of the README from a running demonstration (needs Chromium):

    bangtin demo &
    python docs/pictures/make.py http://localhost:8000 USER PASSWORD "$(bangtin demo --code USER)"

The faces come from `bangtin frame`, the admin from a browser.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
# cluster, its faces, an instant at which they show something worth seeing, and the height of the row
FACES = (
    ("tinh-bien", "ab", "2027-01-04T08:00:38+07:00", 300),
    ("ta-lung", "abc", "2027-01-04T08:01:24+07:00", 420),
    ("huu-nghi", "abcd", "2027-01-04T08:00:40+07:00", 170),
)
GAP = 12


def faces() -> Image.Image:
    """The faces of three clusters in rows, as they hang."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for cluster, letters, instant, height in FACES:
            pictures = []
            for letter in letters:
                out = Path(folder) / f"{cluster}-{letter}.png"
                command = [
                    sys.executable,
                    "-m",
                    "cms.runtime",
                    "frame",
                    cluster,
                    letter,
                    "--at",
                    instant,
                    "--out",
                    str(out),
                ]
                subprocess.run(command, check=True)  # noqa: S603
                picture = Image.open(out).convert("RGB")
                pictures.append(
                    picture.resize((round(picture.width * height / picture.height), height), Image.Resampling.LANCZOS)
                )
            rows.append(pictures)
    width = max(sum(one.width for one in row) + GAP * (len(row) - 1) for row in rows)
    sheet = Image.new("RGB", (width, sum(row[0].height + GAP for row in rows) - GAP), (12, 14, 18))
    y = 0
    for row in rows:
        x = (width - sum(one.width for one in row) - GAP * (len(row) - 1)) // 2
        for picture in row:
            sheet.paste(picture, (x, y))
            x += picture.width + GAP
        y += row[0].height + GAP
    return sheet


def admin(address: str, user: str, password: str, code: str) -> None:
    """The first page of the admin."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="vi-VN")
        page.goto(f"{address}/admin/")
        page.fill("input[name=login]", user)
        page.fill("input[name=password]", password)
        page.click("button[type=submit]")
        page.fill("input[name=code]", code)
        page.click("button[type=submit]")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=HERE / "home.jpg", type="jpeg", quality=85)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) == 5:
        admin(*sys.argv[1:])  # first: its code is good for half a minute
    faces().save(HERE / "faces.jpg", quality=88)
