"""What a feed's troubles are called, and what to do about them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REASONS: dict[str, str | Promise] = {
    "address": gettext_lazy("The address cannot be understood. An administrator corrects it."),
    "https": gettext_lazy("The address does not begin with https://. An administrator corrects it."),
    "private": gettext_lazy(
        "The address leads into an internal network, where feeds may not ask. If it belongs to you, an administrator lists it in "
        "BANGTIN_FEED_HOSTS."
    ),
    "unreachable": gettext_lazy("The source does not answer."),
    "certificate": gettext_lazy("The source has no valid certificate: it may be another machine that answers."),
    "slow": gettext_lazy("The source takes too long."),
    "status": gettext_lazy("The source answers with an error."),
    "redirects": gettext_lazy("The source sends us from address to address."),
    "encoding": gettext_lazy("The source sends its answer in a packed form."),
    "too_long": gettext_lazy("The answer is longer than 1 MB."),
    "unreadable": gettext_lazy("The answer is not of the form that this feed reads."),
    "number": gettext_lazy("The source does not say a number."),
    "word": gettext_lazy("The source says a word that is not one of the fixed words."),
    "range": gettext_lazy("The number cannot be: it is out of range."),
    "jump": gettext_lazy(
        "The number is far from the one before. If it is right, write it in yourself under “Live values”; the feed goes on from there."
    ),
    "stale": gettext_lazy("The source has not been brought up to date for too long."),
    "future": gettext_lazy("The source dates its value in the future."),
    "gone": gettext_lazy("The plugin that brings this feed is switched off or no longer brings it."),
}


def said(code: str) -> str:
    """A trouble in words; what nobody foresaw by its code."""
    return str(REASONS.get(code, _("It failed: %(code)s") % {"code": code}))
