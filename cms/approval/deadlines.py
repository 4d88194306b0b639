"""Steps in time: their last day in working days of the province, and a letter a day to those who may take what is late."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import TaskState

from cms import clock
from cms.approval.decisions import Deadline
from cms.approval.letters import send
from cms.approval.steps import StepTask
from cms.approval.turns import whose_turn
from cms.content.models import ItemPage
from cms.places.models import HolidayOverride, Province
from cms.places.services import holidays_of
from cms.plugin_host.host import get_host

MORNING = 7
"""The local hour from which reminders go out."""
LONGEST_REST = 20
"""More days than any row of weekends and holidays has, with room."""


def due_on(province: Province, began: date, days: int) -> date:
    """The last day in time: so many working days after the day on which a step began."""
    last = began + timedelta(days=days * 7 // 5 + LONGEST_REST)
    off, working = holidays_of(province, began, last), _swapped(province, began, last)
    day, left = began, days
    while left and day < last:
        day += timedelta(days=1)
        left -= _works(day, off, working)
    return day


def _works(day: date, off: frozenset[date], working: frozenset[date]) -> bool:
    return day in working or (day.weekday() < 5 and day not in off)


def _swapped(province: Province, first: date, last: date) -> frozenset[date]:
    """Days at a weekend on which people work all the same: swapped by the calendar, or by a dated decision."""
    days = {
        one.day
        for year in range(first.year, last.year + 1)
        for one in get_host().holidays(province.code, year)
        if one.working
    }
    decided = HolidayOverride.objects.filter(day__range=(first, last)).order_by("id")
    for one in sorted(decided, key=lambda found: found.province_id is not None):
        if one.province_id in (None, province.pk):
            (days.add if one.working else days.discard)(one.day)
    return frozenset(day for day in days if first <= day <= last)


def is_working_day(province: Province, day: date) -> bool:
    return _works(day, holidays_of(province, day, day), _swapped(province, day, day))


def set_deadline(step: StepTask, task_state: TaskState) -> None:
    """Keep the last day of a step that has just begun; nothing for one without a deadline."""
    if not step.days:
        return
    province = Province.objects.get(code=step.province_code)
    due = due_on(province, timezone.localdate(clock.now()), step.days)
    Deadline.objects.create(task_state=task_state, due=due)


def deadline_of(task_state: TaskState | None) -> Deadline | None:
    return Deadline.objects.filter(task_state=task_state).first() if task_state is not None else None


def is_late(due: date) -> bool:
    return due < timezone.localdate(clock.now())


# --- letters --------------------------------------------------------------------------------------------------------------


def remind_due() -> int:
    """One letter to each person about everything that they may decide and whose last day has come: once per working day of the
    province, from the morning on. Returns how many letters went out. Run by the cron's tick."""
    now = timezone.localtime(clock.now())
    if now.hour < MORNING:
        return 0
    waiting: dict[Any, list[tuple[ItemPage, Deadline]]] = {}
    for deadline in _to_remind(now.date()):
        page = ItemPage.objects.filter(pk=deadline.task_state.revision.object_id).first()
        if page is not None:
            step: Any = deadline.task_state.task.specific
            for person in whose_turn(step, page):
                waiting.setdefault(person, []).append((page, deadline))
    return send(waiting, lambda person: _letter(waiting[person]))


@transaction.atomic
def _to_remind(today: date) -> list[Deadline]:
    """What is due and was not said today; it counts as said from now on, so that two ticks write no letter twice."""
    open_ones = Deadline.objects.select_for_update(of=("self",)).filter(
        task_state__status=TaskState.STATUS_IN_PROGRESS, due__lte=today
    )
    working: dict[str, bool] = {}
    found = []
    for one in open_ones.exclude(reminded_on=today).select_related("task_state__task", "task_state__revision"):
        step: Any = one.task_state.task.specific
        if step.province_code not in working:
            province = Province.objects.get(code=step.province_code)
            working[step.province_code] = is_working_day(province, today)
        if working[step.province_code]:
            found.append(one)
    Deadline.objects.filter(pk__in=[one.pk for one in found]).update(reminded_on=today)
    return found


def _letter(found: list[tuple[ItemPage, Deadline]]) -> tuple[str, str]:
    lines = []
    for page, deadline in sorted(found, key=lambda one: one[1].due):
        address = f"{settings.WAGTAILADMIN_BASE_URL}{reverse('approval:review', args=[page.pk])}"
        said = _("late since %(day)s") if is_late(deadline.due) else _("due today, %(day)s")
        step: Any = deadline.task_state.task.specific
        when = said % {"day": deadline.due.strftime("%d/%m/%Y")}
        lines.append(f"– {page.draft_title or page.title} ({step.words}; {when})\n  {address}")
    subject = ngettext("%(count)d item waits for your decision", "%(count)d items wait for your decision", len(found))
    head = _("These items wait for your decision; their last day has come:")
    return subject % {"count": len(found)}, "\n".join([head, "", *lines])
