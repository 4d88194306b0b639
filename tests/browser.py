"""The browser that players and people use in the tests. `requirements/system.sh test` sees that there is one."""

from __future__ import annotations

import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE_S = 90
"""How long a test waits for what must come. Waiting costs only where it fails, and the machine may be busy."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--force-color-profile=srgb",
    "--autoplay-policy=no-user-gesture-required",
]
