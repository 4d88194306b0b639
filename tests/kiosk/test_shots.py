"""The kiosk takes the picture that the CMS asked for, and tells how hot the machine is."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from bangtin_kiosk.config import Config, State
from bangtin_kiosk.shots import temperature
from tests.kiosk.conftest import Running, offer
from tests.kiosk.test_living import pair
from tests.player_web.content import CANVAS, Content
from tests.player_web.fake_cms import FakeCms


def sensor(root: Path, path: str, text: str, name: str = "") -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    if name:
        (file.parent / "name").write_text(f"{name}\n")


def difference(left: Image.Image, right: Image.Image) -> float:
    """By how much the pixels differ on the whole, of 255."""
    return float(np.abs(np.asarray(left, dtype=np.int16) - np.asarray(right, dtype=np.int16)).mean())


def test_the_hottest_sensor_of_the_processor_counts(tmp_path):
    sensor(tmp_path, "thermal/thermal_zone0/temp", "41000\n")
    sensor(tmp_path, "hwmon/hwmon0/temp1_input", "67500\n", "coretemp")
    sensor(tmp_path, "hwmon/hwmon1/temp1_input", "99000\n", "nvme")  # a disk may be hot
    assert temperature(tmp_path) == 67.5


@pytest.mark.parametrize("said", ["", "no number\n", "-273150\n", "9999999\n"])
def test_a_sensor_that_tells_nonsense_is_not_heard(tmp_path, said):
    sensor(tmp_path, "thermal/thermal_zone0/temp", said)
    assert temperature(tmp_path) is None


def test_a_machine_without_sensors_has_no_temperature(tmp_path):
    assert temperature(tmp_path / "nothing") is None


@pytest.mark.browser
def test_the_picture_that_was_asked_for_is_the_window(cms: FakeCms, content: Content, config: Config, state: State):
    version, document = content.publish([content.scene("one", 1)])
    offer(cms)
    running = Running(config, state)
    try:
        pair(running, cms)
        running.until(lambda: running.state().get("schedule", {}) and running.state()["schedule"]["version"] == version)
        running.until(lambda: running.state()["ready"])
        cms.wanted = "asked-by-an-operator"
        cms.wait_for(lambda: cms.shots, 40)
    finally:
        running.stop()
    shot = cms.shots[0]
    assert (shot["request"], shot["kind"]) == ("asked-by-an-operator", "true")
    picture = Image.open(io.BytesIO(base64.b64decode(shot["picture"]))).convert("RGB")
    assert picture.size == CANVAS
    right = content.expected(document, shot["taken_at"])
    assert difference(picture, right) < 9, "but for what a JPEG loses of noise"
    assert difference(picture, ImageOps.mirror(right)) > 40, "and anything else would be seen"
