"""What an editor should know about a schedule's inputs and outcome, as diagnostics. Pure; the words are in
`cms.programmes.diagnostics`.

| level | means |
|---|---|
| error | something that was asked for cannot be shown |
| warning | shown, but probably not as meant |
| info | worth knowing |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from cms.schedule.calendar import Calendar, Opening, days_between, merged
from cms.schedule.inputs import NORMAL, URGENT, Diagnostic, ScheduleInputs, SlotInput
from cms.schedule.item_checks import items as items
from cms.schedule.recurrence import Days, first_day, problem_of, recurrence_of
from cms.schedule.timeline import Stretch, bits

LEVELS = ("error", "warning", "info")
MINUTE_MS = 60_000
LIMITS = {"max_per_hour": 3600, "spacing_s": 86_400, "required_s": 86_400}
"""The most that the limits of a slot may be: once a second, a day."""
Problem = tuple[str, str, dict[str, str]]
"""A code, the field of the slot to correct, and what fills the message."""


def ordered(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Without repetition, gravest first."""
    unique = {(one.code, one.subject, one.field, tuple(sorted(one.params.items()))): one for one in diagnostics}
    return tuple(
        one for _, one in sorted(unique.items(), key=lambda pair: (LEVELS.index(pair[1].level), *map(str, pair[0])))
    )


def slot_makes_sense(inputs: ScheduleInputs, slot: SlotInput, found: list[Diagnostic]) -> bool:
    """Whether a slot makes sense at all; if not, says everything that is wrong, so that it is put right at one go."""
    letters = {face.id for face in inputs.cluster.geometry.faces}
    problems = list(_problems(inputs, slot, letters))
    for code, field, params in problems:
        found.append(Diagnostic(code, "error", f"slot:{slot.id}", {"title": slot.title, **params}, field))
    if problems:
        return False
    if strange := set(slot.faces) - letters:
        params = {"title": slot.title, "faces": ", ".join(sorted(strange))}
        found.append(Diagnostic("slot-names-absent-faces", "warning", f"slot:{slot.id}", params, "faces"))
    return True


def _problems(inputs: ScheduleInputs, slot: SlotInput, letters: set[str]) -> Iterator[Problem]:
    if slot.programme not in inputs.programmes:
        yield "slot-without-programme", "programme", {}
    yield from _days(slot)
    if slot.windows and not merged(slot.windows):
        yield "slot-hours-empty", "windows", {}
    if slot.faces and not letters & set(slot.faces):
        yield "slot-without-faces", "faces", {"faces": ", ".join(slot.faces)}
    if slot.weight < 1:
        yield "slot-without-weight", "weight", {"weight": str(slot.weight)}
    if not NORMAL <= slot.priority <= URGENT:
        yield "slot-priority-unknown", "priority", {"priority": str(slot.priority)}
    for field, most in LIMITS.items():
        if not 0 <= (value := getattr(slot, field)) <= most:
            yield "slot-limit-wrong", field, {"value": str(value), "most": str(most)}


def _days(slot: SlotInput) -> Iterator[Problem]:
    """Why a slot has no day at all."""
    if slot.date_until is not None and slot.date_until < slot.date_from:
        yield "slot-ends-before-it-begins", "date_until", {"from": str(slot.date_from), "until": str(slot.date_until)}
        return
    if not slot.weekdays & frozenset(range(7)):
        yield "slot-without-weekdays", "weekdays", {}
        return
    recurrence = recurrence_of(slot)
    if recurrence.rrule and (code := problem_of(recurrence.rrule, slot.date_from, slot.date_until)):
        yield code, "rrule", {"rule": recurrence.rrule}
        return
    if first_day(recurrence) is not None:
        return
    if slot.exceptions and first_day(replace(recurrence, exceptions=frozenset())) is not None:
        yield "slot-exceptions-leave-no-day", "exceptions", {}
    elif recurrence.rrule:
        yield "slot-rule-misses-weekdays", "rrule", {"rule": recurrence.rrule}
    else:
        yield "slot-dates-miss-weekdays", "weekdays", {"from": str(slot.date_from), "until": str(slot.date_until)}


def outcome(
    inputs: ScheduleInputs,
    slots: Sequence[SlotInput],
    calendar: Calendar,
    openings: Sequence[Opening],
    lines: Mapping[str, Sequence[Stretch]],
    from_ms: int,
    found: list[Diagnostic],
) -> None:
    """Days without operating hours, slots that never come up, hours in which nothing is scheduled."""
    cluster = inputs.cluster
    if not cluster.geometry.faces:
        found.append(Diagnostic("cluster-without-faces", "error", f"cluster:{cluster.id}", {}, "geometry"))
    last = inputs.first_day + timedelta(days=inputs.days - 1)
    horizon = list(days_between(inputs.first_day, last))
    if not openings:
        found.append(
            Diagnostic("no-operating-hours", "error", f"cluster:{cluster.id}", {"from": str(inputs.first_day)}, "hours")
        )
    elif unknown := [day for day in horizon if calendar.version(day) is None]:
        params = {"from": str(unknown[0]), "until": str(unknown[-1])}
        found.append(Diagnostic("hours-not-decided", "warning", f"cluster:{cluster.id}", params, "hours"))
    wanted = winning = 0
    rivals: dict[int, int] = {}
    urgent = sum(1 << bit for bit, one in enumerate(slots) if one.priority == URGENT)
    for face, line in lines.items():
        idle = [one for one in line if not one.winning and one.end > from_ms]
        if idle and openings:
            minutes = sum(one.end - max(one.start, from_ms) for one in idle) // MINUTE_MS
            params = {"face": face.upper(), "minutes": str(minutes), "first": str(calendar.day_of(idle[0].start))}
            found.append(Diagnostic("nothing-scheduled", "info", f"face:{face}", params))
        for one in line:
            wanted, winning = wanted | one.wanted, winning | one.winning
            together = one.winning & urgent
            if together & (together - 1):
                first, second = bits(together)[:2]
                rivals.setdefault(first, second)
    days = Days(inputs.first_day, last, cluster.holidays)
    for bit, slot in enumerate(slots):
        params, subject = {"title": slot.title}, f"slot:{slot.id}"
        if not wanted >> bit & 1:
            recurrence = recurrence_of(slot)
            if days.mask(recurrence):
                found.append(Diagnostic("slot-outside-operating-hours", "warning", subject, params, "windows"))
            elif slot.holidays == "only" and days.mask(replace(recurrence, holidays="any")):
                params = {**params, "from": str(inputs.first_day), "until": str(last)}
                found.append(Diagnostic("slot-no-holiday-in-horizon", "info", subject, params, "holidays"))
        elif not winning >> bit & 1 and any(lines):
            found.append(Diagnostic("slot-never-shown", "warning", subject, params, "priority"))
    for first, second in rivals.items():
        params = {"title": slots[first].title, "other": slots[second].title}
        found.append(Diagnostic("urgent-slots-share", "warning", f"slot:{slots[first].id}", params, "priority"))
