"""A controller of Tịnh Biên, and players that belong to it."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from cms.players.services import confirm_pairing
from tests.players.device import Device


@pytest.fixture(autouse=True)
def _no_limits_used_up():
    cache.clear()


@pytest.fixture
def controller(cluster):
    return cluster.controllers.get()


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def player(device, controller, operator):
    """The device, paired by the operator."""
    device.player = confirm_pairing(device.ask().json()["code"], controller, operator)
    return device.player
