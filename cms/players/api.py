"""The player's API, `/api/player/v1/`: time, pairing and four reports. All but the time is signed by the device's own key. Nothing here
needs a cookie or gives one."""

from __future__ import annotations

import json
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI

from cms import clock
from cms.players import formats as f
from cms.players import keys, limits, qr, refused, service_pin, services, shots
from cms.players.auth import DeviceSignature, Revoked, Unsigned, prove
from cms.players.models import Player
from cms.release.keys import KeysMissing
from cms.release.services import root_json

api = NinjaAPI(
    title="Bảng Tin: player", version="1", urls_namespace="player-api", docs_url=None, openapi_url=None, auth=None
)
api.add_decorator(limits.bounded, mode="view")

_STATUS_OF = {
    "code": 404,
    "unknown": 404,
    "expired": 410,
    "revoked": 409,
    "elsewhere": 409,
    "busy": 503,
    "forbidden": 403,
}


@api.exception_handler(Unsigned)
def _unsigned(request: HttpRequest, error: Unsigned) -> HttpResponse:
    if error.key_id:
        refused.tell(request, error.code, error.key_id, error.player)
    return JsonResponse({"error": error.code, "server_time": clock.now_ms()}, status=401)


@api.exception_handler(Revoked)
def _revoked(request: HttpRequest, error: Revoked) -> HttpResponse:
    refused.tell(request, "revoked", error.player.key_id, error.player)
    return JsonResponse({"revoked": True}, status=403)


@api.exception_handler(limits.TooOften)
def _too_often(request: HttpRequest, error: limits.TooOften) -> HttpResponse:
    return JsonResponse({"error": "too_often"}, status=429, headers={"Retry-After": str(error.retry_after)})


@api.exception_handler(keys.BadKey)
def _bad_key(request: HttpRequest, error: keys.BadKey) -> HttpResponse:
    return JsonResponse({"error": "key"}, status=422)


@api.exception_handler(services.PairingRefused)
def _refused(request: HttpRequest, error: services.PairingRefused) -> HttpResponse:
    headers = {"Retry-After": "60"} if error.code == "busy" else {}
    return JsonResponse(
        {"error": error.code, "text": str(error)}, status=_STATUS_OF.get(error.code, 400), headers=headers
    )


@api.exception_handler(shots.ShotRefused)
def _no_shot(request: HttpRequest, error: shots.ShotRefused) -> HttpResponse:
    return JsonResponse({"error": error.code}, status=404 if error.code == "unknown" else 422)


@api.exception_handler(KeysMissing)
def _not_ready(request: HttpRequest, error: KeysMissing) -> HttpResponse:
    """The province has no release yet. The player asks again; its pairing is not lost."""
    return JsonResponse({"error": "not_ready", "text": str(error)}, status=503, headers={"Retry-After": "5"})


def _player(request: HttpRequest) -> Player:
    """The player whose signature was checked."""
    return cast(Player, cast(Any, request).auth)


def _paired(player: Player) -> f.Paired:
    cluster = player.controller.cluster
    return f.Paired(
        key_id=player.key_id,
        controller=player.controller.slug,
        cluster=cluster.slug,
        root=json.loads(root_json(cluster.province)),
        poll_ms=settings.BANGTIN_POLL_MS,
        server_time=clock.now_ms(),
    )


@api.post("/pairings", response=f.PairingOffer)
def create_pairing(request: HttpRequest, asked: f.PairingRequest) -> f.PairingOffer:
    """A screen asks for a code to show."""
    limits.count("pairing", limits.network(request), most=30, seconds=600)
    limits.count("pairing", "all", most=1000, seconds=600)
    key = keys.canonical(asked.public_key.model_dump())
    prove(request, key)
    started = services.start_pairing(
        key, asked.screen.model_dump(), seat=asked.seat or "", address=limits.address(request)
    )
    ends = round(started.pairing.expires_at.timestamp() * 1000)
    address = qr.pairing_address(request)
    return f.PairingOffer(
        id=started.pairing.pk,
        code=started.code,
        secret=started.secret,
        expires_at=ends,
        address=address,
        qr=qr.rows(address, started.code),
    )


@api.post("/pairings/claim", response=f.Paired)
def claim_pairing(request: HttpRequest, asked: f.Claim) -> f.Paired:
    """A player that an invitation link opened takes its place."""
    # Who guesses codes is counted; a machine with many screens, or a demo with many windows, is not.
    askers = ((limits.network(request), 20), ("all", 500))
    for asker, most in askers:
        if limits.used_up("claim", asker, most=most):
            raise limits.TooOften(600)
    key = keys.canonical(asked.public_key.model_dump())
    prove(request, key)
    try:
        with transaction.atomic():  # an invitation is not used up by an answer that cannot be given
            return _paired(services.claim(asked.code, key, asked.screen.model_dump(), address=limits.address(request)))
    except services.PairingRefused:
        for asker, most in askers:
            limits.count("claim", asker, most=most, seconds=600)
        raise


@api.post("/pairings/{int:pairing_id}/status", response=f.Paired | f.Pending)
def pairing_status(request: HttpRequest, pairing_id: int, asked: f.PairingQuestion) -> f.Paired | f.Pending:
    """The screen that showed a code, and no other, asks whether it has been typed in."""
    limits.count("status", f"{limits.network(request)}:{pairing_id}", most=120, seconds=60)
    prove(request, services.key_of_pairing(pairing_id, asked.secret))
    player = services.paired_with(pairing_id, asked.secret)
    if player is None:
        return f.Pending()
    if player.revoked_at is not None:
        raise Revoked(player)
    return _paired(player)


@api.get("/time", response=f.Time)
def time(request: HttpRequest) -> f.Time:
    return f.Time(now=clock.now_ms())


@api.post("/heartbeat", response=f.Answer, auth=DeviceSignature(once=True))
def heartbeat(request: HttpRequest, beat: f.Heartbeat) -> f.Answer:
    """What the player shows and holds at present."""
    player = _player(request)
    services.record_heartbeat(player, beat, limits.address(request))
    return f.Answer(
        server_time=clock.now_ms(),
        poll_ms=settings.BANGTIN_POLL_MS,
        screenshot=shots.wanted(player, clock.now()),
        service_pin=service_pin.told(player),
    )


@api.post("/playlog", response=f.Acknowledged, auth=DeviceSignature(once=False))
def play_log(request: HttpRequest, batch: f.PlayLog) -> f.Acknowledged:
    """What was shown. The player keeps its entries until they are acknowledged."""
    return f.Acknowledged(acknowledged=services.record_play_log(_player(request), batch))


@api.post("/events", response=f.Ok, auth=DeviceSignature(once=True))
def events(request: HttpRequest, batch: f.Events) -> f.Ok:
    """What happened: refused releases, full storage, restarts, errors."""
    services.record_events(_player(request), batch)
    return f.Ok()


@api.post("/screenshot", response=f.Ok, auth=DeviceSignature(once=True))
def screenshot(request: HttpRequest, shot: f.Shot) -> f.Ok:
    """The picture that the answer to a heartbeat asked for."""
    shots.take(_player(request), shot)
    return f.Ok()
