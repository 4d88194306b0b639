"""How a week is drawn: each block with its place, its colour, its words and what a browser needs in order to move it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.plugin_api.types import Window
from cms.programmes.calendars import DAY_MIN, Band, Block, Day, Week
from cms.programmes.forms import WEEKDAYS, said_window
from cms.programmes.models import Slot
from cms.programmes.moves import state_of
from cms.programmes.rulers import hue
from cms.programmes.services import may_edit

PRIORITIES = {0: ("normal", "●"), 1: ("priority", "◆"), 2: ("urgent", "▲")}
"""A shape for each priority, so that it is seen without its colour."""
REASONS = {
    "closed": gettext_lazy("Outside the operating hours"),
    "lost": gettext_lazy("Gives way to a higher priority"),
    "idle": gettext_lazy("Nothing that may be shown"),
    "some": gettext_lazy("Partly gives way to a higher priority"),
}
SHORT_MIN = 35
"""Blocks up to so many minutes have room for one line."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A block or band, ready to be written. `hatched`: style and kind of its parts that are not shown; `data`: what is needed to
    move it, empty where the reader may not."""

    slot: Slot
    style: str
    classes: str
    priority: str
    shape: str
    hours: str
    faces: str
    url: str
    said: str
    warning: str
    hatched: tuple[tuple[str, str], ...]
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A day, ready to be written; `more`: style, number and titles of blocks for which there is no room."""

    day: date
    weekday: str
    holiday: str
    today: bool
    closed: tuple[str, ...]
    blocks: tuple[Drawn, ...]
    more: tuple[tuple[str, int, str], ...]
    now: str


class Drawing:
    """The columns and bands of a week for a reader. `warnings`: what is wrong with a slot, by its id."""

    def __init__(
        self, week: Week, user: Any, warnings: Mapping[str, Iterable[str]], today: date, now: datetime
    ) -> None:
        self._warnings, self._now = warnings, now
        self._edits = {slot.pk: may_edit(user, slot.programme.province.code) for slot in week.slots.values()}
        self._states = {slot.pk: state_of(slot) for slot in week.slots.values() if self._edits[slot.pk]}
        self.columns = [self._column(one, one.day == today) for one in week.days]
        self.bands = [self._band(one) for one in week.bands]
        self.hours = [f"{hour:02}:00" for hour in range(24)]
        self.more_bands = (len(week.more_bands), _titles(one.slot for one in week.more_bands))

    def _column(self, one: Day, today: bool) -> Column:
        minute = self._now.hour * 60 + self._now.minute
        return Column(
            day=one.day,
            weekday=str(WEEKDAYS[one.day.weekday()][1]),
            holiday=one.holiday,
            today=today,
            closed=tuple(_upright(*span) for span in one.closed),
            blocks=tuple(self._block(block) for block in one.blocks),
            more=tuple((_upright(*span), len(left), _titles(block.slot for block in left)) for span, left in one.more),
            now=f"top:{_share(minute)}" if today else "",
        )

    def _block(self, one: Block) -> Drawn:
        style = f"{_upright(one.start, one.end)};left:{one.left:.3%};width:{one.width:.3%}"
        length = one.end - one.start
        hatched = tuple(
            (f"top:{(part.start - one.start) / length:.3%};height:{(part.end - part.start) / length:.3%}", part.kind)
            for part in one.parts
            if part.kind != "shown"
        )
        classes = ["bk-block"]
        if length <= SHORT_MIN:
            classes.append("bk-block--short")
        if one.continued:
            classes.append("bk-block--continued")
        elif one.last > DAY_MIN:
            classes.append("bk-block--continues")
        if "shown" not in one.kinds:
            classes.append("bk-block--unseen")
        data = {}
        if self._edits[one.slot.pk]:
            data = {
                "slot": one.slot.pk,
                "row": one.row,
                "day": one.day.isoformat(),
                "start": one.first,
                "end": one.last,
                "seen": self._states[one.slot.pk],
            }
        hours = said_window(Window(one.first, one.last))
        reasons = [str(REASONS[kind]) for kind in REASONS if kind in one.kinds]
        when = f"{WEEKDAYS[one.day.weekday()][1]} {one.day:%d/%m}"
        return self._drawn(one.slot, style, classes, hours, when, reasons, hatched, data)

    def _band(self, one: Band) -> Drawn:
        style = f"grid-column:{one.first + 2}/{one.last + 3};grid-row:{one.lane + 1}"
        width = 1 / len(one.kinds)
        hatched = tuple(
            (f"left:{at * width:.3%};width:{width:.3%}", kind) for at, kind in enumerate(one.kinds) if kind != "shown"
        )
        classes = ["bk-block", "bk-band"]
        if not {"shown", "some"} & set(one.kinds):
            classes.append("bk-block--unseen")
        reasons = [str(REASONS[kind]) for kind in REASONS if kind in one.kinds]
        return self._drawn(one.slot, style, classes, _("all operating hours"), "", reasons, hatched, {})

    def _drawn(
        self,
        slot: Slot,
        style: str,
        classes: list[str],
        hours: str,
        when: str,
        reasons: list[str],
        hatched: tuple[tuple[str, str], ...],
        data: Mapping[str, Any],
    ) -> Drawn:
        name, shape = PRIORITIES.get(slot.priority, PRIORITIES[0])
        faces = ", ".join(sorted(slot.faces)).upper()
        warning = "\n".join(self._warnings.get(str(slot.pk), ()))
        weight = _("weight %(weight)s") % {"weight": slot.weight}
        said = [slot.title, " ".join(filter(None, (when, hours))), str(slot.programme), slot.get_priority_display()]
        said += [_("faces %(faces)s") % {"faces": faces} if faces else _("all faces"), weight, *reasons]
        action = "edit" if self._edits[slot.pk] else "inspect"
        return Drawn(
            slot=slot,
            style=f"{style};--hue:{hue(str(slot.programme_id))}",
            classes=" ".join([*classes, f"bk-block--{name}"]),
            priority=slot.get_priority_display(),
            shape=shape,
            hours=hours,
            faces=faces,
            url=reverse(f"wagtailsnippets_programmes_slot:{action}", args=(slot.pk,)),
            said=" · ".join(said) + (f"\n⚠ {warning}" if warning else ""),
            warning=warning,
            hatched=hatched,
            data=data,
        )


def _share(minutes: int) -> str:
    return f"{minutes / DAY_MIN:.4%}"


def _upright(start: int, end: int) -> str:
    return f"top:{_share(start)};height:{_share(end - start)}"


def _titles(slots: Iterable[Slot]) -> str:
    return "\n".join(dict.fromkeys(slot.title for slot in slots))
