"""Screenshots: asked for by the answer to a heartbeat, taken by the kiosk or drawn by the page, kept as a few private files.

A picture comes from a machine that somebody else may hold. So it is judged like any upload: two formats, a bound for its bytes and
for its pixels before it is decoded, and what is kept is drawn anew."""

from __future__ import annotations

import hashlib
import io
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from PIL import Image

from cms import clock
from cms.accounts import audit
from cms.places.models import Controller
from cms.players import limits
from cms.players.formats import Shot
from cms.players.models import Player, Screenshot
from cms.players.telemetry import time_of
from cms.release.files import write_atomic

FORMATS = ("JPEG", "WEBP")
SIDE = 1280
"""Longest side of what is kept, px."""
PIXELS = 2 * SIDE * SIDE
KEPT = 20
"""Pictures of one controller."""
WAITS = timedelta(minutes=3)
"""So long a player is asked; one that is switched off does not send an old wish's picture next week."""
LOOKS = 600
"""Seconds between two pictures that are asked for only because somebody looks."""


class ShotRefused(Exception):
    """`code`: `unknown` (nobody asked this player for it, or not any more) or `picture` (it is none)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def wanted(player: Player, now: datetime) -> str | None:
    """The request that waits for a player, from the row that was read anyway."""
    until = player.shot_wanted_until
    return player.shot_wanted if player.shot_wanted and until is not None and now < until else None


@transaction.atomic
def ask(player: Player, by: Any = None) -> str:
    """Ask a player for a picture; who asked is written down. One that waits already is not asked for again. `by` None: because
    somebody looks."""
    now = clock.now()
    player = Player.objects.select_for_update().select_related("controller__cluster__province").get(pk=player.pk)
    if by is not None:
        audit.record("player.screenshot", player.controller, user=by, province=player.controller.cluster.province.code)
    if waiting := wanted(player, now):
        return waiting
    _of(player.controller).filter(received_at=None).delete()
    request = secrets.token_urlsafe(16)
    Screenshot.objects.create(player=player, request=request, asked_at=now, asked_by=by)
    Player.objects.filter(pk=player.pk).update(shot_wanted=request, shot_wanted_until=now + WAITS)
    return request


def look(player: Player, newest: Screenshot | None) -> bool:
    """Somebody looks at this player: have a picture of the last ten minutes there. Whether one is on its way."""
    now = clock.now()
    if wanted(player, now):
        return True
    fresh = (
        newest is not None and newest.received_at is not None and now - newest.received_at < timedelta(seconds=LOOKS)
    )
    if fresh or not limits.seldom(f"shot:{player.pk}", LOOKS):
        return False
    ask(player)
    return True


def take(player: Player, shot: Shot) -> None:
    """Keep the picture that was asked for. Raises ShotRefused."""
    if wanted(player, clock.now()) != shot.request:
        raise ShotRefused("unknown")
    picture = _decoded(shot.picture)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80, method=4)
    digest = hashlib.sha256(out.getvalue()).hexdigest()
    write_atomic(path(digest), out.getvalue(), mode=0o600)
    with transaction.atomic():
        if not Player.objects.filter(pk=player.pk, shot_wanted=shot.request).update(
            shot_wanted="", shot_wanted_until=None
        ):
            raise ShotRefused("unknown")
        Screenshot.objects.filter(request=shot.request, player=player).update(
            kind=shot.kind,
            taken_at=time_of(shot.taken_at),
            received_at=clock.now(),
            width=picture.width,
            height=picture.height,
            sha256=digest,
        )
        gone = _thinned(player.controller)
    for digest in gone:
        path(digest).unlink(missing_ok=True)


def latest(controller: Controller) -> Screenshot | None:
    """The newest picture of a controller's canvas."""
    return _of(controller).exclude(received_at=None).select_related("asked_by").first()


def path(digest: str) -> Path:
    """Where the file of a picture lies: private, outside of backups."""
    return Path(settings.ASSETS_ROOT).parent / "screenshots" / digest[:2] / f"{digest}.webp"


def _of(controller: Controller) -> QuerySet[Screenshot]:
    return Screenshot.objects.filter(player__controller=controller)


def _thinned(controller: Controller) -> list[str]:
    """Forget all but the newest; the hashes of the files that nobody names any more."""
    rows = list(_of(controller).exclude(received_at=None).values_list("pk", "sha256")[KEPT:])
    Screenshot.objects.filter(pk__in=[pk for pk, _digest in rows]).delete()
    digests = {digest for _pk, digest in rows}
    return sorted(digests - set(Screenshot.objects.filter(sha256__in=digests).values_list("sha256", flat=True)))


def _decoded(data: bytes) -> Image.Image:
    """The pixels of a picture, no side over 1,280. Raises ShotRefused."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as found:
            if found.width * found.height > PIXELS or getattr(found, "n_frames", 1) != 1:
                raise ShotRefused("picture")
            picture = found.convert("RGB")
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise ShotRefused("picture") from error
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return Image.frombytes("RGB", picture.size, picture.tobytes())
