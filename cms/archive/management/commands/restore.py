"""`bangtin restore FILE`: makes the instance what it was at a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from cms.archive.errors import ArchiveFailed
from cms.archive.lock import is_running
from cms.archive.management.commands.backup import VARIABLE, ask_passphrase, given_passphrase
from cms.archive.restore import read_manifest, restore


class Command(BaseCommand):
    help = "Restores a backup into BANGTIN_DATA, after checking every byte of it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="Take the place of data; the old ones are kept beside."
        )
        keys = parser.add_mutually_exclusive_group()
        keys.add_argument(
            "--with-keys", action="store_true", help=f"Private keys too; passphrase: {VARIABLE} or asked."
        )
        keys.add_argument("--without-keys", action="store_true", help="Leave the private keys in the backup.")

    def handle(self, *args: Any, **options: Any) -> None:
        data = Path(settings.DATA)
        try:
            if is_running(data):
                raise ArchiveFailed(
                    "Bảng Tin đang chạy trên dữ liệu này; dừng nó (Ctrl-C) rồi khôi phục.",
                    "Bảng Tin is running on this data; stop it (Ctrl-C) and restore then.",
                )
            manifest = read_manifest(options["file"])
            passphrase = None
            if manifest["keys"] and not options["without_keys"]:
                passphrase = ask_passphrase(twice=False) if options["with_keys"] else given_passphrase() or None
            if options["without_keys"]:
                passphrase = ""
            connections.close_all()
            aside = restore(
                options["file"],
                data,
                settings.DATABASES["default"],
                replace=options["replace"],
                passphrase=passphrase,
            )
        except ArchiveFailed as error:
            raise CommandError(f"{error.text.vi}\n{error.text.en}") from error
        self.stdout.write(f"✓ {data} ({manifest['made_at']})")
        if not manifest["keys"] or options["without_keys"]:
            self.stdout.write(
                "  ⚠ Không kèm khoá ký: màn hình giữ bản phát hành cũ đến khi khôi phục hoặc thay khoá.\n"
                "  ⚠ Without the signing keys: the screens keep their release until keys are restored or renewed."
            )
        if aside:
            self.stdout.write(f"  Dữ liệu cũ: / The old data: {aside}")
