"""What a controller's canvas should have shown at an instant, drawn from the releases that were in force: what a screenshot is compared with."""

from __future__ import annotations

import io
from datetime import datetime

from django.db.models import Q
from PIL import Image

from cms.content.assets import AssetStore
from cms.places.models import Cluster, Controller
from cms.programmes.previews import millis, values
from cms.release import documents
from cms.release.models import Release, Target
from cms.schedule.format import Layer, Notices, Scene, Schedule
from cms.schedule.frame import FrameResult, frame

SIDE = 1280
"""Longest side, px: that of a screenshot."""
_TURNS = {
    90: Image.Transpose.ROTATE_270,  # faces turn clockwise, Pillow the other way
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def canvas(controller: Controller, at: datetime) -> bytes | None:
    """A WebP of the canvas at an instant, no side over 1,280 px; None when no release of then is kept. Live values are today's. Raises
    OSError when an asset is missing."""
    cluster = controller.cluster
    schedule = _schedule(cluster, at)
    if schedule is None:
        return None
    notices = _notices(cluster, at)
    picture = Image.new("RGB", (controller.canvas_width, controller.canvas_height))
    for one in controller.placements.select_related("face"):
        face = one.face
        if face.letter not in schedule.faces:
            continue
        result = frame(schedule, notices, face.letter, millis(at))
        drawn = _face(cluster, schedule, notices, face.letter, (face.width, face.height), result, millis(at))
        turn = _TURNS.get(one.rotation)
        picture.paste(drawn.transpose(turn) if turn is not None else drawn, (one.x, one.y))
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()


def _face(
    cluster: Cluster,
    schedule: Schedule,
    notices: Notices | None,
    letter: str,
    size: tuple[int, int],
    result: FrameResult,
    at_ms: int,
) -> Image.Image:
    from renderers.draw import draw

    scene = _scene(schedule, notices, result.scene)
    picture: Image.Image = draw(
        *size,
        _layers(schedule, notices, result.scene, letter),
        result.offset_ms,
        previous=_layers(schedule, notices, result.previous, letter) if result.previous else None,
        previous_offset_ms=result.previous_offset_ms,
        progress=result.progress,
        transition=scene.transition.kind if scene else "cut",
        instant_ms=at_ms,
        values=values(cluster),
        asset_path=AssetStore().path,
    )
    return picture


def _scene(schedule: Schedule, notices: Notices | None, name: str | None) -> Scene | None:
    if name is None:
        return None
    return schedule.scenes.get(name) or (notices.scenes.get(name) if notices else None)


def _layers(schedule: Schedule, notices: Notices | None, name: str | None, letter: str) -> list[Layer]:
    scene = _scene(schedule, notices, name)
    return list(scene.faces.get(letter, ())) if scene else []


def _schedule(cluster: Cluster, at: datetime) -> Schedule | None:
    release = _release(cluster, Target.SCHEDULE, at, Q(valid_from__lte=at))
    return documents.schedule(cluster.slug, release.sha256) if release else None


def _notices(cluster: Cluster, at: datetime) -> Notices | None:
    release = _release(cluster, Target.NOW, at, Q())
    return documents.notices(cluster.slug, release.sha256) if release else None


def _release(cluster: Cluster, target: str, at: datetime, more: Q) -> Release | None:
    found = Release.objects.filter(
        more, cluster=cluster, target=target, status=Release.Status.PUBLISHED, published_at__lte=at
    )
    return found.order_by("-id").first()
