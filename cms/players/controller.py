"""The page of a controller: what its player does, what happened, who was its player before, and what to do about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cms import clock
from cms.places.models import Controller
from cms.players import reading, service_pin, services, shot_views, shots, telling
from cms.players.access import seen_controllers
from cms.players.canvases import canvas_of
from cms.players.health import Health
from cms.players.models import PlayerEvent, RefusedReport

EVENTS_SHOWN = 30
REPORTS_SHOWN = 10
REPORTS_SINCE = timedelta(days=30)


@require_safe
def controller_page(request: HttpRequest, controller_id: int) -> HttpResponse:
    """Everything about one controller; for people of its province."""
    controller = get_object_or_404(
        seen_controllers(request.user).prefetch_related("placements__face"), pk=controller_id
    )
    context = _context(request, controller)
    rows = context["rows"]
    context |= shot_views.context(controller, [row.player for row in rows])
    if rows and rows[0].health is Health.HEALTHY:
        context["shot_waiting"] |= shots.look(rows[0].player, context["shot"])
    if context["operated"]:
        context |= service_pin.context(controller)
    return render(request, "players/controller.html", context)


def _context(request: HttpRequest, controller: Controller) -> dict[str, Any]:
    operated = services.may_operate(request.user, controller)
    players = list(
        reading.players_for_list()
        .filter(controller=controller)
        .select_related("paired_by", "revoked_by")
        .order_by("-paired_at")
    )
    present = [one for one in players if one.revoked_at is None]
    events = PlayerEvent.objects.filter(player__controller=controller)[:EVENTS_SHOWN]
    reports = RefusedReport.objects.filter(
        player__controller=controller, last_at__gte=clock.now() - REPORTS_SINCE
    ).select_related("player")[:REPORTS_SHOWN]
    return {
        "controller": controller,
        "canvas": canvas_of(controller),
        "operated": operated,
        "rows": reading.rows_of(present, {controller.pk} if operated else ()),
        "former": [one for one in players if one.revoked_at is not None],
        "events": [(one, telling.of_event(one)) for one in events],
        "reports": [(one, telling.of_report(one)) for one in reports],
    }
