"""A technician stands before the screen: keys or touches, a PIN, what the player knows, test patterns. Nothing of it needs the network."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from tests.player_web.conftest import Player
from tests.player_web.content import CANVAS, PLACED, Content
from tests.player_web.fake_cms import FakeCms

pytestmark = pytest.mark.browser

PIN, SALT = "402917", "00112233445566778899aabbccddeeff"


# What the player remembers of wrong PINs; another value takes its place.
LOCK = """([seat, value]) => new Promise((resolve, reject) => {
  const opening = indexedDB.open(`bangtin-${seat}`);
  opening.onerror = reject;
  opening.onsuccess = () => {
    const database = opening.result;
    const state = database.transaction("state", "readwrite").objectStore("state");
    const asked = value ? state.put(value, "service_lock") : state.get("service_lock");
    asked.onsuccess = () => (database.close(), resolve(value ?? asked.result ?? null));
  };
})"""


def hashed(pin: str) -> dict[str, object]:
    made = hashlib.pbkdf2_hmac("sha256", pin.encode(), bytes.fromhex(SALT), 200_000)
    return {"salt": SALT, "hash": made.hex(), "iterations": 200_000}


def play(player: Player, cms: FakeCms, content: Content, *, pin: bool = True, size: tuple[int, int] = CANVAS) -> None:
    if pin:
        cms.service_pin = hashed(PIN)
    version, _ = content.publish([content.scene("one", 1, duration=60_000)])
    player.open(cms.origin + cms.invite(), size=size)
    player.until(f"s.schedule?.version === {version} && s.ready && s.online === 'online'")


def view(player: Player, name: str) -> None:
    player.page.wait_for_selector(f"#service[data-view={name}]", state="attached" if name == "pattern" else "visible")


def type_pin(player: Player, pin: str) -> None:
    for digit in pin:
        player.page.keyboard.press(digit)


def said(player: Player, words: str) -> None:
    player.page.wait_for_function(
        "(words) => document.querySelector('#service .said').textContent.includes(words)", arg=words
    )


def services(cms: FakeCms) -> list[tuple[str, str]]:
    return [(one["detail"]["what"], one["detail"]["reason"]) for one in cms.events if one["kind"] == "service"]


def face_a(player: Player) -> np.ndarray:
    x, y, width, height = PLACED["a"]["rect"]
    return np.asarray(player.shot().crop((x, y, x + width, y + height)))


def test_with_keys_and_the_pin_the_page_tells_all_and_shows_patterns_and_the_cms_hears_of_it(player, cms, content):
    play(player, cms, content, size=(1280, 720))
    before = face_a(player)
    player.page.keyboard.press("Control+Alt+d")
    view(player, "pin")
    type_pin(player, PIN)
    view(player, "facts")
    player.page.wait_for_selector("#service section[data-group=errors]")
    told = player.page.inner_text("#service")
    for words in ("Bản phát hành", "Đồng hồ", "kết nối được", "Đã dùng", "320 × 160 px", cms.controller, "640 × 200"):
        assert words in told, words
    player.page.click("#service [data-name=language]")
    player.page.wait_for_function("() => document.querySelector('#service').innerText.includes('Connection')")
    player.page.click("#service [data-name=patterns]")
    player.page.click("#service [data-face-of=a]")
    player.page.click("#service .patterns [data-name=border]")
    view(player, "pattern")
    shown = face_a(player)
    for side in (shown[0], shown[-1], shown[:, 0], shown[:, -1]):
        assert (side == 255).all()
    assert player.page.locator("canvas.pattern").count() == 1, "the other face shows on"
    player.page.keyboard.press("ArrowRight")
    player.page.wait_for_selector("canvas.pattern[data-pattern=grid]", state="attached")
    player.page.keyboard.press("Space")
    view(player, "patterns")
    player.page.keyboard.press("Escape")
    player.page.keyboard.press("Escape")
    player.page.wait_for_selector("#service", state="detached")
    assert (face_a(player) == before).all()
    cms.wait_for(lambda: ("page", "closed") in services(cms))
    assert services(cms)[:2] == [("page", "opened"), ("pattern", "pattern")]


def test_wrong_pins_are_slowed_over_reloads_too_and_a_touch_screen_opens_it(player, cms, content):
    play(player, cms, content)

    def touch() -> None:
        for _ in range(5):
            player.page.mouse.click(5, 5)
        view(player, "pin")

    touch()
    for digit in "111111":
        player.page.click(f"#service [data-key='{digit}']")
    said(player, "nhập lại")
    type_pin(player, "222222")
    cms.wait_for(lambda: services(cms).count(("page", "wrong_pin")) == 2)
    lock = player.page.evaluate(LOCK, [cms.controller, None])
    assert lock["wrong"] == 2
    assert 0 < lock["until"] - cms.now_ms() + 10_000 <= 12_000
    player.page.evaluate(LOCK, [cms.controller, {"wrong": 7, "until": cms.now_ms() + 64_000}])
    player.page.reload()
    player.until("s.ready")
    touch()
    type_pin(player, PIN)  # right, but too soon: it is not even looked at
    said(player, "Thử lại sau")
    assert ("page", "opened") not in services(cms)
    player.page.evaluate(LOCK, [cms.controller, {"wrong": 7, "until": 0}])
    said(player, "nhập lại")
    type_pin(player, PIN)
    view(player, "facts")
    assert player.page.evaluate(LOCK, [cms.controller, None]) is None


def test_a_player_that_was_never_told_a_pin_tells_of_release_clock_and_network_only(player, cms, content):
    play(player, cms, content, pin=False)
    player.page.keyboard.press("Control+Alt+d")
    view(player, "facts")
    player.page.wait_for_selector("#service section")
    groups = player.page.eval_on_selector_all("#service section", "(all) => all.map((one) => one.dataset.group)")
    assert groups == ["release", "clock", "network"]
    assert player.page.locator("#service [data-name=patterns]").count() == 0
