"""RQ's worker, made to notice within seconds what it notices within minutes: dead schedulers, jobs of killed workers."""

from __future__ import annotations

import resource
from typing import Any

from django.conf import settings
from rq import Worker
from rq.exceptions import AbandonedJobError
from rq.job import Job

from cms.runtime.orphans import die_with_parent

MAINTENANCE_S = 15
WORKER_TTL_S = 45
HEARTBEAT_S = 10
HEARTBEAT_GRACE_S = 20
ATTEMPTS = 3


class HouseWorker(Worker):
    """Maintenance every 15 s; a job whose process was killed is taken up again after about 30 s, three times at most."""

    max_connection_wait_time = 4

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("maintenance_interval", MAINTENANCE_S)
        kwargs.setdefault("job_monitoring_interval", HEARTBEAT_S)
        kwargs["worker_ttl"] = WORKER_TTL_S
        super().__init__(*args, **kwargs)
        self.push_exc_handler(again_if_abandoned)  # type: ignore[no-untyped-call]

    @property
    def dequeue_timeout(self) -> int:
        """An idle worker comes by for its maintenance at least this often (seconds)."""
        return MAINTENANCE_S

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """Seconds after which a started job without a sign of life counts as abandoned."""
        return HEARTBEAT_S + HEARTBEAT_GRACE_S

    def main_work_horse(self, job: Job, queue: Any) -> None:
        die_with_parent()  # else a job would go on, unwatched, beside its second attempt
        if queue.name == "render":
            bound_memory(settings.RENDER_MEMORY_MB << 20)
        super().main_work_horse(job, queue)


def warm_up() -> None:
    """Import what drawing needs before jobs are forked, so that each need not do it by itself. Which plugins are switched on
    is asked by each job anew."""
    from renderers import plugin  # noqa: F401
    from renderers.fonts import require_shaping

    require_shaping()


def bound_memory(limit: int) -> None:
    """Let this process hold at most so many bytes of its own: a job that wants more fails, and nothing else does."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def again_if_abandoned(job: Job, kind: type[BaseException], value: BaseException, trace: Any) -> bool:
    """An exception handler of RQ: a job that died with its process gets another attempt; one that raised does not."""
    if kind is AbandonedJobError:
        attempts = int(job.meta.get("abandoned", 0)) + 1
        job.meta["abandoned"] = attempts
        job.save_meta()  # type: ignore[no-untyped-call]
        if attempts < ATTEMPTS:
            job.retries_left = 1
    return True
