"""The sender's form on a telephone, in a real browser: what was typed outlives a reload and a lost line, files go up by themselves.
Each scenario runs in a thread of its own: Playwright keeps an event loop in its thread, beside which Django refuses to ask the
database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from cms.requests.links import address_of
from cms.requests.models import ContentRequest
from tests.browser import ARGUMENTS, CHROMIUM, PATIENCE_S
from tests.content.makers import picture_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def on_telephone(live_server: Any, link: Any, tmp_path: Path) -> Callable[..., Any]:
    """`on_telephone(scenario)`: runs `scenario(page, address, folder)` where the personal link was opened."""

    def look(scenario: Callable[[Page, str, Path], Any]) -> Any:
        address = live_server.url + address_of(link)

        def run() -> Any:
            with sync_playwright() as playwright:
                expect.set_options(timeout=PATIENCE_S * 1000)
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                context = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN", has_touch=True)
                context.set_default_timeout(PATIENCE_S * 1000)
                page = context.new_page()
                page.goto(address)
                try:
                    return scenario(page, address, tmp_path)
                finally:
                    browser.close()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(run).result()

    return look


def picture(folder: Path, name: str = "le hoi.jpg") -> str:
    path = folder / name
    path.write_bytes(picture_bytes())
    return str(path)


def fill_in(page: Page) -> None:
    page.get_by_label("Tiêu đề").fill("Lễ hội Vía Bà Chúa Xứ núi Sam")
    page.get_by_label("Nội dung", exact=True).fill("Lễ hội diễn ra tại Châu Đốc.")
    page.get_by_label("Điện thoại").fill("0912 345 678")
    expect(page.locator("[data-bq-kept]")).to_contain_text("Đã lưu nháp")


def test_a_draft_and_its_files_outlive_a_reload(on_telephone):
    def scenario(page: Page, address: str, folder: Path) -> None:
        fill_in(page)
        page.get_by_text("English", exact=True).last.click()
        page.get_by_label("Ảnh, clip, tài liệu").set_input_files(picture(folder))
        expect(page.locator(".bq-file", has_text="le hoi.jpg").get_by_role("button")).to_be_visible()
        page.goto(address)
        expect(page.get_by_label("Tiêu đề")).to_have_value("Lễ hội Vía Bà Chúa Xứ núi Sam")
        expect(page.locator(".bq-file")).to_have_count(1)
        expect(page.locator("[data-bq-restored]")).to_be_visible()
        page.locator("[name=declared]").check()
        page.get_by_role("button", name="Gửi yêu cầu").click()
        expect(page.locator("[data-bq-sent]")).to_be_visible()
        page.goto(address)
        expect(page.get_by_label("Tiêu đề")).to_have_value("")

    on_telephone(scenario)
    one = ContentRequest.objects.get()
    assert (one.title, one.files.count()) == ("Lễ hội Vía Bà Chúa Xứ núi Sam", 1)


def test_a_lost_line_loses_neither_words_nor_files(on_telephone):
    def scenario(page: Page, _address: str, folder: Path) -> None:
        fill_in(page)
        page.locator("[name=declared]").check()
        page.context.set_offline(True)
        page.get_by_label("Ảnh, clip, tài liệu").set_input_files(picture(folder))
        row = page.locator(".bq-file", has_text="le hoi.jpg")
        expect(row).to_contain_text("mất kết nối")
        page.get_by_role("button", name="Gửi yêu cầu").click()
        expect(page.locator("[data-bq-problem]")).to_contain_text("Đang mất kết nối")
        page.context.set_offline(False)
        expect(row.locator("img")).to_be_visible()
        page.get_by_role("button", name="Gửi yêu cầu").click()
        expect(page.locator("[data-bq-sent]")).to_be_visible()

    on_telephone(scenario)
    assert ContentRequest.objects.get().files.count() == 1


def test_a_hostile_file_is_refused_beside_its_name_and_the_page_fits_a_telephone(on_telephone):
    def scenario(page: Page, _address: str, folder: Path) -> None:
        bad = folder / "hoa don.jpg"
        bad.write_bytes(b"MZ" + b"\0" * 600)
        page.get_by_label("Ảnh, clip, tài liệu").set_input_files(str(bad))
        expect(page.locator(".bq-file--wrong")).to_contain_text("chương trình")
        page.get_by_role("button", name="Gửi yêu cầu").click()
        expect(page.get_by_role("alert").first).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        small = page.evaluate(
            "[...document.querySelectorAll('a, button, input:not([type=hidden]), textarea')]"
            ".filter((one) => one.checkVisibility() && !one.closest('.bq-trap, .bq-skip, p, li, .bq-check'))"
            ".filter((one) => one.getBoundingClientRect().height < 24).map((one) => one.outerHTML)"
        )
        assert small == []

    on_telephone(scenario)


def test_the_keyboard_reaches_everything_but_the_trap(on_telephone):
    def scenario(page: Page, _address: str, _folder: Path) -> list[str]:
        names = []
        for _ in range(45):  # a day has a stop for each of its parts
            page.keyboard.press("Tab")
            names.append(page.evaluate("document.activeElement.name ?? document.activeElement.className"))
        return names

    names = on_telephone(scenario)
    assert {"title", "text", "wished_from", "letter_file", "files", "email", "declared"} <= set(names)
    assert "website" not in names
