"""The power comes back and nobody answers: what is on the disk is on the screen within a second and a half."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.player_web.cold import ColdStart, Size

pytestmark = pytest.mark.browser


def quickest(start: Callable[[], float], enough: float) -> float:
    """The shortest of a few starts, milliseconds: whatever else this machine does only makes them longer."""
    took = start()
    for _ in range(4):
        if took <= enough:
            break
        took = min(took, start())
    return took


def test_after_a_power_cut_in_the_middle_of_an_update_the_right_frame_comes_soon(
    playwright: Playwright, tmp_path: Path
) -> None:
    made = ColdStart(playwright, tmp_path, Size())
    try:
        made.fill()
        made.update_half_way()

        def power_comes_back() -> float:
            made.power_cut()
            return made.start()

        assert quickest(power_comes_back, 1500) <= 1500
        assert quickest(made.again, 2000) <= 2000
    finally:
        made.close()
