"""What the cron process asks for, and how often. Each job finds out from the database whether anything is due, so a tick
that is missed or doubled changes nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib import import_module

import django_rq
from rq.exceptions import NoSuchJobError
from rq.job import Job, JobStatus

log = logging.getLogger("bangtin.cron")
ALIVE_KEY = "bangtin:cron"
UNFINISHED = frozenset({JobStatus.QUEUED, JobStatus.STARTED, JobStatus.DEFERRED, JobStatus.SCHEDULED})


@dataclass(frozen=True, slots=True)
class Tick:
    """A function without arguments, the queue it runs on, and its rhythm in seconds."""

    function: str
    queue: str
    every_s: int


TICKS = (
    Tick("cms.release.jobs.resign_due", "sign", 30),
    Tick("cms.release.jobs.extend_due", "release", 30),
    Tick("cms.release.player_target.offer_due", "sign", 30),
    Tick("cms.release.mending.mend_some", "sign", 30),
    Tick("cms.release.prune.tidy", "default", 3600),
    Tick("cms.content.services.ensure_trees", "default", 60),
    Tick("cms.content.jobs.find_stuck", "default", 30),
    Tick("cms.content.uploads_jobs.find_lost_checks", "default", 30),
    Tick("cms.content.uploads_jobs.sweep_uploads", "default", 3600),
    Tick("cms.programmes.feed_jobs.read_due", "default", 30),
    Tick("cms.release.stick_jobs.sweep", "default", 3600),
    Tick("cms.accounts.services.disable_idle", "default", 3600),
    Tick("cms.accounts.sessions.prune", "default", 3600),
    Tick("cms.approval.deadlines.remind_due", "default", 3600),
    Tick("cms.requests.jobs.follow_requests", "default", 300),
    Tick("cms.requests.jobs.sweep_requests", "default", 3600),
)


def enqueue(tick: Tick) -> bool:
    """Put a tick on its queue unless the last one is still under way or its part is missing; say whether it was put."""
    module, name = tick.function.rsplit(".", 1)
    try:
        getattr(import_module(module), name)
    except (ImportError, AttributeError):
        log.warning("%s does not exist; its tick is left out", tick.function)
        return False
    queue = django_rq.get_queue(tick.queue, commit_mode="auto")
    # One id per function: ticks never pile up while no worker runs.
    job_id = f"tick-{name}"
    try:
        if Job.fetch(job_id, connection=queue.connection).get_status() in UNFINISHED:
            return False
    except NoSuchJobError:
        pass
    queue.enqueue(tick.function, job_id=job_id, result_ttl=600, failure_ttl=3600)
    return True
