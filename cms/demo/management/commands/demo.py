"""`bangtin demo`: runs an instance that fills itself with the demo provinces once it is up."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser

from cms.accounts.models import User
from cms.demo import build, people
from cms.places.models import Controller
from cms.players.services import invite
from cms.runtime.say import say

START = "2027-01-04T08:00:00+07:00"  # a Monday on which every cluster of the demo is lit


class Command(BaseCommand):
    help = "Runs an instance and fills it with three provinces and the national level (see `bangtin up`)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fill", action="store_true", help="only fill a running instance and say how to look at it"
        )
        parser.add_argument("--code", metavar="USER", help="the present code of a demo account's second factor")

    def handle(self, *args: Any, fill: bool = False, code: str | None = None, **options: Any) -> None:
        if code:
            self.stdout.write(self.second_factor(code))
        elif fill:
            self.fill()
        else:
            os.environ.setdefault("BANGTIN_CLOCK", START)
            call_command("up", then=["demo", "--fill"])

    def second_factor(self, username: str) -> str:
        found = people.code(username)
        if found is None:
            raise CommandError(f"Không có mã cho {username}. / There is no code for {username}.")
        return found

    def fill(self) -> None:
        if not build.is_filled():
            said = ""

            def step(what: str, done: int, total: int) -> None:
                nonlocal said
                # A line for every fifth of the way: the output goes through the supervisor, which has no cursor.
                line = f"  … {what}" + (f" {100 * done // total // 20 * 20} %" if total else "")
                if line != said:
                    said = line
                    sys.stdout.write(line + "\n")
                    sys.stdout.flush()

            build.fill(step)
        self.welcome()

    def welcome(self) -> None:
        """Where to look: one link for each controller, and the accounts."""
        administrator = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
        if administrator is None:
            raise CommandError("Chưa có quản trị viên. / There is no administrator.")
        say(
            "\n✓ Mở bốn trình phát (liên kết dùng một lần, trong 10 phút):",
            "✓ Open the four players (links for one use, 10 minutes):",
        )
        for controller in Controller.objects.select_related("cluster__province").order_by("slug"):
            _, path = invite(controller, administrator)
            sys.stdout.write(f"    {controller.cluster.name}: {settings.WAGTAILADMIN_BASE_URL}{path}\n")
        say(
            f"  Tài khoản của từng vai trò: {people.logins_file()}",
            "  That file holds an account for each role.",
        )
        say(
            f"  Mã xác thực hai bước: bangtin demo --code {administrator.get_username()}",
            f"  Second-factor code: bangtin demo --code {administrator.get_username()}",
        )
        sys.stdout.flush()
