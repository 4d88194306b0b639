"""`bangtin prune`: removes what no live release, approval, proof or theme names. The cron does the same every hour."""

from __future__ import annotations

import argparse
import io
import shutil
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from cms.release import prune

WORDS = {
    "chunks": "mảnh trong kho công khai · chunks of the public store",
    "documents": "lịch phát, thông báo cũ · old schedules and notices",
    "metadata": "siêu dữ liệu đã ký cũ · old signed metadata",
    "assets": "hình, phim không bản duyệt nào dùng · assets that no proof names",
    "drawings": "kết quả vẽ lâu không dùng · drawings not asked for in a month",
    "leftovers": "tệp ghi dở · half-written files",
}


class Command(BaseCommand):
    help = (
        "Removes files that no live release, approval, proof, theme or archive names and that nobody touched for an hour. "
        "The cron of `bangtin up` does it every hour. It may run while people work and players fetch."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        freed = prune.plan().expected() if dry_run else prune.run()
        if freed.busy:
            raise CommandError(
                "Đang sao lưu hoặc đang dọn. Chạy lại sau ít phút.\n"
                "A backup or another tidying is under way. Run this again in some minutes."
            )
        table = Table(title="Sẽ xoá · would be removed" if dry_run else "Đã xoá · removed", title_justify="left")
        table.add_column("")
        table.add_column("số · number", justify="right")
        table.add_column("MB", justify="right")
        for kind in prune.KINDS:
            table.add_row(WORDS[kind], str(freed.counts[kind]), f"{freed.bytes[kind] / 1e6:.1f}")
        text = io.StringIO()
        Console(file=text, width=shutil.get_terminal_size().columns).print(table)
        self.stdout.write(text.getvalue())
