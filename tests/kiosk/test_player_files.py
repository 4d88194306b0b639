"""Only the player that the province signed is kept and served; the last good one stays through anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Root

from bangtin_kiosk.config import Config, State
from bangtin_kiosk.shell import Shells, parse
from bangtin_kiosk.sources import Folder, Network
from bangtin_kiosk.trust import Refused, Unavailable, check_code
from bangtin_kiosk.update import take
from bangtin_kiosk.upstream import Upstream
from tests.kiosk.conftest import manifest, offer
from tests.player_web.fake_cms import FakeCms, _signer

SMALL = {"index.html": b'<body data-version="{{version}}">', "src/main.js": b"one", "assets/a.svg": b"<svg/>"}


@pytest.fixture
def source(cms: FakeCms, config: Config) -> Network:
    return Network(Upstream(config.cms), cms.cluster)


@pytest.fixture
def held(cms: FakeCms, shells: Shells, source: Network) -> str:
    """A controller that runs a good player; its version."""
    cms.sign()
    version = offer(cms, SMALL)
    shell = take(shells, source)
    assert shell is not None
    shells.choose(version)
    return version


def flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def test_a_signed_player_is_kept_whole_and_read_back_without_a_network(cms: FakeCms, shells: Shells, held: str) -> None:
    cms.stop()
    shell = shells.best()
    assert shell is not None
    assert shell.version == held
    assert dict(shell.files) == SMALL


def test_a_newer_player_takes_its_place_and_the_one_before_it_stays(
    cms: FakeCms, shells: Shells, source: Network, held: str
) -> None:
    version = offer(cms, {**SMALL, "src/main.js": b"two"})
    cms.asked.clear()
    shell = take(shells, source)
    assert shell is not None
    shells.choose(version)
    best = shells.best()
    assert best is not None
    assert best.files["src/main.js"] == b"two"
    assert shells.load(held) is not None
    assert len([path for path in cms.asked if path.startswith("/store/")]) == 1  # what is here is not fetched again


def spoil_file(cms: FakeCms) -> str:
    path = next(path for path, data in cms.files.items() if data == b"two")
    cms.files[path] = b"evi"
    return "hash"


def spoil_manifest(cms: FakeCms) -> str:
    path = [path for path in cms.files if path.endswith(".player.json")][-1]
    cms.files[path] = flip(cms.files[path])
    return "hash"


def forge_signature(cms: FakeCms) -> str:
    """Somebody else's keys sign everything."""
    cms.signers = {role: _signer(f"evil {role}") for role in cms.signers}
    cms.sign()
    return "signature"


def replay(cms: FakeCms) -> str:
    """An older timestamp, rightly signed once."""
    cms.versions["timestamp"] = 0
    cms.sign(("timestamp",))
    return "version"


def expire(cms: FakeCms) -> str:
    cms.timestamp_days = -1
    cms.sign(("timestamp",))
    return "expired"


def pass_off_another_cluster(cms: FakeCms) -> str:
    """The same province's keys, far higher versions."""
    cms.versions.update(timestamp=1000, snapshot=1000, targets=1000)
    cms.sign(cluster="ta-lung")
    return "cluster"


def send_endless_data(cms: FakeCms) -> str:
    path = next(path for path, data in cms.files.items() if data == b"two")
    cms.files[path] = b"two" + bytes(5_000_000)
    return "length"


ATTACKS = [spoil_file, spoil_manifest, forge_signature, replay, expire, pass_off_another_cluster, send_endless_data]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda function: function.__name__.replace("_", " "))
def test_a_player_that_is_not_what_was_signed_is_refused_and_the_good_one_stays(
    attack: Callable[[FakeCms], str], cms: FakeCms, shells: Shells, source: Network, held: str
) -> None:
    offer(cms, {**SMALL, "src/main.js": b"two"})
    reason = attack(cms)
    with pytest.raises(Refused) as refused:
        take(shells, source)
    assert refused.value.reason == reason
    best = shells.best()
    assert best is not None
    assert best.version == held
    assert dict(best.files) == SMALL


def test_another_clusters_metadata_spoil_nothing_for_the_right_ones(
    cms: FakeCms, shells: Shells, source: Network, held: str
) -> None:
    right, versions = dict(cms.files), dict(cms.versions)
    pass_off_another_cluster(cms)
    with pytest.raises(Refused):
        take(shells, source)
    cms.files, cms.versions = right, versions
    version = offer(cms, {**SMALL, "src/main.js": b"two"})
    shell = take(shells, source)
    assert shell is not None
    assert shell.version == version


@pytest.mark.parametrize("name", ["files/src/main.js", "player.json", "targets.json"])
@pytest.mark.parametrize(
    "deed", [flip, lambda data: data[:-1], None], ids=["a flipped bit", "a cut file", "a lost file"]
)
def test_a_file_changed_on_the_disk_is_never_served_and_comes_back_with_the_next_update(
    name: str, deed: Callable[[bytes], bytes] | None, shells: Shells, source: Network, held: str
) -> None:
    path = shells.folder / held / name
    path.write_bytes(deed(path.read_bytes())) if deed else path.unlink()
    heard: list[str] = []
    shells.complain = lambda version, reason: heard.append(version)
    assert shells.best() is None
    assert heard == [held]
    shell = take(shells, source)
    assert shell is not None
    assert dict(shell.files) == SMALL


def test_a_player_put_on_the_disk_with_a_manifest_of_its_own_is_not_served(shells: Shells, held: str) -> None:
    folder = shells.folder / held
    document = json.loads((folder / "player.json").read_bytes())
    (folder / "files/src/main.js").write_bytes(b"evil")
    document["files"]["src/main.js"].update(bytes=4, sha256=hashlib.sha256(b"evil").hexdigest())
    (folder / "player.json").write_text(json.dumps(document))
    assert shells.best() is None


def test_the_damaged_new_player_gives_way_to_the_sound_old_one(
    cms: FakeCms, shells: Shells, source: Network, held: str
) -> None:
    version = offer(cms, {**SMALL, "src/main.js": b"two"})
    assert take(shells, source)
    shells.choose(version)
    (shells.folder / version / "files/src/main.js").write_bytes(b"ill")
    best = shells.best()
    assert best is not None
    assert best.version == held


def test_a_player_that_does_not_run_here_is_not_tried_again(
    cms: FakeCms, shells: Shells, source: Network, held: str
) -> None:
    shells.prove(held)
    version = offer(cms, {**SMALL, "src/main.js": b"two"})
    assert take(shells, source)
    shells.choose(version)
    assert shells.on_trial(version)
    before = shells.fail(version)
    assert before is not None
    assert before.version == held
    assert take(shells, source) is None
    best = shells.best()
    assert best is not None
    assert best.version == held


def test_the_only_player_stays_even_when_it_fails(shells: Shells, held: str) -> None:
    assert shells.fail(held) is None
    assert shells.best() is not None


def test_new_roots_are_followed_and_what_an_old_one_signed_stays_good(
    cms: FakeCms, shells: Shells, source: Network, held: str
) -> None:
    cms.signers["targets"] = _signer("new targets key")
    cms.sign_root()
    version = offer(cms, {**SMALL, "src/main.js": b"two"})
    shell = take(shells, source)
    assert shell is not None
    assert shell.version == version
    cms.stop()
    assert shells.load(held) is not None  # signed by the key before
    assert shells.load(version) is not None


def test_a_cms_that_is_away_is_not_an_attack(cms: FakeCms, shells: Shells, source: Network, held: str) -> None:
    cms.stop()
    with pytest.raises(Unavailable):
        take(shells, source)


def test_a_power_cut_while_a_player_is_kept_leaves_the_old_one(
    cms: FakeCms, shells: Shells, source: Network, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(cms, {**SMALL, "src/main.js": b"two"})

    def cut(self: Shells, new: Path, old: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Shells, "_replace", cut)
    with pytest.raises(KeyboardInterrupt):
        take(shells, source)
    monkeypatch.undo()
    best = shells.best()
    assert best is not None
    assert best.version == held
    assert take(shells, source)
    assert [one.name for one in shells.folder.iterdir() if one.name.startswith(".")] == []


def test_a_stick_is_looked_at_with_the_same_eyes(cms: FakeCms, shells: Shells, tmp_path: Path, state: State) -> None:
    version = offer(cms, SMALL)
    stick = tmp_path / "stick"
    for path, data in cms.files.items():
        file = stick / path.removeprefix(f"releases/{cms.cluster}/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    shell = take(shells, Folder(stick))
    assert shell is not None
    assert shell.version == version
    timestamp = stick / "metadata/timestamp.json"
    timestamp.write_bytes(flip(timestamp.read_bytes()))
    with pytest.raises(Refused):
        take(shells, Folder(stick))


@pytest.mark.parametrize(
    "files",
    [
        {"index.html": b"", "src/../../../etc/passwd.js": b""},
        {"index.html": b"", "/src/a.js": b""},
        {"index.html": b"", "src/.hidden.js": b""},
        {"index.html": b"", "kiosk/a.js": b""},
        {"src/main.js": b""},
    ],
    ids=lambda files: list(files)[-1],
)
def test_a_manifest_cannot_name_what_lies_outside(cms: FakeCms, files: dict[str, bytes]) -> None:
    with pytest.raises(Refused):
        parse(json.dumps(manifest(cms, files)).encode())


def test_a_manifest_of_a_later_format_is_refused() -> None:
    with pytest.raises(Refused, match="format 2"):
        parse(b'{"format": 2}')


def test_the_check_code_is_the_one_that_the_cms_shows(state: State) -> None:
    from cms.release.keys.roots import code

    data = state.root.read_bytes()
    assert check_code(data) == code(Metadata[Root].from_bytes(data))
