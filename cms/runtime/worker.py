"""RQ's worker, made to notice within seconds what it notices within minutes: dead schedulers, jobs of killed workers."""

from __future__ import annotations

import logging
import resource
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from rq import Worker
from rq.exceptions import AbandonedJobError
from rq.job import Job
from rq.worker import WorkerStatus

from cms.plugin_host.host import reset_host
from cms.runtime.orphans import die_with_parent
from cms.runtime.plugins import switched_off

log = logging.getLogger("bangtin.worker")

MAINTENANCE_S = 15
WORKER_TTL_S = 45
HEARTBEAT_S = 10
HEARTBEAT_GRACE_S = 20
ATTEMPTS = 3
_switched_off: frozenset[str] | None = None


class HouseWorker(Worker):
    """Maintenance every 15 s; a job whose process was killed is taken up again after about 30 s, three times at most."""

    max_connection_wait_time = 4
    max_jobs: int | None = None

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


class WarmWorker(HouseWorker):
    """Draws drafts without a process for each: fonts, themes and grounds stay loaded, which is most of what the first draft
    of a process costs. It may hold no more memory than a drawing may, and ends after so many drafts to begin afresh."""

    max_jobs = 1000

    def work(self, *args: Any, **kwargs: Any) -> bool:
        bound_memory(settings.RENDER_MEMORY_MB << 20)
        try:
            from cms.content.drafts_jobs import warm_up as draw_once

            renew_host()
            draw_once()
        except Exception:  # the first draft will say what is wrong, to whoever waits for it
            log.exception("nothing can be drawn yet")
        return bool(super().work(*args, **kwargs))

    def execute_job(self, job: Job, queue: Any) -> None:
        close_old_connections()
        renew_host()
        self.perform_job(job, queue, self.prepare_execution(job))
        self.set_state(WorkerStatus.IDLE)

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """Nobody gives a sign of life while it draws."""
        return int(job.timeout or 0) + WORKER_TTL_S


def renew_host() -> None:
    """Load the plugins again when an administrator switched one on or off since the last time."""
    global _switched_off
    off = frozenset(switched_off())
    if off != _switched_off:
        reset_host()
    _switched_off = off


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
