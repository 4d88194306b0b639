"""What kinds, states and refusals are called."""

from __future__ import annotations

from django.utils.functional import Promise
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
    "repaired": _("Repaired"),
    "imported": _("Imported from a stick"),
    "started": _("Started"),
    "update": _("Updated"),
    "error": _("Error"),
    "watchdog": _("Helped itself"),
    "service": _("Looked at on the spot"),
    "lost": _("Reports lost"),
    "stream": _("Live stream"),
}

SHAPES = {
    "refused": "▲",
    "storage": "▲",
    "error": "▲",
    "lost": "▲",
    "stream": "▲",
    "watchdog": "◆",
    "repaired": "◆",
    "imported": "●",
    "started": "●",
    "update": "●",
    "service": "●",
}

THINGS: Words = {
    "schedule.json": _("a schedule"),
    "now.json": _("a notice (alerts, withdrawals, blackouts)"),
    "asset": _("a picture or a clip"),
    "assets": _("the pictures and clips of a release"),
    "root.json": _("a change of the province's keys"),
    "timestamp.json": _("the stamp of the newest release"),
    "snapshot.json": _("the overview of a release"),
    "targets.json": _("the contents of a release"),
    "release": _("a release"),
    "state": _("the player's notes"),
    "database": _("the player's notes"),
    "shell": _("the player's own program"),
    "player.json": _("the player's own program"),
    "bangtin.json": _("the label of a stick"),
    "usb": _("a release"),
}
"""What a player speaks of, by the name of the file."""

REASONS: Words = {
    "signature": _("the signature is not valid"),
    "version": _("it is older than what the player already had"),
    "expired": _("its metadata have expired"),
    "hash": _("its content is not what was signed"),
    "length": _("its length is not what was signed"),
    "cluster": _("it belongs to another cluster"),
    "format": _("this player does not understand its format"),
    "missing": _("a part of it is missing on the server"),
    "slow": _("it came too slowly"),
    "storage": _("the player's storage refused it"),
    "incomplete": _("it was copied only in part"),
    "pulled": _("the stick was pulled out too early"),
    "stalled": _("the stick was pulled out too early"),
    "nothing": _("there is no release on the stick"),
    "failed": _("it does not run on this controller"),
    "error": _("the program met an error of its own"),
}
"""Why a player refuses something, as `player_web/src/update/roles.js` and `import.js` name it."""

ADVICE: Words = {
    "signature": _(
        "Somebody may have changed what the player fetches on its way. Tell the administrator, who checks the server, the "
        "network and the keys; publish again only after that."
    ),
    "version": _(
        "Older releases were offered: an old backup was restored, or somebody plays old ones back. Tell the administrator. "
        "If a backup was restored, it mends itself after some publishing."
    ),
    "expired": _(
        "The server has not stamped its releases for days. Tell the administrator: the server or its signer stands still. "
        "A wrong clock of the controller gives the same sign."
    ),
    "hash": _(
        "A file was damaged or changed on its way. The player tries again by itself; if it is still refused in an hour, tell "
        "the administrator."
    ),
    "length": _(
        "A file was cut off or stuffed on its way. The player tries again by itself; if it is still refused in an hour, tell "
        "the administrator."
    ),
    "cluster": _(
        "The server or the stick offers what was made for another cluster. Export the right cluster again, or tell the "
        "administrator."
    ),
    "format": _(
        "The player is older than the server, or the other way round. Restart the player, so that it updates itself."
    ),
    "missing": _(
        "The release lacks a file on the server. The player tries again by itself; if it lasts, publish the cluster again."
    ),
    "slow": _(
        "The line gives the player its files by drops, or somebody holds them back. Look at the network of the site; if it is "
        "well elsewhere, tell the administrator."
    ),
    "storage": _("Free room on the controller, or take a larger disk; long clips need most."),
    "incomplete": _("Copy the whole folder to the stick again, wait until it is done, and eject the stick."),
    "pulled": _("Plug the stick in again and import it again; it goes on where it stopped."),
    "stalled": _("Plug the stick in again and import it again; it goes on where it stopped."),
    "nothing": _("Choose the folder on the stick whose name begins with bangtin-."),
    "failed": _(
        "The program before it runs on, and the next version is tried by itself. Look whether Chromium on the controller is too old "
        "(bangtin-kiosk doctor), and tell the administrator: other screens may refuse it as well."
    ),
    "error": _("Try again. If it happens again, tell the administrator and pass on the line below."),
}
"""What an official does about a refusal."""

STREAMS: Words = {
    "network": _("its server does not answer, or not in time"),
    "silent": _("no more pictures come from it"),
    "media": _("the player cannot play what it sends"),
    "foreign": _(
        "it sends from another server than the one that was approved, or the player does not know that server yet"
    ),
    "ended": _("the broadcast has ended, or is none"),
    "browser": _("the browser cannot play live streams"),
    "room": _("too many clips and streams at once on the face"),
}
"""Why a live stream is not shown, as `player_web/src/stage/stream_layer.js` names it."""

STREAM_ADVICE: Words = {
    "network": _(
        "Ask whoever sends it whether it runs, and look at the network of the site. The player tries again by itself."
    ),
    "silent": _("Ask whoever sends it whether it runs. The player tries again by itself."),
    "media": _("The sender should use H.264 and AAC in HLS."),
    "foreign": _(
        "After a server was allowed, players take ten minutes. If it lasts, the playlist leads to another server: ask the sender for an "
        "address whose playlist and parts lie together."
    ),
    "ended": _("Nothing to do if it was meant to end; else ask whoever sends it."),
    "browser": _("Update the browser of the controller."),
    "room": _("Show fewer clips beside the stream."),
}
"""What an official does about it."""

ACTIONS: Words = {
    "player.pair": _("paired a player"),
    "player.invite": _("invited a player"),
    "player.revoke": _("revoked a player"),
    "player.screenshot": _("asked for a screenshot"),
    "player.service_pin": _("renewed the PIN of a controller"),
}


def word(words: Words, code: object) -> str:
    """The words for a code; the code itself when there are none."""
    return str(words.get(str(code), code))
