"""Somebody who uses nothing but the keys: Tab, Enter, the space bar and letters. Wherever the focus goes, it must be seen."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.people import Person, cards

FARTHEST = 120
"""So many presses of Tab are too many on the way to anything."""

# A ring or a shadow; custom boxes draw it on what stands for them, and a browser highlights the parts of a date by itself.
SEEN = """() => {
  const one = document.activeElement;
  const drawn = (style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  const parts = [getComputedStyle(one), getComputedStyle(one, "::before"), getComputedStyle(one, "::after")];
  const around = one.closest("label");
  if (one.type === "date") return true;
  return parts.some(drawn) || (around !== null && drawn(getComputedStyle(around)));
}"""


class Keys:
    """The keyboard of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # Dialogues are caught from now on: turned on at the moment of the press, a busy browser opens its own before.
        page.on("filechooser", lambda _dialogue: None)

    def to(self, selector: str) -> None:
        """Tab on until an element that matches has the focus, if it has not got it yet. Raises AssertionError where the focus cannot
        be seen on the way, or does not get there."""
        if self.has(selector):
            return
        for _press in range(FARTHEST):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("() => document.activeElement === document.body"):
                continue  # the end of the page, or its beginning
            assert self.page.evaluate(SEEN), f"the focus cannot be seen on {self.here()}"
            if self.has(selector):
                return
        raise AssertionError(f"{selector} cannot be reached with the Tab key; the focus is on {self.here()}")

    def has(self, selector: str) -> bool:
        """Whether an element that matches has the focus."""
        return bool(self.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector))

    def here(self) -> str:
        """What has the focus, as HTML."""
        found: str = self.page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")
        return found

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def follow(self, selector: str, key: str = "Enter") -> None:
        """Go to a link or button and press it; the next page is there afterwards."""
        self.to(selector)
        with self.page.expect_navigation():
            self.press(key)

    def write(self, selector: str, text: str) -> None:
        """Go to a field and type."""
        self.to(selector)
        self.page.keyboard.type(text)

    def attach(self, selector: str, file: Path) -> None:
        """Open the dialogue of a field for files; choosing there is the business of the desk's own system."""
        self.to(selector)
        with self.page.expect_file_chooser() as dialogue:
            self.press("Space")
        dialogue.value.set_files(file)

    def tick_all(self, within: str) -> None:
        """Every box of a form that is not ticked yet."""
        left = f"{within} input[type=checkbox]:not(:checked)"
        while self.page.locator(left).count():
            self.to(left)
            self.press("Space")


class Typist(Person):
    """Somebody who logs in, and goes on, with the keys alone."""

    def log_in(self) -> None:
        self.keys = Keys(self.page)
        card = next(one for one in cards(self.instance) if one["username"] == self.username)
        self.open("")
        self.keys.write("[name=login]", self.username)
        self.keys.write("[name=password]", card["password"])
        with self.page.expect_navigation():
            self.keys.press("Enter")
        self.keys.write("[name=code]", self.instance.cli("demo", "--code", self.username).strip())
        self.keys.press("Enter")
        self.page.wait_for_url("**/admin/")
