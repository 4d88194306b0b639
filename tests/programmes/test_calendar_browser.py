"""The week calendar in a real browser: a block goes where it is drawn, only when that is confirmed. Each scenario runs in a
thread of its own: Playwright keeps an event loop in its thread, beside which Django refuses to ask the database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect, sync_playwright

from cms.programmes.models import Slot
from tests.browser import ARGUMENTS, CHROMIUM
from tests.programmes.test_calendars import hours, make_slot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


class Week:
    """Somebody logged in, looking at the week of Monday, 4 January 2027."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.bar = page.locator(".bk-bar")

    def open(self) -> Week:
        self.page.goto(f"{self.address}?day=2027-01-04")
        expect(self.page.locator(".bk-scroll")).to_be_visible()
        return self

    def block(self, day: str = "2027-01-05") -> Locator:
        return self.page.locator(f".bk-day[data-day='{day}'] .bk-block").first

    def hour(self) -> float:
        """Its height in pixels."""
        box = self.page.locator(".bk-day").first.bounding_box()
        assert box
        return box["height"] / 24

    def drag(self, minutes: int, *, to: str = "", grip: str = "", drop: bool = True) -> None:
        box = self.block().locator(f"[data-grip={grip}]").bounding_box() if grip else self.block().bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + min(40, box["height"] / 2)
        target = self.page.locator(f".bk-day[data-day='{to}']").bounding_box() if to else None
        across = target["x"] + target["width"] / 2 if target else x
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x, y + 8, steps=2)
        self.page.mouse.move(across, y + self.hour() * minutes / 60, steps=5)
        if drop:
            self.page.mouse.up()

    def save(self) -> None:
        button = self.bar.get_by_role("button", name="Lưu")
        expect(button).to_be_enabled()
        with self.page.expect_navigation():
            button.click()


@pytest.fixture
def morning(programme: Any, cluster: Any, theme_approval: Any) -> Slot:
    """Monday to Friday, 07:00–09:30."""
    return make_slot(programme, cluster, "Buổi sáng", ("07:00", "09:30"), weekdays=[0, 1, 2, 3, 4])


@pytest.fixture
def look(live_server: Any, client_for: Any, morning: Slot) -> Callable[..., Any]:
    """`look(person, scenario)`: runs `scenario(week)` in this person's browser; returns what it returns."""

    def looking(person: Any, scenario: Callable[[Week], Any]) -> Any:
        session = client_for(person).cookies["sessionid"].value
        address = live_server.url + reverse("programmes:calendar_cluster", args=("tinh-bien",))

        def run() -> Any:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="vi-VN")
                context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
                wrong: list[str] = []
                page = context.new_page()
                page.on("pageerror", lambda error: wrong.append(str(error)))
                try:
                    answer = scenario(Week(page, address).open())
                finally:
                    browser.close()
                assert wrong == []
                return answer

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(run).result()

    return looking


def test_a_block_is_dragged_an_hour_later_and_confirmed(look, editor, morning):
    def scenario(week: Week) -> None:
        week.drag(60)
        expect(week.bar).to_contain_text("07:00–09:30 đổi thành 08:00–10:30, vào mọi ngày của lịch phát (T2–T6)")
        expect(week.bar).to_contain_text("Áp dụng tại: Tịnh Biên")
        week.save()
        expect(week.block()).to_contain_text("08:00–10:30")

    look(editor, scenario)
    assert hours(morning) == ["08:00–10:30"]


def test_only_one_day_can_be_chosen(look, editor, morning):
    def scenario(week: Week) -> None:
        week.drag(30, to="2027-01-09")
        expect(week.bar).to_contain_text("Chỉ thứ này hằng tuần")
        week.bar.get_by_label("Chỉ ngày này").check()
        expect(week.bar).to_contain_text("T3 05/01/2027 07:00–09:30 đổi thành T7 09/01/2027 07:30–10:00")
        week.save()
        expect(week.block("2027-01-09")).to_contain_text("07:30–10:00")

    look(editor, scenario)
    left, made = Slot.objects.order_by("pk")
    assert [one.day for one in left.exceptions.all()] == [date(2027, 1, 5)]
    assert hours(made) == ["07:30–10:00"]


def test_an_edge_changes_the_length(look, editor, morning):
    def scenario(week: Week) -> None:
        week.drag(-45, grip="end")
        week.save()

    look(editor, scenario)
    assert hours(morning) == ["07:00–08:45"]


def test_escape_and_cancel_change_nothing(look, editor, morning):
    def scenario(week: Week) -> None:
        week.drag(60, drop=False)
        expect(week.page.locator(".bk-ghost")).to_have_text("08:00–10:30")
        week.page.keyboard.press("Escape")
        expect(week.page.locator(".bk-ghost")).to_have_count(0)
        week.page.mouse.up()
        week.drag(60)
        expect(week.bar).to_be_visible()
        week.page.keyboard.press("Escape")
        expect(week.bar).to_be_hidden()
        week.drag(60)
        week.bar.get_by_role("button", name="Hủy bỏ").click()
        expect(week.bar).to_be_hidden()
        expect(week.page.locator(".bk-ghost")).to_have_count(0)
        assert "calendar" in week.page.url

    look(editor, scenario)
    assert hours(morning) == ["07:00–09:30"]


def test_the_keyboard_moves_resizes_and_confirms(look, editor, morning):
    def scenario(week: Week) -> None:
        week.block().focus()
        for key in ("ArrowDown", "ArrowDown", "Shift+ArrowUp", "Shift+ArrowUp"):
            week.page.keyboard.press(key)
        expect(week.bar).to_contain_text("07:00–09:30 đổi thành 07:30–09:30")
        with week.page.expect_navigation():
            week.page.keyboard.press("Enter")
        week.block().focus()
        week.page.keyboard.press("ArrowDown")
        week.page.keyboard.press("Escape")
        expect(week.bar).to_be_hidden()

    look(editor, scenario)
    assert hours(morning) == ["07:30–09:30"]


def test_a_refused_change_springs_back_and_is_explained_at_the_block(look, editor, morning):
    def scenario(week: Week) -> None:
        week.drag(60)
        expect(week.bar.get_by_role("button", name="Lưu")).to_be_enabled()
        with ThreadPoolExecutor(1) as somebody:
            somebody.submit(lambda: Slot.objects.filter(pk=morning.pk).update(weight=7)).result()
        week.bar.get_by_role("button", name="Lưu").click()
        expect(week.page.get_by_role("alert")).to_contain_text("Có người vừa thay đổi lịch phát này")
        expect(week.bar).to_be_hidden()
        expect(week.page.locator(".bk-ghost")).to_have_count(0)

    look(editor, scenario)
    assert hours(morning) == ["07:00–09:30"]


def test_an_empty_place_leads_to_a_new_slot_and_a_block_to_its_form(look, editor, morning):
    def scenario(week: Week) -> None:
        box = week.page.locator(".bk-day[data-day='2027-01-09']").bounding_box()
        assert box
        week.page.mouse.click(box["x"] + 30, box["y"] + week.hour() * 8.75)
        week.page.wait_for_url("**/slot/add/**")
        expect(week.page.locator("[name=date_from]")).to_have_value("09/01/2027")
        expect(week.page.locator("[name=windows-0-start]")).to_have_value("08:30")
        week.open()
        week.block().click()
        week.page.wait_for_url(f"**/slot/edit/{morning.pk}/")

    look(editor, scenario)


def test_who_may_only_look_has_no_handles_and_is_refused(look, approver, morning):
    def scenario(week: Week) -> int:
        expect(week.block()).to_be_visible()
        assert week.page.locator(".bk-grip").count() == 0
        week.drag(60)  # to the browser no more than a click on the link
        week.page.wait_for_url("**/slot/inspect/**")
        week.open()
        script = """async ([url, body]) => {
          const token = document.querySelector(".bk-bar [name=csrfmiddlewaretoken]").value;
          const sent = new URLSearchParams({ ...body, csrfmiddlewaretoken: token });
          const answer = await fetch(url, { method: "POST", body: sent, redirect: "manual",
            headers: { "X-Requested-With": "XMLHttpRequest" } });
          return answer.status;
        }"""
        row = {"slot": morning.pk, "row": rows[0], "day": "2027-01-05", "to": "2027-01-05", "start": 480, "end": 630}
        body = {**row, "scope": "all", "seen": ""}
        return int(week.page.evaluate(script, [f"{week.address}change/", body]))

    rows = [one.pk for one in morning.windows.all()]
    assert look(approver, scenario) == 403
    assert hours(morning) == ["07:00–09:30"]
