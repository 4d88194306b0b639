"""A programme written by keyboard alone in a real browser: items are searched, put in order, reckoned with and saved."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from cms.programmes.models import Programme
from tests.browser import ARGUMENTS, CHROMIUM, PATIENCE_S
from tests.programmes.test_admin import url

# A running server sees only what is committed, and empties the tables afterwards, also of what migrations wrote.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PICTURES = os.environ.get("BANGTIN_PICTURES", "")


def shoot(page: Page, name: str) -> None:
    """Keeps a picture of the page where somebody wants to look at it."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.fixture
def visit(live_server: Any, client_for: Any, editor: Any) -> Callable[..., Any]:
    """`visit(scenario, width)`: runs `scenario(page, address)` as the editor, in a browser and a thread of its own."""
    session = client_for(editor).cookies["sessionid"].value
    expect.set_options(timeout=PATIENCE_S * 1000)

    def run(scenario: Callable[[Page, str], Any], width: int) -> Any:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            context = browser.new_context(viewport={"width": width, "height": 900}, locale="vi-VN")
            context.set_default_timeout(PATIENCE_S * 1000)
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            try:
                return scenario(context.new_page(), live_server.url)
            finally:
                browser.close()

    def visiting(scenario: Callable[[Page, str], Any], width: int = 1280) -> Any:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(run, scenario, width).result()

    return visiting


def test_an_editor_searches_orders_and_saves_by_keyboard(visit, province, cluster, programme, slot, write, approved):
    approved(write("Lễ hội hoa"), "vi", "en", "km")

    def scenario(page: Page, address: str) -> None:
        page.goto(address + url("programme", "edit", programme.pk))
        rows = page.locator("#id_entries-FORMS > [data-inline-panel-child]")
        expect(page.locator("[data-bt-figures-summary]")).to_contain_text("Một vòng phát")
        expect(rows.nth(0).locator("[data-bt-row]")).to_contain_text("50,0 % của chương trình")
        shoot(page, "programme")
        page.locator("#id_entries-ADD").focus()
        page.keyboard.press("Enter")
        expect(rows).to_have_count(3)
        field = page.locator("#id_entries-2-item-search")
        field.focus()
        page.keyboard.type("hoa")
        expect(page.locator("#id_entries-2-item-list [role=option]")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        shoot(page, "programme-search")
        page.keyboard.press("Enter")
        expect(field).to_have_value("Lễ hội hoa – VI EN KM")
        expect(rows.nth(2).locator("[data-bt-row]")).to_contain_text("KM 8 giây")
        rows.nth(2).locator("[data-inline-panel-child-move-up]").focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-bt-order-said]")).to_have_text("Lễ hội hoa – VI EN KM: nay ở vị trí 2 trên 3.")
        expect(page.locator("[data-inline-panel-child-move-up]:focus")).to_have_count(1)
        shoot(page, "programme-moved")
        page.keyboard.press("Control+s")
        dialog = page.locator("dialog[data-bt-impact]")
        expect(dialog).to_contain_text("Phát thêm: “Lễ hội hoa”")
        shoot(page, "programme-impact")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # go on editing: nothing is saved, nothing lost
        expect(dialog).to_be_hidden()
        expect(field).to_have_value("Lễ hội hoa – VI EN KM")
        page.keyboard.press("Control+s")
        expect(dialog).to_be_visible()
        page.keyboard.press("Enter")
        page.wait_for_url("**/programme/")

    visit(scenario)
    saved = Programme.objects.get(pk=programme.pk)
    assert [one.item.title for one in saved.entries.order_by("sort_order")] == [
        "Giờ mở cửa khẩu", "Lễ hội hoa", "Chợ nổi"
    ]  # fmt: skip


def test_words_that_were_not_chosen_change_nothing(visit, province, cluster, programme, slot):
    def scenario(page: Page, address: str) -> None:
        page.goto(address + url("programme", "edit", programme.pk))
        expect(page.locator("[data-bt-figures-summary]")).to_contain_text("Một vòng phát")
        field = page.locator("#id_entries-0-item-search")
        before = field.input_value()
        field.fill("không có tin này")
        expect(page.locator("#id_entries-0-item-list")).to_contain_text("Không có tin nào của tỉnh")
        shoot(page, "programme-none")
        page.keyboard.press("Escape")
        expect(field).to_have_value(before)
        page.set_viewport_size({"width": 390, "height": 844})
        shoot(page, "programme-phone")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"the page is {width} px wide on a phone"

    visit(scenario)
