"""The time machine: all faces of a cluster at any moment of the past or the future, played by the player's own code over what is
compiled from present records, with the reasons, what wants attention, and what publishing would change.

Every address here is for the people of the cluster's province only, as `cluster_for` says."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections import OrderedDict
from datetime import date, datetime, timedelta
from datetime import time as daytime
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cms import clock
from cms.content.assets import AssetStore
from cms.places.models import Cluster
from cms.programmes import differences, lent
from cms.programmes.attention import attention_for
from cms.programmes.calendars import holiday_names
from cms.programmes.explanations import explained, moment
from cms.programmes.live_values import told_to
from cms.programmes.previews import Answer, millis, parse_instant
from cms.programmes.rulers import arrangement, ruler
from cms.programmes.services import visible_clusters
from cms.programmes.views import cluster_for, compiled_for, remembered
from cms.schedule.calendar import Calendar
from cms.schedule.compare import common_span
from cms.schedule.format import HORIZON_DAYS, Schedule
from renderers.clips import picture_at

YEARS = range(2000, 2100)
SPEEDS = (1, 4, 10, 60, 600)
IN_FORCE = "in-force"
MATTERS_SHOWN = 6
KNOWN_S = 600
KNOWN_DAYS = 64
WORDS = {
    "face": gettext_lazy("Face {face}"),
    "common": gettext_lazy("All faces"),
    "needle": gettext_lazy("Moment of the day"),
    "slots": gettext_lazy("Slots"),
    "programme": gettext_lazy("Programme"),
    "fallback": gettext_lazy("Neutral picture: nothing scheduled"),
    "closed": gettext_lazy("Closed: outside operating hours"),
    "pause": gettext_lazy("neutral picture"),
    "play": gettext_lazy("Play"),
    "pauseButton": gettext_lazy("Pause"),
    "tooFast": gettext_lazy("Time runs too fast for reasons. Pause to read them."),
    "noTime": gettext_lazy("This is no moment between the years 2000 and 2099. Write the day and the hour."),
    "noDifference": gettext_lazy("No difference: on this day the faces show what is on air now."),
    "nothingReleased": gettext_lazy("Nothing is published yet, so there is nothing to compare with."),
    "notCovered": gettext_lazy("What is on air now reaches to {ends} only, so it says nothing of this day."),
    "pictureMissing": gettext_lazy("A picture could not be loaded. It is tried again."),
    "session": gettext_lazy("Your session has ended. Log in again in another window; this page then goes on."),
    "refused": gettext_lazy("The server refused. Load the page again."),
    "unreachable": gettext_lazy("The schedule cannot be loaded: the server does not answer. The last picture stays; it is tried again."),
}  # fmt: skip
"""What the scripts say."""
_known: OrderedDict[tuple[int, str], tuple[float, dict[str, str]]] = OrderedDict()
"""Types of the assets that schedules handed out lately name, by cluster and day, with the moment of forgetting."""
_lock = Lock()


def instant_of(request: HttpRequest, cluster: Cluster) -> datetime:
    """The instant `?at=` asks for; now without it. Raises ValueError for what is no time between 2000 and 2099."""
    text = request.GET.get("at", "")
    instant = parse_instant(text, cluster) if text else clock.now()
    if instant.year not in YEARS:
        raise ValueError(text)
    return instant


def day_of(text: str, cluster: Cluster) -> datetime:
    """Noon of a local day `2027-01-04`. Raises ValueError."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(text)
    return datetime.combine(day, daytime(12), ZoneInfo(cluster.timezone))


@require_GET
def page(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The page. Without JavaScript it shows the moment asked for, with its pictures and reasons."""
    clusters = visible_clusters(request.user)
    slug = slug or request.GET.get("cluster", "") or clusters.values_list("slug", flat=True).first() or ""
    if not slug:
        return render(request, "programmes/timemachine.html", {"clusters": clusters})
    cluster = cluster_for(request, slug)
    wrong = ""
    try:
        instant = instant_of(request, cluster)
    except (ValueError, OverflowError):
        instant, wrong = clock.now(), _("This is no moment between the years 2000 and 2099. The present is shown.")
    answer = compiled_for(cluster, instant, HORIZON_DAYS)
    local = instant.astimezone(ZoneInfo(cluster.timezone))
    context = {
        "clusters": clusters,
        "cluster": cluster,
        "row": arrangement(cluster),
        "themed": _has_pixels(answer),
        "reasons": _reasons(cluster, answer, instant),
        **_attention(cluster, answer, local.date(), request),
        "at": local.isoformat(timespec="milliseconds"),
        "field": f"{local:%Y-%m-%dT%H:%M:%S}",
        "said": moment(millis(instant), cluster.timezone),
        "speeds": SPEEDS,
        "holidays": _holidays(cluster),
        "wrong": wrong,
        "player": lent.player_code(),
        "config": _config(cluster, instant),
        "words": WORDS,
    }
    return render(request, "programmes/timemachine.html", context)


def _holidays(cluster: Cluster) -> list[tuple[date, str]]:
    """The holidays of the year to come by name, each with its first day."""
    today = clock.now().astimezone(ZoneInfo(cluster.timezone)).date()
    named = holiday_names(cluster, today, today + timedelta(days=365))
    return [
        (day, name)
        for day, name in sorted(named.items())
        if 0 <= (day - today).days <= 365 and named.get(day - timedelta(days=1)) != name
    ]


def _has_pixels(answer: Answer) -> bool:
    """Whether the neutral scene has pictures: a theme was approved for this geometry."""
    schedule = answer.compiled.schedule
    return any(schedule.scenes[schedule.fallback].faces.values())


def _config(cluster: Cluster, instant: datetime) -> dict[str, Any]:
    """What the page's scripts need to know. `DAY`, `SOURCE` and `SHA` in the addresses stand for what they fill in."""
    slug = cluster.slug
    return {
        "cluster": slug,
        "timezone": cluster.timezone,
        "player": lent.player_code(),
        "now": clock.now_ms(),
        "at": millis(instant),
        "values": told_to(cluster),
        "urls": {
            "schedule": reverse("programmes:day_schedule", args=(slug,)),
            "explain": reverse("programmes:day_explain", args=(slug,)),
            "inForce": reverse("programmes:in_force", args=(slug,)),
            "differences": reverse("programmes:day_differences", args=(slug,)),
            "attention": reverse("programmes:attention", args=(slug,)),
            "asset": reverse("programmes:asset", args=(slug, "SOURCE", "0" * 64)),
            "poster": reverse("programmes:poster", args=(slug, "SOURCE", "0" * 64)),
        },
    }


def _reasons(cluster: Cluster, answer: Answer, instant: datetime, only: str = "") -> dict[str, Any]:
    """`faces`: per face its letter, the kind of what it shows and the sentences; `common`: those that all faces share beyond the
    first. Raises KeyError for an unknown face."""
    letters = sorted(answer.compiled.schedule.faces)
    if only and only not in letters:
        raise KeyError(only)
    told = explained(answer, millis(instant), [only] if only else letters, cluster.name)
    found = [{"letter": letter, "kind": why.frame.kind, "lines": lines} for letter, (why, lines) in told.items()]
    common: list[str] = []
    if len(found) > 1:
        common = [line for line in found[0]["lines"][1:] if all(line in one["lines"][1:] for one in found)]
        for one in found:
            one["lines"] = [line for line in one["lines"] if line not in common]
    return {"faces": found, "common": common}


@require_GET
def schedule(request: HttpRequest, slug: str) -> HttpResponse:
    """The schedule of a local day `?day=` (and the next) with what the ruler draws. The ETag is the answer's SHA-256."""
    cluster = cluster_for(request, slug)
    try:
        noon = day_of(request.GET.get("day", ""), cluster)
    except (ValueError, OverflowError):
        return _no_day()
    answer = compiled_for(cluster, noon)
    day = noon.date()
    _remember(cluster, day.isoformat(), _types(answer.compiled.schedule))
    head = json.dumps(ruler(cluster, answer, day), ensure_ascii=False).encode()
    return _document(request, b'{"ruler":' + head + b',"schedule":' + answer.compiled.document + b"}")


@require_GET
def in_force(request: HttpRequest, slug: str) -> HttpResponse:
    """The schedule that players obey now; `{"schedule": null}` before the first release."""
    cluster = cluster_for(request, slug)
    found = lent.schedule_in_force(cluster)
    if found is None:
        return _document(request, b'{"schedule":null}')
    return _document(request, b'{"schedule":' + found.model_dump_json(by_alias=True).encode() + b"}")


@require_GET
def day_differences(request: HttpRequest, slug: str) -> HttpResponse:
    """What present records change on a local day `?day=` against the schedule in force. `covered`: until when (UTC ms) the one in
    force says anything; null when it says nothing of this day."""
    cluster = cluster_for(request, slug)
    try:
        noon = day_of(request.GET.get("day", ""), cluster)
    except (ValueError, OverflowError):
        return _no_day()
    before = lent.schedule_in_force(cluster)
    if before is None:
        return JsonResponse({"released": False, "covered": None, "ends": "", "differences": []})
    after = compiled_for(cluster, noon).compiled.schedule
    calendar = Calendar(cluster.timezone)
    start, end = calendar.at(noon.date(), 0), calendar.at(noon.date() + timedelta(days=1), 0)
    span = common_span(before, after, start, end)
    return JsonResponse(
        {
            "released": True,
            "covered": span[1] if span[0] < span[1] else None,
            "ends": moment(before.valid_until, cluster.timezone),
            "differences": differences.said(before, after, start, end),
        }
    )


@require_GET
def explanation(request: HttpRequest, slug: str) -> HttpResponse:
    """Why the faces (or the one of `?face=`) show what they show `?at=` an instant, in sentences."""
    cluster = cluster_for(request, slug)
    try:
        instant = instant_of(request, cluster)
        answer = compiled_for(cluster, instant)
        reasons = _reasons(cluster, answer, instant, request.GET.get("face", ""))
    except (ValueError, OverflowError):
        return JsonResponse({"error": _("This is no moment between the years 2000 and 2099.")}, status=400)
    except KeyError:
        raise Http404 from None
    return JsonResponse({"at": millis(instant), **reasons})


@require_GET
def attention_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What wants attention from a local day `?day=` on, as a part of the page."""
    cluster = cluster_for(request, slug)
    try:
        noon = day_of(request.GET.get("day", ""), cluster)
    except (ValueError, OverflowError):
        return _no_day()
    answer = compiled_for(cluster, noon, HORIZON_DAYS)
    return render(request, "programmes/timemachine_attention.html", _attention(cluster, answer, noon.date(), request))


def _attention(cluster: Cluster, answer: Answer, day: date, request: HttpRequest) -> dict[str, Any]:
    matters = attention_for(cluster, request.user, answer).matters
    return {
        "matters": matters[:MATTERS_SHOWN],
        "more_matters": matters[MATTERS_SHOWN:],
        "attention_day": day,
        "attention_until": day + timedelta(days=HORIZON_DAYS - 1),
    }


@require_GET
def asset(request: HttpRequest, slug: str, source: str, sha256: str) -> HttpResponseBase:
    """The bytes of an asset that the schedule of a day (or the one in force) names; 404 for every other."""
    cluster = cluster_for(request, slug)
    kind = _type_of(cluster, source, sha256)
    try:
        file = AssetStore().path(sha256).open("rb")
    except OSError:
        raise Http404(_("A picture is missing.")) from None
    return FileResponse(file, content_type=kind, headers={"Cache-Control": "private, max-age=31536000, immutable"})


@require_GET
def poster(request: HttpRequest, slug: str, source: str, sha256: str) -> HttpResponse:
    """The first picture of a clip that the schedule names, as a PNG."""
    cluster = cluster_for(request, slug)
    if not _type_of(cluster, source, sha256).startswith("video/"):
        raise Http404
    try:
        data = remembered(f"poster:{sha256}", lambda: _first_picture(sha256))
    except (OSError, ValueError):
        raise Http404(_("A picture is missing.")) from None
    return HttpResponse(
        data, content_type="image/png", headers={"Cache-Control": "private, max-age=31536000, immutable"}
    )


def _first_picture(sha256: str) -> bytes:
    out = io.BytesIO()
    picture_at(AssetStore().path(sha256), 0).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _type_of(cluster: Cluster, source: str, sha256: str) -> str:
    """The media type of an asset that a schedule names. Raises Http404 when it does not."""
    with _lock:
        until, types = _known.get((cluster.pk, source), (0.0, {}))
    if time.monotonic() > until or sha256 not in types:
        try:
            released = lent.schedule_in_force(cluster) if source == IN_FORCE else None
            types = _types(released or compiled_for(cluster, day_of(source, cluster)).compiled.schedule)
        except (ValueError, OverflowError):
            raise Http404 from None
        _remember(cluster, source, types)
    if sha256 not in types:
        raise Http404
    return types[sha256]


def _types(schedule: Schedule) -> dict[str, str]:
    return {sha: one.type for sha, one in schedule.assets.items()}


def _remember(cluster: Cluster, source: str, types: dict[str, str]) -> None:
    """A page asks for dozens of assets, a schedule is compiled for none of them."""
    with _lock:
        _known[cluster.pk, source] = (time.monotonic() + KNOWN_S, types)
        _known.move_to_end((cluster.pk, source))
        while len(_known) > KNOWN_DAYS:
            _known.popitem(last=False)


def _no_day() -> HttpResponse:
    return JsonResponse({"error": _("Write the day as 2027-01-04.")}, status=400)


def _document(request: HttpRequest, data: bytes) -> HttpResponse:
    """JSON whose ETag is its SHA-256; 304 for who has it already."""
    etag = f'"{hashlib.sha256(data).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(data, content_type="application/json", headers=headers)
