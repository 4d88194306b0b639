"""Names that reports and explanations share."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

LANGUAGES = {
    "vi": _("Vietnamese"),
    "en": _("English"),
    "km": _("Khmer"),
    "lo": _("Lao"),
    "zh-hans": _("Chinese"),
}

ACTIONS: dict[str, str | Promise] = {
    "values.set": _("set a live value"),
    "values.define": _("made a live value"),
    "values.change": _("changed what a live value is"),
    "values.delete": _("deleted a live value"),
    "values.feed": _("a feed set a live value"),
    "feeds.on": _("switched a feed on"),
    "feeds.off": _("switched a feed off"),
    "feeds.rest": _("a feed failed again and again"),
}
"""What the decisions of this app are called in the audit log."""


def language_name(code: str) -> str:
    """What a language is called in the reader's own; its tag when it has no name here."""
    return str(LANGUAGES.get(code, code))


def some_of(names: Sequence[str], most: int) -> str:
    """“a”, “b” and 3 more: so many of the names, or all of them where only one would be left out."""
    if len(names) <= most + 1:
        return ", ".join(names)
    more = len(names) - most
    return ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more) % {
        "names": ", ".join(names[:most]),
        "count": more,
    }
