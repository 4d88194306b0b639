"""What a player takes, waits for and forgets; test_attacks.py has what it must not show."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from tests.player_web.conftest import Player, same
from tests.player_web.content import Content
from tests.player_web.fake_cms import FakeCms

pytestmark = pytest.mark.browser


@pytest.fixture
def playing(player: Player, cms: FakeCms, content: Content) -> Player:
    """A player that shows release 1, scene `one`."""
    version, _ = content.publish([content.scene("one", 1)])
    player.open(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.ready")
    return player


def test_a_schedule_of_a_later_format_is_refused_but_notices_still_act(
    playing: Player, cms: FakeCms, content: Content
) -> None:
    document = content.schedule([content.scene("two", 2)], valid_from=cms.now_ms())
    first = next(iter(document["scenes"].values()))
    first["faces"]["a"][0]["kind"] = "hologram"
    cms.publish("schedule.json", document)
    assert [cms.wait_for(cms.refusals)[0][key] for key in ("what", "reason")] == ["schedule.json", "format"]
    dark = {"faces": ["a", "b"], "from": cms.now_ms() - 1000, "until": 2**53 - 1}
    cms.publish("now.json", {"format": 1, "cluster": cms.cluster, "blackout": [dark]})
    playing.until("Object.values(s.faces).every((face) => face.kind === 'blackout')")


def test_expired_metadata_blocks_updates_but_never_ends_a_release(
    playing: Player, cms: FakeCms, content: Content
) -> None:
    cms.timestamp_days = -1
    content.publish([content.scene("two", 2)])
    assert [cms.wait_for(cms.refusals)[0][key] for key in ("what", "reason")] == ["timestamp.json", "expired"]
    assert playing.state["ready"]
    assert playing.state["schedule"]["version"] == 1
    cms.timestamp_days = 5
    cms.sign(("timestamp",))
    playing.until("s.schedule.version === 2 && s.ready")


def test_a_release_waits_for_its_time_and_changes_in_the_middle_of_a_scene(
    playing: Player, cms: FakeCms, content: Content
) -> None:
    version, document = content.publish([content.scene("two", 2, duration=60_000)], in_ms=6000)
    playing.until(f"s.pending.includes({version})")
    assert playing.state["schedule"]["version"] == 1
    script = """(version) => new Promise((resolve) => {
      const look = () => {
        const { schedule, faces, clock } = window.bangtin.state;
        if (schedule.version === version && Object.values(faces).every((face) => face.scene.startsWith("two"))) resolve(clock.now);
        else requestAnimationFrame(look);
      };
      look();
    })"""
    changed = playing.page.evaluate(script, version)
    assert 0 <= changed - document["valid_from"] < 1000
    assert same(playing.shot(), content.expected(document, cms.now_ms()))


def test_a_withdrawn_item_leaves_at_once_while_a_large_release_is_on_its_way(
    playing: Player, cms: FakeCms, content: Content
) -> None:
    large = content.asset(np.random.default_rng(1).bytes(40_000_000), "video/mp4")
    gate = threading.Event()
    cms.held = {path: gate for path in cms.files if path.startswith("store/")}
    content.publish([content.scene("two", 2, under=large)])
    playing.until("s.pending.length > 0")
    notices = {"format": 1, "cluster": cms.cluster, "withdrawn": ["one:vi"]}
    cms.publish("now.json", notices)
    playing.until("Object.values(s.faces).every((face) => face.scene === 'theme') && s.ready")
    assert playing.state["schedule"]["version"] == 1
    gate.set()


def test_notices_hold_without_a_server_after_a_restart(playing: Player, cms: FakeCms) -> None:
    dark = {"faces": ["a"], "from": cms.now_ms() - 1000, "until": 2**53 - 1}
    cms.publish("now.json", {"format": 1, "cluster": cms.cluster, "blackout": [dark]})
    playing.until("s.faces.a.kind === 'blackout'")
    playing.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    playing.close()
    cms.stop()
    playing.open(f"{cms.origin}/player/?seat={cms.controller}&test=1")
    playing.until("s.faces.a?.kind === 'blackout' && s.faces.b.kind === 'programme' && s.ready")


def test_a_long_asset_comes_in_chunks_and_is_not_fetched_twice(playing: Player, cms: FakeCms, content: Content) -> None:
    large = content.asset(np.random.default_rng(2).bytes(5_300_000), "image/png")
    document = content.schedule([content.scene("two", 2)], valid_from=cms.now_ms() - 1000)
    document["assets"][large] = content.assets[large]
    document["standby"] = [large]
    chunks = [path for path in cms.files if path.startswith("store/") and len(cms.files[path]) == 1024 * 1024]
    lost = chunks[-1]
    held = cms.files.pop(lost)
    version = cms.publish("schedule.json", document)
    cms.wait_for(cms.refusals)
    cms.files[lost] = held
    playing.until(f"s.schedule.version === {version} && s.ready")
    assert all(cms.asked.count(f"/{path}") == 1 for path in chunks if path != lost)


def test_a_picture_that_rots_on_the_disk_is_fetched_again(playing: Player, cms: FakeCms, content: Content) -> None:
    script = """async (seat) => {
      let folder = await navigator.storage.getDirectory();
      for (const name of ["bangtin", seat, "assets"]) folder = await folder.getDirectoryHandle(name);
      for await (const file of folder.values()) {
        const writable = await file.createWritable({ keepExistingData: true });
        await writable.write({ type: "write", position: 100, data: new Uint8Array([1, 2, 3, 4]) });
        await writable.close();
      }
    }"""
    playing.page.evaluate(script, cms.controller)
    _, document = content.publish([content.scene("one", 1)])
    playing.page.reload()
    playing.until("s.ready && Object.values(s.faces).every((face) => face.scene?.startsWith('one'))")
    assert same(playing.shot(), content.expected(document, cms.now_ms()))


def test_a_revoked_player_stops_reporting_but_obeys_withdrawals_until_it_asks_to_be_paired_at_its_next_start(
    playing: Player, cms: FakeCms
) -> None:
    cms.revoked.update(cms.players)
    playing.page.evaluate("() => window.bangtin.beat()")
    assert playing.state["ready"]
    before = playing.state["notices"]
    cms.publish("now.json", {"format": 1, "cluster": cms.cluster, "withdrawn": ["somebody:vi"]})
    playing.until(f"s.notices > {before}")
    playing.page.reload()
    playing.page.locator(".code:not(.waiting)").wait_for()
