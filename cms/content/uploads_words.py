"""What the page for uploads says while it works; its script has no words of its own."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """`%s` is filled in by the script."""
    return {
        "queued": _("Waits for its turn"),
        "reading": _("Looking whether part of it is here already"),
        "sending": _("Arriving: %s of %s"),
        "rate": _("%s a second"),
        "left": _("about %s left"),
        "seconds": _("%s seconds"),
        "minutes": _("%s minutes"),
        "hours": _("%s hours"),
        "resumed": _("Goes on at %s: that much was here already."),
        "paused": _("Paused at %s. What arrived is kept; it goes on when you press “Continue”."),
        "retry": _("The line is interrupted. It goes on by itself in %s seconds; you need not do anything."),
        "offline": _("This computer is not connected. It goes on by itself once the line is back."),
        "stopped": _(
            "The server has not answered for a long time. What arrived is kept. Press “Continue” to try again."
        ),
        "login": _("You are logged out. Log in again in another tab, then press “Continue” here; nothing is lost."),
        "gone": _("The server no longer has this file. Press “Continue” to send it anew."),
        "changed": _("The file cannot be read any more: it was changed, moved or deleted. Choose it again."),
        "waiting": _("All of it is here. It waits to be checked."),
        "checking": _("Step 1 of 2: the file is being looked through"),
        "storing": _("Step 2 of 2: it is put into the library"),
        "done": _("In the library"),
        "failed": _("Something went wrong. Press “Continue” to try again."),
        "unfinished": _("%s of %s are here. Choose the same file again to go on."),
        "all": _("%s of %s files are in the library"),
        "pause": _("Pause"),
        "continue": _("Continue"),
        "again": _("Check again"),
        "remove": _("Remove"),
        "open": _("See the file"),
        "twice": _("This file is in the list already."),
    }
