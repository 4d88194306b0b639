"""Who sends a report: the device signature of the player's API."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from cms import clock
from cms.players import keys, limits
from cms.players.models import Player

SKEW_MS = 5 * 60 * 1000


class Unsigned(Exception):
    """The request is not one of a paired player. `code`: `headers`, `skew`, `unknown_key`, `signature`, `replayed`.

    `player` is the one whose key the request names, if there is one."""

    def __init__(self, code: str, key_id: str = "", player: Player | None = None) -> None:
        super().__init__(code)
        self.code, self.key_id, self.player = code, key_id, player


class Revoked(Exception):
    """The player's pairing was revoked; its reports are refused."""

    def __init__(self, player: Player) -> None:
        super().__init__(player.key_id)
        self.player = player


@dataclass(frozen=True, slots=True)
class _Signed:
    """What a request says of who sends it."""

    key_id: str
    time_ms: str
    signature: str

    @classmethod
    def of(cls, request: HttpRequest) -> _Signed:
        key, time_ms = request.headers.get("X-Bangtin-Key", ""), request.headers.get("X-Bangtin-Time", "")
        signature = request.headers.get("X-Bangtin-Signature", "")
        if not (key and signature) or not (time_ms.isascii() and time_ms.isdecimal()) or len(time_ms) > 16:
            raise Unsigned("headers")
        return cls(key[:64], time_ms, signature)

    def check(self, request: HttpRequest, jwk: Mapping[str, str], *, once: bool, player: Player | None) -> None:
        """Raise `Unsigned` unless the key signed exactly this request, within five minutes and (`once`) for the first time."""
        message = keys.signed_message(request.method or "", request.path, self.time_ms, request.body)
        if not keys.verify(jwk, self.signature, message):
            raise Unsigned("signature", self.key_id, player)
        if abs(int(self.time_ms) - clock.now_ms()) > SKEW_MS:
            raise Unsigned("skew", self.key_id, player)
        if player is not None and player.revoked_at is not None:
            raise Revoked(player)
        if player is not None:
            limits.count("report", player.key_id, most=600, seconds=60, must=False)
        seen = hashlib.sha256(self.key_id.encode() + message).hexdigest()
        if once and not limits.first_time(seen, 2 * SKEW_MS // 1000):
            raise Unsigned("replayed", self.key_id, player)


class DeviceSignature:
    """Authenticates a request by `X-Bangtin-Key`, `-Time` and `-Signature` over method, path, time and body.

    `once`: a copy of a request is refused for as long as its time would be accepted. The play log does without, since its
    entries are numbered and a copy changes nothing."""

    def __init__(self, *, once: bool) -> None:
        self.once = once

    def __call__(self, request: HttpRequest) -> Player:
        """The player; raises `Unsigned`, `Revoked` or `limits.TooOften`."""
        signed = _Signed.of(request)
        related = ("controller__cluster__province", "controller__service_pin")
        player = Player.objects.select_related(*related).filter(key_id=signed.key_id).first()
        if player is None:
            raise Unsigned("unknown_key", signed.key_id)
        signed.check(request, player.public_key, once=self.once, player=player)
        return player


def prove(request: HttpRequest, jwk: Mapping[str, str]) -> None:
    """A screen that is not paired yet shows that it holds the private half of the key it names. So nobody asks in another's
    name, and a copied request is worth nothing. Raises `Unsigned`."""
    signed = _Signed.of(request)
    if signed.key_id != keys.key_id(jwk):
        raise Unsigned("signature", signed.key_id)
    signed.check(request, jwk, once=True, player=None)
