"""`bangtin explain CLUSTER FACE`: why a face shows what it shows."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from cms.programmes.diagnostics import say_all
from cms.programmes.explanations import explained
from cms.programmes.management.common import check_face, find_cluster, instant
from cms.programmes.previews import compile_at, millis

DAYS = 15
"""Long enough to see the face lit again after the longest holidays."""


class Command(BaseCommand):
    help = "Says why a face shows what it shows at an instant, from present records."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("cluster", help="code of the cluster, e.g. tinh-bien")
        parser.add_argument("face", help="letter of the face, a to d")
        parser.add_argument("--at", help="ISO 8601 time; without an offset it is local to the cluster (default: now)")
        parser.add_argument(
            "--language", default="vi", choices=["vi", "en"], help="language of the answer (default vi)"
        )

    def handle(self, *args: Any, cluster: str, face: str, at: str | None, language: str, **options: Any) -> None:
        found = find_cluster(cluster)
        letter = check_face(found, face)
        moment = instant(at, found)
        answer = compile_at(found, moment, DAYS)
        with translation.override(language):
            name = found.name_en or found.name if language == "en" else found.name
            _, lines = explained(answer, millis(moment), [letter], name)[letter]
            for line in lines:
                self.stdout.write(line)
            for one in say_all(answer.compiled.diagnostics):
                if one.level != "info":
                    self.stdout.write(f"{one.label}: {one.text}")
