"""A job whose worker is killed is taken up again; one that never ends well is given up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.job import Job

from cms.runtime.redis_server import command, find
from cms.runtime.worker import ATTEMPTS

WORKER = """
import sys
from redis import Redis
from rq import Queue
import cms.runtime.worker as house
house.HEARTBEAT_S = house.HEARTBEAT_GRACE_S = house.MAINTENANCE_S = 1
connection = Redis.from_url(sys.argv[1])
house.HouseWorker([Queue("render", connection=connection)], connection=connection, job_monitoring_interval=1,
                  maintenance_interval=1).work(logging_level="ERROR", max_jobs=1)
"""


def kill_the_worker(note: str, times: int) -> str:
    """The job: kills the worker that runs it the first times, then ends well."""
    path = Path(note)
    tried = len(path.read_text()) if path.exists() else 0
    path.write_text("x" * (tried + 1))
    if tried < times:
        os.kill(os.getppid(), signal.SIGKILL)
        signal.pause()  # dies with its worker
    return "done"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A Redis of our own."""
    socket = tmp_path / "redis.sock"
    server = subprocess.Popen(command(find(), socket, tmp_path), stdout=subprocess.PIPE)
    client = redis.Redis(unix_socket_path=str(socket))
    while not _answers(client):
        assert server.poll() is None
    yield f"unix://{socket}"
    client.close()
    server.terminate()
    server.communicate()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def work(url: str) -> int:
    done = subprocess.run([sys.executable, "-c", WORKER, url], timeout=120, check=False, cwd=Path(__file__).parents[2])
    return done.returncode


def test_a_job_of_a_killed_worker_is_done_by_the_next(url: str, tmp_path: Path) -> None:
    with redis.Redis.from_url(url) as connection:
        queue = Queue("render", connection=connection)
        job = queue.enqueue("tests.runtime.test_worker.kill_the_worker", str(tmp_path / "note"), 1, job_id="proof")
        assert work(url) == -signal.SIGKILL
        assert work(url) == 0
        again = Job.fetch(job.id, connection=connection)
        assert again.return_value() == "done"
        assert again.meta["abandoned"] == 1


def test_a_job_that_kills_every_worker_is_given_up(url: str, tmp_path: Path) -> None:
    with redis.Redis.from_url(url) as connection:
        queue = Queue("render", connection=connection)
        queue.enqueue("tests.runtime.test_worker.kill_the_worker", str(tmp_path / "note"), 99, job_id="bomb")
        for _attempt in range(ATTEMPTS):
            assert work(url) == -signal.SIGKILL
        queue.enqueue("tests.runtime.test_worker.kill_the_worker", str(tmp_path / "other"), 0, job_id="after")
        assert work(url) == 0
        while not Job.fetch("bomb", connection=connection).is_failed:
            queue.enqueue("tests.runtime.test_worker.kill_the_worker", str(tmp_path / "other"), 0)
            assert work(url) == 0
        assert len((tmp_path / "note").read_text()) == ATTEMPTS
