"""What must not be shown is not shown, the last good release stays, and the CMS hears why."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from tuf.api.metadata import Metadata

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


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def spoil_asset(cms: FakeCms) -> list[str]:
    path = next(reversed([path for path in cms.files if path.startswith("store/")]))
    cms.files[path] = flipped(cms.files[path], len(cms.files[path]) // 2)
    return ["asset", "hash"]


def spoil_schedule(cms: FakeCms) -> list[str]:
    path = next(reversed([path for path in cms.files if path.endswith(".schedule.json")]))
    cms.files[path] = flipped(cms.files[path], len(cms.files[path]) // 2)
    return ["schedule.json", "hash"]


def spoil_targets(cms: FakeCms) -> list[str]:
    path = cms.metadata_path("targets")
    cms.files[path] = flipped(cms.files[path], cms.files[path].index(b'"sha256"') + 12)
    return ["targets.json", "hash"]


def spoil_snapshot(cms: FakeCms) -> list[str]:
    path = cms.metadata_path("snapshot")
    cms.files[path] = flipped(cms.files[path], cms.files[path].index(b'"sha256"') + 12)
    return ["snapshot.json", "hash"]


def spoil_timestamp(cms: FakeCms) -> list[str]:
    path = cms.metadata_path("timestamp")
    cms.files[path] = flipped(cms.files[path], cms.files[path].index(b'"sha256"') + 12)
    return ["timestamp.json", "signature"]


def lose_asset(cms: FakeCms) -> list[str]:
    del cms.files[next(reversed([path for path in cms.files if path.startswith("store/")]))]
    return ["asset", "missing"]


def swell_asset(cms: FakeCms) -> list[str]:
    path = next(reversed([path for path in cms.files if path.startswith("store/")]))
    cms.files[path] += bytes(5_000_000)
    return ["asset", "length"]


SPOILED = [spoil_asset, spoil_schedule, spoil_targets, spoil_snapshot, spoil_timestamp, lose_asset, swell_asset]


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda function: function.__name__.replace("_", " "))
def test_a_changed_byte_keeps_the_last_good_release_and_is_reported_once(
    spoil: Callable[[FakeCms], list[str]], playing: Player, cms: FakeCms, content: Content
) -> None:
    cms.stop()
    _, old = content.publish([content.scene("one", 1)])
    version, _ = content.publish([content.scene("two", 2)])
    good = dict(cms.files)
    expected = spoil(cms)
    cms.start()
    refusal = cms.wait_for(lambda: next(iter(cms.refusals()), None))
    assert [refusal["what"], refusal["reason"]] == expected
    polls = len(cms.asked)
    cms.wait_for(lambda: len(cms.asked) > polls + 6 or cms.heartbeats.clear())
    assert len(cms.refusals()) == 1
    assert playing.state["schedule"]["version"] == 1
    assert same(playing.shot(), content.expected(old, cms.now_ms()))
    cms.files = good
    playing.until(f"s.schedule.version === {version} && s.ready", 40)


def test_an_older_release_is_refused(playing: Player, cms: FakeCms, content: Content) -> None:
    old = dict(cms.files)
    version, _ = content.publish([content.scene("two", 2)])
    playing.until(f"s.schedule.version === {version}")
    cms.files = old
    assert cms.wait_for(cms.refusals)[0]["reason"] == "version"
    playing.page.reload()
    playing.until(f"s.schedule?.version === {version} && s.ready")


def test_another_clusters_release_is_refused_and_poisons_nothing(
    playing: Player, cms: FakeCms, content: Content
) -> None:
    good, versions = dict(cms.files), dict(cms.versions)
    for _ in range(5):
        cms.sign(cluster="ta-lung")
    refusal = cms.wait_for(cms.refusals)[0]
    assert [refusal["what"], refusal["reason"], refusal["detail"]] == ["timestamp.json", "cluster", "ta-lung"]
    cms.files, cms.versions = good, versions
    version, _ = content.publish([content.scene("two", 2)])
    playing.until(f"s.schedule.version === {version} && s.ready")


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
    playing.until("Object.values(s.faces).every((face) => face.kind === 'blackout')", 5)


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


def test_a_stranger_who_signs_with_other_keys_is_refused(playing: Player, cms: FakeCms, content: Content) -> None:
    metadata = Metadata.from_bytes(cms.files[cms.metadata_path("timestamp")])
    metadata.signed.version += 1
    metadata.sign(cms.signers["snapshot"])
    cms.files[cms.metadata_path("timestamp")] = metadata.to_bytes()
    assert cms.wait_for(cms.refusals)[0]["reason"] == "signature"
    assert playing.state["schedule"]["version"] == 1


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
    assert 0 <= changed - document["valid_from"] < 250
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
    playing.until("Object.values(s.faces).every((face) => face.scene === 'theme') && s.ready", 5)
    assert playing.state["schedule"]["version"] == 1
    gate.set()


def test_notices_hold_without_a_server_after_a_restart(playing: Player, cms: FakeCms) -> None:
    dark = {"faces": ["a"], "from": cms.now_ms() - 1000, "until": 2**53 - 1}
    cms.publish("now.json", {"format": 1, "cluster": cms.cluster, "blackout": [dark]})
    playing.until("s.faces.a.kind === 'blackout'", 5)
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
    playing.until(f"s.schedule.version === {version} && s.ready", 30)
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
    playing.until("s.ready && Object.values(s.faces).every((face) => face.scene?.startsWith('one'))", 30)
    assert same(playing.shot(), content.expected(document, cms.now_ms()))


def test_a_revoked_player_stops_reporting_but_obeys_withdrawals_until_it_asks_to_be_paired_at_its_next_start(
    playing: Player, cms: FakeCms
) -> None:
    cms.revoked.update(cms.players)
    playing.page.evaluate("() => window.bangtin.beat()")
    assert playing.state["ready"]
    before = playing.state["notices"]
    cms.publish("now.json", {"format": 1, "cluster": cms.cluster, "withdrawn": ["somebody:vi"]})
    playing.until(f"s.notices > {before}", 20)
    playing.page.reload()
    playing.page.locator(".code:not(.waiting)").wait_for()
