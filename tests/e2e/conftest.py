"""The demo, filled once for all end-to-end tests, and players in real browsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.instance import Instance
from tests.player_web.conftest import Player, make_player

__all__ = ["Player", "make_player"]

CONTROLLERS = {
    "tinh-bien-1": (768, 768),
    "trung-khanh-1": (960, 540),
    "ta-lung-1": (1152, 576),
    "huu-nghi-1": (1280, 640),
}


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    made = Instance(tmp_path_factory.mktemp("instance"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("profiles")
