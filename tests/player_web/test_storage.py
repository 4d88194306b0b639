"""What a player keeps: read by every later player, never shown when it rotted, mended, and made room for."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import rfc8785
from playwright.sync_api import BrowserContext, Playwright

from tests.browser import ARGUMENTS, CHROMIUM
from tests.player_web import storage_dumps
from tests.player_web.conftest import Player, same
from tests.player_web.content import CANVAS, Content, picture
from tests.player_web.fake_cms import CHUNK, FakeCms
from tests.player_web.storage_dumps.content import LONG, OTHER, Lasting, LongLived

pytestmark = pytest.mark.browser

FORMAT = 2
NO_FILES = "navigator.storage.getDirectory = () => Promise.reject(new Error('no file system here'));"

# Each CMS has a port of its own, so each test has an origin of its own and all can share a browser.
Open = Callable[..., Player]


@pytest.fixture(scope="module")
def browser_profile(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    context = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=CHROMIUM,
        args=ARGUMENTS,
        viewport={"width": CANVAS[0], "height": CANVAS[1]},
    )
    yield context
    context.close()


@pytest.fixture
def open_player(browser_profile: BrowserContext, playwright: Playwright, tmp_path: Any) -> Iterator[Open]:
    pages = []

    def start(url: str, script: str = "") -> Player:
        player = Player(playwright, tmp_path)
        player.context, player.page = browser_profile, browser_profile.new_page()
        player.page.on("console", lambda message: player.console.append(message.text))
        if script:
            player.page.add_init_script(script)
        player.page.goto(url)
        pages.append(player.page)
        return player

    yield start
    for page in pages:
        page.close()


def rot(player: Player, seat: str, name: str, at: int) -> None:
    """Change a byte of a kept file, wherever it lies."""
    script = """async ([seat, name, at]) => {
      let folder = await navigator.storage.getDirectory();
      for (const part of ["bangtin", seat, "assets"]) folder = await folder.getDirectoryHandle(part);
      const handle = await folder.getFileHandle(name);
      const before = new Uint8Array(await (await handle.getFile()).slice(at, at + 1).arrayBuffer())[0];
      const writable = await handle.createWritable({ keepExistingData: true });
      await writable.write({ type: "write", position: at, data: new Uint8Array([before ^ 4]) });
      await writable.close();
    }"""
    player.page.evaluate(script, [seat, name, at])


def row(player: Player, seat: str, store: str, key: Any, change: str) -> Any:
    """Change a row of the player's database with a piece of JavaScript on `row`; what it was before, as JSON."""
    script = """async ([seat, store, key, change]) => {
      const done = (request) => new Promise((resolve, reject) => ((request.onsuccess = () => resolve(request.result)), (request.onerror = reject)));
      const database = await done(indexedDB.open(`bangtin-${seat}`));
      const rows = database.transaction(store, "readwrite").objectStore(store);
      const row = await done(rows.get(key));
      const before = JSON.stringify(row);
      if (change) {
        new Function("row", change)(row);
        await done(rows.keyPath ? rows.put(row) : rows.put(row, key));
      }
      const { version } = database;
      database.close();
      return { before, version };
    }"""
    return player.page.evaluate(script, [seat, store, key, change])


def chunk_paths(cms: FakeCms, data: bytes) -> list[str]:
    """Where the chunks of an asset lie on the server."""
    return [cms_path(data[at : at + CHUNK]) for at in range(0, len(data), CHUNK)]


def cms_path(chunk: bytes) -> str:
    sha = hashlib.sha256(chunk).hexdigest()
    return f"store/{sha[:2]}/{sha}"


def repaired(cms: FakeCms) -> list[dict[str, Any]]:
    return [one["detail"] for one in cms.events if one["kind"] == "repaired"]


@pytest.mark.parametrize("name", storage_dumps.names())
def test_what_an_older_player_left_is_played_and_goes_on(
    name: str, browser_profile: BrowserContext, open_player: Open, tmp_path: Any
) -> None:
    dump = storage_dumps.load(name)
    cms = LongLived()
    cms.start()
    content = Lasting(cms)
    content.folder = tmp_path
    page = storage_dumps.blank(browser_profile, cms.origin)
    storage_dumps.restore(page, cms, dump)
    page.close()
    _, old = content.publish([content.scene("one", 1)], standby=[LONG])
    good, cms.files = cms.files, {}
    player = open_player(
        f"{cms.origin}/player/?seat={cms.controller}&test=1", NO_FILES if dump["state"] == "cache" else ""
    )
    player.until("s.schedule?.version === 1 && s.notices === 2")
    if dump["state"] != "broken":
        player.until("s.ready && Object.values(s.faces).every((face) => face.scene?.startsWith('one'))")
        assert same(player.shot(), content.expected(old, cms.now_ms()))
    cms.files = good
    cms.versions = {**dump["versions"]}
    version, new = content.publish([content.scene("one", 1), content.scene("two", 2)], standby=[LONG, OTHER])
    player.until(f"s.schedule.version === {version} && s.ready && s.faces.a.scene.match(/one|two/)")
    instant = cms.now_ms()
    assert same(player.still(instant), content.expected(new, instant))
    assert row(player, cms.controller, "state", "pairing", "")["version"] == FORMAT
    if dump["state"] == "half":
        left = base64.b64decode(dump["files"][hashlib.sha256(OTHER).hexdigest()]["$bytes"])
        there = [left[at : at + CHUNK] == OTHER[at : at + CHUNK] for at in range(0, len(OTHER), CHUNK)]
        assert there.count(True) >= 2
        assert [f"/{path}" in cms.asked for path in chunk_paths(cms, OTHER)] == [not one for one in there]
    if dump["state"] != "broken":
        assert not any(f"/{path}" in cms.asked for path in chunk_paths(cms, LONG))
    cms.stop()


@pytest.fixture
def large(cms: FakeCms, content: Content) -> dict[str, Any]:
    """A release whose picture on face a is longer than a chunk."""
    scene = content.scene("large", 7)
    data = picture(8, (320, 160)) + np.random.default_rng(3).bytes(2_600_000)  # what follows a PNG is not looked at
    sha = content.asset(data, "image/png")
    content.scenes[scene]["faces"]["a"][0]["asset"] = sha
    version, document = content.publish([scene])
    return {"sha": sha, "data": data, "version": version, "document": document}


def test_a_large_picture_that_rotted_is_not_shown_and_one_chunk_mends_it(
    open_player: Open, cms: FakeCms, content: Content, large: dict[str, Any]
) -> None:
    player = open_player(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {large['version']} && s.ready")
    rot(player, cms.controller, large["sha"], 2_000_000)
    paths = chunk_paths(cms, large["data"])
    next_one, data = standby(content, content.scene("two", 2), 9, 6)
    gate, standstill = threading.Event(), threading.Event()
    cms.held = {**dict.fromkeys(chunk_paths(cms, data), standstill), paths[1]: gate}
    cms.asked.clear()
    player.page.reload()
    player.until("s.ready && s.faces.a?.scene === 'theme'")
    theme = content.expected(large["document"], cms.now_ms()).copy()
    assert not same(player.shot(), theme)  # the theme stands in for the face that must not be shown
    assert player.state["faces"]["b"]["scene"].startswith("large")
    gate.set()  # it is mended although a release on its way stands still
    player.until("s.ready && s.faces.a.scene.startsWith('large')", 30)
    assert same(player.shot(), content.expected(large["document"], cms.now_ms()))
    assert cms.wait_for(lambda: repaired(cms))[0]["detail"] == f"{large['sha'][:12]} 1/3"
    others = {path for path in cms.asked if path.startswith("/store/")} & {f"/{path}" for path in paths}
    assert others == {f"/{paths[1]}"}
    assert player.state["pending"] == [next_one]
    standstill.set()


def test_rot_in_files_lists_and_documents_is_found_and_mended_unseen(
    open_player: Open, cms: FakeCms, content: Content, large: dict[str, Any]
) -> None:
    cms.publish("now.json", {"format": 1, "cluster": cms.cluster, "withdrawn": ["somebody:vi"]})
    player = open_player(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {large['version']} && s.ready && s.notices > 0")
    seat = cms.controller
    small = next(sha for sha in large["document"]["assets"] if sha != large["sha"])
    rot(player, seat, small, 100)
    before = json.loads(row(player, seat, "assets", large["sha"], "row.chunks[2] = '0'.repeat(64)")["before"])
    row(player, seat, "releases", 1, "row.bytes[500] ^= 1")
    row(player, seat, "state", "notices", "row.bytes[20] ^= 1")
    player.page.reload()
    player.until("s.ready && s.notices > 0")
    player.page.evaluate("() => window.bangtin.scrub()")
    cms.wait_for(lambda: len(repaired(cms)) >= 3)
    found = {one["what"] for one in repaired(cms)}
    assert found >= {"asset", "schedule.json"}
    assert json.loads(row(player, seat, "assets", large["sha"], "")["before"])["chunks"] == before["chunks"]
    # And once more while it runs: what is in use is written again.
    cms.events.clear()
    row(player, seat, "releases", 1, "row.bytes[500] ^= 1")
    row(player, seat, "state", "notices", "row.bytes[20] ^= 1")
    player.page.evaluate("() => window.bangtin.scrub()")
    cms.wait_for(lambda: {one["what"] for one in repaired(cms)} == {"schedule.json", "now.json"})
    cms.events.clear()
    player.page.evaluate("() => window.bangtin.scrub()")
    assert not repaired(cms)
    assert player.state["schedule"]["version"] == large["version"]


def standby(content: Content, scene: str, seed: int, megabytes: int) -> tuple[int, bytes]:
    """A release with so many MiB that nobody sees."""
    data = np.random.default_rng(seed).bytes(megabytes * CHUNK)
    document = content.schedule([scene], valid_from=content.cms.now_ms() - 1000)
    sha = content.asset(data, "video/mp4")
    document["assets"][sha] = content.assets[sha]
    document["standby"] = [sha]
    return content.cms.publish("schedule.json", document), data


def test_the_oldest_release_gives_way_and_what_never_fits_is_told_before_it_is_fetched(
    open_player: Open, cms: FakeCms, content: Content, browser_profile: BrowserContext
) -> None:
    one, _ = standby(content, content.scene("one", 1), 1, 8)
    player = open_player(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {one} && s.ready")
    two, _ = standby(content, content.scene("two", 2), 2, 8)
    player.until(f"s.schedule?.version === {two} && s.ready")
    used = player.page.evaluate("async () => (await navigator.storage.estimate()).usage")
    assert used > 16 * CHUNK
    session = browser_profile.new_cdp_session(player.page)
    # The browser asks for the next power of two: 16 MiB for the 12. The player's own files may still be on their way to its cache.
    quota = {"origin": cms.origin, "quotaSize": int(used + 12 * CHUNK)}
    session.send("Storage.overrideQuotaForOrigin", quota)
    three, third = standby(content, content.scene("three", 3), 3, 12)
    player.until(f"s.schedule.version === {three} && s.ready")
    cms.wait_for(lambda: f"/{chunk_paths(cms, third)[-1]}" in cms.asked)
    four, fourth = standby(content, content.scene("four", 4), 4, 60)
    told = cms.wait_for(lambda: [one["detail"] for one in cms.events if one["kind"] == "storage"])[0]
    assert [told["what"], told["reason"], told["version"]] == ["assets", "space", four]
    assert told["needed"] >= 60 * CHUNK
    assert not any(f"/{path}" in cms.asked for path in chunk_paths(cms, fourth))
    assert player.state["schedule"]["version"] == three
    session.send("Storage.overrideQuotaForOrigin", {"origin": cms.origin})
    player.until(f"s.schedule.version === {four} && s.ready")


def test_a_withdrawn_item_leaves_at_once_while_a_release_of_300_megabytes_downloads(
    open_player: Open, cms: FakeCms, content: Content
) -> None:
    version, _ = content.publish([content.scene("one", 1)])
    player = open_player(cms.origin + cms.invite())
    player.until(f"s.schedule?.version === {version} && s.ready")
    document = content.schedule([content.scene("two", 2)], valid_from=cms.now_ms() - 1000)
    # It never ends, so its hash need not be right: three chunks follow each other a hundred times.
    chunks = [content.asset(np.random.default_rng(seed).bytes(CHUNK), "video/mp4") for seed in (5, 6, 7)]
    manifest = content.asset(rfc8785.dumps({"chunks": chunks * 100}), "application/json")
    document["assets"]["ab" * 32] = {"bytes": 300 * CHUNK, "type": "video/mp4", "manifest": manifest}
    document["standby"] = ["ab" * 32]
    paths = [f"/store/{chunk[:2]}/{chunk}" for chunk in chunks]
    gate = threading.Event()
    cms.held = {paths[2].lstrip("/"): gate}  # the download stands in the middle of its file
    large = cms.publish("schedule.json", document)
    player.until(f"s.pending.includes({large})")
    cms.publish("now.json", {"format": 1, "cluster": cms.cluster, "withdrawn": ["one:vi"]})
    player.until("Object.values(s.faces).every((face) => face.scene === 'theme') && s.ready")
    assert player.state["pending"] == [large]
    assert cms.asked.count(paths[2]) < 100
    gate.set()
