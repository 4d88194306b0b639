"""An instance of its own on real files, and one cluster with one approved item and an approved theme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cms.release.keys import ensure_province_keys
from cms.release.repository import ClusterRepository

from .made import Desk, approve, approve_theme, put_asset, scene_of


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
