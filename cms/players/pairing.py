"""How a browser becomes the player of a controller, and how it ceases to be.

A screen shows a code, an operator types it in; or an operator makes an invitation link, whose code the player claims. Either way
the pairing binds the public key that asked: whoever reads the code without the key gains nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.utils.translation import gettext as _

from cms import clock
from cms.accounts import audit
from cms.accounts.models import Role
from cms.accounts.services import has_role
from cms.places.models import Controller
from cms.players import codes, keys
from cms.players.models import Pairing, Player

LIFETIME = timedelta(minutes=10)
GRACE = timedelta(minutes=10)  # a paired player whose answer got lost may ask again for so long
MOST_WAITING = 500
MOST_WAITING_AT_ONE_ADDRESS = 20  # a border gate has one line for all its controllers


class PairingRefused(Exception):
    """Why a pairing did not come about; `code` for programs, the text for people."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Started:
    """What a screen that asks to be paired needs: the code to show and the secret to ask with."""

    pairing: Pairing
    code: str
    secret: str


def may_operate(user: Any, controller: Controller) -> bool:
    """Operators of the controller's province and administrators pair, invite and revoke."""
    return has_role(user, controller.cluster.province.code, Role.OPERATOR)


def _require_operator(user: Any, controller: Controller) -> None:
    if not may_operate(user, controller):
        raise PairingRefused("forbidden", _("Only an operator of this province may do this."))


@transaction.atomic
def start_pairing(
    public_key: Mapping[str, object], screen: Mapping[str, int], *, seat: str = "", address: str = ""
) -> Started:
    """A screen asks to be paired; earlier codes of the same screen end. Raises `keys.BadKey`; `PairingRefused` `revoked` (make a new key) or `busy`."""
    key, now = keys.canonical(public_key), clock.now()
    if Player.objects.filter(key_id=keys.key_id(key), revoked_at__isnull=False).exists():
        raise PairingRefused("revoked", _("This player was revoked; it needs a new key."))
    Pairing.objects.filter(expires_at__lt=now - GRACE).delete()
    waiting = Pairing.objects.filter(used_at__isnull=True).exclude(poll_secret_hash="")
    waiting.filter(public_key=key).delete()
    if waiting.count() >= MOST_WAITING or (
        address and waiting.filter(address=address, expires_at__gt=now).count() >= MOST_WAITING_AT_ONE_ADDRESS
    ):
        raise PairingRefused("busy", _("Too many screens are waiting to be paired; try again in a few minutes."))
    code, secret = codes.make_code(), codes.make_secret()
    pairing = Pairing.objects.create(
        code_hash=codes.hash_code(code),
        poll_secret_hash=codes.hash_secret(secret),
        public_key=key,
        screen=dict(screen),
        seat=seat[:80],
        address=address[:64],
        created_at=now,
        expires_at=now + LIFETIME,
    )
    return Started(pairing, code, secret)


def waiting_screen(code: str) -> Pairing | None:
    """The screen that shows this code at present, for an operator to look at before confirming it."""
    return _waiting(code, lock=False)


def wrong_code() -> str:
    """What is said of a code that no screen shows."""
    return _("This code is wrong, was used already or is older than 10 minutes. Read it off the screen again.")


@transaction.atomic
def confirm_pairing(code: str, controller: Controller, by: Any, *, replace: bool = False) -> Player:
    """An operator typed in the code that a screen shows. `replace`: the controller's former players are revoked.

    Raises `PairingRefused` `forbidden`, `code` (wrong, used or expired), `revoked` or `elsewhere`."""
    _require_operator(by, controller)
    pairing = _waiting(code)
    if pairing is None or pairing.public_key is None:
        raise PairingRefused("code", wrong_code())
    player = _pair(pairing, pairing.public_key, controller, by)
    if replace:
        for former in controller.players.filter(revoked_at__isnull=True).exclude(pk=player.pk):
            revoke(former, by, _("Replaced by a new player."))
    return player


@transaction.atomic
def invite(controller: Controller, by: Any) -> tuple[str, str]:
    """A code with which one browser may become a player of the controller, and the link (a path) that carries it."""
    _require_operator(by, controller)
    code, now = codes.make_code(), clock.now()
    Pairing.objects.create(
        code_hash=codes.hash_code(code),
        controller=controller,
        confirmed_by=by,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    audit.record("player.invite", controller, user=by, province=controller.cluster.province.code)
    return code, f"/player/?seat={quote(controller.slug)}#code={code}"


@transaction.atomic
def claim(code: str, public_key: Mapping[str, object], screen: Mapping[str, int], *, address: str = "") -> Player:
    """A browser that was opened by an invitation link takes its place. Asking again with the same key gives the same answer.

    Raises `keys.BadKey`, `PairingRefused` `code`, `revoked` or `elsewhere`."""
    key, now = keys.canonical(public_key), clock.now()
    refusal = PairingRefused("code", _("This invitation was used already or is older than 10 minutes. Make a new one."))
    pairing = _find(code)
    if pairing is None or pairing.controller is None or pairing.poll_secret_hash:
        raise refusal
    if pairing.used_at is not None:
        player = Player.objects.filter(key_id=keys.key_id(key), revoked_at__isnull=True).first()
        if pairing.public_key != key or player is None or now >= pairing.expires_at + GRACE:
            raise refusal
        return player
    if now >= pairing.expires_at or not has_role(
        pairing.confirmed_by, pairing.controller.cluster.province.code, Role.OPERATOR
    ):
        raise refusal
    pairing.public_key, pairing.screen, pairing.address = key, dict(screen), address[:64]
    return _pair(pairing, key, pairing.controller, pairing.confirmed_by)


def key_of_pairing(pairing_id: int, secret: str) -> dict[str, str]:
    """The public key of the screen that waits with this secret. Raises `PairingRefused` `unknown`."""
    key: dict[str, str] | None = _asked(pairing_id, secret).public_key
    if key is None:
        raise PairingRefused("unknown", _("This pairing is not known."))
    return key


def paired_with(pairing_id: int, secret: str) -> Player | None:
    """The player that a waiting screen became; None while nobody has typed in its code.

    Raises `PairingRefused` `unknown` or `expired`."""
    pairing, now = _asked(pairing_id, secret), clock.now()
    if now >= pairing.expires_at + (GRACE if pairing.used_at else timedelta(0)):
        raise PairingRefused("expired", _("The code has expired."))
    if pairing.used_at is None or pairing.public_key is None:
        return None
    return Player.objects.select_related("controller__cluster__province").get(key_id=keys.key_id(pairing.public_key))


def _asked(pairing_id: int, secret: str) -> Pairing:
    pairing = Pairing.objects.filter(pk=pairing_id).exclude(poll_secret_hash="").first()
    if pairing is None or not codes.same(pairing.poll_secret_hash, codes.hash_secret(secret)):
        raise PairingRefused("unknown", _("This pairing is not known."))
    return pairing


@transaction.atomic
def revoke(player: Player, by: Any, reason: str) -> None:
    """The player is told at its next report and no longer heard. Raises `PairingRefused` `forbidden` or `reason`."""
    _require_operator(by, player.controller)
    if not reason.strip():
        raise PairingRefused("reason", _("Say why."))
    revoked = Player.objects.filter(pk=player.pk, revoked_at__isnull=True).update(
        revoked_at=clock.now(), revoked_by=by, revoked_reason=reason.strip()
    )
    if revoked:
        audit.record(
            "player.revoke",
            player.controller,
            user=by,
            province=player.controller.cluster.province.code,
            reason=reason.strip(),
            key_id=player.key_id,
        )
    player.refresh_from_db()


def _find(code: str, *, lock: bool = True) -> Pairing | None:
    if codes.normal(code) is None:
        return None
    wanted = codes.hash_code(code)
    rows = Pairing.objects.select_for_update(of=("self",)) if lock else Pairing.objects.all()
    found = rows.select_related("controller__cluster__province", "confirmed_by").filter(code_hash=wanted).first()
    return found if found is not None and codes.same(found.code_hash, wanted) else None


def _waiting(code: str, *, lock: bool = True) -> Pairing | None:
    """The screen that shows this code, if the code is still good."""
    found = _find(code, lock=lock)
    if found is None or found.used_at is not None or not found.poll_secret_hash or clock.now() >= found.expires_at:
        return None
    return found


def _pair(pairing: Pairing, key: Mapping[str, str], controller: Controller, by: Any) -> Player:
    now, identity = clock.now(), keys.key_id(key)
    player = Player.objects.select_related("controller__cluster__province").filter(key_id=identity).first()
    if player is not None and player.revoked_at is not None:
        raise PairingRefused("revoked", _("This player was revoked; reload its page so that it makes a new key."))
    if player is not None and player.controller != controller:
        raise PairingRefused(
            "elsewhere",
            _("This browser already plays for %(controller)s; revoke it there first.")
            % {"controller": player.controller},
        )
    if player is None:
        player = Player.objects.create(
            controller=controller,
            key_id=identity,
            public_key=dict(key),
            paired_at=now,
            paired_by=by,
            screen=pairing.screen,
            seat=pairing.seat,
            address=pairing.address,
        )
    pairing.controller, pairing.confirmed_by, pairing.used_at = controller, by, now
    pairing.save()
    audit.record("player.pair", controller, user=by, province=controller.cluster.province.code, key_id=identity)
    return player
