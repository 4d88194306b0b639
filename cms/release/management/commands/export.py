"""`bangtin export CLUSTER`: a signed release on a stick (`--usb DIR`), or films for controllers without a browser (`--mp4 DIR`)."""

from __future__ import annotations

import argparse
import signal
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from cms.places.models import Cluster
from cms.programmes.management.common import find_cluster
from cms.programmes.previews import parse_instant
from cms.release.bundle import gather
from cms.release.export import RATES, export, films
from cms.release.files import StorageFull
from cms.release.stick_files import write_folder
from cms.release.stick_jobs import timestamp_of
from renderers.errors import Bilingual


class Command(BaseCommand):
    help = (
        "--usb writes the signed release onto a stick, for players without a network; what the stick has already is not copied "
        "again. --mp4 writes one MP4 for each face: exactly what it shows from --from to --to by present records, frame for "
        "frame, with sound. Only approved content; alerts, blackouts and live values are not in the films."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("cluster", help="code of the cluster, e.g. tinh-bien")
        way = parser.add_mutually_exclusive_group(required=True)
        way.add_argument("--usb", type=Path, metavar="DIR", help="the stick; bangtin-CLUSTER/ is made there")
        way.add_argument("--mp4", type=Path, metavar="DIR", help="folder for the films")
        parser.add_argument(
            "--from", dest="start", help="with --mp4: ISO 8601 time; without an offset it is local to the cluster"
        )
        parser.add_argument("--to", dest="end", help="with --mp4: ISO 8601 time, exclusive")
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--face", action="append", default=[], help="letter of a face; may be repeated (default: all)"
        )
        what.add_argument("--canvas", default="", metavar="CONTROLLER", help="one file of a controller's whole canvas")
        parser.add_argument("--fps", type=int, choices=RATES, default=30, help="frames a second (default 30)")
        parser.add_argument("--yes", action="store_true", help="also when it is longer than 24 hours")

    def handle(self, *args: Any, cluster: str, usb: Path | None, mp4: Path | None, **options: Any) -> None:
        found = find_cluster(cluster)
        before = signal.getsignal(signal.SIGTERM)
        with suppress(ValueError):  # not in the main thread
            signal.signal(signal.SIGTERM, _stop)
        try:
            if usb is not None:
                self._stick(found, usb)
            elif mp4 is not None:
                self._films(found, mp4, options)
        except Bilingual as error:
            raise CommandError(f"{error.vi}\n{error.en}") from error
        except StorageFull as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Đã dừng; tệp dở dang đã được xoá. / Stopped; the unfinished file is gone."
                if mp4
                else "Đã dừng. Chạy lại lệnh để chép tiếp. / Stopped. Run it again to go on from here."
            ) from None
        finally:
            with suppress(ValueError):
                signal.signal(signal.SIGTERM, before)

    def _stick(self, cluster: Cluster, parent: Path) -> None:
        if not parent.is_dir():
            raise CommandError(
                f"Không có thư mục {parent}: USB đã cắm chưa? / There is no folder {parent}: is the stick plugged in?"
            )
        bundle = gather(cluster, timestamp_of(cluster))
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with Progress(*columns, transient=True) as bar:
            task = bar.add_task(bundle.folder, total=bundle.size)
            written = write_folder(bundle, parent, progress=lambda done, _all: bar.update(task, completed=done))
        self.stdout.write(
            f"✓ {written.folder}  {written.files} tệp / files, {written.bytes / 1e6:.1f} MB; "
            f"chép mới / copied {written.copied} ({written.copied_bytes / 1e6:.1f} MB), xoá / removed {written.removed}"
        )

    def _films(self, cluster: Cluster, folder: Path, options: dict[str, Any]) -> None:
        if not options["start"] or not options["end"]:
            raise CommandError("--mp4 cần --from và --to. / --mp4 needs --from and --to.")
        made = films(
            cluster,
            _instant("--from", options["start"], cluster),
            _instant("--to", options["end"], cluster),
            faces=sorted({one.lower() for one in options["face"]}),
            controller=options["canvas"],
            fps=options["fps"],
            long=options["yes"],
        )
        columns = (TextColumn("{task.description}"), BarColumn(), "{task.percentage:>3.0f}%", TimeRemainingColumn())
        with Progress(*columns, transient=True) as bar:
            tasks = {one.name: bar.add_task(_title(one.name), total=1.0) for one in made}
            written = export(
                cluster, made, folder, progress=lambda name, share: bar.update(tasks[name], completed=share)
            )
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
