"""An instance of its own on real files, and one cluster with one approved item and an approved theme."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from cms.release.keys import ensure_province_keys
from cms.release.repository import ClusterRepository

from .made import Desk, approve, approve_theme, put_asset, scene_of, show


@pytest.fixture
def instance(settings, tmp_path: Path) -> Path:
    """The data folder of a fresh instance."""
    settings.DATA = tmp_path / "data"
    for name in ("PUBLIC", "ASSETS", "KEYS"):
        setattr(settings, f"{name}_ROOT", settings.DATA / name.lower())
    settings.DATA.mkdir()
    return settings.DATA


@pytest.fixture
def keys(instance: Path) -> bytes:
    """An Giang's keys; the bytes of its root."""
    return ensure_province_keys("an_giang")


@pytest.fixture
def repository(keys: bytes) -> ClusterRepository:
    return ClusterRepository("tinh-bien", "an_giang")


@pytest.fixture
def queues(instance: Path, redis_server: str) -> Any:
    """The real queues on a private Redis; `queues.run()` works them off in this process until nothing is left."""
    import django_rq
    from rq import SimpleWorker

    class Queues:
        names = ("sign", "release", "render", "default")

        def run(self) -> None:
            while self.waiting():
                worker = django_rq.get_worker(*self.names, worker_class=SimpleWorker)
                worker.work(burst=True, logging_level="WARNING")

        def waiting(self) -> int:
            return sum(self.count(name) for name in self.names)

        def empty(self) -> None:
            for name in self.names:
                django_rq.get_queue(name).empty()

        def count(self, name: str) -> int:
            return django_rq.get_queue(name).count

        def failed(self) -> list[str]:
            found = []
            for name in self.names:
                queue = django_rq.get_queue(name)
                found += [
                    queue.fetch_job(one).latest_result().exc_string for one in queue.failed_job_registry.get_job_ids()
                ]
            return found

    return Queues()


@pytest.fixture
def desk(instance: Path, province, cluster, administrator) -> Desk:
    """One approved item and an approved theme on Tịnh Biên."""
    fallback = approve_theme(cluster, administrator, put_asset(b"neutral picture"))
    desk = Desk(cluster, fallback)
    desk.shown.append(approve(province, cluster, administrator, scene_of(put_asset(b"picture of the opening hours"))))
    return desk


@pytest.fixture
def settled(cluster) -> None:
    """What making the cluster asked for is no part of a test: its transaction never commits, so nothing was queued."""
    from cms.release.models import ReleaseRequest

    ReleaseRequest.objects.all().delete()


@pytest.fixture
def theme(instance, cluster, administrator):
    return approve_theme(cluster, administrator, put_asset(b"neutral picture"))


@pytest.fixture
def air(queues, django_capture_on_commit_callbacks) -> Callable[..., None]:
    """`air(change)`: make a change as a request does, then let the queues work until nothing is left."""

    def run(change: Callable[[], object] = lambda: None) -> None:
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            change()
        queues.run()
        assert queues.failed() == []

    return run


@pytest.fixture
def tick(queues, django_capture_on_commit_callbacks) -> Callable[[], int]:
    """`tick()`: what the cron asks for twice a minute, worked off; how many jobs it found to be due."""
    from cms.release import jobs

    def run() -> int:
        with django_capture_on_commit_callbacks(execute=True):
            asked = jobs.extend_due()
        queues.run()
        return asked

    return run


@pytest.fixture
def item(province, cluster, theme, administrator):
    """An approved item in a programme with a slot on Tịnh Biên, every day."""
    from cms.release.models import ReleaseRequest

    page = show(province, [cluster])
    picture = put_asset(b"picture of the opening hours")
    approve(province, cluster, administrator, scene_of(picture), item_key=page.translation_key)
    ReleaseRequest.objects.all().delete()
    return page
