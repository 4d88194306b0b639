"""The cast of the demo, each in a browser of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import PATIENCE_S
from tests.e2e.instance import Instance

CARDS = ("title", "text", "picture", "video")  # in the order of the menu


class Person:
    """Somebody logged in, in the language they read (Vietnamese unless they `speak` another)."""

    def __init__(self, browser: Browser, instance: Instance, username: str) -> None:
        self.instance, self.username = instance, username
        self.page: Page = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="vi-VN").new_page()
        self.page.set_default_timeout(PATIENCE_S * 1000)
        self.log_in()

    def log_in(self) -> None:
        """Through the door: password, then the second factor where the role has one."""
        card = next(one for one in cards(self.instance) if one["username"] == self.username)
        self.open("")
        self.page.fill("[name=login]", self.username)
        self.page.fill("[name=password]", card["password"] or first_password(self.instance))
        self.page.click("button[type=submit]")
        if card["totp"]:
            self.page.fill("[name=code]", self.instance.cli("demo", "--code", self.username).strip())
            self.page.click("button[type=submit]")
        self.page.wait_for_url("**/admin/")

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.instance.url}/admin/{path}")
        return self.page

    def status(self, path: str) -> int:
        """What the server answers; a refusal of Wagtail's, which leads back to the first page, counts as 403."""
        answer = self.page.request.get(f"{self.instance.url}/admin/{path}", max_redirects=0)
        refused = answer.status == 302 and answer.headers.get("location") == "/admin/"
        return 403 if refused else answer.status

    def sees(self, *words: str, within: str = "main", seconds: float = PATIENCE_S) -> None:
        """Waits until these words stand on the page."""
        for one in words:
            expect(self.page.locator(within).first).to_contain_text(one, timeout=seconds * 1000, ignore_case=True)

    def press(self, name: str | re.Pattern[str], within: str = "main") -> None:
        """Press a button or follow a link by what it says."""
        place = self.page.locator(within).first
        button: Locator = place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name))
        button.first.click()

    @contextmanager
    def speaking(self, language: str) -> Iterator[None]:
        """The admin in another language for a while, chosen on the page of one's own account."""
        self._choose(language)
        yield
        self._choose("vi")

    def _choose(self, language: str) -> None:
        self.open("account/")
        self.page.select_option("[name=locale-preferred_language]", language)
        self.page.locator("main form button[type=submit]").last.click()
        self.page.wait_for_load_state()
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def write(self, title: str, cards: list[tuple[str, dict[str, str]]]) -> None:
        """Fill in the form of a new item as far as the button that saves it."""
        page = self.open("items/")
        page.locator("main .bt-filters__make a.button").first.click()
        page.locator("main .bt-start--empty a").click()
        page.fill("[name=title]", title)
        for number, (kind, texts) in enumerate(cards):
            page.locator("main button.c-sf-add-button").last.click()
            page.locator(".w-combobox__option").nth(CARDS.index(kind)).click()
            for name, text in texts.items():
                page.fill(f"[name=body-{number}-value-{name}]", text)

    def save(self, button: str = "footer button.action-save") -> None:
        """Save the draft and wait for the answer; where that changes the screens, they are told so first, and agree."""
        asked = "[data-bt-impact][open] [data-bt-impact-go]"
        self.page.evaluate("window.unsaved = true")
        self.page.locator(button).first.click()
        self.page.wait_for_function(f"() => !window.unsaved || document.querySelector('{asked}')")
        if self.page.locator(asked).count():
            with self.page.expect_navigation():
                self.page.locator(asked).click()
        self.page.wait_for_load_state()


def cards(instance: Instance) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((instance.data / "demo" / "logins.json").read_text(encoding="utf-8"))
    return found


def first_password(instance: Instance) -> str:
    """The administrator's, as the first start showed it, once."""
    return next(found[1] for line in instance.lines if (found := re.search(r"Password \(shown once\): (\S+)", line)))
