"""`bangtin frame CLUSTER FACE`: the exact pixels of a face at an instant."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.programmes.management.common import check_face, find_cluster, instant
from cms.programmes.previews import compile_at, millis, picture
from cms.schedule.frame import frame


class Command(BaseCommand):
    help = "Draws what a face shows at an instant, from present records, at the face's own size."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("cluster", help="code of the cluster, e.g. tinh-bien")
        parser.add_argument("face", help="letter of the face, a to d")
        parser.add_argument("--at", help="ISO 8601 time; without an offset it is local to the cluster (default: now)")
        parser.add_argument("--out", type=Path, required=True, help="the PNG to write")

    def handle(self, *args: Any, cluster: str, face: str, at: str | None, out: Path, **options: Any) -> None:
        found = find_cluster(cluster)
        letter = check_face(found, face)
        moment = instant(at, found)
        answer = compile_at(found, moment)
        result = frame(answer.compiled.schedule, None, letter, millis(moment))
        try:
            image = picture(found, answer.compiled.schedule, letter, result, millis(moment))
            image.save(out, format="PNG")
        except OSError as error:
            raise CommandError(f"The picture cannot be drawn or written: {error}") from error
        self.stdout.write(
            f"{out}: {image.width} × {image.height} px, {result.kind}, {result.scene or 'black'} +{result.offset_ms} ms"
        )
