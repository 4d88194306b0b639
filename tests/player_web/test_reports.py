"""What a player reports: plays and events exactly once whatever happens to it, how it is, and pictures of what it shows."""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from tests.player_web import plays
from tests.player_web.conftest import Player
from tests.player_web.fake_cms import FakeCms

pytestmark = pytest.mark.browser

DELIVERED = """async () => {
  while (await outbox.database.count("events")) await outbox.events.send().catch(() => {});
}"""


@pytest.fixture
def line(cms: FakeCms) -> Iterator[plays.Line]:
    made = plays.Line(cms.port)
    yield made
    made.close()


@pytest.fixture
def outbox(player: Player, cms: FakeCms, line: plays.Line):
    """A paired seat; `outbox(most=…)` opens its outbox in a page of its own, also after its browser was killed."""
    origin = f"http://localhost:{line.port}"
    player.open(origin + cms.invite())
    player.page.wait_for_function("() => window.bangtin")

    def begin(**more):
        if player.context is None:
            player.open("about:blank")
        player.page.goto(f"{origin}/api/player/v1/time")
        plays.begin(player.page, cms.web.version, cms.controller, **more)
        return player.page

    return begin


def kill(player: Player) -> None:
    plays.kill_browser(player.profile)
    try:
        player.close()
    except Exception:
        player.context = None


def pixels(shot) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(shot["picture"]))).convert("RGB")


def alike(left: Image.Image, right: Image.Image) -> bool:
    """But for what a JPEG loses of noise."""
    assert left.size == right.size
    difference = np.abs(np.asarray(left, dtype=np.int16) - np.asarray(right, dtype=np.int16))
    return bool(difference.mean() < 9)


def shown(cms: FakeCms) -> Counter[str]:
    """How often the CMS has each play of `plays.js`."""
    return Counter(one["scene"] for one in cms.play_log.values() if one["scene"].startswith("n-"))


def test_every_play_arrives_once_though_its_browser_is_killed_and_the_line_is_cut(player, cms, line, outbox):
    recorded: set[int] = set()
    kills = 4
    for kill_number in range(kills):
        line.deaf = line.down = False
        page = outbox()
        line.deaf, line.down = kill_number == 1, kill_number == 2
        page.expose_function("recorded", lambda number: recorded.add(number))
        page.evaluate("() => void outbox.keepSending()")
        page.evaluate("(by) => outbox.jump(by)", [0, 3_600_000, -86_400_000, 60_000][kill_number])
        page.evaluate("([first]) => outbox.play(first, 60)", [kill_number * 100])
        page.evaluate("([first]) => void outbox.play(first, 40)", [kill_number * 100 + 60])
        line.cut()
        kill(player)
    line.deaf = line.down = False
    page = outbox()
    page.evaluate("() => outbox.send()")
    assert page.evaluate("() => outbox.held()") == 0
    counted = shown(cms)
    assert len(recorded) >= kills * 60
    assert set(counted.values()) == {1}
    assert {f"n-{number}:vi" for number in recorded} <= set(counted)
    # Written down, and killed before the record heard of it: at most the play of the moment.
    assert len(counted) - len(recorded) <= kills


def test_a_log_that_grew_too_long_offline_loses_its_oldest_lines_and_says_so(player, cms, line, outbox):
    page = outbox(most=500)
    line.down = True
    assert page.evaluate("() => outbox.fill(1200, 1800000000000, 1000)") <= 500
    line.down = False
    page.evaluate("() => outbox.send()")
    numbers = sorted(seq for _boot, seq in cms.play_log if cms.play_log[_boot, seq]["item"].startswith("play-"))
    assert numbers == list(range(numbers[0], 1197))
    assert max(cms.begins.values()) == numbers[0] - 1  # all before them is known to be gone
    assert page.evaluate("() => outbox.held()") == 0


def test_grave_events_outlive_chatter_and_repeats_are_counted(player, cms, line, outbox):
    page = outbox()
    page.evaluate(DELIVERED)  # that the player had started
    line.down = True
    line.cut()
    page.evaluate(
        """async () => {
          outbox.events.report("refused", { what: "now.json", reason: "signature" });
          for (let n = 0; n < 1100; n += 1) outbox.events.report("error", { what: "noise", reason: String(n) });
          for (let n = 0; n < 50; n += 1) outbox.events.report("watchdog", { what: "clip", reason: "stalled" });
          await outbox.events.settled();
        }"""
    )
    assert page.evaluate("() => outbox.database.count('events')") <= 1000 + 3
    before = len(cms.events)
    line.down = False
    page.evaluate(DELIVERED)
    came = cms.events[before:]
    assert [one["detail"]["what"] for one in came if one["kind"] == "refused"] == ["now.json"]
    assert [one["times"] for one in came if one["kind"] == "watchdog"] == [50]
    assert sum(one["detail"]["number"] for one in came if one["kind"] == "lost") == 100
    assert sum(one["detail"].get("what") == "noise" for one in came) == 1000


def test_an_event_whose_answer_was_lost_has_the_same_number_when_it_comes_again(player, cms, line, outbox):
    page = outbox()
    page.evaluate(DELIVERED)  # that the player had started
    line.deaf = True
    page.evaluate("() => outbox.events.report('refused', { what: 'now.json' })")
    cms.wait_for(lambda: [one for one in cms.events if one["kind"] == "refused"])
    page.evaluate("async () => { while (!outbox.spent.requests) await new Promise(requestAnimationFrame); }")
    line.deaf = False
    page.evaluate(DELIVERED)
    refused = [one["seq"] for one in cms.events if one["kind"] == "refused"]
    assert len(refused) >= 2  # a browser, too, tries again by itself
    assert len(set(refused)) == 1


def test_a_heartbeat_says_how_the_player_is(player, cms, content):
    version, _ = content.publish([content.scene("one", 1)])
    player.open(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.ready")
    cms.heartbeats.clear()
    player.page.evaluate("() => window.bangtin.beat()")
    beat = cms.heartbeats[-1]
    assert abs(beat["clock"]["offset_ms"]) < 1000
    assert beat["clock"]["synchronised"] is True
    assert beat["storage"]["missing"] == 0
    assert isinstance(beat["storage"]["persisted"], bool)
    assert beat["frames"]["fps"] >= 0
    assert (beat["temperature_c"], beat["sound_blocked"]) == (None, False)
    player.page.evaluate("() => (window.bangtin.machine({ temperature_c: 61.5 }), window.bangtin.beat())")
    assert cms.heartbeats[-1]["temperature_c"] == 61.5


def test_a_play_names_its_schedule(player, cms, content):
    version, _ = content.publish([content.scene("one", 1, duration=400), content.scene("two", 2, duration=400)])
    player.open(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.ready")
    while len(cms.play_log) < 4:
        player.page.evaluate("() => window.bangtin.beat()")
    programme = [one for one in cms.play_log.values() if one["kind"] == "programme"]
    assert {one["schedule"] for one in programme} == {version}
    assert {one["face"] for one in programme} == {"a", "b"}


def test_a_browser_alone_draws_what_it_meant_to_show_and_says_so(player, cms, content):
    version, document = content.publish([content.scene("one", 1)])
    player.open(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.ready")
    cms.wanted = "asked-by-an-operator"
    player.page.evaluate("() => window.bangtin.beat()")
    player.until("s.wants.screenshot === 'asked-by-an-operator'")
    (shot,) = cms.wait_for(lambda: cms.shots)
    assert (shot["request"], shot["kind"]) == ("asked-by-an-operator", "drawn")
    assert alike(pixels(shot), content.expected(document, shot["taken_at"]))  # face b lies turned on the canvas
    player.until("s.wants.screenshot === null")


def test_the_kiosks_picture_goes_out_in_the_place_of_a_drawn_one(player, cms, content):
    version, _ = content.publish([content.scene("one", 1)])
    player.open(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.ready")
    out = io.BytesIO()
    Image.new("RGB", (3840, 640), "#0a6").save(out, "JPEG")
    cms.wanted = "asked-by-an-operator"
    player.page.evaluate("() => (window.bangtin.machine({}), window.bangtin.beat())")
    script = "([id, picture]) => window.bangtin.shot(id, picture)"
    assert not player.page.evaluate(script, ["something-else-1", base64.b64encode(out.getvalue()).decode()])
    assert player.page.evaluate(script, ["asked-by-an-operator", base64.b64encode(out.getvalue()).decode()])
    (shot,) = cms.wait_for(lambda: cms.shots)
    assert (shot["kind"], pixels(shot).size) == ("true", (1280, 213))
