"""When a slot is due, in words: days, dates, holidays, rule, hours, and its limits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cms.plugin_api.types import Window
from cms.schedule.inputs import SlotInput
from cms.schedule.recurrence import WEEKDAYS as RULE_DAYS
from cms.schedule.recurrence import Refused, parsed

DAY_MIN = 1440
PLAIN = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "COUNT", "UNTIL", "WKST"}
"""Parts of an RRULE that we have words for; a rule with others is quoted."""


def joined(parts: Iterable[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    found = [one for one in parts if one]
    if len(found) < 2:
        return "".join(found)
    return _("%(first)s and %(last)s") % {"first": ", ".join(found[:-1]), "last": found[-1]}


def said_day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def weekday_name(number: int) -> str:
    """A weekday (0 Monday) as it stands within a sentence."""
    name = str(WEEKDAYS[number])
    return name.lower() if number == 6 and get_language() == "vi" else name


def said_weekdays(weekdays: Iterable[int]) -> str:
    days = sorted(weekdays)
    if len(days) == 7:
        return _("every day")
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return _("%(first)s to %(last)s") % {"first": weekday_name(days[0]), "last": weekday_name(days[-1])}
    return joined(weekday_name(one) for one in days)


def said_minute(minute: int) -> str:
    """A minute of the day; 24:00 only where a day ends."""
    rest = minute if minute == DAY_MIN else minute % DAY_MIN
    return f"{rest // 60:02}:{rest % 60:02}"


def said_window(window: Window) -> str:
    text = f"{said_minute(window.start_min)}–{said_minute(window.end_min)}"
    return _("%(hours)s the next morning") % {"hours": text} if window.end_min > DAY_MIN else text


def said_windows(windows: Iterable[Window]) -> str:
    return joined(said_window(one) for one in windows)


def said_dates(since: date, until: date | None) -> str:
    if until is None:
        return _("from %(day)s on") % {"day": said_day(since)}
    if since == until:
        return _("only on %(day)s") % {"day": said_day(since)}
    return _("from %(since)s until %(until)s") % {"since": said_day(since), "until": said_day(until)}


def said_rule(rrule: str) -> str:
    """An RRULE in words, or quoted where there are none for it."""
    try:
        rule = parsed(rrule.strip())
    except Refused:
        return _("by the rule “%(rule)s”") % {"rule": rrule.strip()}
    parts = dict(rule.parts)
    if not parts.keys() <= PLAIN:
        return _("by the rule “%(rule)s”") % {"rule": rrule.strip()}
    said = [_rhythm(parts["FREQ"], int(parts.get("INTERVAL", "1")))]
    said += [joined(_rule_weekday(one) for one in parts.get("BYDAY", "").split(",") if one)]
    said += [_month_days(parts.get("BYMONTHDAY", "")), _months(parts.get("BYMONTH", ""))]
    if "COUNT" in parts:
        count = int(parts["COUNT"])
        said.append(ngettext("%(count)s time in all", "%(count)s times in all", count) % {"count": count})
    if rule.until:
        said.append(_("until %(day)s") % {"day": said_day(rule.until)})
    return ", ".join(one for one in said if one)


def _rhythm(rhythm: str, every: int) -> str:
    if every == 1:
        return {
            "DAILY": _("every day"), "WEEKLY": _("every week"), "MONTHLY": _("every month"), "YEARLY": _("every year"),
        }[rhythm]  # fmt: skip
    return {
        "DAILY": _("every %(count)s days"),
        "WEEKLY": _("every %(count)s weeks"),
        "MONTHLY": _("every %(count)s months"),
        "YEARLY": _("every %(count)s years"),
    }[rhythm] % {"count": every}


def _rule_weekday(text: str) -> str:
    name, ordinal = weekday_name(RULE_DAYS.index(text[-2:])), text[:-2]
    if not ordinal:
        return name
    if int(ordinal) == -1:
        return _("the last %(weekday)s") % {"weekday": name}
    if int(ordinal) < 0:
        return _("%(weekday)s number %(count)s from the end") % {"weekday": name, "count": -int(ordinal)}
    return _("%(weekday)s number %(count)s") % {"weekday": name, "count": int(ordinal)}


def _month_days(text: str) -> str:
    days = [int(one) for one in text.split(",") if one]
    said = [
        str(one) if one > 0 else _("the last") if one == -1 else _("%(count)s from the end") % {"count": -one}
        for one in days
    ]
    return _("on day %(days)s") % {"days": joined(said)} if said else ""


def _months(text: str) -> str:
    return _("in month %(months)s") % {"months": joined(text.split(","))} if text else ""


def said_slot_rule(slot: SlotInput) -> str:
    """All that decides when a slot is due: “Monday to Friday, 08:00–09:30, from 01/01/2027 on, not on holidays”."""
    said = [] if slot.rrule.strip() and len(slot.weekdays) == 7 else [said_weekdays(slot.weekdays)]
    if slot.rrule.strip():
        said.append(said_rule(slot.rrule))
    said.append(said_windows(slot.windows) or _("all operating hours"))
    said.append(said_dates(slot.date_from, slot.date_until))
    if slot.holidays == "only":
        said.append(_("only on holidays"))
    elif slot.holidays == "never":
        said.append(_("not on holidays"))
    if slot.exceptions:
        count = len(slot.exceptions)
        said.append(ngettext("%(count)s day left out", "%(count)s days left out", count) % {"count": count})
    return ", ".join(said)


def said_span(seconds: int) -> str:
    """A span in the largest unit that measures it."""
    if seconds % 3600 == 0:
        return ngettext("%(count)s hour", "%(count)s hours", seconds // 3600) % {"count": seconds // 3600}
    if seconds % 60 == 0:
        return ngettext("%(count)s minute", "%(count)s minutes", seconds // 60) % {"count": seconds // 60}
    return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}


def said_limits(slot: SlotInput) -> str:
    """“at most 4 times an hour, 10 minutes apart”; empty without limits."""
    said = []
    if slot.max_per_hour:
        said.append(
            ngettext("at most %(count)s time an hour", "at most %(count)s times an hour", slot.max_per_hour)
            % {"count": slot.max_per_hour}
        )
    if slot.spacing_s:
        said.append(_("%(span)s between two turns") % {"span": said_span(slot.spacing_s)})
    return ", ".join(said)
