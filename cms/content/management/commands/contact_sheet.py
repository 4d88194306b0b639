"""`bangtin contact-sheet`: every kind of card in the installed themes, to be looked at."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.plugin_host.host import get_host
from renderers.contact_sheet import SIZES, add_arguments, draw_sheets
from renderers.samples import LANGUAGES


class Command(BaseCommand):
    help = "Draws every kind of card in every installed theme and language on every shape of face, with all cores."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_arguments(parser)
        parser.add_argument("--theme", action="append", help="code of a theme, again for more (default: all installed)")

    def handle(self, *args: Any, **options: Any) -> None:
        installed = get_host().themes()
        wanted = options["theme"] or sorted(installed)
        for code in wanted:
            if code not in installed:
                raise CommandError(f"No installed plugin brings the theme {code!r}; there are {', '.join(installed)}.")
        written = draw_sheets(
            options["out"],
            [installed[code] for code in wanted],
            languages=options["language"] or LANGUAGES,
            sizes=options["size"] or SIZES,
            kinds=options["card"] or (),
            night=options["night"],
            scale=options["scale"],
            clip=options["clip"],
            tell=self.stdout.write,
        )
        self.stdout.write(f"{len(written)} sheets, {options['out'] / 'index.html'}")
