"""One cluster: what its faces show, until when, why, and what can be done about it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from cms import clock
from cms.accounts.models import Role
from cms.accounts.services import has_role
from cms.content.models import ItemPage
from cms.home.wall import visible_clusters, wall
from cms.places.models import Cluster
from cms.players.models import PlayerEvent
from cms.programmes.diagnostics import say
from cms.release import documents, reasons
from cms.release.models import Release, Target
from cms.release.services import current, schedule_in_force
from cms.schedule.format import Notices, Scene, Schedule
from cms.schedule.frame import frame

EVENTS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Showing:
    """What a face shows: its kind, the item's title and page, its language, and until when."""

    face: str
    kind: str
    word: str
    title: str
    language: str
    page: ItemPage | None
    until: datetime | None


def cluster_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about one cluster on one page."""
    return render(request, "home/cluster.html", _context(request, slug))


def cluster_now(request: HttpRequest, slug: str) -> HttpResponse:
    """The part of the page that changes by itself, fetched every ten seconds."""
    return render(request, "home/cluster_live.html", _context(request, slug))


def _context(request: HttpRequest, slug: str) -> dict[str, Any]:
    cluster = get_object_or_404(visible_clusters(request.user), slug=slug)
    now = wall([cluster])[0]
    schedule = schedule_in_force(cluster)
    release = current(cluster, Target.SCHEDULE)
    latest = Release.objects.filter(cluster=cluster, target=Target.SCHEDULE).first()
    may_act = has_role(request.user, cluster.province.code, Role.OPERATOR, Role.APPROVER)
    return {
        "cluster": cluster,
        "now": now,
        "showing": showing(cluster, schedule, now.faces),
        "release": release,
        "latest": latest if latest and (release is None or latest.pk != release.pk) else None,
        "diagnostics": [_diagnostic(one) for one in (latest.diagnostics if latest else [])],
        "events": PlayerEvent.objects.filter(player__controller__cluster=cluster).select_related("player__controller")[
            :EVENTS_SHOWN
        ],
        "may_act": may_act,
        "may_operate": has_role(request.user, cluster.province.code, Role.OPERATOR),
        "may_withdraw": has_role(request.user, cluster.province.code, Role.APPROVER),
    }


def showing(cluster: Cluster, schedule: Schedule | None, faces: Any) -> list[Showing]:
    """What the schedule and the notices in force put on each face at this instant."""
    if schedule is None:
        return []
    release = current(cluster, Target.NOW)
    notices = documents.notices(cluster.slug, release.sha256) if release else None
    instant = clock.now_ms()
    results = {
        face.letter: frame(schedule, notices, face.letter, instant) for face in faces if face.letter in schedule.faces
    }
    scenes = {letter: _scene(schedule, notices, one.scene) for letter, one in results.items()}
    pages = _pages({scene.item for scene in scenes.values() if scene})
    found = []
    for letter, result in results.items():
        scene = scenes[letter]
        page = pages.get(scene.item) if scene else None
        found.append(
            Showing(
                face=letter,
                kind=result.kind,
                word=_word(result.kind, withdrawn=result.withdrawn),
                title=str(page.title) if page else "",
                language=scene.language if scene and page else "",
                page=page,
                until=_until(result.until),
            )
        )
    return found


def _scene(schedule: Schedule, notices: Notices | None, name: str | None) -> Scene | None:
    if name is None:
        return None
    return schedule.scenes.get(name) or (notices.scenes.get(name) if notices else None)


def _pages(items: set[str]) -> dict[str, ItemPage]:
    """Pages by the item ids of a schedule, in one query."""
    wanted = Q(pk__in=[])
    for item in items:
        key, _colon, language = item.partition(":")
        if len(key) == 36:
            wanted |= Q(translation_key=key, locale__language_code=language)
    found = ItemPage.objects.filter(wanted).select_related("locale") if items else []
    return {page.item_id: page for page in found}


def _word(kind: str, *, withdrawn: bool) -> str:
    if withdrawn:
        return _("Withdrawn: the theme's own picture stands in")
    return {
        "programme": _("Programme"),
        "fallback": _("Nothing planned: the theme's own picture"),
        "closed": _("Closed"),
        "blackout": _("Blacked out"),
        "alert": _("Alert"),
    }[kind]


def _until(instant_ms: int) -> datetime | None:
    """None when it is too far away to mean anything."""
    if instant_ms - clock.now_ms() > 40 * 86_400_000:
        return None
    return datetime.fromtimestamp(instant_ms / 1000, tz=UTC)


def _diagnostic(entry: dict[str, Any]) -> dict[str, str]:
    """Words for a diagnostic: of the signer, or of the compiler."""
    level = str(entry.get("level", "warning"))
    if str(entry.get("code", "")).startswith("signer."):
        return {"level": level, "text": reasons.words(entry)}
    return {"level": level, "text": str(say(entry).text)}
