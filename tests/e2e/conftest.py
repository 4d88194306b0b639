"""The demo, filled once for all end-to-end tests, and players in real browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser import ARGUMENTS, CHROMIUM
from tests.e2e import filling
from tests.e2e.instance import Instance
from tests.e2e.people import Person
from tests.player_web.conftest import Player, make_player

__all__ = ["Player", "make_player"]

Cast = Callable[[str], Person]

CONTROLLERS = {
    "tinh-bien-1": (768, 768),
    "trung-khanh-1": (960, 540),
    "ta-lung-1": (1152, 576),
    "huu-nghi-1": (1280, 640),
}

# Filling ends when the players can be opened; what was under way then is taken up again at the next start.
SETTLED = """
import django_rq
from django.conf import settings
from django.db.models import F
from cms.release.models import Release, ReleaseRequest
queues = [django_rq.get_queue(name) for name in settings.RQ_QUEUES]
busy = sum(queue.count + queue.started_job_registry.count for queue in queues)
asked = ReleaseRequest.objects.filter(handled__lt=F("requested")).count()
answer = not busy and not asked and not Release.objects.filter(status="compiled").exists()
"""


@pytest.fixture(scope="session")
def instance(shared_folder: Path, migrated_file: Path) -> Iterator[Instance]:
    made = filling.filled(shared_folder / "demo", migrated_file)
    made.start()
    made.eventually(SETTLED, 300)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("profiles")


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield running
    running.close()


@pytest.fixture(scope="module")
def cast(browser: Browser, instance: Instance) -> Cast:
    """People of the demo by user name; each logs in once."""
    known: dict[str, Person] = {}

    def person(username: str) -> Person:
        if username not in known:
            known[username] = Person(browser, instance, username)
        return known[username]

    return person
