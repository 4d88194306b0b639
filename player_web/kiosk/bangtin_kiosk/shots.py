"""What the kiosk does for the page at every look: it tells how hot the machine is, and takes the screenshot that the CMS asked for."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bangtin_kiosk.browser import Browser
from bangtin_kiosk.cdp import Failed

SYS = Path("/sys/class")
SENSORS = frozenset({"coretemp", "k10temp", "zenpower", "cpu_thermal"})
"""Names of hwmon devices that measure the processor."""
REQUEST = re.compile(r"[A-Za-z0-9_-]{16,32}")
ATTEND = "(window.bangtin?.machine?.(%s), window.bangtin?.state?.wants?.screenshot ?? null)"


def temperature(root: Path = SYS) -> float | None:
    """The hottest part of the machine, °C, by what Linux measures; None where it measures nothing."""
    found = [one / 1000 for one in _readings(root) if -50_000 < one < 200_000]
    return round(max(found), 1) if found else None


def _readings(root: Path) -> Iterator[int]:
    """Thousandths of a degree. Sensors that do not answer are passed over."""
    files = list(root.glob("thermal/thermal_zone*/temp"))
    for device in root.glob("hwmon/hwmon*"):
        with suppress(OSError):
            if (device / "name").read_text().strip() in SENSORS:
                files += device.glob("temp*_input")
    for file in files:
        with suppress(OSError, ValueError):
            yield int(file.read_text())


def attend(browser: Browser, timeout: float = 5) -> bool:
    """Tell the page about the machine; take the picture that it wants. Whether one was taken. Raises Failed."""
    request = browser.evaluate(ATTEND % json.dumps({"temperature_c": temperature()}), timeout)
    if not isinstance(request, str) or not REQUEST.fullmatch(request):
        return False
    picture = base64.b64encode(window(browser)).decode()
    taken: bool = (
        browser.evaluate(f"window.bangtin.shot({json.dumps(request)}, {json.dumps(picture)})", timeout) is True
    )
    return taken


def window(browser: Browser) -> bytes:
    """The pixels of the window as a JPEG, whole and unscaled: to have them scaled, Chromium would lay the page out anew, on the screen too.
    Raises Failed."""
    params = {"format": "jpeg", "quality": 85, "fromSurface": True, "captureBeyondViewport": False}
    said = browser.process.pipe.call("Page.captureScreenshot", params, session=browser.session, timeout=20)
    try:
        return base64.b64decode(said["data"])
    except (KeyError, ValueError) as error:
        raise Failed("no picture came") from error
