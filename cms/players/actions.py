"""What operators do with players: pair, invite, revoke; and the thumbnails of the list."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cms.places.models import Controller
from cms.players import canvases, codes, limits, pictures, services
from cms.players.access import operated_controllers, seen_controllers
from cms.players.forms import CodeForm, PairForm, RevokeForm
from cms.players.health import health
from cms.players.models import Player


@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest) -> HttpResponse:
    """Type in the code that a screen shows, or come by its QR code; see which screen that is; choose its controller."""
    controllers = operated_controllers(request.user)
    if not controllers.exists():
        raise PermissionDenied
    told = request.POST if request.method == "POST" else request.GET
    if "code" not in told:
        return _type_in(request, CodeForm())
    typed = CodeForm(told)
    if not typed.is_valid():
        return _type_in(request, typed)
    who = str(request.user.pk)
    if limits.used_up("wrong-code", who, most=20):
        typed.add_error("code", _("Too many wrong codes. Wait ten minutes, then read the code off the screen again."))
        return _type_in(request, typed)
    waiting = services.waiting_screen(typed.cleaned_data["code"])
    if waiting is None:
        limits.count("wrong-code", who, most=20, seconds=600, must=False)
        typed.add_error("code", services.wrong_code())
        return _type_in(request, typed)
    choices = canvases.choices(controllers, waiting)
    chosen = {"code": typed.cleaned_data["code"], "controller": request.GET.get("controller", "")}
    if not chosen["controller"] and choices and (choices[0].named or len(choices) == 1):
        chosen["controller"] = str(choices[0].controller.pk)
    form = PairForm(request.POST or None, controllers=controllers, initial=chosen)
    if request.method == "POST" and form.is_valid() and (answer := _paired(request, form)):
        return answer
    context = {"form": form, "waiting": waiting, "code": codes.shown(chosen["code"]), "choices": choices}
    context["chosen"] = str(form["controller"].value() or "")
    return _no_store(render(request, "players/pair.html", context))


def _type_in(request: HttpRequest, form: CodeForm) -> HttpResponse:
    context = {"form": form, "controller": request.GET.get("controller", "")}
    return _no_store(render(request, "players/code.html", context))


def _no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _paired(request: HttpRequest, form: PairForm) -> HttpResponse | None:
    """Confirm what the form says; None when that was refused, and the form says why."""
    wanted = form.cleaned_data
    try:
        player = services.confirm_pairing(wanted["code"], wanted["controller"], request.user, replace=wanted["replace"])
    except services.PairingRefused as refused:
        form.add_error(None, str(refused))
        return None
    messages.success(
        request,
        _("The screen is now the player of %(controller)s. It shows its programme as soon as it has fetched it.")
        % {"controller": player.controller},
    )
    return redirect("players:controller", player.controller_id)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, controller_id: int) -> HttpResponse:
    """Make a link that turns the browser which opens it into a player of the controller."""
    controller = get_object_or_404(seen_controllers(request.user), pk=controller_id)
    if not services.may_operate(request.user, controller):
        raise PermissionDenied
    context: dict[str, object] = {"controller": controller, "letters": _letters(controller)}
    context["running"] = [one for one in controller.players.filter(revoked_at__isnull=True) if health(one) == "healthy"]
    if request.method == "POST":
        _code, url = services.invite(controller, request.user)
        context |= {"url": url, "address": request.build_absolute_uri(url), "minutes": 10}
    return _no_store(render(request, "players/invite.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, player_id: int) -> HttpResponse:
    """Take a player's right to report and to be counted away, saying why."""
    player = get_object_or_404(
        Player.objects.select_related("controller__cluster__province").filter(
            controller__in=seen_controllers(request.user), revoked_at__isnull=True
        ),
        pk=player_id,
    )
    if not services.may_operate(request.user, player.controller):
        raise PermissionDenied
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.revoke(player, request.user, form.cleaned_data["why"])
        messages.success(
            request,
            _("The player of %(controller)s was revoked. Its reports are no longer accepted.")
            % {"controller": player.controller},
        )
        return redirect("players:controller", player.controller_id)
    context = {"player": player, "letters": _letters(player.controller), "form": form}
    return render(request, "players/revoke.html", context)


@require_safe
def face(request: HttpRequest, player_id: int, letter: str) -> HttpResponse:
    """A thumbnail of what a face shows, by its player's last report."""
    player = get_object_or_404(
        Player.objects.select_related("controller__cluster").filter(controller__in=seen_controllers(request.user)),
        pk=player_id,
    )
    placement = get_object_or_404(player.controller.placements.select_related("face"), face__letter=letter)
    layers = pictures.layers_now(player, letter)
    if not layers:
        raise Http404
    live = pictures.told(player.controller.cluster, layers)
    tag = f'"{pictures.etag(layers, live)}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=60"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    try:
        picture = pictures.thumbnail(layers, (placement.face.width, placement.face.height), live)
    except OSError as error:
        raise Http404 from error
    return HttpResponse(picture, content_type="image/png", headers=headers)


def _letters(controller: Controller) -> str:
    found = controller.placements.order_by("face__letter").values_list("face__letter", flat=True)
    return ", ".join(letter.upper() for letter in found)
