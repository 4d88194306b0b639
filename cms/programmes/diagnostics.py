"""Diagnostics of the compiler in words: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from cms.programmes.words import language_name
from cms.schedule.inputs import Diagnostic

MESSAGES = {
    "asset-missing": gettext_lazy("A file of this translation (%(language)s) is missing. Restore it from the backup, or have its proof made again."),
    "cluster-without-faces": gettext_lazy("The cluster has no faces, so nothing can be shown. Add its faces."),
    "hours-not-decided": gettext_lazy("No operating hours are decided from %(from)s to %(until)s; the faces stay black. Enter the operating hours."),
    "item-ends-before-it-begins": gettext_lazy("“%(title)s” is to be shown until %(until)s but only from %(from)s on. Correct the days."),
    "item-expired": gettext_lazy("“%(title)s” in “%(programme)s” was to be shown until %(until)s. Take it out, or extend it and have it approved."),
    "item-expires": gettext_lazy("“%(title)s” in “%(programme)s” is shown until %(until)s."),
    "item-in-no-language-of-face": gettext_lazy("“%(title)s” has no language of faces %(faces)s; they show it in %(languages)s. Translate it."),
    "item-lacks-language": gettext_lazy("“%(title)s” is not approved in %(languages)s, which faces of the cluster ask for."),
    "item-not-approved": gettext_lazy("“%(title)s” in “%(programme)s” is not approved for this cluster and is left out."),
    "item-not-approved-in-province": gettext_lazy("“%(title)s” is not approved in the province yet and is left out until then."),
    "item-not-drawn-for-span": gettext_lazy("“%(title)s” (%(language)s) is not drawn across the faces; slot “%(slot)s” shows it on each face until it is submitted and approved again."),
    "no-operating-hours": gettext_lazy("There are no operating hours from %(from)s on; the faces stay black. Enter the operating hours."),
    "nothing-scheduled": gettext_lazy("Face %(face)s shows the neutral picture for %(minutes)s minutes within operating hours, first on %(first)s."),
    "programme-empty": gettext_lazy("Programme “%(title)s” has no items. Add items to it."),
    "programme-without-approved-items": gettext_lazy("Programme “%(title)s” has no approved item, so its slots show nothing. Have its items approved."),
    "proof-does-not-fit": gettext_lazy("The approved pictures (%(language)s) lack faces %(detail)s. Have the proof made again and approved."),
    "scene-without-duration": gettext_lazy("A picture of this translation (%(language)s) has no duration. Have the proof made again and approved."),
    "slot-ends-before-it-begins": gettext_lazy("Slot “%(title)s” ends (%(until)s) before it begins (%(from)s). Correct the days."),
    "slot-has-more-than-fits": gettext_lazy("Slot “%(title)s” cannot show all its items within the %(minutes)s minutes it shares. Give it more time or a higher weight."),
    "slot-hours-empty": gettext_lazy("The hours of slot “%(title)s” are empty. Correct the hours."),
    "slot-names-absent-faces": gettext_lazy("Slot “%(title)s” names faces %(faces)s, which the cluster does not have."),
    "slot-never-shown": gettext_lazy("Slot “%(title)s” is never shown: others of higher priority always have its place, or it has nothing to show."),
    "slot-outside-operating-hours": gettext_lazy("Slot “%(title)s” lies outside the operating hours and is never shown."),
    "slot-priority-unknown": gettext_lazy("Slot “%(title)s” has an unknown priority (%(priority)s)."),
    "slot-without-faces": gettext_lazy("Slot “%(title)s” is for faces %(faces)s, none of which the cluster has."),
    "slot-without-programme": gettext_lazy("Slot “%(title)s” has no programme."),
    "slot-without-weekdays": gettext_lazy("Slot “%(title)s” has no weekday. Choose at least one."),
    "slot-without-weight": gettext_lazy("Slot “%(title)s” has the weight %(weight)s; it must be at least 1."),
    "span-on-some-faces": gettext_lazy("Slot “%(title)s” shows one wide picture but not on all faces; parts of it are missing."),
    "translation-empty": gettext_lazy("A translation (%(language)s) has no pictures. Have the proof made again and approved."),
    "urgent-slots-share": gettext_lazy("The urgent slots “%(title)s” and “%(other)s” are due at the same time and take turns."),
}  # fmt: skip

DAYS = {"from", "until", "first"}
"""Parameters that are days, ISO in diagnostics, dd/mm/yyyy in words."""
LEVELS = {"error": gettext_lazy("Error"), "warning": gettext_lazy("Warning"), "info": gettext_lazy("Note")}


@dataclass(frozen=True, slots=True)
class Said:
    """A diagnostic in the language of the reader; `subject` as in the diagnostic (`slot:12`)."""

    level: str
    label: str
    subject: str
    text: str


def say(one: Diagnostic | Mapping[str, Any]) -> Said:
    """A diagnostic, or one as a release stores it (a mapping), in words."""
    if not isinstance(one, Diagnostic):
        one = Diagnostic(one["code"], one["level"], one["subject"], one.get("params", {}))
    params = dict(one.params)
    if "languages" in params:
        params["languages"] = ", ".join(language_name(code) for code in params["languages"].split(", "))
    if "language" in params:
        params["language"] = language_name(params["language"])
    for name in DAYS & params.keys():
        params[name] = f"{date.fromisoformat(params[name]):%d/%m/%Y}"
    template = MESSAGES.get(one.code)
    text = str(template) % params if template else f"{one.code} {params}"
    return Said(one.level, str(LEVELS.get(one.level, one.level)), one.subject, text)


def say_all(found: Iterable[Diagnostic | Mapping[str, Any]]) -> list[Said]:
    return [say(one) for one in found]
