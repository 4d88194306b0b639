"""A screen that asks to be paired, is forgotten or revoked, and is lied to about it: what it shows, trusts and keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cms.players.qr import rows
from tests.player_web.conftest import Player, same
from tests.player_web.content import Content
from tests.player_web.fake_cms import FakeCms

pytestmark = pytest.mark.browser

CODE = ".code:not(.waiting)"
PAIRING = """() => new Promise((resolve) => {
  const opened = indexedDB.open("bangtin-tinh-bien-1");
  opened.onsuccess = () => {
    const asked = opened.result.transaction("state").objectStore("state").get("pairing");
    asked.onsuccess = () => { opened.result.close(); resolve(asked.result?.root ?? ""); };
  };
})"""


@pytest.fixture
def playing(player: Player, cms: FakeCms, content: Content) -> Player:
    """A player that shows release 1."""
    version, _ = content.publish([content.scene("one", 1)])
    player.open(cms.origin + cms.invite(), size=(768, 576))
    player.until(f"s.schedule?.version === {version} && s.ready && s.online === 'online'")
    return player


def answering(cms: FakeCms, ending: str, answer: Callable[[], tuple[int, dict[str, Any]] | None]) -> None:
    """Answer addresses that end so in another way, for as long as there is an answer."""
    before = cms.answer

    def changed(method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, bytes]:
        said = answer() if path.endswith(ending) else None
        return (
            before(method, path, headers, body)
            if said is None
            else (said[0], "application/json", json.dumps(said[1]).encode())
        )

    cms.answer = changed  # type: ignore[method-assign]


def forget(cms: FakeCms) -> None:
    """The server was restored from a backup that is older than the pairing."""
    cms.players.clear()


def test_a_code_can_be_scanned_outlives_a_restart_and_is_not_answered_by_another_pairing(
    player: Player, cms: FakeCms, content: Content
) -> None:
    version, _ = content.publish([content.scene("one", 1)])
    player.open(f"{cms.origin}/player/?test=1&seat=tinh-bien-1", size=(768, 576))
    shown = player.page.locator(CODE)
    shown.wait_for()
    code = shown.inner_text()
    drawn = player.page.locator("svg.qr")
    box = drawn.bounding_box()
    wanted = rows(f"{cms.origin}/admin/players/pair/", code)
    assert box
    module = box["width"] / (len(wanted) + 8)
    assert module >= 3, "telephones read it off the LEDs"
    picture = player.shot().convert("L")

    def dark(row: int, column: int) -> bool:
        at = (box["x"] + (column + 4.5) * module, box["y"] + (row + 4.5) * module)
        return picture.getpixel((round(at[0]), round(at[1]))) < 128

    assert ["".join("1" if dark(y, x) else "0" for x in range(len(wanted))) for y in range(len(wanted))] == wanted
    player.page.reload()
    shown.wait_for()
    assert shown.inner_text() == code

    # Somebody plays back the answer that another screen once got.
    stranger = {"status": "paired", "key_id": "0" * 64, "controller": "x", "cluster": "x", "root": {}, "poll_ms": 300}
    played_back: list[int] = []

    def other() -> tuple[int, dict[str, Any]] | None:
        played_back.append(1)
        return (200, stranger) if len(played_back) == 1 else None

    answering(cms, "/status", other)
    player.page.wait_for_function(
        "(before) => document.querySelector('.code:not(.waiting)')?.innerText !== before", arg=code
    )
    shown.wait_for()
    assert played_back
    assert player.page.evaluate(PAIRING) == ""
    cms.confirm(shown.inner_text())
    player.until(f"s.schedule?.version === {version} && s.ready && s.page === ''")


def test_a_server_that_forgot_a_player_is_told_to_whoever_stands_there_and_nothing_is_lost(
    playing: Player, cms: FakeCms, content: Content
) -> None:
    boot, held = playing.state["boot"], playing.state["schedule"]
    forget(cms)
    playing.page.evaluate("() => window.bangtin.beat()")
    playing.until("s.online === 'unknown_key'")
    assert playing.page.locator("#page").is_hidden()  # nothing that nobody approved, before a key is pressed
    playing.page.keyboard.press("Space")
    shown = playing.page.locator(CODE)
    shown.wait_for()
    assert "không còn nhận ra màn hình này" in playing.page.inner_text("#page")
    playing.page.keyboard.press("Escape")
    playing.until("s.page === ''")
    playing.page.keyboard.press("Space")
    shown.wait_for()
    cms.asked.clear()
    cms.confirm(shown.inner_text())
    playing.until("s.online === 'online' && s.page === ''")
    assert playing.state["boot"] == boot, "it did not even start anew"
    assert playing.state["schedule"] == held
    assert not [path for path in cms.asked if path.startswith("/store/")]
    playing.page.reload()
    playing.until("s.online === 'online' && s.ready")


def test_a_stranger_who_says_that_a_player_is_unknown_does_not_become_its_master(
    playing: Player, cms: FakeCms, content: Content
) -> None:
    trusted = playing.page.evaluate(PAIRING)
    forget(cms)
    evil = FakeCms(cms.cluster, cms.controller)
    evil.signers = dict.fromkeys(evil.signers, evil.signers["targets"])
    evil.versions["root"] = 0
    evil.sign_root()
    cms.files.update({path: data for path, data in evil.files.items() if path.endswith("root.json")})
    cms.signers, cms.versions["root"] = evil.signers, 1
    cms.sign()
    playing.page.evaluate("() => window.bangtin.beat()")
    playing.until("s.online === 'unknown_key'")
    playing.page.keyboard.press("Space")
    playing.page.locator(CODE).wait_for()
    cms.confirm(playing.page.locator(CODE).inner_text())
    playing.until("s.page === 'other_keys'")
    assert "Có thể ai đó đang giả làm máy chủ" in playing.page.inner_text("#page")
    playing.page.get_by_role("button", name="Close, keep the old keys").click()
    playing.until("s.page === '' && s.ready")
    assert playing.page.evaluate(PAIRING) == trusted
    # The administrator says that the server is new indeed.
    playing.page.keyboard.press("Space")
    playing.until("s.page === 'other_keys'")
    version, document = content.publish([content.scene("two", 2)])
    playing.page.get_by_role("button", name="Trust the new server").click()
    playing.until(f"s.schedule?.version === {version} && s.ready && s.online === 'online'")
    assert playing.page.evaluate(PAIRING) != trusted
    instant = cms.now_ms()
    assert same(
        playing.still(instant).crop((0, 0, *content.expected(document, instant).size)),
        content.expected(document, instant),
    )


def test_a_revoked_player_says_so_and_is_paired_anew_and_a_false_word_about_it_passes(
    playing: Player, cms: FakeCms, content: Content
) -> None:
    cms.revoked.update(cms.players)
    playing.page.evaluate("() => window.bangtin.beat()")
    playing.until("s.online === 'revoked' && s.ready && s.page === ''")
    cms.revoked.clear()  # it was somebody on the way who said so
    playing.page.reload()
    playing.until("s.ready && s.online === 'online'")
    cms.revoked.update(cms.players)
    playing.page.evaluate("() => window.bangtin.beat()")
    playing.until("s.online === 'revoked'")
    playing.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    cms.stop()
    playing.page.reload()  # nobody confirms it
    playing.until("s.ready && s.schedule")
    cms.start()
    playing.page.reload()
    playing.page.locator(CODE).wait_for()
    assert "đã bị thu hồi" in playing.page.inner_text("h1")
    cms.confirm(playing.page.locator(CODE).inner_text())
    playing.until("s.ready && s.online === 'online' && s.page === ''")
    assert len(set(cms.players) - cms.revoked) == 1
