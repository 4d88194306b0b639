"""A release on a stick: what the province signed plays without a network, anything else is refused with its reason."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.player_web.conftest import Player, same
from tests.player_web.content import Content
from tests.player_web.fake_cms import FakeCms

pytestmark = pytest.mark.browser


def make_stick(cms: FakeCms, parent: Path, *, days: float = 30) -> Path:
    """What `bangtin export --usb` writes: the present release under a timestamp of its own; the network's next one is newer."""
    folder = parent / f"bangtin-{cms.cluster}"
    shutil.rmtree(folder, ignore_errors=True)
    usual, cms.timestamp_days = cms.timestamp_days, days
    cms.sign(("timestamp",))
    cms.timestamp_days = usual
    base = f"releases/{cms.cluster}/"
    for path, data in cms.files.items():
        if path.startswith((base, "store/")):
            file = folder / path.removeprefix(base)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    cms.sign(("timestamp",))
    target = cms.targets[f"{cms.cluster}/schedule.json"]
    schedule = {"sha256": target.hashes["sha256"], "version": target.custom["version"]}
    about = {"format": 1, "cluster": cms.cluster, "name": "Cụm thử", "schedule": schedule}
    (folder / "bangtin.json").write_text(json.dumps(about))
    return folder


def pick(player: Player, folder: Path) -> None:
    """As a technician with a keyboard: the keys, Enter, the folder."""
    page = player.page
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Alt+KeyU")
    page.locator("#stick button:focus").wait_for()
    page.keyboard.press("Enter")
    page.locator("#stick input").set_input_files(folder)


def outcome(player: Player) -> tuple[str, str, str]:
    """Step, reason and words of the panel once it is through."""
    player.page.wait_for_function(
        "() => ['done', 'already', 'refused'].includes(document.querySelector('#stick')?.dataset.step)",
    )
    panel = player.page.locator("#stick")
    return (
        panel.get_attribute("data-step") or "",
        panel.get_attribute("data-reason") or "",
        panel.locator("[role=status]").inner_text(),
    )


@pytest.fixture
def playing(player: Player, cms: FakeCms, content: Content) -> Player:
    """A player that shows release 1, whose network is gone."""
    version, _ = content.publish([content.scene("one", 1)])
    player.open(cms.origin + cms.invite(), size=(1280, 720))
    player.until(f"s.schedule?.version === {version} && s.ready && s.online === 'online'")
    cms.stop()
    player.page.evaluate("() => { window.showDirectoryPicker = undefined; }")
    player.page.on("filechooser", lambda chooser: None)  # the browser opens no window of its own
    return player


def test_a_stick_brings_a_release_without_a_network_and_the_network_goes_on_from_there(
    playing: Player, cms: FakeCms, content: Content, tmp_path: Path
) -> None:
    long = content.asset(np.random.default_rng(7).bytes(2_300_000), "image/png")
    document = content.schedule([content.scene("two", 2), content.scene("three", 3)], valid_from=cms.now_ms() - 1000)
    document["assets"][long], document["standby"] = content.assets[long], [long]
    version = cms.publish("schedule.json", document)
    cms.publish("now.json", {"format": 1, "cluster": cms.cluster, "withdrawn": ["three:vi"]})
    folder = make_stick(cms, tmp_path)

    pick(playing, folder.parent)  # the stick itself: the folder on it is found
    step, _, words = outcome(playing)
    assert step == "done", words
    assert f"số {version}" in words
    playing.until(f"s.schedule.version === {version} && s.ready && s.notices > 0")
    playing.page.keyboard.press("Escape")
    notices = {"format": 1, "cluster": cms.cluster, "withdrawn": ["three:vi"]}
    instant = document["faces"]["a"]["segments"][0]["from"] + 900_000
    for offset in (500, 4000):
        shown = playing.still(instant + offset).crop((0, 0, 640, 200))
        assert same(shown, content.expected(document, instant + offset, notices)), offset

    pick(playing, folder)
    assert outcome(playing)[0] == "already"

    cms.start()
    playing.until("s.online === 'online'")
    cms.wait_for(lambda: [one for one in cms.events if one["kind"] == "imported"])
    assert cms.refusals() == []
    later, _ = content.publish([content.scene("four", 4)])
    playing.until(f"s.schedule.version === {later} && s.ready")
    cms.stop()
    pick(playing, folder)
    assert outcome(playing)[:2] == ("refused", "version")


def other_cluster(folder: Path, cms: FakeCms) -> None:
    about = json.loads((folder / "bangtin.json").read_text())
    (folder / "bangtin.json").write_text(json.dumps({**about, "cluster": "ha-tien", "name": "Hà Tiên"}))


def metadata_of_another_cluster(folder: Path, cms: FakeCms) -> None:
    """The words on it are right, what is signed is not."""
    files, versions = dict(cms.files), dict(cms.versions)
    cms.sign(("timestamp",), cluster="ha-tien")
    (folder / "metadata/timestamp.json").write_bytes(cms.files[cms.metadata_path("timestamp")])
    cms.files, cms.versions = files, versions


def chunk_changed(folder: Path, cms: FakeCms) -> None:
    for path in (folder / "store").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def schedule_changed(folder: Path, cms: FakeCms) -> None:
    path = next(folder.glob("targets/*/*.schedule.json"))
    for path in folder.glob("targets/*/*.schedule.json"):
        path.write_bytes(path.read_bytes().replace(b'"fallback"', b'"fallbacK"', 1))


def signed_by_somebody(folder: Path, cms: FakeCms) -> None:
    path = folder / "metadata/timestamp.json"
    path.write_bytes(path.read_bytes().replace(b'"version": ', b'"version": 1', 1))
    document = json.loads(path.read_bytes())
    document["signed"]["version"] += 100
    path.write_text(json.dumps(document))


def not_finished(folder: Path, cms: FakeCms) -> None:
    (folder / "bangtin.json").unlink()


def chunk_missing(folder: Path, cms: FakeCms) -> None:
    next(path for path in (folder / "store").rglob("*") if path.is_file() and path.name in _new(folder)).unlink()


def metadata_missing(folder: Path, cms: FakeCms) -> None:
    next(iter(sorted(folder.glob("metadata/*.targets.json"), key=lambda path: -int(path.name.split(".")[0])))).unlink()


def _new(folder: Path) -> set[str]:
    """Chunks of the newest schedule alone."""
    found = [json.loads(path.read_bytes()) for path in folder.glob("targets/*/*.schedule.json")]
    newest = max(found, key=lambda one: one["valid_from"])
    old = {name for one in found if one is not newest for name in one["assets"]}
    return set(newest["assets"]) - old


def another_folder(folder: Path, cms: FakeCms) -> None:
    folder.rename(folder.with_name("holiday pictures"))


SPOILED: dict[Callable[[Path, FakeCms], None], tuple[str, str]] = {
    metadata_missing: ("incomplete", "chép chưa đủ"),
    other_cluster: ("cluster", "Hà Tiên"),
    metadata_of_another_cluster: ("cluster", "ha-tien"),
    chunk_changed: ("hash", "đã bị thay đổi hoặc hỏng"),
    schedule_changed: ("hash", "schedule.json"),
    signed_by_somebody: ("signature", "không phải nội dung do tỉnh ký"),
    not_finished: ("incomplete", "chép chưa đủ"),
    chunk_missing: ("incomplete", "thiếu 1 tệp"),
    another_folder: ("nothing", "Không thấy thư mục bangtin-tinh-bien"),
}


def test_a_stick_that_is_not_what_was_signed_for_this_screen_is_refused_with_its_reason(
    playing: Player, cms: FakeCms, content: Content, tmp_path: Path
) -> None:
    before = playing.state
    content.publish([content.scene("two", 2)])
    told = []
    for spoil, (reason, words) in SPOILED.items():
        stick = tmp_path / spoil.__name__
        spoil(make_stick(cms, stick), cms)
        pick(playing, stick)
        step, found, said = outcome(playing)
        assert (step, found) == ("refused", reason), (spoil.__name__, said)
        assert words in said, spoil.__name__
        assert "vẫn chiếu nội dung cũ" in said
        assert playing.state["schedule"] == before["schedule"]
        told += [reason] if reason != "nothing" else []
    ended = make_stick(cms, tmp_path / "ended", days=-1)
    pick(playing, ended)
    assert outcome(playing)[1] == "expired"
    assert np.asarray(playing.still(cms.now_ms())).max() > 0

    pick(playing, make_stick(cms, tmp_path / "good"))  # nothing of all that is remembered
    assert outcome(playing)[0] == "done"
    cms.start()
    cms.wait_for(lambda: [one for one in cms.events if one["kind"] == "imported"])
    assert [one["reason"] for one in cms.refusals()] == [*told, "expired"]
    assert {one["source"] for one in cms.refusals()} == {"usb"}


def test_what_does_not_fit_is_refused_and_the_programme_goes_on(
    playing: Player, cms: FakeCms, content: Content, tmp_path: Path
) -> None:
    large = content.asset(np.random.default_rng(1).bytes(14_000_000), "video/mp4")
    content.publish([content.scene("two", 2, under=large)])
    session = playing.page.context.new_cdp_session(playing.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": cms.origin, "quotaSize": 5_000_000})
    pick(playing, make_stick(cms, tmp_path))
    step, reason, words = outcome(playing)
    assert (step, reason) == ("refused", "storage"), words
    assert "không đủ chỗ" in words
    assert playing.state["schedule"]["version"] == 1
    session.send("Storage.overrideQuotaForOrigin", {"origin": cms.origin})


def test_a_browser_with_folder_handles_reads_the_stick_through_them(
    playing: Player, cms: FakeCms, content: Content, tmp_path: Path
) -> None:
    version, _ = content.publish([content.scene("two", 2)])
    folder = make_stick(cms, tmp_path)
    files = {
        str(path.relative_to(tmp_path)): base64.b64encode(path.read_bytes()).decode()
        for path in folder.rglob("*")
        if path.is_file()
    }
    script = """async (files) => {
      const stick = await (await navigator.storage.getDirectory()).getDirectoryHandle("stick", { create: true });
      for (const [path, bytes] of Object.entries(files)) {
        const parts = path.split("/");
        let folder = stick;
        for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
        const writable = await (await folder.getFileHandle(parts.at(-1), { create: true })).createWritable();
        await writable.write(Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)));
        await writable.close();
      }
      window.showDirectoryPicker = async () => stick;
    }"""
    playing.page.evaluate(script, files)
    playing.page.keyboard.press("Control+Alt+KeyU")
    playing.page.keyboard.press("Enter")
    assert outcome(playing)[0] == "done"
    playing.until(f"s.schedule.version === {version} && s.ready")


def test_a_screen_that_is_not_paired_says_so(player: Player, cms: FakeCms) -> None:
    player.open(f"{cms.origin}/player/?seat=one#import", size=(1280, 720))
    player.page.get_by_text("chưa được ghép với cụm thông tin nào nên chưa nhập được").wait_for()
