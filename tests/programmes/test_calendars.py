"""The week calendar: what is due stands there with what becomes of it, and a block that is moved changes its slot or nothing."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from cms.programmes.calendars import MOST_LANES, Block, Week, week_of
from cms.programmes.models import Slot, SlotException, SlotWindow
from cms.programmes.moves import state_of
from tests.programmes.conftest import make_programme

MONDAY = date(2027, 1, 4)
PAGE = reverse("programmes:calendar_cluster", args=("tinh-bien",))
CHANGE = reverse("programmes:calendar_change", args=("tinh-bien",))


def make_slot(programme: Any, cluster: Any, title: str, *hours: tuple[str, str], **more: Any) -> Slot:
    made = Slot(programme=programme, title=title, **{"date_from": date(2026, 1, 1), **more})
    made.clusters = [cluster]
    made.windows = [SlotWindow(start=time.fromisoformat(start), end=time.fromisoformat(end)) for start, end in hours]
    made.save()
    return made


@pytest.fixture
def morning(programme: Any, cluster: Any) -> Slot:
    """Monday to Friday, 07:00–09:30."""
    return make_slot(programme, cluster, "Buổi sáng", ("07:00", "09:30"), weekdays=[0, 1, 2, 3, 4])


def blocks(week: Week, slot: Slot, day: date = MONDAY) -> list[Block]:
    return [one for column in week.days if column.day == day for one in column.blocks if one.slot == slot]


def parts(block: Block) -> list[tuple[int, int, str]]:
    return [(one.start, one.end, one.kind) for one in block.parts]


def asked(slot: Slot, **more: Any) -> dict[str, Any]:
    """An hour later on Tuesday, unless said otherwise."""
    row = slot.windows.first()
    known = {"slot": slot.pk, "row": row.pk, "day": "2027-01-05", "to": "2027-01-05", "start": 480, "end": 630}
    return {**known, "seen": state_of(Slot.objects.get(pk=slot.pk)), "scope": "all", **more}


def hours(slot: Slot) -> list[str]:
    return [str(one) for one in Slot.objects.get(pk=slot.pk).windows.all()]


# --- what stands there --------------------------------------------------------------------------------------------------


def test_a_row_of_hours_stands_on_each_of_its_days(cluster, morning, theme_approval):
    week = week_of(cluster, date(2027, 1, 7))
    assert week.monday == MONDAY
    assert [len(blocks(week, morning, column.day)) for column in week.days] == [1, 1, 1, 1, 1, 0, 0]
    block = blocks(week, morning)[0]
    assert (block.start, block.end, parts(block)) == (420, 570, [(420, 570, "shown")])
    assert week.days[0].closed == ((0, 420), (660, 840), (1080, 1440))


def test_what_lies_outside_the_operating_hours_is_faded(cluster, programme, theme_approval):
    slot = make_slot(programme, cluster, "Trưa", ("10:00", "15:00"))
    block = blocks(week_of(cluster, MONDAY), slot)[0]
    assert parts(block) == [(600, 660, "shown"), (660, 840, "closed"), (840, 900, "shown")]


def test_what_gives_way_to_a_higher_priority_is_faded(cluster, programme, morning, theme_approval):
    urgent = make_slot(programme, cluster, "Khẩn", ("08:00", "08:30"), priority=Slot.Priority.URGENT, weekdays=[0])
    week = week_of(cluster, MONDAY)
    assert parts(blocks(week, morning)[0]) == [(420, 480, "shown"), (480, 510, "lost"), (510, 570, "shown")]
    assert parts(blocks(week, urgent)[0]) == [(480, 510, "shown")]
    assert blocks(week, urgent)[0].left < blocks(week, morning)[0].left


def test_a_slot_of_other_faces_takes_nothing_away(cluster, programme, theme_approval):
    first = make_slot(programme, cluster, "Mặt A", ("08:00", "09:00"), faces=["a"])
    make_slot(programme, cluster, "Mặt B", ("08:00", "09:00"), faces=["b"], priority=Slot.Priority.URGENT)
    assert parts(blocks(week_of(cluster, MONDAY), first)[0]) == [(480, 540, "shown")]


def test_a_slot_without_approved_items_is_never_shown(cluster, province, write, theme_approval):
    slot = make_slot(make_programme(province, [write("Nháp")]), cluster, "Nháp", ("08:00", "09:00"))
    assert parts(blocks(week_of(cluster, MONDAY), slot)[0]) == [(480, 540, "idle")]


def test_a_slot_without_hours_is_a_band_over_its_days(cluster, programme, theme_approval):
    slot = make_slot(programme, cluster, "Cả ngày", weekdays=[0, 1, 4])
    make_slot(programme, cluster, "Ưu tiên", ("07:00", "18:00"), weekdays=[1], priority=Slot.Priority.PRIORITY)
    week = week_of(cluster, MONDAY)
    assert [(one.first, one.last, one.kinds) for one in week.bands if one.slot == slot] == [
        (0, 1, ("shown", "lost")),
        (4, 4, ("shown",)),
    ]


def test_hours_past_midnight_go_on_in_the_next_column(cluster, programme, theme_approval):
    slot = make_slot(programme, cluster, "Đêm", ("22:00", "01:30"), weekdays=[6])
    week = week_of(cluster, MONDAY)
    before, after = blocks(week, slot, date(2027, 1, 4)), blocks(week, slot, date(2027, 1, 10))
    assert [(one.day, one.start, one.end, one.continued) for one in before] == [(date(2027, 1, 3), 0, 90, True)]
    assert [(one.day, one.start, one.end, one.continued) for one in after] == [(date(2027, 1, 10), 1320, 1440, False)]


def test_blocks_that_overlap_stand_side_by_side_and_what_has_no_room_is_counted(cluster, programme, theme_approval):
    for number in range(MOST_LANES + 3):
        make_slot(programme, cluster, f"Lịch {number}", ("08:00", "09:00"))
    column = week_of(cluster, MONDAY).days[0]
    assert len({one.left for one in column.blocks}) == MOST_LANES == len(column.blocks)
    assert sum(one.width for one in column.blocks) == pytest.approx(1)
    assert [len(left) for _, left in column.more] == [3]


def test_days_left_out_and_holidays_are_seen(client_for, editor, cluster, morning, theme_approval):
    from cms.places.models import HolidayOverride

    SlotException.objects.create(slot=morning, day=MONDAY, note="Bảo trì")
    HolidayOverride.objects.create(day=date(2027, 1, 6), name="Lễ hội vùng biên")
    assert not blocks(week_of(cluster, MONDAY), morning)
    assert "Lễ hội vùng biên" in client_for(editor).get(PAGE, {"day": "2027-01-06"}).content.decode()


def test_a_cluster_without_operating_hours_still_shows_its_slots(cluster, morning, theme_approval):
    cluster.hours.all().delete()
    week = week_of(cluster, MONDAY)
    assert parts(blocks(week, morning)[0]) == [(420, 570, "closed")]


# --- the page -----------------------------------------------------------------------------------------------------------


def test_an_editor_reads_title_programme_priority_and_reason(client_for, editor, morning, theme_approval):
    page = client_for(editor).get(PAGE, {"day": "2027-01-05"}).content.decode()
    assert "Buổi sáng · Thứ Ba 05/01 07:00–09:30 · Bản tin ngày · Thông thường · mọi mặt · trọng số 1" in page
    assert page.count("bk-grip--end") == 5
    assert "04/01 – 10/01/2027" in page
    assert f"{PAGE}?day=2026-12-28" in page
    assert f"{PAGE}?day=2027-01-11" in page


def test_whoever_may_only_look_sees_blocks_without_handles(client_for, approver, morning, theme_approval):
    page = client_for(approver).get(PAGE, {"day": "2027-01-05"}).content.decode()
    assert page.count('class="bk-block') == 5
    assert "bk-grip" not in page
    assert "data-seen" not in page
    assert "Thêm lịch phát" not in page


def test_outsiders_are_sent_away(client_for, client, outsider, morning):
    assert client_for(outsider).get(PAGE).status_code == 302
    assert client.get(PAGE).status_code == 302


def test_an_empty_week_says_what_belongs_there(client_for, editor, cluster, theme_approval):
    page = client_for(editor).get(PAGE, {"day": "2027-01-05"}).content.decode()
    assert "Tuần này chưa có lịch phát nào" in page
    assert reverse("wagtailsnippets_programmes_slot:add") in page
    assert "31/02" not in client_for(editor).get(PAGE, {"day": "2027-02-31"}).content.decode()


def test_choosing_a_cluster_leads_to_its_week(client_for, editor, cluster):
    response = client_for(editor).get(reverse("programmes:calendar"), {"cluster": "tinh-bien", "day": "2027-01-05"})
    assert response.url == f"{PAGE}?day=2027-01-05"


def test_what_wants_attention_is_said_and_marked(client_for, editor, cluster, programme, theme_approval):
    slot = make_slot(programme, cluster, "Tối muộn", ("20:00", "21:00"))
    page = client_for(editor).get(PAGE).content.decode()
    assert "ngoài giờ vận hành" in page
    assert f'href="{reverse("wagtailsnippets_programmes_slot:edit", args=(slot.pk,))}"' in page
    assert page.count('class="bk-mark" aria-hidden') >= 1


def test_the_number_of_queries_does_not_grow_with_the_slots(client_for, editor, cluster, programme, theme_approval):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_for(editor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE, {"day": "2027-01-05"}).status_code == 200
        return len(found)

    make_slot(programme, cluster, "Một", ("08:00", "09:00"))
    make_slot(programme, cluster, "Cả ngày")
    queries()  # what is asked once in a process
    few = queries()
    for number in range(12):
        made = make_slot(programme, cluster, f"Lịch {number}", ("08:00", "09:00"), ("15:00", "16:00"))
        SlotException.objects.create(slot=made, day=date(2027, 1, 6))
    assert queries() <= few


def test_an_empty_place_begins_a_slot_there(client_for, editor, programme, cluster):
    client = client_for(editor)
    add = reverse("wagtailsnippets_programmes_slot:add")
    response = client.get(add, {"cluster": "tinh-bien", "day": "2027-01-06", "start": "10:30", "next": PAGE})
    form = response.context["form"]
    assert (form["date_from"].value(), form["weekdays"].value()) == (date(2027, 1, 6), [2])
    assert form["clusters"].value() == [cluster.pk]
    row = form.formsets["windows"].initial_forms[0]
    assert (row["start"].value(), row["end"].value()) == (time(10, 30), time(11))  # the faces go dark at 11
    from cms.programmes.moves import _lists, posted

    data = _lists(posted(form)) | {"title": ["Mới"], "programme": [str(programme.pk)], "windows-0-id": [""]}
    saved = client.post(response.context["action_url"], data)
    assert saved.url == PAGE, saved.context["form"].errors
    assert hours(Slot.objects.get(title="Mới")) == ["10:30–11:00"]


# --- moving -------------------------------------------------------------------------------------------------------------


def test_a_move_is_said_in_words_before_anything_is_saved(client_for, editor, morning):
    scopes = client_for(editor).get(CHANGE, asked(morning)).json()["scopes"]
    assert [one["value"] for one in scopes] == ["all", "date"]
    assert scopes[0]["lines"] == [
        "“Buổi sáng”: 07:00–09:30 đổi thành 08:00–10:30, vào mọi ngày của lịch phát (T2–T6).",
        "Áp dụng tại: Tịnh Biên (mọi mặt).",
    ]
    dark = client_for(editor).get(CHANGE, asked(morning, start=600, end=750)).json()["scopes"]
    assert "Ngoài giờ vận hành ngày T3 05/01/2027 nên không phát: 11:00–12:30." in dark[0]["lines"]
    assert hours(morning) == ["07:00–09:30"]


def test_new_hours_hold_on_all_days_and_are_logged(client_for, editor, morning):
    response = client_for(editor).post(CHANGE, asked(morning))
    assert (response.status_code, response.json()) == (200, {"saved": True})
    assert hours(morning) == ["08:00–10:30"]
    entry = ModelLogEntry.objects.get(object_id=str(morning.pk), action="wagtail.edit")
    assert (entry.user, entry.content_changed) == (editor, True)


def test_hours_may_be_moved_past_midnight(client_for, editor, morning):
    client_for(editor).post(CHANGE, asked(morning, start=1380, end=1530))
    assert hours(morning) == ["23:00–01:30"]


def test_another_day_takes_the_place_of_the_weekday(client_for, editor, morning):
    client = client_for(editor)
    offered = client.get(CHANGE, asked(morning, to="2027-01-09", start=420, end=570)).json()["scopes"]
    assert [one["value"] for one in offered] == ["weekday", "all", "date"]
    client.post(CHANGE, asked(morning, to="2027-01-09", start=420, end=570, scope="weekday"))
    assert Slot.objects.get(pk=morning.pk).weekdays == [0, 2, 3, 4, 5]
    assert Slot.objects.count() == 1


def test_another_day_and_hour_for_one_weekday_makes_a_slot_of_its_own(client_for, editor, morning):
    client_for(editor).post(CHANGE, asked(morning, to="2027-01-09", scope="weekday"))
    left, made = Slot.objects.order_by("pk")
    assert (left.weekdays, hours(left)) == ([0, 2, 3, 4], ["07:00–09:30"])
    assert (made.title, made.weekdays, hours(made)) == ("Buổi sáng", [5], ["08:00–10:30"])
    assert ModelLogEntry.objects.filter(object_id=str(made.pk), action="wagtail.create").exists()


def test_all_weekdays_can_move_by_a_day(client_for, editor, morning):
    client_for(editor).post(CHANGE, asked(morning, to="2027-01-06", start=420, end=570))
    assert Slot.objects.get(pk=morning.pk).weekdays == [1, 2, 3, 4, 5]


def test_only_one_day_makes_an_exception_and_a_slot_for_that_day(client_for, editor, cluster, morning, theme_approval):
    morning.rrule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    morning.priority = Slot.Priority.PRIORITY
    morning.save()
    client_for(editor).post(CHANGE, asked(morning, to="2027-01-07", scope="date"))
    left, made = Slot.objects.order_by("pk")
    assert [one.day for one in left.exceptions.all()] == [date(2027, 1, 5)]
    assert (left.weekdays, hours(left)) == ([0, 1, 2, 3, 4], ["07:00–09:30"])
    assert (made.date_from, made.date_until, made.weekdays) == (date(2027, 1, 7), date(2027, 1, 7), [3])
    assert (made.title, made.rrule, made.priority) == ("Buổi sáng (07/01)", "", Slot.Priority.PRIORITY)
    assert (list(made.clusters.all()), hours(made)) == ([cluster], ["08:00–10:30"])
    week = week_of(cluster, MONDAY)
    assert [len(column.blocks) for column in week.days] == [1, 0, 1, 2, 1, 0, 0]


def test_the_other_hours_of_a_day_stay_when_one_row_leaves_it(client_for, editor, cluster, programme, theme_approval):
    slot = make_slot(programme, cluster, "Hai lần", ("07:00", "08:00"), ("15:00", "16:00"))
    client_for(editor).post(CHANGE, asked(slot, to="2027-01-06", scope="date"))
    _left, moved, stayed = Slot.objects.order_by("pk")
    assert (moved.date_from, hours(moved)) == (date(2027, 1, 6), ["08:00–10:30"])
    assert (stayed.date_from, hours(stayed)) == (date(2027, 1, 5), ["15:00–16:00"])


def test_a_slot_of_one_day_simply_moves(client_for, editor, programme, cluster):
    day = date(2027, 1, 5)
    slot = make_slot(programme, cluster, "Một ngày", ("07:00", "08:00"), date_from=day, date_until=day, weekdays=[1])
    client_for(editor).post(CHANGE, asked(slot, to="2027-01-07"))
    moved = Slot.objects.get()
    assert (moved.date_from, moved.date_until, moved.weekdays) == (date(2027, 1, 7), date(2027, 1, 7), [3])


def test_hours_that_overlap_are_refused_in_words_and_nothing_is_saved(client_for, editor, cluster, programme):
    slot = make_slot(programme, cluster, "Hai lần", ("07:00", "08:00"), ("09:00", "10:00"))
    response = client_for(editor).post(CHANGE, asked(slot))
    assert response.status_code == 400
    assert "Giờ này trùng với giờ khác của lịch phát." in response.json()["errors"]
    assert hours(slot) == ["07:00–08:00", "09:00–10:00"]
    assert not ModelLogEntry.objects.filter(object_id=str(slot.pk), action="wagtail.edit").exists()


def test_a_copy_that_cannot_be_saved_leaves_the_slot_as_it_was(client_for, editor, cluster, programme):
    slot = make_slot(programme, cluster, "Hai lần", ("07:00", "08:00"), ("09:00", "10:00"))
    response = client_for(editor).post(CHANGE, asked(slot, scope="date"))
    assert response.status_code == 400
    assert not slot.exceptions.exists()
    assert Slot.objects.count() == 1


def test_two_people_at_once_do_not_overwrite_each_other(client_for, editor, morning):
    first = asked(morning)
    morning.weight = 5
    morning.save()
    response = client_for(editor).post(CHANGE, first)
    assert (response.status_code, response.json()["stale"]) == (409, True)
    assert "Có người vừa thay đổi" in response.json()["errors"][0]
    assert hours(morning) == ["07:00–09:30"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "x"},
        {"row": 0},
        {"day": "2025-01-06"},
        {"to": "2027-02-05"},
        {"start": 600, "end": 500},
        {"start": -30},
        {"end": 3000},
        {"scope": "everything"},
    ],
)
def test_what_no_calendar_sends_is_refused(client_for, editor, morning, wrong):
    response = client_for(editor).post(CHANGE, asked(morning, **wrong))
    assert response.status_code in (400, 409)
    assert response.json()["errors"]
    assert hours(morning) == ["07:00–09:30"]


def test_who_may_not_edit_changes_nothing(client_for, approver, outsider, morning):
    refused = client_for(approver).post(CHANGE, asked(morning))
    assert (refused.status_code, refused.json()["errors"]) == (403, ["Bạn không được thay đổi lịch phát này."])
    assert client_for(outsider).post(CHANGE, asked(morning)).status_code == 302
    assert hours(morning) == ["07:00–09:30"]


def test_a_slot_of_another_cluster_is_not_found(client_for, editor, morning):
    morning.clusters.clear()
    morning.save()
    assert client_for(editor).post(CHANGE, asked(morning)).status_code == 404


def test_the_state_of_a_slot_tells_every_change(morning):
    def state() -> str:
        return state_of(Slot.objects.get(pk=morning.pk))

    known = {state()}
    assert state() in known
    SlotWindow.objects.filter(slot=morning).update(end=time(10))
    known.add(state())
    SlotException.objects.create(slot=morning, day=MONDAY)
    known.add(state())
    Slot.objects.filter(pk=morning.pk).update(title="Khác")
    known.add(state())
    assert len(known) == 4
