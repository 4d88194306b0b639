"""Who sends a report: the device signature of the player's API."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest

from cms import clock
from cms.players import keys, limits
from cms.players.models import Player

SKEW_MS = 5 * 60 * 1000


class Unsigned(Exception):
    """The request is not one of a paired player. `code`: `headers`, `skew`, `unknown_key`, `signature`, `replayed`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Revoked(Exception):
    """The player's pairing was revoked; its reports are refused."""


class DeviceSignature:
    """Authenticates a request by `X-Bangtin-Key`, `-Time` and `-Signature` over method, path, time and body.

    `once`: a copy of a request is refused for as long as its time would be accepted. The play log does without, since its
    entries are numbered and a copy changes nothing."""

    def __init__(self, *, once: bool) -> None:
        self.once = once

    def __call__(self, request: HttpRequest) -> Player:
        """The player; raises `Unsigned`, `Revoked` or `limits.TooOften`."""
        key, time_ms = request.headers.get("X-Bangtin-Key", ""), request.headers.get("X-Bangtin-Time", "")
        signature = request.headers.get("X-Bangtin-Signature", "")
        if not (key and signature) or not (time_ms.isascii() and time_ms.isdecimal()) or len(time_ms) > 16:
            raise Unsigned("headers")
        if abs(int(time_ms) - clock.now_ms()) > SKEW_MS:
            raise Unsigned("skew")
        player = Player.objects.select_related("controller__cluster__province").filter(key_id=key[:64]).first()
        if player is None:
            raise Unsigned("unknown_key")
        body = request.body
        message = keys.signed_message(request.method or "", request.path, time_ms, body)
        if not keys.verify(player.public_key, signature, message):
            raise Unsigned("signature")
        if player.revoked_at is not None:
            raise Revoked
        limits.count("report", player.key_id, most=600, seconds=60, must=False)
        seen = hashlib.sha256(player.key_id.encode() + message).hexdigest()
        if self.once and not limits.first_time(seen, 2 * SKEW_MS // 1000):
            raise Unsigned("replayed")
        return player
