"""An explanation in sentences that an editor understands."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.programmes.models import Slot
from cms.programmes.words import language_name
from cms.schedule.explain import Explanation, Rival
from cms.schedule.inputs import ScheduleInputs

DISPLAY_MODES = {
    "mirror": gettext_lazy("all faces show the same, the languages take turns"),
    "rotate": gettext_lazy("all faces show the same item, each in another language, in turn"),
    "independent": gettext_lazy("each face goes its own way"),
    "span": gettext_lazy("one wide picture across the faces"),
}


def moment(instant_ms: int, zone: str) -> str:
    """An instant as local text, dd/mm/yyyy HH:MM."""
    return f"{datetime.fromtimestamp(instant_ms / 1000, tz=UTC).astimezone(ZoneInfo(zone)):%d/%m/%Y %H:%M}"


def clock_time(instant_ms: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(instant_ms / 1000, tz=UTC).astimezone(ZoneInfo(zone)):%H:%M:%S}"


def sentences(inputs: ScheduleInputs, found: Explanation, cluster: str = "") -> list[str]:
    """What is on screen, why, until when, and who else wanted the place. `cluster`: its name (default: its code)."""
    zone = inputs.cluster.timezone
    lines = [_shown(cluster or inputs.cluster.id, found, zone), _hours(found)]
    if found.slot and found.programme:
        lines.append(
            _("Slot “%(slot)s” (%(priority)s, weight %(weight)s) plays the programme “%(programme)s”; %(mode)s.")
            % {
                "slot": found.slot.title,
                "priority": Slot.Priority(found.slot.priority).label.lower(),
                "weight": found.slot.weight,
                "programme": found.programme.title,
                "mode": DISPLAY_MODES[found.slot.mode or inputs.cluster.mode],
            }
        )
    lines.extend(_rival(one) for one in found.rivals)
    lines.append(
        _("This has been so since %(since)s; it next changes at %(next)s and the arrangement at %(until)s.")
        % {
            "since": moment(found.since, zone),
            "next": clock_time(found.frame.until, zone),
            "until": moment(found.until, zone),
        }
    )
    return [line for line in lines if line]


def _shown(cluster: str, found: Explanation, zone: str) -> str:
    place = {"face": found.face.upper(), "cluster": cluster, "at": moment(found.instant, zone)}
    if found.closed_reason:
        return _("Face %(face)s of %(cluster)s is black at %(at)s.") % place
    if found.item is None:
        return (
            _(
                "Face %(face)s of %(cluster)s shows the neutral picture at %(at)s: nothing is scheduled that can be shown."
            )
            % place
        )
    return _(
        "Face %(face)s of %(cluster)s shows “%(item)s” in %(language)s at %(at)s, as approved (proof %(proof)s)."
    ) % {
        **place,
        "item": found.item.title,
        "language": language_name(found.language),
        "proof": found.proof[:12],
    }


def _hours(found: Explanation) -> str:
    if found.hours is None:
        return _("No operating hours are decided for %(day)s.") % {"day": date_format(found.day, "d/m/Y")}
    clause = found.hours.clause or _("no clause given")
    params = {"day": date_format(found.day, "d/m/Y"), "clause": clause}
    if found.closed_reason == "no-window-today":
        text = _("There are no operating hours on %(day)s (%(clause)s).") % params
    elif found.closed_reason:
        text = _("It is outside the operating hours of %(day)s (%(clause)s).") % params
    else:
        text = _("It is within the operating hours of %(day)s (%(clause)s).") % params
    if found.holiday:
        text += " " + _("That day is a holiday.")
    if found.hours.assumed:
        text += " " + _("These hours are assumed; no source gives them.")
    return text


def _rival(one: Rival) -> str:
    words = {
        "shares": _("Slot “%(slot)s” takes turns with it (weight %(weight)s)."),
        "priority": _("Slot “%(slot)s” is due too, but its priority is lower."),
        "nothing": _("Slot “%(slot)s” is due too, but has nothing approved to show now."),
    }
    return words[one.reason] % {"slot": one.slot.title, "weight": one.slot.weight}
