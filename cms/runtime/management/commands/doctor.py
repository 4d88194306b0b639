"""`bangtin doctor`: is everything well, and if not, what to do."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cms.runtime.doctor import examine


class Command(BaseCommand):
    help = "Looks over the instance: one line each, with what to do."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        failed = False
        for finding in examine():
            if finding.trouble is None:
                self.stdout.write(f"✓ {finding.name}{'  ' + finding.fact if finding.fact else ''}")
            else:
                failed = True
                self.stdout.write(f"✗ {finding.name}: {finding.trouble.vi}\n  {finding.trouble.en}")
        if failed:
            raise SystemExit(1)
