"""The iCalendar feed: exactly what is due while the faces are lit, for whoever holds the address and may see the cluster."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar as Feed

from cms.programmes.feeds import calendar_of
from cms.programmes.inputs import gather
from cms.programmes.models import FeedAddress, Slot, SlotException, SlotWindow
from cms.programmes.previews import local_midnight_ms
from cms.schedule.calendar import Calendar
from cms.schedule.timeline import bits, due

ADDRESS = reverse("programmes:calendar_address", args=("tinh-bien",))
PAGE = reverse("programmes:calendar_cluster", args=("tinh-bien",))
NOON = datetime(2027, 1, 4, 5, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def make_slot(programme: Any, cluster: Any, title: str, *hours: tuple[time, time], **more: Any) -> Slot:
    made = Slot(programme=programme, title=title, **{"date_from": date(2026, 1, 1), **more})
    made.clusters = [cluster]
    made.windows = [SlotWindow(start=start, end=end) for start, end in hours]
    made.save()
    return made


@pytest.fixture
def slots(programme: Any, cluster: Any) -> list[Slot]:
    """All day; over noon on weekdays, but not on one of them; at night at weekends; urgent on one face for an hour."""
    noon = make_slot(programme, cluster, "Trưa", (time(10), time(15)), weekdays=[0, 1, 2, 3, 4])
    SlotException.objects.create(slot=noon, day=date(2027, 1, 6))
    return [
        make_slot(programme, cluster, "Cả ngày"),
        noon,
        make_slot(programme, cluster, "Đêm", (time(17), time(8)), weekdays=[5, 6]),
        make_slot(programme, cluster, "Khẩn; cấp", (time(8), time(9)), faces=["b"], priority=Slot.Priority.URGENT),
        make_slot(programme, cluster, "Ngoài giờ", (time(20), time(21))),
    ]


@pytest.fixture
def address(client_for: Any, editor: Any, slots: list[Slot], theme_approval: Any) -> str:
    """The editor's own, as the page shows it after they asked for one."""
    client = client_for(editor)
    assert client.post(ADDRESS).url == f"{PAGE}#feed"
    return shown(client)


def shown(client: Client) -> str:
    return str(client.get(PAGE).context["feed"])


def spans(feed: Feed) -> set[tuple[str, int, int]]:
    return {
        (str(one["summary"]), *(round(one[edge].dt.timestamp() * 1000) for edge in ("dtstart", "dtend")))
        for one in feed.walk("VEVENT")
    }


def test_the_events_are_what_the_compiler_says_is_due_while_the_faces_are_lit(cluster, slots, theme_approval):
    feed = Feed.from_ical(calendar_of(cluster, NOON).to_ical())
    first = date(2027, 1, 4)
    inputs = gather(cluster, first_day=first, days=35, valid_from_ms=local_midnight_ms(cluster, first))
    calendar = Calendar(inputs.cluster.timezone, inputs.cluster.hours, inputs.cluster.holidays)
    openings = calendar.openings(first, first + timedelta(days=34))
    expected = {
        (inputs.slots[bit].title, max(start, one.start), min(end, one.end))
        for start, end, mask in due(inputs.slots, calendar, openings)
        for bit in bits(mask)
        for one in openings
        if start < one.end and one.start < end
    }
    assert spans(feed) == expected
    assert len(expected) > 150
    assert {title for title, _, _ in expected} == {"Cả ngày", "Trưa", "Đêm", "Khẩn; cấp"}


def test_an_event_says_what_where_and_how_urgent_in_local_time(cluster, slots, theme_approval):
    with translation.override("vi"):
        feed = Feed.from_ical(calendar_of(cluster, NOON).to_ical())
    one = next(event for event in feed.walk("VEVENT") if event["summary"] == "Khẩn; cấp")
    assert one["dtstart"].dt == datetime(2027, 1, 4, 8, tzinfo=ZONE)
    assert one["dtstart"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert one["description"] == "Chương trình: Bản tin ngày\nMặt: B\nMức ưu tiên: Khẩn cấp"
    assert one["location"] == "Tịnh Biên, Cửa khẩu quốc tế Tịnh Biên"
    zones = feed.walk("VTIMEZONE")
    assert [str(zone["TZID"]) for zone in zones] == ["Asia/Ho_Chi_Minh"]
    assert {rule["TZOFFSETTO"].td for rule in zones[0].subcomponents} == {timedelta(hours=7)}


def test_an_event_keeps_its_name_from_day_to_day_and_when_its_hours_move(cluster, slots, theme_approval):
    def names(now: datetime) -> dict[str, datetime]:
        return {str(one["uid"]): one["dtstart"].dt for one in calendar_of(cluster, now).walk("VEVENT")}

    before = names(NOON)
    assert len(before) == len(spans(calendar_of(cluster, NOON)))
    tomorrow = names(NOON + timedelta(days=1))
    shared = before.keys() & tomorrow.keys()
    assert {one: before[one] for one in shared} == {one: tomorrow[one] for one in shared}
    assert len(shared) > len(before) * 0.9
    SlotWindow.objects.filter(slot__title="Khẩn; cấp").update(start=time(9), end=time(10))
    moved = names(NOON)
    assert moved.keys() == before.keys()
    assert sum(moved[one] - before[one] == timedelta(hours=1) for one in moved) == 35


def test_a_calendar_program_reads_the_feed_without_logging_in(address):
    response = Client().get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert response["Cache-Control"] == "private, max-age=900"
    feed = Feed.from_ical(response.content)
    assert str(feed["x-wr-calname"]) == "Màn hình: Tịnh Biên"
    assert feed.walk("VEVENT")
    assert "Set-Cookie" not in response


def test_renewing_makes_the_old_address_useless(client_for, editor, address):
    client = client_for(editor)
    client.post(ADDRESS)
    assert shown(client) != address
    assert Client().get(address).status_code == 404
    assert Client().get(shown(client)).status_code == 200


def test_each_person_has_an_address_of_their_own(client_for, approver, address):
    client = client_for(approver)
    assert shown(client) == ""
    client.post(ADDRESS)
    assert shown(client) not in ("", address)
    assert Client().get(address).status_code == 200


def test_the_address_dies_with_the_account(editor, address):
    editor.is_active = False
    editor.save()
    assert Client().get(address).status_code == 404


def test_the_address_dies_when_the_person_leaves_the_province(editor, address):
    editor.groups.clear()
    assert Client().get(address).status_code == 404


def test_nobody_makes_an_address_for_another_province(client_for, outsider, cluster):
    assert client_for(outsider).post(ADDRESS).status_code == 302
    assert not FeedAddress.objects.exists()


def test_a_guessed_or_a_stolen_row_opens_nothing(address, settings):
    found = FeedAddress.objects.get()
    base = address.rpartition("-")[0]
    assert Client().get(f"{base}-{found.nonce}.ics").status_code == 404
    assert Client().get(f"{base}-{'0' * 40}.ics").status_code == 404
    assert found.nonce not in address
    settings.SECRET_KEY = "another instance's"
    assert Client().get(address).status_code == 404


def test_a_cluster_out_of_operation_has_no_feed(cluster, address):
    cluster.active = False
    cluster.save()
    assert Client().get(address).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_slots(cluster, slots, theme_approval):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            calendar_of(cluster, NOON)
        return len(found)

    queries()
    few = queries()
    for number in range(10):
        make_slot(slots[0].programme, cluster, f"Lịch {number}", (time(8), time(9)))
    assert queries() <= few
