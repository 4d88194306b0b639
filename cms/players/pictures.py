"""Thumbnails of what a face shows, drawn from the very release its player says it has in force."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from cms import clock
from cms.content.assets import AssetStore
from cms.places.models import Cluster
from cms.players.models import Player
from cms.plugin_api.types import canonical, sha256
from cms.programmes.previews import values
from cms.release import documents
from cms.release.services import current
from cms.schedule.format import Layer, Value

STILL_MS = 1500  # into a scene, when its first motion is over
WIDTH = 320
MINUTE = 60_000
Told = tuple[int, dict[str, Value]]
"""An instant (UTC ms) and live values by name."""


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


def told(cluster: Cluster, layers: Sequence[Layer]) -> Told:
    """What live values of these layers are drawn from: the minute (UTC ms) and the cluster's values. Nothing where there are none."""
    if not any(one.kind == "glyphs" for one in layers):
        return 0, {}
    return clock.now_ms() // MINUTE * MINUTE, values(cluster)


def etag(layers: Sequence[Layer], live: Told = (0, {})) -> str:
    """The same layers that tell the same give the same picture."""
    at, known = live
    parts = [layer.model_dump(mode="json") for layer in layers]
    return sha256(canonical([parts, at, {name: one.model_dump() for name, one in known.items()}]))[:32]


def thumbnail(layers: Sequence[Layer], size: tuple[int, int], live: Told = (0, {})) -> bytes:
    """A PNG of a face of this size in pixels, no wider than 320. Raises OSError when an asset is missing."""
    from renderers.draw import draw

    at, known = live
    picture: Image.Image = draw(*size, layers, STILL_MS, instant_ms=at, values=known, asset_path=AssetStore().path)
    if size[0] > WIDTH:
        picture = picture.resize((WIDTH, max(1, round(size[1] * WIDTH / size[0]))), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
