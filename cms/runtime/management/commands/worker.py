"""`bangtin worker QUEUE …`: runs jobs."""

from __future__ import annotations

import os
import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django_rq.utils import reset_db_connections
from django_rq.workers import get_worker

from cms.runtime.orphans import MARK
from cms.runtime.worker import HouseWorker, WarmWorker, warm_up


class Command(BaseCommand):
    help = "Runs jobs of the queues named, the first queue first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queues", nargs="+")
        parser.add_argument("--nice", type=int, default=0, help="Lowers its priority by so much (0 to 19).")
        parser.add_argument("--burst", action="store_true", help="End when the queues are empty.")

    def handle(self, *args: Any, **options: Any) -> None:
        os.nice(options["nice"])
        if {"render", "draft"} & set(options["queues"]):
            warm_up()
        kind = WarmWorker if options["queues"] == ["draft"] else HouseWorker
        run = os.environ.get(MARK, "")[:8]
        name = f"{options['queues'][0]}-{run or socket.gethostname()}-{os.getpid()}"
        worker = get_worker(*options["queues"], worker_class=kind, name=name)
        reset_db_connections()  # a fork must not share them
        worker.work(
            burst=options["burst"], with_scheduler=not options["burst"],
            logging_level=os.environ.get("BANGTIN_LOG_LEVEL", "WARNING"), max_jobs=kind.max_jobs,
        )  # fmt: skip
