"""A controller that hears nothing for weeks, or only what somebody lets through: time is simulated, on the controller and in the CMS."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.player_web.content import DAY, HOUR, SIZES
from tests.player_web.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def made(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(playwright, tmp_path_factory.mktemp("offline"))
    try:
        site.open(simulated=True)
        yield site
    finally:
        site.close()


@pytest.fixture
def site(made: Site) -> Site:
    """All metadata are fresh, and the newest release is on the screen."""
    made.cms.sign()
    made.recovers()
    made.cms.events.clear()
    return made


def alternating(site: Site) -> dict[str, Any]:
    """35 days: ten hours of one scene on even days and of another on odd ones, then black."""
    document = site.content.schedule(
        [site.content.scene("even", 3001), site.content.scene("odd", 3002)], valid_from=site.cms.now_ms() - 1000
    )
    document["loops"] = {"even": [0], "odd": [1]}
    start = document["valid_until"] - 35 * DAY
    segments = []
    for day in range(35):
        noon = start + day * DAY + 10 * HOUR
        loop = "odd" if day % 2 else "even"
        segments.append({"from": start + day * DAY, "until": noon, "kind": "programme", "loop": loop})
        segments.append({"from": noon, "until": start + (day + 1) * DAY, "kind": "closed", "loop": None})
    document["faces"] = {face: {"segments": segments} for face in SIZES}
    return document


def leap_to(site: Site, instant: int) -> None:
    site.leap(instant - round(site.player.state["clock"]["now"]))


def shows(site: Site, document: dict[str, Any], kind: str) -> None:
    """Every face shows what the compiler says of this instant."""
    site.player.until(f"s.ready && Object.values(s.faces).every((face) => face.kind === '{kind}')")
    site.good = site.content.expected(document, round(site.player.state["clock"]["now"]))
    site.settles()


def test_five_weeks_without_a_cms_show_the_right_frames_then_the_fallback_and_end_within_one_poll(site: Site) -> None:
    cms, player = site.cms, site.player
    document = alternating(site)
    version = cms.publish("schedule.json", document)
    start = document["valid_until"] - 35 * DAY
    player.until(f"s.schedule.version === {version} && s.ready")
    player.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    cms.stop()
    for day in (0, 1, 6, 15, 16, 27, 34):
        leap_to(site, start + day * DAY + 5 * HOUR)
        shows(site, document, "programme")
        if day == 15:  # the power fails, with no network to come back to
            player.page.reload()
            shows(site, document, "programme")
        if day in (1, 34):
            leap_to(site, start + day * DAY + 20 * HOUR)
            shows(site, document, "closed")
    for day in (35, 39):
        leap_to(site, start + day * DAY + 5 * HOUR)
        shows(site, document, "fallback")
        leap_to(site, start + day * DAY + 20 * HOUR)
        shows(site, document, "closed")

    asked = len(cms.asked)
    new = site.publish()
    cms.start()
    player.until(f"s.schedule.version === {new[0]}")
    polls = [path for path in cms.asked[asked:] if path.endswith("/timestamp.json")]
    first = cms.asked.index(f"/{next(path for path in reversed(cms.files) if path.endswith('.schedule.json'))}", asked)
    assert cms.asked[asked:first].count(polls[0]) == 1, "the first poll that is answered brings the release"
    site.expect(*new)
    site.shows_the_good()
    told = cms.wait_for(lambda: [one for one in cms.refusals() if one["reason"] == "expired"])
    assert {one["what"] for one in told} == {"timestamp.json"}, "that it was without word past the expiry is told, too"


def test_who_holds_the_release_back_is_found_out_when_the_timestamp_ends(site: Site) -> None:
    """A freeze: whatever the CMS publishes, the line answers with what it answered before."""
    cms = site.cms
    with cms.tampered():
        cms.line = dict(cms.files)
        new = site.publish()
        site.leap(4 * DAY)
        polls = len(cms.asked)
        site.watched(lambda: len(cms.asked) > polls + 3)
        assert cms.refusals() == []
        site.leap(2 * DAY)
        assert site.refused("timestamp.json", "expired")
    cms.sign(("timestamp",))
    site.expect(*new)
    site.shows_the_good()


def test_who_also_holds_the_time_back_is_found_out_a_day_later(site: Site) -> None:
    cms = site.cms
    with cms.tampered():
        cms.line = dict(cms.files)
        site.leap(7 * DAY, server=False)
        assert site.refused("timestamp.json", "expired")
    cms.offset_ms += 7 * DAY
    site.recovers()


@pytest.mark.parametrize("role", ["targets", "snapshot"])
def test_a_file_that_comes_by_drops_or_stays_away_after_its_first_byte_is_given_up_and_told(
    site: Site, role: str
) -> None:
    cms = site.cms
    tap: queue.Queue[bytes] = queue.Queue()
    path = ""

    def trickle() -> Iterator[bytes]:
        yield b"{"
        while drop := tap.get(timeout=60):
            yield drop

    with cms.tampered():
        with cms.unseen():
            new = site.publish()
            path = cms.metadata_path(role)
            cms.streams = {path: trickle}
        try:
            site.watched(lambda: f"/{path}" in cms.asked)
            if role == "targets":
                for _ in range(5):
                    site.leap(8_000)
                    tap.put(b" ")
            else:
                site.leap(16_000)
            site.refused(f"{role}.json", "slow")
        finally:
            for _ in range(20):
                tap.put(b"")
    site.expect(*new)
    site.shows_the_good()
