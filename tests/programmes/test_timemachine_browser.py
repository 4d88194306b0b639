"""The time machine in a real browser. It runs in a thread of its own: Playwright keeps an event loop in its thread, beside which
Django refuses to ask the database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from cms.content.assets import AssetStore
from cms.schedule.frame import frame
from tests.browser import ARGUMENTS, CHROMIUM
from tests.programmes.test_timemachine import compiled, release, slot_for

# A running server sees only what is committed, and empties the tables afterwards, also of what migrations wrote.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

STATE = "window.timemachine && window.timemachine.state"
NEEDLE = "[role=slider]"


class Visitor:
    """Somebody logged in, looking at Tịnh Biên at a moment."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def open(self, at: str) -> None:
        """A moment at which both faces are lit."""
        self.page.goto(f"{self.address}?at={at}")
        self.until("!s.busy && s.faces.a.scene && s.faces.b.scene")

    def until(self, condition: str, seconds: float = 20) -> None:
        """Waits until a condition on `s`, the state, holds; tells the state when it does not."""
        script = f"() => {{ const s = {STATE}; return s && ({condition}); }}"
        try:
            self.page.wait_for_function(script, timeout=seconds * 1000, polling=20)
        except Exception as error:
            now = self.page.evaluate(f"() => JSON.stringify({STATE} ?? document.body.innerText)")
            raise AssertionError(f"{condition} never held: {now}") from error

    def state(self) -> Any:
        return self.page.evaluate(f"() => {STATE}")

    def type(self, moment: str) -> None:
        field = self.page.locator("[data-tm-field]")
        field.fill(moment)
        field.blur()

    def key(self, *keys: str) -> int:
        """Presses keys on the needle; returns the instant that is looked at then."""
        self.page.focus(NEEDLE)
        for one in keys:
            self.page.keyboard.press(one)
        return int(self.state()["instant"])

    def picture(self, letter: str) -> str:
        """SHA-256 of the pixels (RGBA) of the picture that lies on top of a face."""
        script = """async (letter) => {
          const scenes = [...document.querySelectorAll(`[data-tm-row] [data-face="${letter}"] .scene`)];
          scenes.sort((one, other) => Number(other.style.zIndex) - Number(one.style.zIndex));
          const image = scenes[0].querySelector("img");
          const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
          const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
          return [...hash].map((one) => one.toString(16).padStart(2, "0")).join("");
        }"""
        return str(self.page.evaluate(script, letter))


@pytest.fixture
def visit(live_server: Any, client_for: Any, editor: Any, slot: Any, theme_approval: Any) -> Callable[..., Any]:
    """`visit(scenario)`: runs `scenario(visitor)` in a browser, in a thread of its own; returns what it returns."""
    session = client_for(editor).cookies["sessionid"].value
    address = live_server.url + reverse("programmes:preview_cluster", args=("tinh-bien",))

    def run(scenario: Callable[[Visitor], Any]) -> Any:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            try:
                return scenario(Visitor(context.new_page(), address))
            finally:
                browser.close()

    def visiting(scenario: Callable[[Visitor], Any]) -> Any:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(run, scenario).result()

    return visiting


def pixels(asset: str) -> str:
    """SHA-256 of the pixels (RGBA) of an asset."""
    with Image.open(AssetStore().path(asset)) as image:
        return hashlib.sha256(image.convert("RGBA").tobytes()).hexdigest()


def millis(text: str) -> int:
    return round(datetime.fromisoformat(f"{text}+07:00").timestamp() * 1000)


def test_the_faces_show_what_frame_says_and_time_can_be_moved(visit, cluster):
    schedule = compiled(cluster).compiled.schedule
    ten = millis("2027-01-04T10:00:00")
    shown = {letter: frame(schedule, None, letter, ten).scene for letter in "ab"}
    pictures = {letter: pixels(schedule.scenes[shown[letter]].faces[letter][0].asset) for letter in "ab"}

    def scenario(visitor: Visitor) -> None:
        page = visitor.page
        visitor.open("2027-01-04T08:00:03")
        expect(page.locator("[data-tm-moment]")).to_have_text("Thứ Hai 04/01/2027 08:00:03")
        visitor.type("2027-01-04T10:00:00")
        for letter in "ab":
            visitor.until(f"s.instant === {ten} && !s.busy && s.faces.{letter}.scene === '{shown[letter]}'")
            assert visitor.picture(letter) == pictures[letter]
        minute, hour, day = 60_000, 3_600_000, 86_400_000
        assert visitor.key("ArrowRight") == ten + minute
        assert visitor.key("Shift+ArrowLeft") == ten + minute - hour
        assert visitor.key("PageUp", "PageUp", "PageDown") == ten + minute - hour + day
        page.wait_for_function(
            f"() => document.querySelector('{NEEDLE}').getAttribute('aria-valuetext').startsWith('Thứ Ba 05/01/2027 09:01:00; Mặt A: ')"
        )
        assert page.locator(NEEDLE).get_attribute("aria-valuenow") == str(9 * 3600 + 60)
        box = page.locator(".tm-ruler__field").bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 10)
        visitor.until(f"Math.abs(s.instant - {millis('2027-01-05T12:00:00')}) <= 120000")
        expect(page.locator("[data-tm-why=a].tm-why--closed")).to_be_visible()
        page.wait_for_url("**/tinh-bien/?at=2027-01-05T1*")

    visit(scenario)


def test_time_runs_and_the_reasons_follow_when_it_stands(visit, cluster):
    def scenario(visitor: Visitor) -> None:
        page = visitor.page
        visitor.open("2027-01-04T08:00:03")
        begin = visitor.state()
        page.click("label:has(input[value='60'])")
        visitor.key(" ")
        visitor.until(f"s.playing && s.speed === 60 && s.instant > {begin['instant'] + 120_000}")
        visitor.until(f"s.faces.a.scene !== {begin['faces']['a']['scene']!r}")
        expect(page.locator("[data-tm-reasons]")).to_contain_text("Hãy tạm dừng để xem lý do")
        visitor.key(" ")
        assert not visitor.state()["playing"]
        expect(page.locator("[data-tm-why]")).to_have_count(2)
        page.locator("[data-tm-pick=b]").click()
        expect(page.locator("[data-tm-why]")).to_have_count(1)
        expect(page.locator("[data-tm-why=b]")).to_contain_text("Mặt B")
        # Midnight is no wall: the next day's schedule is here before it begins.
        visitor.type("2027-01-04T23:58:00")
        page.click("label:has(input[value='600'])")
        page.click("[data-tm-play]")
        visitor.until(f"s.day === '2027-01-05' && s.instant > {millis('2027-01-05T00:02:00')}")

    visit(scenario)


def test_without_a_network_the_last_picture_stays(visit):
    def scenario(visitor: Visitor) -> None:
        page = visitor.page
        visitor.open("2027-01-04T08:00:03")
        before = visitor.state()["faces"]
        page.route("**/schedule.json*", lambda route: route.abort())
        visitor.type("2027-02-08T08:00:00")
        expect(page.locator("[data-tm-status]")).to_contain_text("máy chủ không trả lời")
        assert visitor.state()["faces"]["a"]["scene"] == before["a"]["scene"]
        page.unroute("**/schedule.json*")
        expect(page.locator("[data-tm-status]")).to_be_hidden(timeout=15_000)
        visitor.type("")
        expect(page.locator("[data-tm-wrong]")).to_contain_text("Hãy nhập ngày và giờ")
        visitor.type("2027-02-08T09:00:00")
        expect(page.locator("[data-tm-wrong]")).to_be_hidden()

    visit(scenario)


def test_what_is_on_air_stands_beside_what_will_be(visit, cluster, province, write, approved):
    from tests.programmes.conftest import make_programme

    release(cluster)
    festival = make_programme(province, [write("Hội đua bò")], approved, "Lễ")
    slot_for(cluster, festival, "Lễ", (10, 11), priority=1, faces=["a"])

    def scenario(visitor: Visitor) -> None:
        page = visitor.page
        visitor.open("2027-01-04T10:30:00")
        page.check("[data-tm-compare]")
        change = page.locator(".tm-difference")
        expect(change).to_have_count(1)
        expect(change).to_contain_text("10:00–11:00: mặt A: “Hội đua bò” thay cho")
        expect(page.locator("[data-tm-row] [data-tm-face=a]")).to_have_class("tm-face tm-face--differs")
        expect(page.locator("[data-tm-row] [data-tm-face=b]")).to_have_class("tm-face")
        expect(page.locator(".tm-track .tm-mark")).to_have_count(1)
        expect(page.locator("[data-tm-released] .tm-screen--live")).to_have_count(2)
        page.locator("[data-tm-on]").click()
        expect(change).to_have_count(1)
        visitor.type("2027-03-01T10:00:00")
        expect(page.locator("[data-tm-differences]")).to_contain_text("chỉ có lịch đến 06/01/2027")

    visit(scenario)
