"""Diagnostics of the compiler in words: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.text import capfirst
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
    "item-in-grace": gettext_lazy("“%(title)s” in “%(programme)s” was to be shown until %(until)s and is shown until %(grace_until)s by grace. Extend “%(field)s” and have it approved, or take it out."),
    "item-in-no-language-of-face": gettext_lazy("“%(title)s” has no language of faces %(faces)s; they show it in %(languages)s. Translate it."),
    "item-held-on-face": gettext_lazy("“%(title)s” has no language of faces %(faces)s; in its turn they hold the neutral picture, as “%(programme)s” or the programme that plays it says. Translate it."),
    "item-lacks-language": gettext_lazy("“%(title)s” is not approved in %(languages)s, which faces of the cluster ask for."),
    "item-left-out-on-face": gettext_lazy("“%(title)s” has no language of faces %(faces)s, which leave it out, as “%(programme)s” or the programme that plays it says. Translate it."),
    "item-longer-than-window": gettext_lazy("“%(item)s” takes %(seconds)s seconds, more than the %(minutes)s minutes that slot “%(title)s” has at a stretch, so its end is not shown. Correct “%(field)s”, or shorten the item."),
    "item-not-approved": gettext_lazy("“%(title)s” in “%(programme)s” is not approved for this cluster and is left out."),
    "item-not-approved-in-province": gettext_lazy("“%(title)s” is not approved in the province yet and is left out until then."),
    "item-not-drawn-for-span": gettext_lazy("“%(title)s” (%(language)s) is not drawn across the faces; slot “%(slot)s” shows it on each face until it is submitted and approved again."),
    "no-operating-hours": gettext_lazy("There are no operating hours from %(from)s on; the faces stay black. Enter the operating hours."),
    "nothing-between-limits": gettext_lazy("Face %(face)s shows the neutral picture for %(minutes)s minutes, first on %(first)s, because every slot that is due has reached its limits. Add a slot without limits, or allow more."),
    "nothing-scheduled": gettext_lazy("Face %(face)s shows the neutral picture for %(minutes)s minutes within operating hours, first on %(first)s."),
    "programme-contains-itself": gettext_lazy("Programme “%(title)s” contains itself by way of a programme within it; that part is left out. Correct “%(field)s”."),
    "programme-empty": gettext_lazy("Programme “%(title)s” has no items. Add items to it."),
    "programme-longer-than-a-day": gettext_lazy("Programme “%(title)s” has more than a day can show; %(count)s of its items never come up. Shorten “%(field)s”."),
    "programme-nested-missing": gettext_lazy("Programme “%(title)s” names another programme that does not exist any more. Correct “%(field)s”."),
    "programme-without-approved-items": gettext_lazy("Programme “%(title)s” has no approved item, so its slots show nothing. Have its items approved."),
    "proof-does-not-fit": gettext_lazy("The approved pictures (%(language)s) lack faces %(detail)s. Have the proof made again and approved."),
    "rrule-has-times": gettext_lazy("Slot “%(title)s”: the rule in “%(field)s” (%(rule)s) names times of day, but a rule chooses whole days. Take the times out and enter the hours instead."),
    "rrule-malformed": gettext_lazy("Slot “%(title)s”: the rule in “%(field)s” (%(rule)s) cannot be read. Correct it, or leave it empty."),
    "rrule-never": gettext_lazy("Slot “%(title)s”: the rule in “%(field)s” (%(rule)s) never chooses a day. Correct the rule or the slot's days."),
    "rrule-too-often": gettext_lazy("Slot “%(title)s”: the rule in “%(field)s” (%(rule)s) repeats within a day, but a rule chooses whole days. Choose days, weeks, months or years."),
    "scene-shorter-than-a-frame": gettext_lazy("A picture of this translation (%(language)s) lasts %(detail)s ms, too short to be seen. Have the proof made again and approved."),
    "scene-without-duration": gettext_lazy("A picture of this translation (%(language)s) has no duration. Have the proof made again and approved."),
    "slot-dates-miss-weekdays": gettext_lazy("None of the weekdays of slot “%(title)s” lies between %(from)s and %(until)s. Correct “%(field)s” or the days."),
    "slot-ends-before-it-begins": gettext_lazy("Slot “%(title)s” ends (%(until)s) before it begins (%(from)s). Correct “%(field)s”."),
    "slot-exceptions-leave-no-day": gettext_lazy("Slot “%(title)s” has no day left: each one is an exception. Correct “%(field)s”."),
    "slot-has-more-than-fits": gettext_lazy("Slot “%(title)s” cannot show all its items within the %(minutes)s minutes it shares. Give it more time, or raise “%(field)s”."),
    "slot-hours-empty": gettext_lazy("Slot “%(title)s”: the hours end when they begin. Correct “%(field)s”."),
    "slot-languages-missing": gettext_lazy("Slot “%(title)s” is for %(languages)s, but none of its items is approved in that language. Have one translated, or correct “%(field)s”."),
    "slot-limit-wrong": gettext_lazy("Slot “%(title)s”: “%(field)s” is %(value)s; it must be from 0 to %(most)s."),
    "slot-limited": gettext_lazy("Slot “%(title)s” gets %(percent)s%% of the time instead of %(wanted)s%%, because “%(field)s” keeps it back."),
    "slot-names-absent-faces": gettext_lazy("Slot “%(title)s” names faces %(faces)s, which the cluster does not have. Correct “%(field)s”."),
    "slot-never-shown": gettext_lazy("Slot “%(title)s” is never shown: others of higher priority always have its place, or it has nothing to show. Correct “%(field)s”, or see to its programme."),
    "slot-no-holiday-in-horizon": gettext_lazy("Slot “%(title)s” is for holidays only (“%(field)s”), and there is none from %(from)s to %(until)s."),
    "slot-outside-operating-hours": gettext_lazy("Slot “%(title)s” lies outside the operating hours and is never shown. Correct “%(field)s”."),
    "slot-priority-unknown": gettext_lazy("Slot “%(title)s” has an unknown priority (%(priority)s). Correct “%(field)s”."),
    "slot-required-not-reached": gettext_lazy("Slot “%(title)s” is shown for %(got)s minutes on %(day)s; “%(field)s” asks for %(asked)s. Give it more hours or a higher priority."),
    "slot-rule-misses-weekdays": gettext_lazy("The rule of slot “%(title)s” (%(rule)s) leaves none of its weekdays and days. Correct “%(field)s” or the weekdays."),
    "slot-without-faces": gettext_lazy("Slot “%(title)s” is for faces %(faces)s, none of which the cluster has. Correct “%(field)s”."),
    "slot-without-programme": gettext_lazy("Slot “%(title)s” has no programme. Fill in “%(field)s”."),
    "slot-without-weekdays": gettext_lazy("Slot “%(title)s” has no weekday. Choose at least one in “%(field)s”."),
    "slot-without-weight": gettext_lazy("Slot “%(title)s”: “%(field)s” is %(weight)s; it must be at least 1."),
    "span-on-some-faces": gettext_lazy("Slot “%(title)s” shows one wide picture but not on all faces; parts of it are missing. Correct “%(field)s”."),
    "translation-empty": gettext_lazy("A translation (%(language)s) has no pictures. Have the proof made again and approved."),
    "urgent-slots-share": gettext_lazy("The urgent slots “%(title)s” and “%(other)s” are due at the same time and take turns. If that is not meant, correct “%(field)s” or the hours."),
}  # fmt: skip

FIELDS = {
    "slot": {
        "programme": gettext_lazy("programme"), "faces": gettext_lazy("Faces"), "date_from": gettext_lazy("from day"),
        "date_until": gettext_lazy("until day"), "weekdays": gettext_lazy("Weekdays"), "windows": gettext_lazy("Hours"),
        "exceptions": gettext_lazy("exceptions"), "holidays": gettext_lazy("holidays"),
        "rrule": gettext_lazy("rule for the days"), "mode": gettext_lazy("mode"), "priority": gettext_lazy("priority"),
        "weight": gettext_lazy("weight"), "languages": gettext_lazy("Languages"),
        "max_per_hour": gettext_lazy("Most times an hour"), "spacing_s": gettext_lazy("Minutes between two times"),
        "required_s": gettext_lazy("Minutes that are due each day"),
    },
    "item": {
        "valid_from": gettext_lazy("show from"), "valid_until": gettext_lazy("show until"),
        "grace_days": gettext_lazy("days of grace"),
    },
    "programme": {"entries": gettext_lazy("What it shows, in order"), "order": gettext_lazy("order")},
    "cluster": {"hours": gettext_lazy("Operating hours"), "geometry": gettext_lazy("Faces")},
}  # fmt: skip
"""Fields as the forms label them, by the kind of a diagnostic's subject."""
FIELD_OF = {
    "item-longer-than-window": "windows",
    "rrule-has-times": "rrule", "rrule-malformed": "rrule", "rrule-never": "rrule", "rrule-too-often": "rrule",
    "slot-ends-before-it-begins": "date_until",
    "slot-has-more-than-fits": "weight",
    "slot-hours-empty": "windows",
    "slot-limited": "max_per_hour",
    "slot-names-absent-faces": "faces",
    "slot-never-shown": "priority",
    "slot-outside-operating-hours": "windows",
    "slot-priority-unknown": "priority",
    "slot-required-not-reached": "required_s",
    "slot-without-faces": "faces",
    "slot-without-programme": "programme",
    "slot-without-weekdays": "weekdays",
    "slot-without-weight": "weight",
    "span-on-some-faces": "faces",
    "urgent-slots-share": "priority",
}  # fmt: skip
"""The field to correct where a diagnostic names none, as in releases of former versions."""
DAYS = {"from", "until", "first", "grace_until", "day"}
"""Parameters that are days, ISO in diagnostics, dd/mm/yyyy in words."""
LEVELS = {"error": gettext_lazy("Error"), "warning": gettext_lazy("Warning"), "info": gettext_lazy("Note")}


@dataclass(frozen=True, slots=True)
class Said:
    """A diagnostic in the language of the reader; `subject` as in the diagnostic (`slot:12`). `field_label`: the field to
    correct, as its form labels it, empty where there is none in particular."""

    level: str
    label: str
    subject: str
    text: str
    field_label: str = ""


class _Params(dict[str, str]):
    """What a release of a former version did not store shows as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def field_label(subject: str, field: str) -> str:
    """A field of a slot, item, programme or cluster as its form labels it; empty when it has no label."""
    return capfirst(str(FIELDS.get(subject.partition(":")[0], {}).get(field, "")))


def say(one: Diagnostic | Mapping[str, Any]) -> Said:
    """A diagnostic, or one as a release stores it (a mapping), in words."""
    if not isinstance(one, Diagnostic):
        one = Diagnostic(one["code"], one["level"], one["subject"], one.get("params", {}), one.get("field", ""))
    field = one.field or FIELD_OF.get(one.code, "")
    label = field_label(one.subject, field)
    params = _Params(one.params)
    if label:
        params["field"] = label
    if "languages" in params:
        params["languages"] = ", ".join(language_name(code) for code in params["languages"].split(", "))
    if "language" in params:
        params["language"] = language_name(params["language"])
    for name in DAYS & params.keys():
        params[name] = f"{date.fromisoformat(params[name]):%d/%m/%Y}"
    _in_minutes(one.code, field, params)
    template = MESSAGES.get(one.code)
    text = str(template) % params if template else f"{one.code} {dict(params)}"
    return Said(one.level, str(LEVELS.get(one.level, one.level)), one.subject, text, label)


def _in_minutes(code: str, field: str, params: _Params) -> None:
    """The forms ask for minutes where the compiler counts seconds."""
    if code == "slot-limit-wrong" and field.endswith("_s"):
        params["value"], params["most"] = _minutes(params["value"]), _minutes(params["most"])
    if code == "slot-required-not-reached":
        params["got"], params["asked"] = _minutes(params["seconds"]), _minutes(params["needed"])


def _minutes(seconds: str) -> str:
    if not seconds.lstrip("-").isdecimal():
        return seconds
    minutes = round(Decimal(seconds) / 60, 1)
    return number_format(int(minutes) if minutes == int(minutes) else minutes)


def say_all(found: Iterable[Diagnostic | Mapping[str, Any]]) -> list[Said]:
    return [say(one) for one in found]
