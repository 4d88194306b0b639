"""The picture of any face at any instant. Wagtail lets only those in who may enter the admin, since it is registered among its
addresses. The page with all faces is the time machine's (`timemachine.py`)."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime
from threading import Lock

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from redis.exceptions import RedisError

from cms import clock
from cms.places.models import Cluster
from cms.programmes.previews import (
    Answer,
    compile_at,
    layers,
    local_day,
    millis,
    parse_instant,
    picture,
    tells,
    values,
)
from cms.programmes.services import may_see_cluster
from cms.schedule.frame import FrameResult, frame

FRESH_S = 5
KEPT = 32
PICTURE_S = 3600
STILL = frozenset({"image", "glyphs"})
"""Kinds of layers that look the same however long their scene has been on."""
_compiled: OrderedDict[tuple[int, date, int], tuple[float, Answer]] = OrderedDict()
_lock = Lock()


def cluster_for(request: HttpRequest, slug: str) -> Cluster:
    """A cluster of the reader's provinces and bounds, faces at hand. Raises Http404 and PermissionDenied."""
    found = get_object_or_404(Cluster.objects.select_related("province").prefetch_related("faces"), slug=slug)
    if not may_see_cluster(request.user, found):
        raise PermissionDenied
    return found


def compiled_for(cluster: Cluster, instant: datetime, days: int = 2) -> Answer:
    """The schedule of the instant's day and those after it. A page asks for four faces at once, so an answer serves for a few
    seconds."""
    key = (cluster.pk, local_day(cluster, instant), days)
    with _lock:
        known = _compiled.get(key)
        if known and time.monotonic() - known[0] < FRESH_S:
            return known[1]
    answer = compile_at(cluster, instant, days)
    with _lock:
        _compiled[key] = (time.monotonic(), answer)
        _compiled.move_to_end(key)
        while len(_compiled) > KEPT:
            _compiled.popitem(last=False)
    return answer


@require_GET
def face(request: HttpRequest, slug: str, letter: str) -> HttpResponse:
    """PNG of a face `?at=` an ISO instant, exact to the pixel; without `at` now, past any fade. `?width=` scales it down. Made from
    present records; 404 for what is not there, 400 for what is no time."""
    cluster = cluster_for(request, slug)
    try:
        instant = parse_instant(request.GET["at"], cluster) if request.GET.get("at") else clock.now()
        width = int(request.GET.get("width", "0"))
    except ValueError:
        return HttpResponseBadRequest(_("Write the time as 2027-01-04T08:00:00+07:00."))
    answer = compiled_for(cluster, instant)
    try:
        shown = frame(answer.compiled.schedule, None, letter, millis(instant))
    except KeyError:
        raise Http404 from None
    if not request.GET.get("at"):
        shown = dataclasses.replace(shown, previous=None, previous_offset_ms=0, progress=1.0)
    shown = _settled(answer, letter, shown)
    at = millis(instant)
    key = _key(cluster, answer, letter, shown, width, at)
    if request.headers.get("If-None-Match") == f'"{key}"':
        return HttpResponse(status=304)
    try:
        data = remembered(f"face:{key}", lambda: _png(cluster, answer, letter, shown, width, at))
    except OSError:
        raise Http404(_("A picture is missing.")) from None
    response = HttpResponse(data, content_type="image/png")
    response["ETag"] = f'"{key}"'
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response


def _settled(answer: Answer, letter: str, shown: FrameResult) -> FrameResult:
    """Where nothing moves, the offset does not matter, and one picture serves the whole scene."""
    scenes = answer.compiled.schedule.scenes

    def still(scene: str | None) -> bool:
        return scene is None or all(one.kind in STILL for one in scenes[scene].faces.get(letter, []))

    return dataclasses.replace(
        shown,
        offset_ms=0 if still(shown.scene) else shown.offset_ms,
        previous_offset_ms=0 if still(shown.previous) else shown.previous_offset_ms,
    )


def _key(cluster: Cluster, answer: Answer, letter: str, shown: FrameResult, width: int, at: int) -> str:
    schedule = answer.compiled.schedule
    sizes = [(one.width, one.height) for one in cluster.faces.all() if one.letter == letter]
    seen = [layers(schedule, scene, letter) for scene in (shown.scene, shown.previous)]
    how = schedule.scenes[shown.scene].transition.kind if shown.scene else ""
    told = (at, values(cluster)) if tells(schedule, shown, letter) else ()
    parts = (seen, sizes, shown.offset_ms, shown.previous_offset_ms, shown.progress, how, width, told)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _png(cluster: Cluster, answer: Answer, letter: str, shown: FrameResult, width: int, at: int) -> bytes:
    image = picture(cluster, answer.compiled.schedule, letter, shown, at)
    if 0 < width < image.width:
        image = image.resize((width, max(1, round(image.height * width / image.width))))
    out = io.BytesIO()
    image.save(out, format="PNG", compress_level=1)
    return out.getvalue()


def remembered(key: str, make: Callable[[], bytes]) -> bytes:
    """From the cache, or made; a cache that cannot be reached only costs time."""
    try:
        known = cache.get(key)
    except RedisError:
        return make()
    if known is None:
        known = make()
        try:
            cache.set(key, known, PICTURE_S)
        except RedisError:
            return known
    return known
