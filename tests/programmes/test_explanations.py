"""Explanations in words: for every instant of a cluster that has a bit of everything, in Vietnamese and in English."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from cms.programmes.explanations import approvals_of, explained, moment, sentences
from cms.programmes.previews import Answer, compile_at, millis
from cms.programmes.rules import said_limits, said_rule, said_slot_rule, said_window
from cms.schedule.explain import explain
from cms.schedule.format import HORIZON_DAYS, Notices
from tests.programmes.conftest import make_programme
from tests.schedule.builders import hours
from tests.schedule.builders import slot as rule

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2027, 1, 4, 8, tzinfo=ZONE)


def add_slot(cluster: Any, programme: Any, title: str, windows: tuple[tuple[int, int], ...] = (), **more: Any) -> Any:
    from cms.programmes.models import Slot, SlotWindow

    made = Slot(programme=programme, title=title, **{"date_from": date(2026, 1, 1), **more})
    made.clusters = [cluster]
    made.windows = [SlotWindow(start=time(start), end=time(end)) for start, end in windows]
    made.save()
    return made


@pytest.fixture
def lively(cluster: Any, province: Any, write: Any, approved: Any, theme_approval: Any) -> Any:
    """A cluster as in a demonstration: slots of all priorities, hours and rules, nested programmes, drafts, what is out of
    date, a withdrawn approval, and hours without anything."""
    from cms.places.models import HolidayOverride, OperatingHours, OperatingWindow
    from cms.programmes.models import ProgrammeEntry

    weekday_hours = OperatingHours.objects.create(
        cluster=cluster, valid_from=date(2027, 1, 11), clause="CB 8.1a", holidays_follow_weekday=False
    )
    for day in range(5):
        for start, end in ((time(7, 30), time(11)), (time(13, 30), time(1))):
            OperatingWindow.objects.create(hours=weekday_hours, day=day, start=start, end=end)
    OperatingWindow.objects.create(hours=weekday_hours, day=OperatingWindow.HOLIDAY, start=time(8), end=time(16))
    for day, kind in ((date(2027, 1, 13), "tet"), (date(2027, 1, 14), "substitute"), (date(2027, 1, 15), "public")):
        HolidayOverride.objects.create(day=day, name="Nghỉ", kind=kind)
    draft, old = write("Bản nháp"), write("Tin cũ", valid_until=date(2027, 1, 6))
    revoked = write("Đã thu hồi")
    approved(old, "vi")
    approved(revoked, "vi", revoked=True)
    day = make_programme(province, [write("Giờ mở cửa khẩu"), write("Chợ nổi")], approved)
    inner = make_programme(province, [write("Thủ tục 100 %")], approved, title="Thủ tục")
    outer = make_programme(province, [old], title="Tổng hợp")
    ProgrammeEntry.objects.create(programme=outer, nested=inner, sort_order=5, take=1)
    add_slot(cluster, day, "Cả ngày", weekdays=[0, 1, 2, 3, 4, 5], weight=2, date_until=date(2027, 1, 31))
    add_slot(cluster, outer, "Buổi sáng", ((8, 9),), weight=3, spacing_s=90)
    add_slot(cluster, inner, "Đêm thứ Hai", ((22, 1),), weekdays=[0], priority=1)
    add_slot(cluster, day, "Khẩn", ((9, 10),), priority=2, weekdays=[2], faces=["a"])
    add_slot(cluster, inner, "Ngày lễ", holidays="only", priority=1, max_per_hour=6)
    add_slot(cluster, inner, "Cách ngày", ((15, 16),), rrule="FREQ=DAILY;INTERVAL=2", mode="mirror")
    add_slot(cluster, make_programme(province, [draft, revoked], title="Nháp"), "Chưa duyệt", ((10, 11),), priority=1)
    add_slot(cluster, make_programme(province, [old], title="Cũ"), "Hết hạn", ((7, 12),))
    gathered = make_programme(province, [], title="Tự chọn")
    ProgrammeEntry.objects.create(programme=gathered, kind=ProgrammeEntry.ANY, most=3)
    add_slot(cluster, gathered, "Cuối buổi", ((16, 18),))
    return cluster


def instants(answer: Answer, letter: str, rng: random.Random) -> list[int]:
    segments = answer.compiled.schedule.faces[letter].segments
    wanted = [one.from_ + more for one in segments for more in (-1, 0, 1)]
    wanted += [rng.randrange(one.from_, one.until) for one in segments]
    wanted += [rng.randrange(segments[0].from_, segments[-1].until) for _ in range(300)]
    return sorted({one for one in wanted if segments[0].from_ <= one < segments[-1].until})


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_instant_of_five_weeks_is_explained_in_words(lively, language):
    answer = compile_at(lively, MONDAY, HORIZON_DAYS)
    rng = random.Random(7)  # noqa: S311
    found = [
        explain(answer.inputs, answer.compiled, letter, instant)
        for letter in "ab"
        for instant in instants(answer, letter, rng)
    ]
    assert len(found) > 1500
    approvals = approvals_of(answer.inputs, found)
    heard = set()
    with translation.override(language):
        for one in found:
            lines = sentences(answer.inputs, one, "Tịnh Biên", approvals)
            assert len(lines) >= 2, one
            for line in lines:
                assert line.strip() == line
                assert "%(" not in line
                assert "None" not in line
                assert line[-1] in ".!", line
            heard.update(lines)
    kinds = {(one.frame.kind, one.closed_reason, one.holiday, one.paused) for one in found}
    assert {kind for kind, *_ in kinds} == {"programme", "fallback", "closed"}
    assert {"outside-hours", "no-window-today"} <= {reason for _, reason, *_ in kinds}
    assert {"tet", "substitute", "public"} <= {holiday for _, _, holiday, _ in kinds}
    said = {rival.reason for one in found for rival in one.rivals}
    assert {"shares", "priority", "unapproved", "outdated"} <= said
    assert any(len(one.way) == 2 for one in found)
    assert any(one.found for one in found)
    assert any("Thủ tục 100 %" in line for line in heard)


def test_who_approved_it_when_and_with_which_document(slot, theme_approval, approver):
    from cms.approval.models import Approval

    Approval.objects.update(document="12/QĐ-SVHTT", approved_at=datetime(2026, 12, 30, 9, tzinfo=ZONE))
    answer = compile_at(slot.clusters.get(), MONDAY)
    with translation.override("vi"):
        _, lines = explained(answer, millis(MONDAY), "a", "Tịnh Biên")["a"]
    text = "\n".join(lines)
    assert f"Người phê duyệt: {approver}, ngày 30/12/2026, văn bản 12/QĐ-SVHTT" in text
    assert "Cả ngày" in text
    assert "hằng ngày" in text
    assert "07:00–11:00 và 14:00–18:00 (AG 7.1)" in text
    assert "11:00 màn hình tối" in text


def test_the_neutral_picture_names_who_approved_the_theme(cluster, theme_approval, administrator):
    with translation.override("vi"):
        _, lines = explained(compile_at(cluster, MONDAY), millis(MONDAY), "a", "Tịnh Biên")["a"]
    assert "không có lịch phát nào đến giờ" in lines[0]
    assert f"do {administrator} phê duyệt" in lines[1]


def test_all_faces_together_take_two_queries_at_most(lively, django_assert_max_num_queries):
    answer = compile_at(lively, MONDAY)
    with django_assert_max_num_queries(2):
        found = explained(answer, millis(MONDAY), "ab")
    assert sorted(found) == ["a", "b"]
    assert all(len(lines) >= 4 for _, lines in found.values())


def test_a_share_that_is_required_is_said(slot, theme_approval):
    from cms.programmes.models import Slot

    Slot.objects.update(required_s=1800)
    with translation.override("vi"):
        _, lines = explained(compile_at(slot.clusters.get(), MONDAY), millis(MONDAY), "a")["a"]
    assert "Mỗi mặt phải hiển thị lịch phát này ít nhất 30 phút mỗi ngày." in lines


def test_black_hours_say_when_the_screen_is_lit_again(slot, theme_approval):
    noon = MONDAY.replace(hour=12)
    with translation.override("vi"):
        _, lines = explained(compile_at(slot.clusters.get(), noon), millis(noon), "a")["a"]
    assert "Màn hình tối từ 11:00 và sáng lại lúc 14:00." in lines


def test_a_blackout_an_alert_and_a_withdrawal_are_said_first(slot, theme_approval):
    answer, now = compile_at(slot.clusters.get(), MONDAY), millis(MONDAY)
    on, _ = explained(answer, now, "a")["a"]
    head = {"format": 1, "cluster": answer.inputs.cluster.id}
    dark = {**head, "blackout": [{"faces": ["a"], "from": now - 60_000, "until": 253_402_300_799_000}]}
    fallback = answer.compiled.schedule.fallback
    span = {"from": now - 60_000, "until": now + 60_000}
    alert = {**head, "alerts": [{"id": "lu", "faces": ["a"], "scene": fallback, **span}]}
    gone = {**head, "withdrawn": [on.translation]}
    with translation.override("vi"):
        said = [
            explained(answer, now, "a", "Tịnh Biên", Notices.model_validate(one))["a"][1] for one in (dark, alert, gone)
        ]
    assert "tắt theo lệnh lúc 08:00:00 ngày 04/01/2027, từ 07:59. Việc này kéo dài đến khi có người gỡ" in said[0][0]
    assert "đang phát tin khẩn" in said[1][0]
    assert "Thay đổi lúc 08:01." in said[1][0]
    assert "đã bị thu hồi" in said[2][0]
    assert all(on.item.title in "\n".join(lines) for lines in said)


def test_the_command_answers_in_and_out_of_hours_however_far_ahead(lively):
    for at in ("2027-01-04T08:30", "2027-01-13T12:00", "2027-01-17T12:00", "2031-05-09T12:00", "2044-02-29T23:59:59"):
        for language in ("vi", "en"):
            out = StringIO()
            call_command("explain", "tinh-bien", "b", "--at", at, "--language", language, stdout=out)
            assert len(out.getvalue().splitlines()) >= 2
            assert "%(" not in out.getvalue()


# --- rules in words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rrule", "vi", "en"),
    [
        ("FREQ=DAILY", "hằng ngày", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=4", "3 ngày một lần, tổng cộng 4 lần", "every 3 days, 4 times in all"),
        ("FREQ=WEEKLY;BYDAY=MO,SU", "hằng tuần, Thứ Hai và chủ nhật", "every week, Monday and Sunday"),
        ("FREQ=MONTHLY;BYDAY=1MO,-1FR", "hằng tháng, Thứ Hai thứ 1 và Thứ Sáu cuối cùng",
         "every month, Monday number 1 and the last Friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15,-1", "hằng tháng, ngày 1, 15 và cuối cùng", "every month, on day 1, 15 and the last"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=20400101", "hằng năm, ngày 29, tháng 2, đến ngày 01/01/2040",
         "every year, on day 29, in month 2, until 01/01/2040"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "theo quy tắc lặp “FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1”",
         "by the rule “FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1”"),
        ("nonsense", "theo quy tắc lặp “nonsense”", "by the rule “nonsense”"),
    ],
)  # fmt: skip
def test_a_rule_in_words(rrule, vi, en):
    with translation.override("vi"):
        assert said_rule(rrule) == vi
    with translation.override("en"):
        assert said_rule(rrule) == en


def test_a_slots_days_hours_and_limits_in_words():
    night = rule(
        windows=hours((22, 25), (8, 9.5)).weekly[0], weekdays=frozenset({0, 1, 2, 3, 4}), date_from=date(2027, 1, 4),
        date_until=date(2027, 3, 31), holidays="never", exceptions=frozenset({date(2027, 2, 3)}), max_per_hour=4,
        spacing_s=600,
    )  # fmt: skip
    with translation.override("vi"):
        said = said_slot_rule(night)
        assert said.startswith(
            "Thứ Hai đến Thứ Sáu, 22:00–01:00 sáng hôm sau và 08:00–09:30, từ 04/01/2027 đến 31/03/2027"
        )
        assert said.endswith("trừ ngày nghỉ lễ, bỏ qua 1 ngày")
        assert said_limits(night) == "nhiều nhất 4 lần một giờ, hai lượt cách nhau ít nhất 10 phút"
        assert said_window(hours((18, 24)).weekly[0][0]) == "18:00–24:00"


def test_moments_are_local():
    assert moment(millis(MONDAY), "Asia/Ho_Chi_Minh") == "04/01/2027 08:00"
    assert moment(millis(MONDAY + timedelta(hours=1)), "UTC") == "04/01/2027 02:00"
    assert timezone.is_aware(MONDAY)
