"""The week calendar in the admin: the page, the words and the saving of a block that was moved, the address of the feed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cms import clock
from cms.places.models import Cluster
from cms.programmes import feeds
from cms.programmes.attention import attention_for
from cms.programmes.calendar_drawing import Drawing
from cms.programmes.calendars import monday_of, week_of
from cms.programmes.models import Slot
from cms.programmes.moves import SCOPES, Move, Refused, described, move_of, save
from cms.programmes.policy import ProgrammesPolicy
from cms.programmes.previews import local_day
from cms.programmes.services import may_edit, slots_on, visible_clusters
from cms.programmes.views import cluster_for

YEARS = range(2000, 2100)


@require_GET
def week(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The week of `?day=` (ISO; without it this week) on a cluster of the reader's provinces."""
    clusters = visible_clusters(request.user)
    asked = request.GET.get("cluster", "")
    if asked and asked != slug:
        query = urlencode({"day": request.GET.get("day", "")})
        return redirect(f"{reverse('programmes:calendar_cluster', args=(asked,))}?{query}")
    slug = slug or clusters.values_list("slug", flat=True).first() or ""
    if not slug:
        return render(request, "programmes/calendar.html", {"clusters": clusters})
    cluster = cluster_for(request, slug)
    today = local_day(cluster, clock.now())
    day = _day(request.GET.get("day", ""), today)
    monday = monday_of(day)
    found = week_of(cluster, monday)
    edits = may_edit(request.user, cluster.province.code)
    attention = attention_for(cluster, request.user)
    now = datetime.fromtimestamp(clock.now().timestamp(), tz=ZoneInfo(cluster.timezone))
    return render(
        request,
        "programmes/calendar.html",
        {
            "clusters": clusters,
            "cluster": cluster,
            "week": found,
            "drawing": Drawing(found, request.user, attention.of_slots(), today, now),
            "attention": attention,
            "day": day,
            "today": today,
            "sunday": monday + timedelta(days=6),
            "before": monday - timedelta(days=7),
            "after": monday + timedelta(days=7),
            "edits": edits,
            "feed": feeds.address_of(request, cluster),
            "new": f"{reverse('wagtailsnippets_programmes_slot:add')}?cluster={cluster.slug}" if edits else "",
        },
    )


def _day(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if day.year in YEARS else otherwise


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """A block that was moved. GET: for which days that can be done, and what it changes, in words. POST: does it, with `scope` and
    the `seen` state; 409 when somebody was quicker, 400 with the reasons when it cannot be saved, 403 for who may only look."""
    cluster = cluster_for(request, slug)
    asked = request.POST if request.method == "POST" else request.GET
    try:
        slot = _slot(asked.get("slot", ""), cluster, request.user)
        move = move_of(slot, asked)
        if request.method == "GET":
            return JsonResponse({"scopes": _said(move, cluster)})
        changed = save(move, asked.get("scope", ""), asked.get("seen", ""), request.user)
    except Refused as refused:
        return JsonResponse({"errors": refused.lines, "stale": refused.stale}, status=409 if refused.stale else 400)
    except PermissionDenied:
        return JsonResponse({"errors": [_("You may not change this slot.")], "stale": False}, status=403)
    made = len(changed) - 1
    text = _("“%(title)s” has been changed.") % {"title": slot.title}
    if made:
        text += " " + ngettext("%(count)s slot was made.", "%(count)s slots were made.", made) % {"count": made}
    messages.success(request, text)
    return JsonResponse({"saved": True})


def _slot(name: str, cluster: Cluster, user: Any) -> Slot:
    """A slot that the person may change. Raises Http404 and PermissionDenied."""
    found = slots_on(cluster).select_related("programme__province")
    slot: Slot = get_object_or_404(found, pk=int(name) if name.isdecimal() else 0)
    changes = ProgrammesPolicy(Slot).user_has_permission_for_instance(user, "change", slot)
    if not may_edit(user, cluster.province.code) or not changes:
        raise PermissionDenied
    return slot


def _said(move: Move, cluster: Cluster) -> list[dict[str, Any]]:
    return [
        {"value": one, "label": str(SCOPES[one]), "lines": [str(line) for line in described(move, one, cluster)]}
        for one in move.scopes()
    ]


@require_POST
def address(request: HttpRequest, slug: str) -> HttpResponse:
    """A new address of one's own for the feed of a cluster; the one before stops working."""
    cluster = cluster_for(request, slug)
    if feeds.renew(request.user, cluster):
        messages.success(request, _("The calendar has a new address; the old one no longer works."))
    else:
        messages.success(request, _("The calendar has an address. Copy it into your calendar program."))
    return redirect(reverse("programmes:calendar_cluster", args=(slug,)) + "#feed")
