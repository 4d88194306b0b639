"""What players told, in sentences: what happened, and what an official does about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cms.players import words
from cms.players.models import PlayerEvent, RefusedReport

Detail = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Told:
    """`text`: what happened; `advice`: what to do, empty where there is nothing to do; `exact`: for technicians."""

    text: str
    advice: str = ""
    exact: str = ""


def tell(kind: str, detail: Detail) -> Told:
    """An event of a player."""
    teller = _TELLERS.get(kind)
    return teller(detail) if teller else Told(_rest(detail, ()))


def of_event(event: PlayerEvent) -> Told:
    """An event that came as one says how often it happened, and until when."""
    told = tell(event.kind, event.detail)
    if event.times <= 1:
        return told
    until = date_format(localtime(event.last_at), "d/m/Y H:i") if event.last_at else "?"
    often = _("%(times)s times, last at %(until)s.") % {"times": event.times, "until": until}
    return replace(told, text=f"{told.text} {often}")


def of_line(line: str) -> Told:
    """A line of the latest errors in a heartbeat: an event's kind and detail. What is none stays as it was written."""
    kind, _space, rest = line.partition(" ")
    try:
        detail = json.loads(rest)
    except ValueError:
        return Told(line)
    return tell(kind, detail) if kind in _TELLERS and isinstance(detail, dict) else Told(line)


def of_report(report: RefusedReport) -> Told:
    """Why a report was refused, and what that may mean."""
    where = report.address or _("an unknown address")
    values = {"address": where}
    if report.reason == "unknown_key":
        text = _("A player that this server does not know reports from %(address)s.") % values
        advice = _(
            "It was paired with another server, or this server was restored from a backup made before the pairing. Press a key "
            "at that controller: its screen shows a code to pair it anew."
        )
    elif report.reason == "revoked":
        text = _("A revoked player still runs and reports from %(address)s; it is not heard.") % values
        advice = _(
            "If the machine was lost or stolen, this address says on which network it is. Tell the police or the owner."
        )
    elif report.reason == "skew":
        text = _("A report with a wrong time came from %(address)s.") % values
        advice = _("The controller's clock is wrong, or somebody sent an old report again. It was not accepted.")
    elif report.reason == "replayed":
        text = _("A report that had come before was sent again from %(address)s.") % values
        advice = _(
            "Somebody copied a report on its way, or the network doubles requests. It was not accepted. If it goes on, look for "
            "a strange device on the controller's network."
        )
    else:
        text = _("Somebody at %(address)s reported in this player's name without its key.") % values
        advice = _(
            "It was not accepted, and no screen is touched by it. Tell the administrator; revoke the player if its machine is "
            "not where it belongs."
        )
    return Told(text, advice, f"{report.what} · {report.key_id[:12]}")


def _refused(detail: Detail) -> Told:
    version, reason = detail.get("version"), str(detail.get("reason") or "")
    thing = words.word(words.THINGS, detail.get("what") or "release")
    values = {
        "what": thing[:1].upper() + thing[1:],
        "version": f" ({_('version')} {version})" if version is not None else "",
        "reason": words.word(words.REASONS, reason or _("no reason was given")),
    }
    if detail.get("source") == "usb":
        text = _("%(what)s%(version)s on a stick was refused: %(reason)s. The screen shows on what it had.") % values
    else:
        text = _("%(what)s%(version)s was refused: %(reason)s. The last good release stays on the screen.") % values
    advice = words.ADVICE.get(reason, "")
    return Told(text, str(advice), " · ".join(str(part) for part in (detail.get("what"), detail.get("detail")) if part))


def _storage(detail: Detail) -> Told:
    needed, free = detail.get("needed"), detail.get("free")
    if isinstance(needed, int):
        values = {"needed": filesizeformat(needed), "free": filesizeformat(free) if isinstance(free, int) else "?"}
        text = (
            _("The new release does not fit: it needs %(needed)s more, %(free)s are free. The old one plays on.")
            % values
        )
        return Told(
            text, _("Make long clips shorter or fewer, or free room on the controller's disk."), _rest(detail, ())
        )
    text = _("The controller's storage refused to keep something. What it has plays on.")
    return Told(text, _("Look at the disk of the controller: it is full or failing."), _rest(detail, ()))


def _repaired(detail: Detail) -> Told:
    thing = words.word(words.THINGS, detail.get("what") or "asset")
    text = _("Damage on the controller's disk was found in %(what)s; it was fetched again and is whole.") % {
        "what": thing
    }
    return Told(
        text, _("Nothing to do once. If it happens often, the disk is failing: replace it."), _rest(detail, ("what",))
    )


def _imported(detail: Detail) -> Told:
    version = detail.get("version")
    if version is None:
        return Told(_("A release was imported from a stick."))
    return Told(_("Release %(version)s was imported from a stick.") % {"version": version})


def _update(detail: Detail) -> Told:
    version = detail.get("version")
    if detail.get("reason") == "in_force" and version is not None:
        return Told(_("Release %(version)s is in force on the screen.") % {"version": version})
    return Told(_rest(detail, ()))


def _started(detail: Detail) -> Told:
    return Told(_("The player started."), "", str(detail.get("player_version") or ""))


def _error(detail: Detail) -> Told:
    exact = _rest(detail, ())
    if detail.get("what") == "clock":
        ahead = detail.get("reason") == "server_ahead"
        text = (
            _("The server's time is far ahead of the controller's clock.")
            if ahead
            else _("The server's time is far behind the controller's clock.")
        )
        return Told(text, _("Set the clocks of both machines; one of them is wrong."), exact)
    return Told(
        _("Something did not work on the player."),
        _("If the screen is right, nothing is to be done; send this line to the administrator if it comes again."),
        exact,
    )


def _watchdog(detail: Detail) -> Told:
    what, reason, did = (str(detail.get(name) or "") for name in ("what", "reason", "did"))
    face = str(detail.get("face") or "").upper()
    where = _(" on face %(face)s") % {"face": face} if face else ""
    exact = _rest(detail, ())
    if what == "clip":
        text = _("A clip%(where)s stood still; its picture is shown, or it goes on.") % {"where": where}
        advice = _("Nothing to do once. If it comes again, replace the clip, or look at the machine's graphics driver.")
    elif what == "context":
        text = _("The graphics of the machine failed%(where)s; the player asked for them anew.") % {"where": where}
        advice = _("If it comes again, look at the graphics driver and the temperature of the controller.")
    elif what == "page" and did == "reloaded":
        text, advice = _("The player loaded its page anew and shows its programme again."), ""
    elif what == "page":
        text = _("The player wants to load its page anew (%(reason)s).") % {"reason": reason}
        advice = _("Nothing to do once. If it comes every day, tell the administrator.")
    elif what == "stage":
        text = _("Too few pictures a second reach the screen.")
        advice = _("End other programs on the controller and look at its graphics driver.")
    else:
        text = _("The player noticed a fault%(where)s and helped itself.") % {"where": where}
        advice = _("Send this line to the administrator if it comes again.")
    return Told(text, advice, exact)


def _lost(detail: Detail) -> Told:
    text = _("%(number)s reports were thrown away because the player was offline for so long.") % {
        "number": detail.get("number") or "?"
    }
    return Told(text, _("The newest and the gravest were kept. What was shown is in the play log."), "")


def _service(detail: Detail) -> Told:
    exact = _rest(detail, ("what", "reason"))
    reason = str(detail.get("reason") or "")
    if reason == "wrong_pin":
        advice = _("Ask who was at the screen. Renew the PIN if nobody of yours was.")
        return Told(_("Somebody at the screen entered a wrong PIN."), advice, exact)
    known = {
        "opened": _("Somebody opened the technician's page at the screen."),
        "closed": _("The technician's page at the screen was closed."),
        "pattern": _("A test pattern was shown at the screen, in place of the programme."),
        "pattern_over": _("The test pattern at the screen is over; the programme is shown again."),
    }
    return Told(known.get(reason, _("Somebody used the technician's page at the screen.")), "", exact)


def _stream(detail: Detail) -> Told:
    reason = str(detail.get("reason") or "")
    values = {"host": detail.get("host") or "?", "why": words.word(words.STREAMS, reason)}
    if reason == "back":
        return Told(_("The live stream from %(host)s is shown again.") % values)
    text = _("The live stream from %(host)s is not shown: %(why)s. Its poster stands in its place.") % values
    return Told(text, str(words.STREAM_ADVICE.get(reason, "")), _rest(detail, ("host",)))


_TELLERS = {
    "stream": _stream,
    "watchdog": _watchdog,
    "service": _service,
    "lost": _lost,
    "refused": _refused,
    "storage": _storage,
    "repaired": _repaired,
    "imported": _imported,
    "update": _update,
    "started": _started,
    "error": _error,
}


def _rest(detail: Detail, without: tuple[str, ...]) -> str:
    known = [str(one) for key, one in detail.items() if key not in ("boot", *without) and one not in (None, "")]
    return " · ".join(known)
