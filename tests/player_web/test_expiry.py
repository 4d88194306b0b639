"""Who answers for the time cannot make expired metadata fresh."""

from __future__ import annotations

import pytest

from tests.player_web.conftest import Player
from tests.player_web.content import Content
from tests.player_web.fake_cms import FakeCms

pytestmark = pytest.mark.browser

DAY_MS = 86_400_000


def test_a_frozen_timestamp_ends_although_the_server_turns_the_time_back(
    player: Player, cms: FakeCms, content: Content
) -> None:
    version, _ = content.publish([content.scene("one", 1)])
    player.open(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.ready")
    cms.timestamp_days = 6 / 86_400
    cms.sign(("timestamp",))
    asked = len(cms.asked)
    cms.wait_for(
        lambda: any(path.endswith("timestamp.json") for path in cms.asked[asked + 3 :]) or cms.heartbeats.clear()
    )
    cms.offset_ms = -30 * DAY_MS
    player.page.reload()
    refusal = cms.wait_for(cms.refusals)[0]
    assert [refusal["what"], refusal["reason"]] == ["timestamp.json", "expired"]
    player.until(f"s.schedule?.version === {version}")
    player.until(f"s.clock.now < {cms.now_ms() + DAY_MS}")
    told = cms.wait_for(lambda: [one["detail"] for one in cms.events if one["detail"].get("what") == "clock"])
    assert told[0]["reason"] == "server_behind"
    cms.offset_ms, cms.timestamp_days = 0, 5
    later, _ = content.publish([content.scene("one", 1)])
    player.until(f"s.schedule?.version === {later}")
