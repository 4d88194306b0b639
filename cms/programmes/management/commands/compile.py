"""`bangtin compile CLUSTER`: the schedule document of present records."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms import clock
from cms.programmes.diagnostics import say_all
from cms.programmes.inputs import gather
from cms.programmes.management.common import find_cluster
from cms.programmes.previews import local_day, local_midnight_ms
from cms.schedule.compile import compile_schedule
from cms.schedule.format import HORIZON_DAYS


class Command(BaseCommand):
    help = "Compiles the schedule of a cluster. The same records and days give the same bytes."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("cluster", help="code of the cluster, e.g. tinh-bien")
        parser.add_argument("--from", dest="first", help="first local day, YYYY-MM-DD (default: today)")
        parser.add_argument("--days", type=int, default=HORIZON_DAYS, help=f"number of days (default {HORIZON_DAYS})")
        parser.add_argument("--out", type=Path, help="where to write the document (default: standard output)")

    def handle(self, *args: Any, cluster: str, first: str | None, days: int, out: Path | None, **options: Any) -> None:
        found = find_cluster(cluster)
        if not 1 <= days <= 3660:
            raise CommandError("--days must be a number from 1 to 3660.")
        try:
            day = date.fromisoformat(first) if first else local_day(found, clock.now())
        except ValueError:
            raise CommandError(f"--from {first!r} is no day. Write for example 2027-01-04.") from None
        # The start of the day, not the present moment: so the same command gives the same bytes.
        inputs = gather(found, first_day=day, days=days, valid_from_ms=local_midnight_ms(found, day))
        compiled = compile_schedule(inputs)
        if out is None:
            sys.stdout.buffer.write(compiled.document)
            sys.stdout.buffer.flush()
        else:
            try:
                out.write_bytes(compiled.document)
            except OSError as error:
                raise CommandError(f"{out} cannot be written: {error.strerror}") from error
        for one in say_all(compiled.diagnostics):
            self.stderr.write(f"{one.label}: {one.text} [{one.subject}]")
        scenes, assets = len(compiled.schedule.scenes), len(compiled.schedule.assets)
        self.stderr.write(f"{compiled.sha256}  {len(compiled.document)} bytes, {scenes} scenes, {assets} assets")
