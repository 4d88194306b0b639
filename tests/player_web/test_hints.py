"""A hint brings the next poll forward: what is withdrawn is gone within a moment, and at the next poll where there are no hints."""

from __future__ import annotations

import time

import pytest

from tests.player_web.conftest import Player
from tests.player_web.content import Content
from tests.player_web.fake_cms import FakeCms

pytestmark = pytest.mark.browser

POLL_MS = 60_000
"""Long enough that nothing here is owed to a poll."""
GONE = "Object.values(s.faces).every((face) => face.scene === 'theme')"


@pytest.fixture
def playing(player: Player, cms: FakeCms, content: Content) -> Player:
    """A player that shows one item and holds an open line."""
    cms.hints, cms.poll_ms = True, POLL_MS
    version, _ = content.publish([content.scene("one", 1, duration=2000)])
    player.open(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.ready && s.hints.connected")
    return player


def withdraw(cms: FakeCms, *items: str) -> int:
    return cms.publish("now.json", {"format": 1, "cluster": cms.cluster, "withdrawn": list(items)})


def test_what_is_withdrawn_is_gone_within_a_moment(playing: Player, cms: FakeCms) -> None:
    begun = time.monotonic()
    version = withdraw(cms, "one:vi")
    playing.until(f"s.notices === {version} && {GONE}", 10)
    assert time.monotonic() - begun < 5
    assert playing.state["hints"]["heard"] >= 1


def test_a_flood_of_hints_is_a_poll_a_second(playing: Player, cms: FakeCms) -> None:
    timestamp = f"/{cms.metadata_path('timestamp')}"
    begun, before = time.monotonic(), cms.asked.count(timestamp)
    while playing.state["hints"]["heard"] < 500:
        for _ in range(20):
            cms.hint()
    seconds = time.monotonic() - begun
    assert 1 <= cms.asked.count(timestamp) - before <= seconds + 2
    withdraw(cms, "one:vi")
    playing.until(GONE, 10)


def test_without_hints_the_player_polls_and_with_their_return_it_hears_again(
    player: Player, cms: FakeCms, content: Content
) -> None:
    version, _ = content.publish([content.scene("one", 1, duration=2000)])
    player.open(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.ready")
    assert not player.state["hints"]["connected"]
    withdraw(cms, "one:vi")
    player.until(GONE)
    assert player.state["hints"]["heard"] == 0
    cms.hints = True
    player.page.reload()
    player.until("s.hints.connected")
    cms.stop()
    player.until("!s.hints.connected")
    cms.start()
    player.until("s.hints.connected")
    version = withdraw(cms)
    player.until(f"s.notices === {version} && s.hints.heard > 0 && !({GONE})")
    assert not [event for event in cms.events if event["kind"] == "error"]
