"""Fixtures of the renderers' tests: a theme, a sink, a photograph and a clip made here."""

from __future__ import annotations

from pathlib import Path

import pytest

from renderers.landscape import landscape
from renderers.themes import Theme, load
from tests.renderers.stage import THEMES, Folder, ffmpeg


@pytest.fixture(scope="session")
def national() -> Theme:
    return load(THEMES["national"])


@pytest.fixture
def sink(tmp_path: Path) -> Folder:
    (tmp_path / "assets").mkdir()
    return Folder(tmp_path / "assets")


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    landscape(960, 640).save(path, quality=92)
    return path


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds at 25 frames with sound, 640 × 360."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    ffmpeg(
        "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2",
        "-pix_fmt", "yuv420p", "-shortest", str(path),
    )  # fmt: skip
    return path
