"""The repository of a cluster, read by python-tuf's own client over HTTP, and published through crashes."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile
from tuf.ngclient import Updater

from cms.release.repository import CLUSTER_FIELD, HIGHEST, STEPS, ClusterRepository, Damaged

from .made import killed_at_sync


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def web(instance: Path):
    """The public tree on any web server: no code of ours."""
    (instance / "public").mkdir(exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(instance / "public")))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def player(web: str, keys: bytes, tmp_path: Path):
    """`player(name)`: the bytes of a target as a TUF client that keeps its state gets them."""

    def fetch(name: str, *, home: str = "player", cluster: str = "tinh-bien") -> bytes:
        trusted, kept = tmp_path / home / "metadata", tmp_path / home / "targets"
        trusted.mkdir(parents=True, exist_ok=True)
        kept.mkdir(parents=True, exist_ok=True)
        updater = Updater(
            str(trusted),
            f"{web}releases/{cluster}/metadata/",
            str(kept),
            f"{web}releases/{cluster}/targets/",
            bootstrap=keys,
        )
        info = updater.get_targetinfo(f"{cluster}/{name}.json")
        assert info is not None, "no such target"
        return Path(updater.download_target(info)).read_bytes()

    return fetch


def test_a_tuf_client_fetches_both_targets_and_each_new_version(repository, player):
    repository.publish("now", b'{"n":1}')
    repository.publish("schedule", b'{"s":1}')
    assert player("schedule") == b'{"s":1}'
    assert player("now") == b'{"n":1}'
    repository.publish("schedule", b'{"s":2}')
    assert player("schedule") == b'{"s":2}'
    assert player("now") == b'{"n":1}', "publishing one target keeps the other"


def test_every_role_names_its_cluster_and_the_target_its_version_and_time(repository):
    version = repository.publish("schedule", b"{}")
    signed = {}
    for path in repository.metadata.glob("*.json"):
        document = json.loads(path.read_bytes())["signed"]
        signed[document["_type"]] = document
    assert {signed[role][CLUSTER_FIELD] for role in ("timestamp", "snapshot", "targets")} == {"tinh-bien"}
    assert CLUSTER_FIELD not in signed["root"]
    custom = signed["targets"]["targets"]["tinh-bien/schedule.json"]["custom"]
    assert custom["version"] == version == signed["targets"]["version"]
    assert custom["made_at"] > 0
    assert signed["snapshot"]["meta"]["targets.json"]["hashes"]["sha256"]


def test_the_same_bytes_again_publish_nothing(repository):
    first = repository.publish("schedule", b"{}")
    before = {path: path.read_bytes() for path in repository.root.rglob("*.json")}
    assert repository.publish("schedule", b"{}") == first
    assert {path: path.read_bytes() for path in repository.root.rglob("*.json")} == before


def test_a_province_has_the_same_root_bytes_in_all_its_clusters(repository, keys):
    other = ClusterRepository("vinh-xuong", "an_giang")
    repository.publish("now", b"{}")
    other.publish("now", b"{}")
    roots = {(one.metadata / "1.root.json").read_bytes() for one in (repository, other)}
    assert roots == {keys}


def test_metadata_of_another_cluster_are_not_taken_for_ones_own(repository):
    other = ClusterRepository("vinh-xuong", "an_giang")
    other.publish("now", b"{}")
    repository.publish("now", b"{}")
    (repository.metadata / "timestamp.json").write_bytes((other.metadata / "timestamp.json").read_bytes())
    with pytest.raises(Damaged, match="another"):
        repository.state()


@pytest.mark.parametrize("which", ["timestamp.json", "*.snapshot.json", "*.targets.json", "target"])
def test_one_changed_byte_is_refused_and_the_next_release_heals_it(repository, player, which):
    repository.publish("schedule", b'{"s":1}')
    assert player("schedule") == b'{"s":1}'
    repository.publish("schedule", b'{"s":2}')
    digest = hashlib.sha256(b'{"s":2}').hexdigest()
    if which == "target":
        path = repository.root / "targets" / "tinh-bien" / f"{digest}.schedule.json"
    else:
        path = max(repository.metadata.glob(which), key=lambda one: one.stat().st_mtime_ns)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(RepositoryError):
        player("schedule")
    assert repository.read_target("schedule") is None
    repository.publish("schedule", b'{"s":3}')
    assert player("schedule") == b'{"s":3}'


def test_an_attacker_with_the_public_tree_alone_cannot_have_a_target_signed(repository, player):
    """What is read back before publishing is verified, so a slipped-in targets file is not signed on."""
    repository.publish("schedule", b'{"s":1}')
    path = next(repository.metadata.glob("*.targets.json"))
    document = json.loads(path.read_bytes())
    document["signed"]["targets"]["tinh-bien/schedule.json"]["hashes"]["sha256"] = hashlib.sha256(b"evil").hexdigest()
    path.write_text(json.dumps(document))
    repository.publish("now", b"{}")
    assert "tinh-bien/schedule.json" not in repository.state().files
    assert player("now") == b"{}"


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_after_any_step_leaves_the_old_or_the_new_release(repository, player, step):
    repository.publish("schedule", b'{"s":1}')
    repository.publish("now", b'{"n":1}')
    assert player("schedule") == b'{"s":1}'

    class Crash(Exception):
        pass

    def crash(done: str) -> None:
        if done == step:
            raise Crash

    with pytest.raises(Crash):
        ClusterRepository("tinh-bien", "an_giang", on_step=crash).publish("schedule", b'{"s":2}')
    new = step == "timestamp"
    assert player("schedule") == (b'{"s":2}' if new else b'{"s":1}')
    assert player("now") == b'{"n":1}'
    assert player("schedule", home="another") == (b'{"s":2}' if new else b'{"s":1}')
    repository.publish("schedule", b'{"s":3}')
    assert player("schedule") == b'{"s":3}'


def test_a_process_killed_at_any_write_leaves_the_old_or_the_new_release(instance, repository, player):
    """The real thing: SIGKILL before each of the syncs that publishing makes."""
    repository.publish("schedule", b'{"s":0}')
    last, number, killed = b'{"s":0}', 0, True
    while killed:
        number += 1
        new = json.dumps({"s": number}).encode()
        killed = killed_at_sync(number, lambda new=new: repository.publish("schedule", new))
        found = player("schedule")
        assert found in (last, new)
        last = found
    assert last == new
    assert number > 10, "every file and every folder is synced"


def test_publishers_take_turns(repository, player):
    """Sixteen releases from four threads and two processes' worth of repositories: none is lost, no version used twice."""

    def publish(number: int) -> int:
        name = "schedule" if number % 2 else "now"
        return ClusterRepository("tinh-bien", "an_giang").publish(name, f"{number}".encode())

    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(publish, range(16)))
    assert len(set(versions)) == 16
    assert int(player("schedule")) % 2 == 1
    assert int(player("now")) % 2 == 0


def test_versions_go_on_when_the_public_tree_is_lost(repository, player):
    for number in range(3):
        repository.publish("schedule", f"{number}".encode())
    assert player("schedule") == b"2"
    shutil.rmtree(repository.root)
    assert repository.current("schedule") is None
    repository.publish("schedule", b"3")
    assert player("schedule") == b"3", "a player that knows version 3 accepts what follows it"


@pytest.mark.parametrize("name", ["2147483647", "9" * 5000, "7", "0x9", "²", "-8"])
def test_whoever_writes_to_the_public_tree_does_not_drive_our_versions(repository, player, name, caplog):
    """The database keeps versions up to 2³¹, and no player takes a lower one again."""
    first = repository.publish("schedule", b"1")
    good = next(repository.metadata.glob("*.targets.json")).read_bytes()
    for role, data in (("targets", b"{}"), ("snapshot", good)):
        with suppress(OSError):  # no file system takes such a long name
            (repository.metadata / f"{name}.{role}.json").write_bytes(data)
    assert repository.publish("schedule", b"2") == first + 1
    assert player("schedule") == b"2"
    assert ("is not ours" in caplog.text) == (name in ("2147483647", "7"))


def test_versions_go_on_from_what_is_signed_when_the_private_record_is_lost(repository, player, instance):
    for number in range(3):
        repository.publish("schedule", f"{number}".encode())
    assert player("schedule") == b"2"
    (instance / "releases" / "tinh-bien" / "versions.json").unlink()
    (repository.metadata / "timestamp.json").write_bytes(b"damaged")
    (repository.metadata / "99.targets.json").write_bytes(b"{}")
    assert repository.publish("schedule", b"3") == 4
    assert (repository.state().snapshot, repository.state().targets) == (4, 4)


def test_a_stolen_key_runs_versions_ahead_only_so_far(repository, caplog):
    """With the key of the timestamp alone: its number is not followed, and a new root makes players forget it."""
    repository.publish("schedule", b"1")
    state = repository.state()
    snapshot = (repository.metadata / f"{state.snapshot}.snapshot.json").read_bytes()
    repository._write_timestamp(HIGHEST, MetaFile.from_data(state.snapshot, snapshot, ["sha256"]))
    assert repository.state().timestamp == HIGHEST
    repository.publish("schedule", b"2")
    assert repository.state().timestamp == state.timestamp + 1
    assert f"version {HIGHEST}, which is not ours" in caplog.text


def test_no_version_is_used_that_the_database_cannot_keep(repository, instance):
    repository.publish("schedule", b"1")
    last = dict.fromkeys(("timestamp", "snapshot", "targets"), HIGHEST)
    (instance / "releases" / "tinh-bien" / "versions.json").write_text(json.dumps(last))
    with pytest.raises(OverflowError):
        repository.publish("schedule", b"2")
    assert repository.read_target("schedule") == b"1"


def test_timestamps_are_renewed_before_they_end_and_only_then(repository, player, monkeypatch):
    repository.publish("schedule", b"{}")
    assert not repository.due_for_resigning()
    assert not repository.resign()
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(4 * 86_400_000))
    before = repository.state()
    assert repository.due_for_resigning()
    assert repository.resign()
    after = repository.state()
    assert (after.timestamp, after.snapshot, after.targets) == (before.timestamp + 1, before.snapshot, before.targets)
    assert after.timestamp_expires > before.timestamp_expires
    assert not repository.due_for_resigning()
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(25 * 86_400_000))
    assert repository.resign()
    assert repository.state().targets == before.targets + 1
    assert player("schedule") == b"{}"


def test_all_metadata_are_signed_by_their_own_key_and_end_when_they_should(repository):
    repository.publish("schedule", b"{}")
    days = {}
    for path in repository.metadata.glob("*.json"):
        metadata = Metadata.from_bytes(path.read_bytes())
        days[metadata.signed.type] = round((metadata.signed.expires.timestamp() - path.stat().st_mtime) / 86_400)
    assert days == {"root": 3650, "timestamp": 14, "snapshot": 40, "targets": 40}
