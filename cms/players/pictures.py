"""Thumbnails of what a face shows, drawn from the very release its player says it has in force."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from cms.content.assets import AssetStore
from cms.players.models import Player
from cms.plugin_api.types import canonical, sha256
from cms.release import documents
from cms.release.services import current
from cms.schedule.format import Layer

STILL_MS = 1500  # into a scene, when its first motion is over
WIDTH = 320


def layers_now(player: Player, letter: str) -> Sequence[Layer] | None:
    """The layers of the scene that a player last reported for a face; None when it shows none or its release is gone."""
    status = player.status or {}
    scene = (status.get("faces", {}).get(letter) or {}).get("scene")
    if not scene:
        return None
    cluster = player.controller.cluster
    digest = status.get("release", {}).get("schedule_sha256")
    schedule = documents.schedule(cluster.slug, digest) if digest else None
    found = schedule.scenes.get(scene) if schedule else None
    if found is None:  # an alert's
        release = current(cluster, "now")
        notices = documents.notices(cluster.slug, release.sha256) if release else None
        found = notices.scenes.get(scene) if notices else None
    return found.faces.get(letter) if found else None


def etag(layers: Sequence[Layer]) -> str:
    """The same layers give the same picture."""
    return sha256(canonical([layer.model_dump(mode="json") for layer in layers]))[:32]


def thumbnail(layers: Sequence[Layer], size: tuple[int, int]) -> bytes:
    """A PNG of a face of this size in pixels, no wider than 320. Raises OSError when an asset is missing."""
    from renderers.draw import draw

    picture: Image.Image = draw(*size, layers, STILL_MS, asset_path=AssetStore().path)
    if size[0] > WIDTH:
        picture = picture.resize((WIDTH, max(1, round(size[1] * WIDTH / size[0]))), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
