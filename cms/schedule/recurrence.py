"""Which local days a slot airs on: dates, weekdays, exceptions, holidays and RRULE (RFC 5545), all of which must hold. Pure.

Rules speak of whole days: `DTSTART` is the slot's first day, hours are its windows. python-dateutil unrolls them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from dateutil.rrule import rrulestr

from cms.schedule.inputs import SlotInput

SEARCH_YEARS = 40
"""How far a rule without end is searched for its first day: 29 February meets every weekday within 40 years."""
WORDS = {
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST",
    "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS",
}  # fmt: skip
TIMES = {"BYHOUR", "BYMINUTE", "BYSECOND"}
RHYTHMS = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
TOO_OFTEN = {"HOURLY", "MINUTELY", "SECONDLY"}
MOST = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
UNFIT = {
    "BYYEARDAY": RHYTHMS - {"YEARLY"}, "BYWEEKNO": RHYTHMS - {"YEARLY"}, "BYMONTHDAY": {"WEEKLY"},
}  # fmt: skip
"""Parts that RFC 5545 (3.3.10) does not allow with a rhythm."""
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
CYCLE = 400
"""Years after which the calendar repeats, weekdays included."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What of a slot decides on its days; slots that agree in it air on the same days."""

    date_from: date
    date_until: date | None
    weekdays: frozenset[int]
    exceptions: frozenset[date]
    holidays: Literal["any", "only", "never"]
    rrule: str


@dataclass(frozen=True, slots=True)
class Rule:
    """An RRULE taken apart: `parts` without UNTIL, which is `until`."""

    parts: tuple[tuple[str, str], ...]
    until: date | None

    @property
    def rhythm(self) -> str:
        return dict(self.parts)["FREQ"]


class Refused(ValueError):
    """An RRULE that is not followed; its text is the code of the reason."""


def recurrence_of(slot: SlotInput) -> Recurrence:
    return Recurrence(
        slot.date_from, slot.date_until, slot.weekdays, slot.exceptions, slot.holidays, slot.rrule.strip()
    )


def airs_on(slot: SlotInput, day: date, holidays: Mapping[date, str] | None = None) -> bool:
    """Whether a slot's windows start on a day. `holidays`: days and kinds, as the cluster has them."""
    return bool(Days(day, day, holidays or {}).mask(recurrence_of(slot)))


class Days:
    """The days `first` … `last` as bits, lowest first, so that thousands of slots cost little."""

    def __init__(self, first: date, last: date, holidays: Mapping[date, str]) -> None:
        self.first, self.last = first, last
        self.count = max(0, (last - first).days + 1)
        self._all = (1 << self.count) - 1
        self._weekdays = [0] * 7
        for number in range(self.count):
            self._weekdays[(first.weekday() + number) % 7] |= 1 << number
        self._holidays = self._bits(holidays)
        self._known: dict[Recurrence, int] = {}

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number)

    def mask(self, of: Recurrence) -> int:
        """The days on which a slot airs."""
        if of not in self._known:
            self._known[of] = self._mask(of)
        return self._known[of]

    def _mask(self, of: Recurrence) -> int:
        found = self._all & ~((1 << max(0, (of.date_from - self.first).days)) - 1)
        if of.date_until is not None:
            found &= (1 << max(0, (of.date_until - self.first).days + 1)) - 1
        if len(of.weekdays) < 7:
            found &= sum(bits for weekday, bits in enumerate(self._weekdays) if weekday in of.weekdays)
        if of.exceptions:
            found &= ~self._bits(of.exceptions)
        if of.holidays != "any":
            found &= self._holidays if of.holidays == "only" else ~self._holidays
        if of.rrule and found:
            found &= self._bits(rule_days(of.rrule, of.date_from, self.first, self.last))
        return found

    def _bits(self, days: Mapping[date, str] | frozenset[date]) -> int:
        found = 0
        for day in days:
            if self.first <= day <= self.last:
                found |= 1 << (day - self.first).days
        return found


@lru_cache(maxsize=65536)
def first_day(of: Recurrence) -> date | None:
    """The first day on which a slot airs, whatever the holidays; None when there is none within 40 years."""
    last = _later(of.date_from)
    if of.date_until is not None:
        last = min(last, of.date_until)
    days: Iterator[date]
    if of.rrule:
        try:
            days = _fired(parsed(of.rrule), of.date_from, of.date_from, last)
        except Refused:
            return None
    else:
        # Every weekday comes within a week of the last exception.
        span = min((last - of.date_from).days, 7 * (len(of.exceptions) + 1))
        days = (of.date_from + timedelta(days=number) for number in range(span + 1))
    return next((day for day in days if day.weekday() in of.weekdays and day not in of.exceptions), None)


@lru_cache(maxsize=65536)
def problem_of(rrule: str, date_from: date, date_until: date | None) -> str | None:
    """Why a rule is not followed, None when it is: `rrule-malformed`, `rrule-too-often` (more than once a day),
    `rrule-has-times`, `rrule-never` (no day from `date_from` to `date_until`; without end: none within 40 years)."""
    try:
        rule = parsed(rrule.strip())
    except Refused as refused:
        return str(refused)
    last = _later(date_from) if date_until is None else date_until
    return None if next(_fired(rule, date_from, date_from, last), None) else "rrule-never"


@lru_cache(maxsize=65536)
def rule_days(rrule: str, start: date, first: date, last: date) -> frozenset[date]:
    """The days of `first` … `last` on which a rule that begins on `start` fires; none when the rule is refused."""
    try:
        return frozenset(_fired(parsed(rrule), start, first, last))
    except Refused:
        return frozenset()


@lru_cache(maxsize=4096)
def parsed(rrule: str) -> Rule:
    """An RRULE of whole days, with or without its name before it. Raises `Refused` with the code of the reason."""
    text = rrule.upper().removeprefix("RRULE:")
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in parts or any(one.isspace() for one in part):
            raise Refused("rrule-malformed")
        parts[name] = value
    if parts.get("FREQ") in TOO_OFTEN:
        raise Refused("rrule-too-often")
    if parts.keys() & TIMES:
        raise Refused("rrule-has-times")
    until = _until(parts.pop("UNTIL")) if "UNTIL" in parts and "COUNT" not in parts else None
    if parts.keys() - WORDS or "UNTIL" in parts or parts.get("FREQ") not in RHYTHMS:
        raise Refused("rrule-malformed")
    if not all(_sound(name, value, parts) for name, value in parts.items()):
        raise Refused("rrule-malformed")
    return Rule(tuple(parts.items()), until)


def _until(value: str) -> date:
    if "T" in value:
        raise Refused("rrule-has-times")
    try:
        if len(value) == 8 and value.isdecimal():
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Refused("rrule-malformed")


def _sound(name: str, value: str, parts: Mapping[str, str]) -> bool:
    """Whether a part says something that RFC 5545 allows with the rest of the rule."""
    if parts["FREQ"] in UNFIT.get(name, ()):
        return False
    if name in ("INTERVAL", "COUNT"):
        return value.isdecimal() and value.isascii() and len(value) <= 4 and int(value) >= 1
    if name == "WKST":
        return value in WEEKDAYS
    if name == "BYDAY":
        plain = parts["FREQ"] not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts
        return all(_weekday(one, plain=plain) for one in value.split(","))
    if name == "BYSETPOS" and not any(other in parts for other in (*MOST, "BYDAY") if other != name):
        return False
    return name not in MOST or all(_number(one, MOST[name], name != "BYMONTH") for one in value.split(","))


def _number(text: str, most: int, signed: bool) -> bool:
    digits = text[1:] if signed and text[:1] in ("+", "-") else text
    return digits.isdecimal() and digits.isascii() and len(digits) <= 3 and 1 <= int(digits) <= most


def _weekday(text: str, *, plain: bool) -> bool:
    ordinal = text[:-2]
    return text[-2:] in WEEKDAYS and (not ordinal or (not plain and _number(ordinal, 53, True)))


def _later(day: date) -> date:
    return date(min(day.year + SEARCH_YEARS, 9999), 12, 31)


def _fired(rule: Rule, start: date, first: date, last: date) -> Iterator[date]:
    """The days of a rule from `first` to `last`, in order.

    dateutil goes on to the year 9999 while a rule finds nothing. The calendar repeats after 400 years, so the search is
    laid into the last centuries before: it ends soon also for 30 February. Without COUNT it begins near `first`."""
    last = min(last, rule.until or last)
    first = max(first, start)
    if last < first:
        return
    parts = dict(rule.parts)
    begin = start
    if "COUNT" not in parts:
        begin = _begin(parts, start, first)
    shift = CYCLE * max(0, (9999 - 20 - last.year) // CYCLE)
    moved = datetime.combine(begin.replace(year=begin.year + shift), time())
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        for moment in rrulestr(text, dtstart=moved):
            day = date(moment.year - shift, moment.month, moment.day)
            if day > last:
                return
            if day >= first:
                yield day
    except (ValueError, OverflowError):  # past the year 9999
        return


def _begin(parts: dict[str, str], start: date, first: date) -> date:
    """A day in the rhythm of a rule, at or before `first`, as late as can be. What the rule leaves to its first day is
    written into `parts`."""
    every = int(parts.get("INTERVAL", "1"))
    rhythm = parts["FREQ"]
    if rhythm == "WEEKLY" or (rhythm == "DAILY" and (every > 1 or "BYSETPOS" in parts)):
        step = every * (7 if rhythm == "WEEKLY" else 1)
        return start + timedelta(days=(first - start).days // step * step)
    if rhythm == "DAILY":
        # The same days in fewer steps.
        parts["FREQ"] = "YEARLY"
        parts.setdefault("BYMONTHDAY", ",".join(str(day) for day in range(1, 32)))
        return date(first.year, 1, 1)
    if not parts.keys() & {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY"}:
        parts["BYMONTHDAY"] = str(start.day)
        if rhythm == "YEARLY":
            parts.setdefault("BYMONTH", str(start.month))
    if rhythm == "YEARLY":
        return date(start.year + (first.year - start.year) // every * every, 1, 1)
    months = (first.year - start.year) * 12 + first.month - start.month
    year, month = divmod(start.year * 12 + start.month - 1 + months // every * every, 12)
    return date(year, month + 1, 1)
