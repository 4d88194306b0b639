"""`bangtin demo`: fills an empty instance with the demo provinces, then runs it."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cms.demo import build
from cms.demo.people import logins
from cms.runtime import demo_clock

START = "2027-01-04T08:00:00+07:00"  # a Monday on which every cluster of the demo is lit


class Command(BaseCommand):
    help = "Fill an empty instance with three provinces and the national level, then run it (see `bangtin up`)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fill-only", action="store_true", help="fill, but do not run")

    def handle(self, *args: Any, fill_only: bool = False, **options: Any) -> None:
        self.fill()
        if not fill_only:
            call_command("up")

    def fill(self) -> None:
        # Before anything is written: what the demo records should bear the demo's time.
        demo_clock.begin(settings.DATA, os.environ.get("BANGTIN_CLOCK", START))
        if build.is_filled():
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, transient=True) as progress:
            task = progress.add_task("Chuẩn bị", total=None)

            def step(what: str, done: int, total: int) -> None:
                progress.update(task, description=what, completed=done, total=total or None)

            build.fill(step)
        self.stdout.write(f"Đã tạo dữ liệu trình diễn với {len(logins())} tài khoản.")
