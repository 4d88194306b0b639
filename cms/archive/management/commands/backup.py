"""`bangtin backup`: a copy of everything the instance owns, taken while it runs."""

from __future__ import annotations

import os
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import Progress

from cms import clock
from cms.archive.backup import backup
from cms.archive.errors import ArchiveFailed

VARIABLE = "BANGTIN_BACKUP_PASSPHRASE"


class Command(BaseCommand):
    help = "Writes a backup: database, media, proofs, releases; private keys only encrypted (--with-keys)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, help="The file to write (default: bangtin-<instant>.tar here).")
        parser.add_argument(
            "--with-keys", action="store_true", help=f"Private keys too; passphrase: {VARIABLE} or asked."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        out = (options["out"] or Path(f"bangtin-{now:%Y%m%dT%H%M%SZ}.tar")).resolve()
        passphrase = ask_passphrase(twice=True) if options["with_keys"] else None
        try:
            with Progress(transient=True) as bar:
                task = bar.add_task("Sao lưu")
                made = backup(
                    Path(settings.DATA),
                    settings.DATABASES["default"],
                    out,
                    passphrase=passphrase,
                    at=now,
                    progress=lambda done, total: bar.update(task, completed=done, total=total),
                )
        except ArchiveFailed as error:
            raise CommandError(f"{error.text.vi}\n{error.text.en}") from error
        self.stdout.write(f"✓ {made} ({made.stat().st_size / 1e6:.1f} MB)")
        if passphrase is None:
            self.stdout.write(
                "  Không kèm khoá ký (--with-keys để kèm, có mã hoá). / Without the signing keys (--with-keys)."
            )


def given_passphrase() -> str:
    """The passphrase from the environment, or from the file that its `_FILE` names; empty when there is none."""
    if file := os.environ.get(f"{VARIABLE}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    return os.environ.get(VARIABLE, "")


def ask_passphrase(*, twice: bool) -> str:
    if given := given_passphrase():
        return given
    try:
        first = getpass("Cụm mật khẩu của bản sao lưu / Passphrase: ")
        again = getpass("Nhập lại / Again: ") if twice else first
    except EOFError:
        raise CommandError(f"Hãy đặt cụm mật khẩu ở {VARIABLE}. / Set the passphrase in {VARIABLE}.") from None
    if again != first:
        raise CommandError("Hai lần nhập không giống nhau. / The two do not match.")
    return first
