"""Bad input, case by case: what the compiler says, that it names slot and field in words, and that the rest still plays."""

from __future__ import annotations

import dataclasses
import itertools
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from cms.programmes.diagnostics import FIELDS, MESSAGES, say
from cms.programmes.forms import SlotForm
from cms.programmes.models import Slot
from cms.schedule.calendar import Calendar
from cms.schedule.compile import Compiled, compile_schedule
from cms.schedule.frame import ScheduleIndex, frame
from cms.schedule.inputs import URGENT, Diagnostic, Entry, ItemInput, ProgrammeInput, ScheduleInputs, SlotInput
from tests.schedule.builders import MONDAY, ZONE, geometry, hours, inputs, item, slot, span, translation

GOOD = slot(1)
LABELS = {
    "date_until": ("Until day", "Đến ngày"),
    "weekdays": ("Weekdays", "Các thứ trong tuần"),
    "windows": ("Hours", "Giờ"),
    "priority": ("Priority", "Mức ưu tiên"),
    "rrule": ("Rule for the days", "Quy tắc chọn ngày"),
    "exceptions": ("Exceptions", "Ngày loại trừ"),
    "holidays": ("Holidays", "Ngày nghỉ lễ"),
    "languages": ("Languages", "Ngôn ngữ"),
    "max_per_hour": ("Most times an hour", "Số lần nhiều nhất trong một giờ"),
    "spacing_s": ("Minutes between two times", "Số phút giữa hai lượt"),
    "required_s": ("Minutes that are due each day", "Số phút phải phát mỗi ngày"),
}


def only(compiled: Compiled, code: str) -> Diagnostic:
    (one,) = [one for one in compiled.diagnostics if one.code == code]
    return one


def assert_names(one: Diagnostic, title: str, field: str) -> None:
    """The diagnostic names the field, and in both languages its words name slot and field."""
    assert one.field == field
    for language, label in zip(("en", "vi"), LABELS[field], strict=True):
        with override(language):
            said = say(one)
            assert said.field_label.startswith(label)
            assert title in said.text
            assert said.field_label in said.text
            assert "–" not in said.text
    with override("en"):
        english = say(one).text
    with override("vi"):
        assert say(one).text != english


def bad_slot(**change: Any) -> Compiled:
    """A cluster with a good slot beside a bad one, compiled: the good one plays on."""
    compiled = compile_schedule(inputs(slots=(GOOD, dataclasses.replace(slot(2), **change))))
    index = ScheduleIndex(compiled.schedule)
    assert frame(index, None, "a", Calendar(ZONE).at(MONDAY, 480)).kind == "programme"
    return compiled


def test_an_end_before_the_start() -> None:
    one = only(bad_slot(date_from=MONDAY, date_until=MONDAY - timedelta(days=1)), "slot-ends-before-it-begins")
    assert (one.level, one.subject) == ("error", "slot:2")
    assert_names(one, "Lịch 2", "date_until")


def test_an_empty_set_of_weekdays() -> None:
    one = only(bad_slot(weekdays=frozenset()), "slot-without-weekdays")
    assert (one.level, one.subject) == ("error", "slot:2")
    assert_names(one, "Lịch 2", "weekdays")


def test_weekdays_that_the_dates_do_not_have() -> None:
    change = {"date_from": MONDAY, "date_until": MONDAY + timedelta(days=1), "weekdays": frozenset({5, 6})}
    assert_names(only(bad_slot(**change), "slot-dates-miss-weekdays"), "Lịch 2", "weekdays")


def test_exceptions_that_leave_no_day() -> None:
    change = {"date_from": MONDAY, "date_until": MONDAY, "exceptions": frozenset({MONDAY})}
    assert_names(only(bad_slot(**change), "slot-exceptions-leave-no-day"), "Lịch 2", "exceptions")


def test_holidays_only_where_none_is_in_sight() -> None:
    one = only(bad_slot(holidays="only"), "slot-no-holiday-in-horizon")
    assert one.level == "info"
    assert_names(one, "Lịch 2", "holidays")
    tet = inputs(slots=(slot(2, holidays="only"),), holidays={MONDAY: "tet"})
    assert "slot-no-holiday-in-horizon" not in {one.code for one in compile_schedule(tet).diagnostics}


def test_hours_that_are_empty() -> None:
    assert_names(only(bad_slot(windows=span((9, 9))), "slot-hours-empty"), "Lịch 2", "windows")


def test_a_slot_outside_operating_hours() -> None:
    one = only(bad_slot(windows=span((12, 13))), "slot-outside-operating-hours")
    assert one.level == "warning"
    assert_names(one, "Lịch 2", "windows")


def test_two_urgent_slots_at_once() -> None:
    compiled = compile_schedule(inputs(slots=(slot(1, priority=URGENT), slot(2, priority=URGENT))))
    one = only(compiled, "urgent-slots-share")
    assert_names(one, "Lịch 1", "priority")
    assert "Lịch 2" in say(one).text
    assert set(compiled.why["a"][1].winning) == {"1", "2"}


def test_a_rule_that_never_fires() -> None:
    begin = time.process_time()
    one = only(bad_slot(rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "rrule-never")
    assert time.process_time() - begin < 5
    assert one.level == "error"
    assert_names(one, "Lịch 2", "rrule")


def test_a_rule_that_fires_every_second() -> None:
    assert_names(only(bad_slot(rrule="FREQ=SECONDLY"), "rrule-too-often"), "Lịch 2", "rrule")


def test_a_rule_that_names_times_or_cannot_be_read() -> None:
    assert_names(only(bad_slot(rrule="FREQ=DAILY;BYHOUR=8"), "rrule-has-times"), "Lịch 2", "rrule")
    assert_names(only(bad_slot(rrule="every other day"), "rrule-malformed"), "Lịch 2", "rrule")


def test_a_rule_that_misses_the_weekdays() -> None:
    change = {"rrule": "FREQ=WEEKLY;BYDAY=TU", "weekdays": frozenset({0})}
    assert_names(only(bad_slot(**change), "slot-rule-misses-weekdays"), "Lịch 2", "rrule")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("max_per_hour", -1, "-1"), ("max_per_hour", 9999, "9999"), ("spacing_s", -60, "-1"), ("spacing_s", 172_800, "2880"),
     ("required_s", -90, "-1"), ("required_s", 100_000, "1666")],
)  # fmt: skip
def test_limits_out_of_range(field: str, value: int, said: str) -> None:
    one = only(bad_slot(**{field: value}), "slot-limit-wrong")
    assert_names(one, "Lịch 2", field)
    assert said in say(one).text.replace(".", "").replace(",", "")


def test_languages_that_no_item_has() -> None:
    one = only(bad_slot(languages=("vi", "lo")), "slot-languages-missing")
    assert one.params["languages"] == "lo"
    assert_names(one, "Lịch 2", "languages")


def clock_change(first: date, *parts: int) -> tuple[ScheduleInputs, int]:
    """Three days in Berlin lit around the clock, and the instant of the change."""
    source = inputs(
        zone="Europe/Berlin", opening=(hours((0, 24)),), slots=(slot(1), slot(2, windows=span((2, 3)))), first_day=first,
        days=3,
    )  # fmt: skip
    return source, round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("first", "change"),
    [(date(2027, 3, 27), (2027, 3, 28, 1)), (date(2027, 10, 30), (2027, 10, 31, 1))],
    ids=["missing hour", "repeated hour"],
)
def test_a_zone_with_a_missing_or_a_repeated_hour(first: date, change: tuple[int, ...]) -> None:
    source, instant = clock_change(first, *change)
    compiled = compile_schedule(source)
    index = ScheduleIndex(compiled.schedule)
    assert not [one for one in compiled.diagnostics if one.level == "error"]
    at, end = instant - 3_600_000, instant + 3_600_000
    while at < end:
        shown = [frame(index, None, face, at) for face in "ab"]
        assert [one.kind for one in shown] == ["programme", "programme"]
        assert shown[0].until == shown[1].until > at
        at = shown[0].until
    windows = [(one.from_, one.until) for one in compiled.schedule.faces["a"].segments]
    assert all(one[1] == other[0] for one, other in itertools.pairwise(windows))


def test_the_missing_hour_has_no_window_and_the_repeated_hour_has_both() -> None:
    spring, autumn = date(2027, 3, 28), date(2027, 10, 31)
    calendar = Calendar("Europe/Berlin")
    assert calendar.at(spring, 180) - calendar.at(spring, 120) == 0
    assert calendar.at(autumn, 180) - calendar.at(autumn, 120) == 2 * 3_600_000
    compiled = compile_schedule(dataclasses.replace(clock_change(spring, 2027, 3, 28)[0], days=1))
    assert {one.winning for one in compiled.why["a"] if one.winning and one.opening.day == spring} == {("1",)}
    one = only(compiled, "slot-outside-operating-hours")
    assert_names(one, "Lịch 2", "windows")


def test_29_february() -> None:
    leap = date(2028, 2, 29)
    source = inputs(
        slots=(slot(1, date_from=date(2024, 2, 29), rrule="FREQ=YEARLY"),), first_day=date(2028, 2, 28), days=3
    )
    compiled = compile_schedule(source)
    index, calendar = ScheduleIndex(compiled.schedule), Calendar(ZONE)
    kinds = [frame(index, None, "a", calendar.at(leap + timedelta(days=n), 480)).kind for n in (-1, 0, 1)]
    assert kinds == ["fallback", "programme", "fallback"]
    assert not [one for one in compiled.diagnostics if one.level == "error"]


def test_the_year_2038_and_after() -> None:
    source = inputs(
        slots=(slot(1, rrule="FREQ=DAILY;INTERVAL=2", date_from=date(2038, 1, 18)),), first_day=date(2038, 1, 18)
    )
    index, calendar = ScheduleIndex(compile_schedule(source).schedule), Calendar(ZONE)
    overflow = round(datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC).timestamp() * 1000)
    assert frame(index, None, "a", overflow).kind == "fallback"
    assert frame(index, None, "a", calendar.at(date(2038, 1, 20), 480)).kind == "programme"
    late = compile_schedule(inputs(slots=(slot(1),), first_day=date(2099, 12, 30)))
    assert frame(ScheduleIndex(late.schedule), None, "a", calendar.at(date(2100, 1, 1), 480)).kind == "programme"


def test_an_item_shorter_than_a_frame() -> None:
    faces = geometry(1, ("vi",))
    compiled = compile_schedule(
        inputs(faces, items=(item("x", faces, ("vi",), (16,)), item("y", faces, ("vi",), (17,))), slots=(slot(1),))
    )
    one = only(compiled, "scene-shorter-than-a-frame")
    assert (one.level, one.subject) == ("error", "item:x:vi")
    assert {scene.item for scene in compiled.schedule.scenes.values()} == {"y:vi", "theme:national"}
    with override("vi"):
        assert "16 ms" in say(one).text


def test_an_item_longer_than_a_window() -> None:
    faces = geometry(1, ("vi",))
    source = inputs(
        faces, items=(item("x", faces, ("vi",), (40_000, 30_000)), item("y", faces, ("vi",), (60_000,))),
        slots=(slot(1, windows=span((8, 8 + 1 / 60), (9, 10))), slot(2)),
    )  # fmt: skip
    one = only(compile_schedule(source), "item-longer-than-window")
    assert (one.level, one.subject) == ("warning", "slot:1")
    assert_names(one, "Lịch 1", "windows")
    assert "Tin x" in say(one).text


def test_an_item_longer_than_the_operating_hours() -> None:
    faces = geometry(1, ("vi",))
    film = ItemInput("x", "Phim", (translation("x", "vi", faces, 5 * 3_600_000, kind="video"),))
    one = only(compile_schedule(inputs(faces, items=(film,), slots=(slot(1),))), "item-longer-than-window")
    assert one.params["minutes"] == "240"


def test_an_item_shown_by_grace_plays_on_and_it_is_said() -> None:
    faces = geometry(1, ("vi",))
    ended = MONDAY - timedelta(days=1)
    items = tuple(item(f"x{days}", faces, ("vi",), valid_until=ended, grace_days=days) for days in (0, 2))
    compiled = compile_schedule(inputs(faces, items=items, slots=(slot(1),)))
    assert only(compiled, "item-expired").subject == "item:x0"
    one = only(compiled, "item-in-grace")
    assert (one.level, one.subject, one.field) == ("warning", "item:x2", "valid_until")
    assert one.params["grace_until"] == "2027-01-05"
    index, calendar = ScheduleIndex(compiled.schedule), Calendar(ZONE)
    kinds = [frame(index, None, "a", calendar.at(MONDAY + timedelta(days=n), 480)).kind for n in range(3)]
    assert kinds == ["programme", "programme", "fallback"]
    with override("vi"):
        assert "05/01/2027" in say(one).text
        assert "Hiển thị đến hết ngày" in say(one).text


def test_a_programme_that_contains_itself_and_one_that_names_what_is_gone() -> None:
    source = inputs(slots=(slot(1),))
    circle = ProgrammeInput("p", "Vòng", (Entry("a"), Entry(programme="q"), Entry(programme="gone")))
    around = ProgrammeInput("q", "Quanh", (Entry("b"), Entry(programme="p")))
    compiled = compile_schedule(dataclasses.replace(source, programmes={"p": circle, "q": around}))
    for code in ("programme-contains-itself", "programme-nested-missing"):
        one = only(compiled, code)
        assert (one.level, one.subject, one.field) == ("error", "programme:p", "entries")
        with override("vi"):
            assert "“Vòng”" in say(one).text
            assert say(one).field_label in say(one).text
    assert frame(compiled.schedule, None, "a", Calendar(ZONE).at(MONDAY, 480)).kind == "programme"


def test_a_remark_of_a_former_release_names_its_field_too() -> None:
    stored = {"code": "slot-without-weekdays", "level": "error", "subject": "slot:4", "params": {"title": "Sáng"}}
    with override("vi"):
        assert say(stored).text == (
            "Lịch phát “Sáng” chưa chọn thứ trong tuần. Hãy chọn ít nhất một thứ ở mục “Các thứ trong tuần”."
        )
        assert "–" in say({**stored, "code": "slot-limited", "params": {"title": "Sáng", "percent": "5"}}).text


@pytest.mark.parametrize(
    "field", sorted({field.name for field in dataclasses.fields(SlotInput)} & FIELDS["slot"].keys())
)
def test_fields_are_called_as_the_form_calls_them(field: str) -> None:
    if field in ("windows", "exceptions"):
        return  # rows of their own
    declared = SlotForm.declared_fields.get(field)
    label = str(declared.label) if declared and declared.label else str(Slot._meta.get_field(field).verbose_name)
    assert str(FIELDS["slot"][field]) == label


def test_every_code_of_the_compiler_has_words() -> None:
    import re
    from pathlib import Path

    import cms.schedule

    text = "".join(path.read_text() for path in sorted(Path(cms.schedule.__path__[0]).glob("*.py")))
    codes = set(
        re.findall(
            r'"((?:slot|item|programme|scene|rrule|asset|proof|translation|hours|nothing|span|urgent)-[a-z-]+)"', text
        )
    )
    assert len(codes) > 40
    assert codes <= MESSAGES.keys()


def test_everything_that_is_wrong_with_a_slot_is_said_at_once() -> None:
    compiled = bad_slot(weekdays=frozenset(), weight=0, faces=("d",))
    said = [(one.code, one.field) for one in compiled.diagnostics if one.subject == "slot:2"]
    assert sorted(said) == [
        ("slot-without-faces", "faces"),
        ("slot-without-weekdays", "weekdays"),
        ("slot-without-weight", "weight"),
    ]
