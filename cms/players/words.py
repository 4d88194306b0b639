"""What kinds, states and refusals are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Words = dict[str, str | Promise]

KINDS: Words = {
    "programme": _("programme"),
    "fallback": _("fallback picture"),
    "closed": _("dark: outside operating hours"),
    "blackout": _("dark: blacked out"),
    "alert": _("alert"),
}
"""What a face does, as `cms.schedule.frame` names it."""

STATUSES: Words = {
    "success": _("shown"),
    "interrupted": _("interrupted"),
    "content_failure": _("content failed"),
    "hardware_failure": _("equipment failed"),
}
"""Status of a line of the play log (ITU-T H.782)."""

EVENTS: Words = {
    "refused": _("Refused"),
    "storage": _("Storage full"),
    "started": _("Started"),
    "update": _("Updated"),
    "error": _("Error"),
}

SHAPES = {"refused": "▲", "storage": "▲", "error": "▲", "started": "●", "update": "●"}

REASONS: Words = {
    "signature": _("the signature is not valid"),
    "version": _("it is older than what the player already had"),
    "expired": _("its metadata have expired"),
    "hash": _("its content is not what was signed"),
    "length": _("its length is not what was signed"),
    "cluster": _("it belongs to another cluster"),
    "format": _("this player does not understand its format"),
    "missing": _("a part of it is missing on the server"),
    "storage": _("the player's storage refused it"),
}
"""Why a player refuses something, as `player_web/src/update/roles.js` names it."""

ACTIONS: Words = {
    "player.pair": _("paired a player"),
    "player.invite": _("invited a player"),
    "player.revoke": _("revoked a player"),
}


def word(words: Words, code: object) -> str:
    """The words for a code; the code itself when there are none."""
    return str(words.get(str(code), code))


def describe(kind: str, detail: dict[str, object]) -> str:
    """An event in a sentence: what was refused and why, or whatever details it has."""
    if kind == "refused":
        version = detail.get("version")
        values = {
            "what": detail.get("what") or gettext("a release"),
            "version": f" ({gettext('version')} {version})" if version is not None else "",
            "reason": word(REASONS, detail.get("reason") or gettext("no reason was given")),
        }
        text = (
            gettext("%(what)s%(version)s was refused: %(reason)s. The last good release stays on the screen.") % values
        )
        return f"{text} {detail['detail']}" if detail.get("detail") else text
    known = [str(value) for key, value in detail.items() if key != "boot" and value not in (None, "")]
    return " · ".join(known)
