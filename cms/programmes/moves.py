"""A block of the week calendar taken elsewhere: what that changes of its slot, in words first and then, through the slot's own
form, in the records. Either all of it is saved or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modelcluster.models import get_all_child_relations
from wagtail.actions.create import CreateAction
from wagtail.actions.edit import EditAction

from cms.places.models import Cluster
from cms.places.services import holiday_kinds_of, hours_of
from cms.plugin_api.types import Window
from cms.programmes.forms import WEEKDAYS, SlotForm, said_window
from cms.programmes.inputs import slot_windows
from cms.programmes.models import Slot, SlotWindow
from cms.programmes.services import clusters_of
from cms.programmes.viewsets import SHORT_DAYS, SlotViewSet
from cms.schedule.calendar import Calendar

DAY_MIN = 1440
WEEK_DAYS = 7
TITLE_MOST = 160

SCOPES = {
    "all": gettext_lazy("All days of the slot"),
    "weekday": gettext_lazy("Only this weekday"),
    "date": gettext_lazy("Only this day"),
}


class Refused(Exception):
    """A change that is not made; `lines` say why. `stale`: somebody else was quicker."""

    def __init__(self, *lines: str, stale: bool = False) -> None:
        super().__init__(*lines)
        self.lines, self.stale = lines, stale


@dataclass(frozen=True, slots=True)
class Move:
    """A row of hours of a slot on the day on which it begins, and where it goes: a day of the same week and minutes of it
    (`end` is beyond 1440 where it ends the next morning)."""

    slot: Slot
    row: SlotWindow
    day: date
    to_day: date
    start: int
    end: int

    @property
    def before(self) -> Window:
        return slot_windows([(self.row.start, self.row.end)])[0]

    @property
    def after(self) -> Window:
        return Window(self.start, self.end)

    @property
    def shift(self) -> int:
        """Days; negative: earlier."""
        return (self.to_day - self.day).days

    @property
    def alone(self) -> bool:
        """Whether the slot has no other day than this one."""
        return self.slot.date_from == self.slot.date_until

    def scopes(self) -> list[str]:
        """For which days the change can be made, the likeliest first."""
        slot, bound_to_weekdays = self.slot, not self.slot.rrule
        if self.alone:
            return ["all"]
        found = []
        if self.shift and bound_to_weekdays and len(slot.weekdays) > 1 and self.to_day.weekday() not in slot.weekdays:
            found.append("weekday")
        if not self.shift or (bound_to_weekdays and len(slot.weekdays) < WEEK_DAYS):
            found.append("all")
        return [*found, "date"]


def move_of(slot: Slot, asked: Mapping[str, str]) -> Move:
    """The move that a request asks for: `row`, `day`, `to`, `start`, `end`. Raises `Refused`."""
    try:
        row = next(one for one in slot.windows.all() if one.pk == int(asked["row"]))
        day, to_day = date.fromisoformat(asked["day"]), date.fromisoformat(asked["to"])
        start, end = int(asked["start"]), int(asked["end"])
    except (KeyError, ValueError, StopIteration):
        raise Refused(changed_meanwhile(), stale=True) from None
    outside = day < slot.date_from or (slot.date_until is not None and day > slot.date_until)
    if outside or abs((to_day - day).days) >= WEEK_DAYS:
        raise Refused(_("The slot is not due on %(day)s.") % {"day": f"{day:%d/%m/%Y}"})
    if not (0 <= start < DAY_MIN and start < end <= start + DAY_MIN):
        raise Refused(_("The hours end before they begin."))
    return Move(slot, row, day, to_day, start, end)


def changed_meanwhile() -> str:
    return _("Somebody has changed this slot meanwhile. Load the page again to see how it is now.")


def state_of(slot: Slot) -> str:
    """A hash of all that a slot says; equal as long as nobody has changed it. No query where all is prefetched."""
    own = {one.attname: one.value_from_object(slot) for one in slot._meta.concrete_fields}
    named = {
        one.name: sorted(other.pk for other in getattr(slot, one.name).all()) for one in slot._meta.local_many_to_many
    }
    rows = {}
    for relation in get_all_child_relations(Slot):
        name = relation.get_accessor_name()
        rows[name] = sorted(
            [one.value_from_object(row) for one in row._meta.concrete_fields] for row in getattr(slot, name).all()
        )
    written = json.dumps([own, named, rows], cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:24]


# --- in words -----------------------------------------------------------------------------------------------------------


def described(move: Move, scope: str, cluster: Cluster) -> list[str]:
    """What a move changes, on which screens, and whether they are dark then on the cluster that is looked at."""
    words = {
        "title": move.slot.title,
        "before": said_window(move.before),
        "after": said_window(move.after),
        "day": said_day(move.day),
        "to": said_day(move.to_day),
        "weekday": WEEKDAYS[move.day.weekday()][1],
        "to_weekday": WEEKDAYS[move.to_day.weekday()][1],
    }
    lines = list({"all": _all_days, "weekday": _one_weekday, "date": _one_date}[scope](move, words))
    return [*lines, screens(move.slot), *_dark(move, cluster)]


def _all_days(move: Move, words: dict[str, Any]) -> Iterator[str]:
    if move.alone:
        yield _("“%(title)s”: %(day)s %(before)s becomes %(to)s %(after)s.") % words
        return
    if move.before != move.after:
        words |= {"days": said_weekdays(move.slot.weekdays)}
        yield _("“%(title)s”: %(before)s becomes %(after)s, on all its days (%(days)s).") % words
    if move.shift:
        words |= {"days": said_weekdays(move.slot.weekdays), "to_days": said_weekdays(shifted(move))}
        yield _("“%(title)s” moves from %(days)s to %(to_days)s, every week, with all its hours.") % words


def _one_weekday(move: Move, words: dict[str, Any]) -> Iterator[str]:
    yield _("“%(title)s” moves from %(weekday)s to %(to_weekday)s, every week, with all its hours.") % words
    if move.before != move.after:
        yield (
            _(
                "There it is %(after)s in place of %(before)s, as a slot of its own; the other weekdays stay as they are."
            )
            % words
        )


def _one_date(move: Move, words: dict[str, Any]) -> Iterator[str]:
    if move.shift:
        yield _("“%(title)s”, once: %(day)s %(before)s becomes %(to)s %(after)s.") % words
    else:
        yield _("“%(title)s”, once: %(day)s %(after)s in place of %(before)s.") % words
    yield _("All other days stay as they are. The slot leaves that day out, and one is made for that day alone.")


def _dark(move: Move, cluster: Cluster) -> Iterator[str]:
    """A word of warning where the new hours lie outside the operating hours of that day."""
    morning = move.to_day + timedelta(days=1)
    calendar = Calendar(cluster.timezone, hours_of(cluster), holiday_kinds_of(cluster.province, move.to_day, morning))
    opened = [(one.start_min, one.end_min) for one in calendar.windows(move.to_day)]
    opened += [(one.start_min + DAY_MIN, one.end_min + DAY_MIN) for one in calendar.windows(morning)]
    dark, reached = [], move.start
    for start, end in [*opened, (move.end, move.end)]:
        if reached < min(start, move.end):
            dark.append(Window(reached % DAY_MIN, min(start, move.end) - reached // DAY_MIN * DAY_MIN))
        reached = max(reached, end)
    if dark:
        hours = ", ".join(said_window(one) for one in dark)
        params = {"day": said_day(move.to_day), "hours": hours}
        yield _("Outside the operating hours on %(day)s, so not shown: %(hours)s.") % params


def screens(slot: Slot) -> str:
    """Which faces a slot concerns."""
    clusters = clusters_of(Slot.objects.filter(pk=slot.pk))
    letters = ", ".join(sorted(slot.faces)).upper()
    faces = _("faces %(faces)s") % {"faces": letters} if letters else _("all faces")
    names = ", ".join(sorted(one.name for one in clusters))
    return _("Concerns: %(clusters)s (%(faces)s).") % {"clusters": names, "faces": faces}


def said_day(day: date) -> str:
    return f"{SHORT_DAYS[day.weekday()]} {day:%d/%m/%Y}"


def said_weekdays(days: Iterable[int]) -> str:
    """Weekdays in a few letters: "Mon–Fri", "Mon, Thu", "every day"."""
    ordered = sorted(days)
    if len(ordered) == WEEK_DAYS:
        return _("every day")
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{SHORT_DAYS[ordered[0]]}–{SHORT_DAYS[ordered[-1]]}"
    return ", ".join(str(SHORT_DAYS[one]) for one in ordered)


def shifted(move: Move) -> list[int]:
    return sorted((one + move.shift) % WEEK_DAYS for one in move.slot.weekdays)


# --- in the records -----------------------------------------------------------------------------------------------------


@transaction.atomic
def save(move: Move, scope: str, seen: str, user: Any) -> list[Slot]:
    """Makes the change through the slot's form, as if it had been typed in; returns the slots edited and made. `seen`: the
    state on which the change was decided. Raises `Refused`; then nothing is changed."""
    Slot.objects.select_for_update().get(pk=move.slot.pk)
    if state_of(move.slot) != seen:
        raise Refused(changed_meanwhile(), stale=True)
    if scope not in move.scopes():
        raise Refused(_("This change cannot be made for these days."))
    forms = list({"all": _save_all, "weekday": _save_weekday, "date": _save_date}[scope](move, user))
    if faults := [line for form in forms for line in faults_of(form)]:
        raise Refused(*dict.fromkeys(faults))
    for form in forms:
        action = EditAction if form.instance.pk else CreateAction
        action(form.instance, user, form=form).execute(skip_permission_checks=True)
    return [form.instance for form in forms]


def _save_all(move: Move, user: Any) -> Iterator[SlotForm]:
    changes: dict[str, Any] = {}
    if move.shift:
        changes["weekdays"] = shifted(move)
    if move.alone:
        changes |= {"date_from": move.to_day, "date_until": move.to_day}
    yield edited(move.slot, user, changes, {move.row.pk: move.after})


def _save_weekday(move: Move, user: Any) -> Iterator[SlotForm]:
    there = move.to_day.weekday()
    others = [one for one in move.slot.weekdays if one != move.day.weekday()]
    if move.before == move.after:
        yield edited(move.slot, user, {"weekdays": sorted([*others, there])}, {})
        return
    yield edited(move.slot, user, {"weekdays": others}, {})
    yield copied(move.slot, user, {"weekdays": [there]}, _rows(move, moved=True, others=True))


def _save_date(move: Move, user: Any) -> Iterator[SlotForm]:
    form = blank(move.slot, user)
    data = posted(form)
    exceptions = form.formsets["exceptions"]
    number = int(data[f"{exceptions.prefix}-TOTAL_FORMS"])
    data[f"{exceptions.prefix}-TOTAL_FORMS"] = str(number + 1)
    data[f"{exceptions.prefix}-{number}-day"] = move.day.isoformat()
    data[f"{exceptions.prefix}-{number}-note"] = _("Moved in the week calendar")
    yield type(form)(MultiValueDict(_lists(data)), instance=move.slot, for_user=user)
    yield copied(move.slot, user, _once(move, move.to_day), _rows(move, moved=True, others=not move.shift))
    if move.shift and len(move.slot.windows.all()) > 1:
        yield copied(move.slot, user, _once(move, move.day), _rows(move, moved=False, others=True))


def _once(move: Move, day: date) -> dict[str, Any]:
    """What makes a copy of a slot one for a single day."""
    name = f" ({day:%d/%m})"
    return {
        "title": move.slot.title[: TITLE_MOST - len(name)] + name,
        "date_from": day,
        "date_until": day,
        "weekdays": [day.weekday()],
        "rrule": "",
        "holidays": Slot.Holidays.ANY,
    }


def _rows(move: Move, *, moved: bool, others: bool) -> list[Window]:
    """The hours of a copy: the row that is moved, those that are not, or both."""
    return [
        move.after if row.pk == move.row.pk else slot_windows([(row.start, row.end)])[0]
        for row in move.slot.windows.all()
        if (moved if row.pk == move.row.pk else others)
    ]


# --- through the form ---------------------------------------------------------------------------------------------------


def blank(slot: Slot, user: Any) -> SlotForm:
    """The form with which a slot is edited."""
    made: SlotForm = SlotViewSet.edit_handler.bind_to_model(Slot).get_form_class()(instance=slot, for_user=user)
    return made


def edited(slot: Slot, user: Any, changes: Mapping[str, Any], rows: Mapping[int, Window]) -> SlotForm:
    """A slot's form filled in with changes of fields and of rows of hours (by their primary key)."""
    form = blank(slot, user)
    data = posted(form) | sent(changes)
    for row in form.formsets["windows"].initial_forms:
        if row.instance.pk in rows:
            data |= _hours(row.prefix, rows[row.instance.pk])
    return type(form)(MultiValueDict(_lists(data)), instance=slot, for_user=user)


def copied(slot: Slot, user: Any, changes: Mapping[str, Any], windows: list[Window]) -> SlotForm:
    """The form of a new slot that is like another one but for some fields and its hours; it leaves no days out."""
    form = blank(slot, user)
    data = {name: value for name, value in posted(form).items() if "-" not in name} | sent(changes)
    for formset in form.formsets.values():
        rows = windows if formset is form.formsets["windows"] else []
        data |= {f"{formset.prefix}-TOTAL_FORMS": str(len(rows)), f"{formset.prefix}-INITIAL_FORMS": "0"}
        for number, window in enumerate(rows):
            data |= _hours(f"{formset.prefix}-{number}", window)
    return type(form)(MultiValueDict(_lists(data)), instance=Slot(), for_user=user)


def _hours(prefix: str, window: Window) -> dict[str, Any]:
    return {f"{prefix}-start": clock_time(window.start_min), f"{prefix}-end": clock_time(window.end_min)}


def clock_time(minute: int) -> str:
    """A minute of a day or of the morning after as it is typed in."""
    return f"{time(*divmod(minute % DAY_MIN, 60)):%H:%M}"


def posted(form: Any) -> dict[str, Any]:
    """What a browser would send for a form that nobody touched."""
    data = sent({form.add_prefix(name): form[name].field.prepare_value(form[name].value()) for name in form.fields})
    for formset in getattr(form, "formsets", {}).values():
        count = len(formset.initial_forms)
        data |= {f"{formset.prefix}-TOTAL_FORMS": str(count), f"{formset.prefix}-INITIAL_FORMS": str(count)}
        for row in formset.initial_forms:
            data |= posted(row)
    return data


def sent(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of fields as a browser sends them; what is empty or not ticked is not sent."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or value is False:
            continue
        if isinstance(value, (list, tuple, set)):
            found[name] = [str(getattr(one, "pk", one)) for one in value]
        elif isinstance(value, (date, time)):
            found[name] = value.isoformat()
        else:
            found[name] = "on" if value is True else str(value)
    return found


def _lists(data: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: value if isinstance(value, list) else [value] for name, value in data.items()}


def faults_of(form: SlotForm) -> Iterator[str]:
    """What is wrong with a filled-in form and its rows; nothing when it is sound."""
    if form.is_valid():
        return
    labels = {name: field.label for name, field in form.fields.items()}
    for name, lines in form.errors.items():
        for line in lines:
            yield f"{labels[name]}: {line}" if name in labels else str(line)
    for formset in form.formsets.values():
        yield from map(str, formset.non_form_errors())
        for row in formset.errors:
            yield from (str(line) for lines in row.values() for line in lines)
