"""`bangtin cron`: puts what recurs on the queues."""

from __future__ import annotations

import logging
import signal
import threading
import time
from typing import Any

import django_rq
from django.core.management.base import BaseCommand
from redis.exceptions import RedisError

from cms.runtime.ticks import ALIVE_KEY, TICKS, enqueue

log = logging.getLogger("bangtin.cron")
BEAT_S = 5


class Command(BaseCommand):
    help = "Puts what recurs on the queues. One for an instance is enough; two do no harm."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        done = threading.Event()
        for sig in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sig, lambda *_: done.set())
        due = dict.fromkeys(TICKS, 0.0)
        while not done.is_set():
            try:
                django_rq.get_connection("default").set(ALIVE_KEY, "1", ex=60)
                for tick, at in due.items():
                    if time.monotonic() >= at or at == 0.0:
                        enqueue(tick)
                        due[tick] = time.monotonic() + tick.every_s
            except RedisError as error:
                log.warning("Redis does not answer (%s); trying again", error)
            done.wait(BEAT_S)
