"""Steps in time: working days, what is shown of them, and one letter a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cms.approval.deadlines import due_on, is_working_day, remind_due
from cms.approval.models import Deadline
from cms.content.states import states_of
from cms.places.models import HolidayOverride
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
def at(monkeypatch):
    """`at(date(2026, 11, 23), 8)`: it is that local day and hour."""

    def set_clock(day: date, hour: int = 8) -> None:
        ahead = datetime(day.year, day.month, day.day, hour, tzinfo=ZONE) - timezone.now()
        monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(round(ahead.total_seconds() * 1000)))

    return set_clock


def test_only_working_days_count(province):
    friday = date(2026, 11, 6)
    assert due_on(province, friday, 1) == date(2026, 11, 9)
    assert due_on(province, friday, 3) == date(2026, 11, 11)
    assert due_on(province, date(2026, 11, 7), 1) == date(2026, 11, 9)


def test_tet_and_dated_decisions_count_as_days_off(province):
    before_tet = date(2027, 2, 4)
    holidays = [day for day in (before_tet + timedelta(days=n) for n in range(10)) if not is_working_day(province, day)]
    due = due_on(province, before_tet, 1)
    assert due not in holidays
    assert due > before_tet + timedelta(days=1), "the fifth of February 2027 is within Tết"
    HolidayOverride.objects.create(province=province, day=due, name="Nghỉ bù")
    assert due_on(province, before_tet, 1) > due


def test_a_swapped_saturday_is_a_working_day(province, other_province):
    saturday = date(2026, 11, 21)
    HolidayOverride.objects.create(province=province, day=saturday, name="Làm bù", working=True)
    assert due_on(province, date(2026, 11, 20), 1) == saturday
    assert due_on(other_province, date(2026, 11, 20), 1) == date(2026, 11, 23)


def test_each_step_has_its_last_day_and_the_page_and_the_list_say_when_it_is_late(submitted, appraiser, client_for, at):
    at(date(2026, 11, 6))
    page = submitted()
    assert Deadline.objects.get().due == date(2026, 11, 11), "three working days, as the plugin says"
    shown = client_for(appraiser).get(f"/admin/items/{page.pk}/review/").content.decode()
    assert "Hạn: ngày 11/11/2026" in shown
    assert "quá hạn" not in states_of([page])[page.pk].word
    at(date(2026, 11, 12))
    shown = client_for(appraiser).get(f"/admin/items/{page.pk}/review/").content.decode()
    assert "hạn của bước này là ngày 11/11/2026" in shown
    assert "quá hạn từ 11/11" in states_of([page])[page.pk].word


def test_who_may_decide_gets_one_letter_a_day_on_working_days_from_the_morning_on(
    submitted, appraiser, approver, contributor, outsider, at, mailoutbox
):
    at(date(2026, 11, 17))
    page, other = submitted(), submitted("Chợ phiên")
    mailoutbox.clear()
    at(date(2026, 11, 19))
    assert remind_due() == 0, "there is a day left"
    at(date(2026, 11, 20), 6)
    assert remind_due() == 0, "nobody is up"
    at(date(2026, 11, 20), 9)
    assert remind_due() == 1
    assert remind_due() == 0, "once a day"
    (letter,) = mailoutbox
    assert letter.to == [appraiser.email]
    assert "2 tin đang chờ" in letter.subject
    assert f"/admin/items/{page.pk}/review/" in letter.body
    assert f"/admin/items/{other.pk}/review/" in letter.body
    at(date(2026, 11, 21), 9)
    assert remind_due() == 0, "a Saturday"
    at(date(2026, 11, 23), 9)
    assert remind_due() == 1
    assert "quá hạn từ 20/11/2026" in mailoutbox[-1].body


def test_nobody_is_reminded_of_what_is_decided_or_not_theirs_to_decide(
    submitted, appraiser, decide, at, mailoutbox, province
):
    both = make_user("both", "an_giang", "appraiser", "approver")
    at(date(2026, 11, 17))
    page = submitted()
    decide(appraiser, page, "reject", comment="Sửa giờ.")
    at(date(2026, 11, 23))
    mailoutbox.clear()
    assert remind_due() == 0
    other = submitted("Chợ phiên")
    decide(both, other, "approve")
    mailoutbox.clear()
    at(date(2026, 11, 26))
    assert remind_due() == 0, "both appraised it and cannot approve it; nobody else approves"


def test_a_mail_server_that_does_not_answer_stops_nothing(submitted, appraiser, at, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    at(date(2026, 11, 17))
    submitted()
    at(date(2026, 11, 23))
    assert remind_due() == 0


def test_the_cron_asks_for_reminders():
    from cms.runtime.ticks import TICKS

    assert "cms.approval.deadlines.remind_due" in {one.function for one in TICKS}
