"""What an editor should know about a schedule's inputs and outcome, as diagnostics. Pure; the words are in
`cms.programmes.diagnostics`.

| level | means |
|---|---|
| error | something that was asked for cannot be shown |
| warning | shown, but probably not as meant |
| info | worth knowing |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from cms.schedule.calendar import Calendar, Opening, days_between, merged
from cms.schedule.inputs import NORMAL, URGENT, Diagnostic, ScheduleInputs, SlotInput
from cms.schedule.loops import Order
from cms.schedule.programmes import members
from cms.schedule.recurrence import Days, recurrence_of
from cms.schedule.scenes import Playable
from cms.schedule.timeline import Stretch, bits

LEVELS = ("error", "warning", "info")
MINUTE_MS = 60_000


def ordered(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Without repetition, gravest first."""
    unique = {(one.code, one.subject, tuple(sorted(one.params.items()))): one for one in diagnostics}
    return tuple(
        one for _, one in sorted(unique.items(), key=lambda pair: (LEVELS.index(pair[1].level), *map(str, pair[0])))
    )


def slot_makes_sense(inputs: ScheduleInputs, slot: SlotInput, found: list[Diagnostic]) -> bool:
    """Whether a slot makes sense at all; if not, says why."""
    letters = {face.id for face in inputs.cluster.geometry.faces}
    problem: tuple[str, dict[str, str]] | None = None
    if slot.programme not in inputs.programmes:
        problem = "slot-without-programme", {}
    elif slot.date_until is not None and slot.date_until < slot.date_from:
        problem = "slot-ends-before-it-begins", {"from": str(slot.date_from), "until": str(slot.date_until)}
    elif not slot.weekdays & frozenset(range(7)):
        problem = "slot-without-weekdays", {}
    elif slot.windows and not merged(slot.windows):
        problem = "slot-hours-empty", {}
    elif slot.faces and not letters & set(slot.faces):
        problem = "slot-without-faces", {"faces": ", ".join(slot.faces)}
    elif slot.weight < 1:
        problem = "slot-without-weight", {"weight": str(slot.weight)}
    elif not NORMAL <= slot.priority <= URGENT:
        problem = "slot-priority-unknown", {"priority": str(slot.priority)}
    if problem:
        found.append(Diagnostic(problem[0], "error", f"slot:{slot.id}", {"title": slot.title, **problem[1]}))
        return False
    if strange := set(slot.faces) - letters:
        names = ", ".join(sorted(strange))
        found.append(
            Diagnostic("slot-names-absent-faces", "warning", f"slot:{slot.id}", {"title": slot.title, "faces": names})
        )
    return True


def items(inputs: ScheduleInputs, playable: Mapping[str, Sequence[Playable]], found: list[Diagnostic]) -> None:
    """Programmes without anything to show, items left out, languages that faces ask for and items lack."""
    faces = inputs.cluster.geometry.faces
    asked = tuple(dict.fromkeys(language for face in faces for language in face.languages))
    used = {slot.programme for slot in inputs.slots}
    for programme in inputs.programmes.values():
        if programme.id not in used:
            continue
        subject = f"programme:{programme.id}"
        keys = members(inputs.programmes, programme.id)
        if not keys:
            found.append(Diagnostic("programme-empty", "error", subject, {"title": programme.title}))
        elif not any(playable.get(key) for key in keys):
            found.append(Diagnostic("programme-without-approved-items", "error", subject, {"title": programme.title}))
        for key in keys:
            item = inputs.items.get(key)
            title = {"title": item.title if item else key, "programme": programme.title}
            if item is None or not playable.get(key):
                found.append(Diagnostic("item-not-approved", "warning", f"item:{key}", title))
                continue
            has = [one.language for one in playable[key]]
            if missing := [language for language in asked if language not in has]:
                params = {**title, "languages": ", ".join(missing)}
                found.append(Diagnostic("item-lacks-language", "warning", f"item:{key}", params))
            blind = [face.id for face in faces if face.languages and not set(face.languages) & set(has)]
            if blind:
                params = {**title, "faces": ", ".join(blind), "languages": ", ".join(has)}
                found.append(Diagnostic("item-in-no-language-of-face", "warning", f"item:{key}", params))
            _validity(inputs, key, title, found)
    _span(inputs, playable, found)


def _validity(inputs: ScheduleInputs, key: str, title: dict[str, str], found: list[Diagnostic]) -> None:
    item = inputs.items[key]
    last = inputs.first_day + timedelta(days=inputs.days - 1)
    if item.valid_from and item.valid_until and item.valid_until < item.valid_from:
        params = {**title, "from": str(item.valid_from), "until": str(item.valid_until)}
        found.append(Diagnostic("item-ends-before-it-begins", "error", f"item:{key}", params))
    elif item.valid_until and item.valid_until < inputs.first_day:
        found.append(Diagnostic("item-expired", "warning", f"item:{key}", {**title, "until": str(item.valid_until)}))
    elif item.valid_until and item.valid_until < last:
        found.append(Diagnostic("item-expires", "info", f"item:{key}", {**title, "until": str(item.valid_until)}))


def _span(inputs: ScheduleInputs, playable: Mapping[str, Sequence[Playable]], found: list[Diagnostic]) -> None:
    count = len(inputs.cluster.geometry.faces)
    for one in inputs.slots:
        if (one.mode or inputs.cluster.mode) != "span" or one.programme not in inputs.programmes or count < 2:
            continue
        for key in members(inputs.programmes, one.programme):
            for translation in playable.get(key, ()):
                if not translation.span:
                    params = {"title": inputs.items[key].title, "slot": one.title, "language": translation.language}
                    found.append(Diagnostic("item-not-drawn-for-span", "warning", f"item:{key}", params))
        if one.faces and len(set(one.faces)) < count:
            found.append(Diagnostic("span-on-some-faces", "warning", f"slot:{one.id}", {"title": one.title}))


def order(
    slots: Sequence[SlotInput], members: Sequence[int], order: Order, limit: int, found: list[Diagnostic]
) -> None:
    """Slots whose items do not all fit into the time they get."""
    for number in order.unfinished:
        one = slots[members[number]]
        params = {"title": one.title, "minutes": str(limit // MINUTE_MS)}
        found.append(Diagnostic("slot-has-more-than-fits", "warning", f"slot:{one.id}", params))


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
        found.append(Diagnostic("cluster-without-faces", "error", f"cluster:{cluster.id}"))
    last = inputs.first_day + timedelta(days=inputs.days - 1)
    horizon = list(days_between(inputs.first_day, last))
    if not openings:
        found.append(
            Diagnostic("no-operating-hours", "error", f"cluster:{cluster.id}", {"from": str(inputs.first_day)})
        )
    elif unknown := [day for day in horizon if calendar.version(day) is None]:
        params = {"from": str(unknown[0]), "until": str(unknown[-1])}
        found.append(Diagnostic("hours-not-decided", "warning", f"cluster:{cluster.id}", params))
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
        params = {"title": slot.title}
        if not wanted >> bit & 1:
            if days.mask(recurrence_of(slot)):
                found.append(Diagnostic("slot-outside-operating-hours", "warning", f"slot:{slot.id}", params))
        elif not winning >> bit & 1 and any(lines):
            found.append(Diagnostic("slot-never-shown", "warning", f"slot:{slot.id}", params))
    for first, second in rivals.items():
        params = {"title": slots[first].title, "other": slots[second].title}
        found.append(Diagnostic("urgent-slots-share", "warning", f"slot:{slots[first].id}", params))
