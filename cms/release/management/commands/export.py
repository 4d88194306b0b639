"""`bangtin export CLUSTER --mp4 DIR`: what the faces show, as films for controllers without a browser."""

from __future__ import annotations

import argparse
import signal
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from cms.places.models import Cluster
from cms.programmes.management.common import find_cluster
from cms.programmes.previews import parse_instant
from cms.release.export import RATES, export, films
from renderers.errors import Bilingual


class Command(BaseCommand):
    help = (
        "Writes one MP4 for each face: exactly what it shows from --from to --to by present records, frame for frame, with "
        "sound. Only approved content; alerts, blackouts and live values are not in it."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("cluster", help="code of the cluster, e.g. tinh-bien")
        parser.add_argument("--mp4", type=Path, required=True, metavar="DIR", help="folder for the files")
        parser.add_argument(
            "--from", dest="start", required=True, help="ISO 8601 time; without an offset it is local to the cluster"
        )
        parser.add_argument("--to", dest="end", required=True, help="ISO 8601 time, exclusive")
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--face", action="append", default=[], help="letter of a face; may be repeated (default: all)"
        )
        what.add_argument("--canvas", default="", metavar="CONTROLLER", help="one file of a controller's whole canvas")
        parser.add_argument("--fps", type=int, choices=RATES, default=30, help="frames a second (default 30)")
        parser.add_argument("--yes", action="store_true", help="also when it is longer than 24 hours")

    def handle(self, *args: Any, cluster: str, mp4: Path, start: str, end: str, **options: Any) -> None:
        found = find_cluster(cluster)
        before = signal.getsignal(signal.SIGTERM)
        with suppress(ValueError):  # not in the main thread
            signal.signal(signal.SIGTERM, _stop)
        try:
            made = films(
                found,
                _instant("--from", start, found),
                _instant("--to", end, found),
                faces=sorted({one.lower() for one in options["face"]}),
                controller=options["canvas"],
                fps=options["fps"],
                long=options["yes"],
            )
            columns = (TextColumn("{task.description}"), BarColumn(), "{task.percentage:>3.0f}%", TimeRemainingColumn())
            with Progress(*columns, transient=True) as bar:
                tasks = {one.name: bar.add_task(_title(one.name), total=1.0) for one in made}
                written = export(
                    found, made, mp4, progress=lambda name, share: bar.update(tasks[name], completed=share)
                )
        except Bilingual as error:
            raise CommandError(f"{error.vi}\n{error.en}") from error
        except KeyboardInterrupt:
            raise CommandError("Đã dừng; tệp dở dang đã được xoá. / Stopped; the unfinished file is gone.") from None
        finally:
            with suppress(ValueError):
                signal.signal(signal.SIGTERM, before)
        for one in written:
            padded = "" if one.width % 2 == one.height % 2 == 0 else ", + viền đen / black edge"
            sound = "" if one.heard else ", không có tiếng / silent"
            self.stdout.write(f"✓ {one.path}  {one.width} × {one.height} px{padded}{sound}, {one.bytes / 1e6:.1f} MB")


def _title(name: str) -> str:
    return f"Mặt {name.upper()}" if len(name) == 1 else name


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _instant(option: str, text: str, cluster: Cluster) -> datetime:
    try:
        return parse_instant(text, cluster)
    except ValueError:
        raise CommandError(
            f"{option} {text!r}: không phải thời điểm / no time. Ví dụ / for example 2027-01-04T08:00:00+07:00."
        ) from None
