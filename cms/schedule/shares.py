"""What became of the time that slots asked for, as diagnostics. Pure; the words are in `cms.programmes.diagnostics`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from cms.schedule.inputs import Diagnostic, SlotInput
from cms.schedule.orders import Plan, pauses_ms
from cms.schedule.timeline import Stretch

MINUTE_MS = 60_000

Lines = Mapping[str, Sequence[Stretch]]
Plans = Mapping[str, Sequence[Plan | None]]


def report(slots: Sequence[SlotInput], lines: Lines, plans: Plans, found: list[Diagnostic]) -> None:
    """Slots whose items do not all fit, whose limits cost them turns, or which do not get their required time, and faces that show
    the neutral picture because nobody may play. Each is said once, for the longest stretch or the first day."""
    longest: dict[int, tuple[Plan, int]] = {}
    for face, line in lines.items():
        paused, first = 0, None
        for one, plan in zip(line, plans[face], strict=True):
            if plan is None:
                continue
            length = one.end - one.start
            known = longest.get(id(plan))
            if known is None or known[1] < length:
                longest[id(plan)] = plan, length
            if plan.order.bound and (ms := pauses_ms(plan, length)):
                paused, first = paused + ms, first or one.opening.day
        if paused:
            params = {"face": face.upper(), "minutes": str(max(1, paused // MINUTE_MS)), "first": str(first)}
            found.append(Diagnostic("nothing-between-limits", "warning", f"face:{face}", params))
    for plan, length in longest.values():
        _of_plan(slots, plan, length, found)
    _required(slots, lines, plans, found)


def _of_plan(slots: Sequence[SlotInput], plan: Plan, length: int, found: list[Diagnostic]) -> None:
    for number in plan.order.unfinished:
        one = slots[plan.members[number]]
        params = {"title": one.title, "minutes": str(length // MINUTE_MS)}
        found.append(Diagnostic("slot-has-more-than-fits", "warning", f"slot:{one.id}", params, "weight"))
    whole = sum(slots[bit].weight for bit in plan.members)
    for number in plan.order.bound:
        one = slots[plan.members[number]]
        got, wanted = plan.shown_ms(number, length) * 100 // length, one.weight * 100 // whole
        if got < wanted:
            params = {"title": one.title, "percent": str(got), "wanted": str(wanted)}
            field = "max_per_hour" if one.max_per_hour else "spacing_s"
            found.append(Diagnostic("slot-limited", "info", f"slot:{one.id}", params, field))


def _required(slots: Sequence[SlotInput], lines: Lines, plans: Plans, found: list[Diagnostic]) -> None:
    """Slots that a face shows for less than their required time on a day on which they are due."""
    asking = {bit: slot for bit, slot in enumerate(slots) if slot.required_s > 0}
    if not asking:
        return
    short: dict[int, tuple[date, int]] = {}
    for face, line in lines.items():
        got: dict[tuple[int, date], int] = {}
        for one, plan in zip(line, plans[face], strict=True):
            for bit in asking:
                if not one.wanted >> bit & 1:
                    continue
                key = bit, one.opening.day
                got.setdefault(key, 0)
                if plan is not None and bit in plan.members:
                    got[key] += plan.shown_ms(plan.members.index(bit), one.end - one.start)
        for (bit, day), ms in got.items():
            if ms < asking[bit].required_s * 1000 and (bit not in short or (day, ms) < short[bit]):
                short[bit] = day, ms
    for bit, (day, ms) in short.items():
        slot = asking[bit]
        params = {
            "title": slot.title, "seconds": str(ms // 1000), "needed": str(slot.required_s), "day": str(day)
        }  # fmt: skip
        found.append(Diagnostic("slot-required-not-reached", "warning", f"slot:{slot.id}", params, "required_s"))
