"""Screenshots on the page of a controller: asking for one, the pictures, what should be there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cms import clock
from cms.places.models import Controller
from cms.players import services, shots, should
from cms.players.access import seen_controllers
from cms.players.models import Player, Screenshot

FOREVER = {"Cache-Control": "private, max-age=86400, immutable"}


@require_POST
def ask(request: HttpRequest, controller_id: int) -> HttpResponse:
    """Ask the player of a controller for a picture; whoever may operate it."""
    controller = get_object_or_404(seen_controllers(request.user), pk=controller_id)
    if not services.may_operate(request.user, controller):
        raise PermissionDenied
    player = controller.players.filter(revoked_at=None).order_by("-last_seen").first()
    if player is None:
        messages.error(request, _("This controller has no player that could take a picture."))
    else:
        shots.ask(player, request.user)
    return redirect("players:controller", controller.pk)


@require_safe
def state(request: HttpRequest, controller_id: int) -> HttpResponse:
    """The part of the page that waits for a picture."""
    controller = get_object_or_404(seen_controllers(request.user), pk=controller_id)
    players = list(controller.players.filter(revoked_at=None))
    return render(request, "players/_shot.html", {"controller": controller, **context(controller, players)})


@require_safe
def picture(request: HttpRequest, shot_id: int) -> HttpResponseBase:
    """A screenshot; for people of its province."""
    shot = _seen(request, shot_id)
    try:
        return FileResponse(shots.path(shot.sha256).open("rb"), content_type="image/webp", headers=FOREVER)
    except OSError as error:  # restored from a backup, which has no screenshots
        raise Http404 from error


@require_safe
def should_be(request: HttpRequest, shot_id: int) -> HttpResponse:
    """What the canvas should have shown at the instant of a screenshot."""
    shot = _seen(request, shot_id)
    try:
        drawn = should.canvas(shot.player.controller, shot.taken_at) if shot.taken_at else None
    except OSError as error:
        raise Http404 from error
    if drawn is None:
        raise Http404
    return HttpResponse(drawn, content_type="image/webp", headers=FOREVER)


def context(controller: Controller, players: Sequence[Player]) -> dict[str, Any]:
    """The newest picture, and whether another is on its way. `players`: those that are not revoked."""
    now = clock.now()
    return {
        "shot": shots.latest(controller),
        "shot_waiting": any(shots.wanted(one, now) for one in players),
        "shot_possible": bool(players),
    }


def _seen(request: HttpRequest, shot_id: int) -> Screenshot:
    """A screenshot of a controller that the reader sees. Raises Http404."""
    found = Screenshot.objects.select_related("player__controller__cluster").exclude(received_at=None)
    return get_object_or_404(found, pk=shot_id, player__controller__in=seen_controllers(request.user))
