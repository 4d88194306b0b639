"""What players make of changed keys: the chain of roots, and the loss of each online key to somebody else."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import DownloadHTTPError, RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.ngclient import FetcherInterface, Updater

from cms import clock
from cms.release import jobs, keys
from cms.release.keys import ceremony, holders, store
from cms.release.repository import CLUSTER_FIELD, ClusterRepository, Damaged
from cms.release.services import current
from cms.release.signer import sign_release

from .holders import NAMES, Circle
from .made import HOUR, offered

pytestmark = pytest.mark.usefixtures("settled")
ROLES = ("timestamp", "snapshot", "targets")
FAR = 1_000_000
CLIENT = Path(__file__).parents[2] / "player_web" / "tools" / "tuf_client.mjs"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(holders, "SCRYPT_N", 16)


@pytest.fixture
def circle(tmp_path: Path) -> Circle:
    return Circle(tmp_path / "stick")


class Public(FetcherInterface):
    """The public tree, as a web server hands it out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _fetch(self, url: str):
        path = self.folder / url.removeprefix("x:/")
        if not path.is_file():
            raise DownloadHTTPError(url, 404)
        yield path.read_bytes()


@pytest.fixture
def player(tmp_path: Path, cluster) -> Callable[[], Updater]:
    """`player()`: a python-tuf client of Tịnh Biên that looks for news and keeps what it trusts between its calls."""
    kept = tmp_path / "player"
    kept.mkdir()

    def refresh() -> Updater:
        repository = ClusterRepository(cluster.slug, "an_giang")
        pinned = None if any(kept.iterdir()) else keys.root_versions("an_giang")[0][1]
        updater = Updater(
            str(kept),
            metadata_base_url="x:/metadata/",
            target_base_url="x:/targets/",
            target_dir=str(tmp_path),
            fetcher=Public(repository.root),
            bootstrap=pinned,
        )
        updater.refresh()
        return updater

    return refresh


@pytest.fixture
def on_air(desk, cluster, queues):
    """Tịnh Biên shows its first release."""
    assert sign_release(desk.release()) == "published"
    assert jobs.sign(jobs.publish_notices(cluster.pk)) == "published"
    queues.empty()
    return desk


def _repository(cluster) -> ClusterRepository:
    return ClusterRepository(cluster.slug, "an_giang")


def version_of(updater: Updater, role: str) -> int:
    return updater._trusted_set[role].version


def test_a_player_of_the_first_root_follows_the_chain_to_the_third(on_air, player, province, cluster, circle, queues):
    assert version_of(player(), "root") == 1
    circle.take_over(province)
    jobs.resign(cluster.pk)
    circle.change(province, rotate={"timestamp": ""}, drop=[NAMES[2]], holders=[circle.join("Phó chánh văn phòng")])
    jobs.resign(cluster.pk)
    updater = player()
    assert version_of(updater, "root") == 3
    assert updater.get_targetinfo("tinh-bien/schedule.json") is not None
    assert current(cluster, "schedule").sha256 in str(updater.get_targetinfo("tinh-bien/schedule.json").hashes)


def test_when_only_holders_change_nothing_is_signed_anew(on_air, player, province, cluster, circle, queues):
    before = _repository(cluster).state()
    circle.take_over(province)
    jobs.resign(cluster.pk)
    assert _repository(cluster).state() == before
    assert _repository(cluster).has_roots()
    assert version_of(player(), "root") == 2


@pytest.mark.parametrize("role", ROLES)
def test_a_changed_key_has_every_cluster_signed_anew_at_once_with_what_it_showed(
    on_air, player, province, cluster, circle, queues, role
):
    player()
    before, shown = _repository(cluster).state(), (offered(cluster), offered(cluster, "now"))
    circle.take_over(province)
    circle.change(province, rotate={role: ""})
    with pytest.raises(Damaged):
        _repository(cluster).state()
    assert queues.count("sign") >= 1
    queues.run()
    after = _repository(cluster).state()
    assert (offered(cluster), offered(cluster, "now")) == shown
    assert (after.timestamp, after.snapshot, after.targets) > (before.timestamp, before.snapshot, before.targets)
    path = "tinh-bien/schedule.json"
    assert after.files[path].custom["version"] == before.files[path].custom["version"]
    assert player().get_targetinfo(path).hashes == before.files[path].hashes


def test_the_former_key_is_deleted_once_all_clusters_are_signed_by_the_new_one(on_air, province, cluster, circle):
    former = store.folder("online", province) / "timestamp.pem"
    circle.take_over(province)
    circle.change(province, rotate={"timestamp": ""})
    jobs.resign_due()
    assert former.exists(), "the cluster is not signed anew yet"
    jobs.resign(cluster.pk)
    jobs.resign_due()
    assert not former.exists()
    assert len(list(store.folder("online", province).iterdir())) == 3


def test_a_queue_that_lost_the_order_gets_it_again_from_the_next_round(on_air, province, cluster, circle, queues):
    circle.take_over(province)
    circle.change(province, rotate={"snapshot": ""})
    queues.empty()
    assert jobs.resign_due() == 1
    jobs.resign(cluster.pk)
    assert _repository(cluster).state().files


def test_a_release_that_comes_between_loses_nothing_that_is_offered_beside_it(
    on_air, province, cluster, circle, queues
):
    circle.take_over(province)
    circle.change(province, rotate={"targets": ""})
    queues.empty()
    assert sign_release(on_air.release(valid_from=clock.now_ms() + 120_000)) == "published"
    assert {"tinh-bien/schedule.json", "tinh-bien/now.json"} <= set(_repository(cluster).state().files)


def test_what_was_withdrawn_in_the_meantime_is_not_signed_anew(on_air, province, cluster, circle):
    from cms.approval.models import Approval

    circle.take_over(province)
    circle.change(province, rotate={"targets": ""})
    Approval.objects.update(revoked_at=clock.now())
    jobs.resign(cluster.pk)
    assert "tinh-bien/schedule.json" not in _repository(cluster).state().files


class Thief:
    """Somebody who has the private halves of some online keys, and a way to the players."""

    def __init__(self, cluster, roles: tuple[str, ...]) -> None:
        self.repository = _repository(cluster)
        self.keys = {role: keys.online_signer("an_giang", role) for role in roles}

    def _write(self, name: str, signed, role: str) -> bytes:
        metadata = Metadata(signed)
        metadata.sign(self.keys.get(role) or CryptoSigner.generate_ed25519())
        (self.repository.metadata / name).write_bytes(metadata.to_bytes())
        return metadata.to_bytes()

    def offers(self, content: bytes, version: int = FAR) -> None:
        """Metadata of a foreign schedule, of a version far above every other, signed with the keys that the thief has."""
        rest = {"expires": clock.now() + timedelta(days=5), "unrecognized_fields": {CLUSTER_FIELD: "tinh-bien"}}
        target = TargetFile.from_data("tinh-bien/schedule.json", content, ["sha256"])
        targets = Targets(version=version, targets={target.path: target}, **rest)
        data = self._write(f"{version}.targets.json", targets, "targets")
        snapshot = Snapshot(
            version=version, meta={"targets.json": MetaFile.from_data(version, data, ["sha256"])}, **rest
        )
        data = self._write(f"{version}.snapshot.json", snapshot, "snapshot")
        meta = MetaFile.from_data(version, data, ["sha256"])
        self._write("timestamp.json", Timestamp(version=version, snapshot_meta=meta, **rest), "timestamp")


@pytest.fixture
def served(cluster):
    """The address of Tịnh Biên's public files."""
    handler = partial(Quiet, directory=str(_repository(cluster).root))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_players_own_client_follows_the_chain_and_forgets_how_far_a_thief_sent_it(
    on_air, served, province, cluster, circle, queues, tmp_path
):
    """Holders' Vietnamese names stand in what is signed, so both sides must agree on its canonical form too."""
    kept, pinned = tmp_path / "trusted", tmp_path / "1.root.json"
    pinned.write_bytes(keys.root_versions(province)[0][1])

    def player(*command: str) -> bool:
        options = ["--metadata-dir", str(kept), "--metadata-url", f"{served}/metadata"]
        return subprocess.run(["node", str(CLIENT), *options, *command], capture_output=True).returncode == 0

    def trusted(role: str) -> int:
        return Metadata.from_bytes((kept / f"{role}.json").read_bytes()).signed.version

    assert player("init", str(pinned))
    assert player("refresh")
    circle.take_over(province)
    jobs.resign(cluster.pk)
    Thief(cluster, ("timestamp",)).offers(b"foreign")
    assert not player("refresh")
    assert trusted("timestamp") == FAR
    circle.change(province, rotate={"timestamp": ""})
    jobs.resign(cluster.pk)
    assert player("refresh")
    assert (trusted("root"), trusted("timestamp")) == (3, _repository(cluster).state().timestamp)


@pytest.mark.parametrize("role", ROLES)
def test_one_online_key_in_strange_hands_shows_nothing_foreign_and_a_new_one_brings_the_players_back(
    on_air, player, province, cluster, circle, queues, role
):
    """The timestamp's key alone can send players far ahead (fast-forward); a new key makes them forget that (TUF 5.3.11)."""
    player()
    circle.take_over(province)
    jobs.resign(cluster.pk)
    thief, shown = Thief(cluster, (role,)), offered(cluster)
    thief.offers(b"foreign")
    with pytest.raises(RepositoryError):
        player()
    circle.change(province, rotate={role: ""})
    jobs.resign(cluster.pk)
    updater = player()
    digest = updater.get_targetinfo("tinh-bien/schedule.json").hashes["sha256"]
    assert digest == current(cluster, "schedule").sha256
    assert offered(cluster) == shown
    thief.offers(b"foreign again", 2 * FAR)
    with pytest.raises(RepositoryError):
        player()


def test_all_online_keys_in_strange_hands_are_taken_back_through_the_root(
    on_air, player, province, cluster, circle, queues
):
    circle.take_over(province)
    jobs.resign(cluster.pk)
    thief = Thief(cluster, ROLES)
    thief.offers(b"foreign")
    updater = player()
    assert version_of(updater, "timestamp") == FAR, "with all three keys a thief is believed: SECURITY.md says so"
    shutil.rmtree(_repository(cluster).metadata)  # what the thief left is gone; only the players remember
    circle.change(province, rotate=dict.fromkeys(ROLES, ""))
    assert sign_release(on_air.release(valid_from=clock.now_ms() + 120_000)) == "published"
    updater = player()
    assert version_of(updater, "timestamp") < FAR
    assert current(cluster, "schedule").sha256 == updater.get_targetinfo("tinh-bien/schedule.json").hashes["sha256"]


def test_the_root_key_of_the_server_counts_for_nothing_once_people_hold_it(
    on_air, player, province, cluster, circle, queues
):
    circle.take_over(province)
    jobs.resign(cluster.pk)
    player()
    stolen = ceremony.own_root_key(province)
    root = Metadata[Root].from_bytes(keys.root_json(province))
    root.signed.version += 1
    root.signed.add_key(CryptoSigner.generate_ed25519().public_key, "timestamp")
    root.sign(stolen)
    (_repository(cluster).metadata / "3.root.json").write_bytes(root.to_bytes())
    with pytest.raises(RepositoryError):
        player()


def test_a_server_that_rests_over_tet_finds_its_signatures_still_good(on_air, player, cluster, queues, monkeypatch):
    """At its latest a timestamp is renewed with 12 of 14 days to go. Nine days of holidays, and three for getting there."""
    latest = 2 * 24 * HOUR - HOUR
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(latest))
    assert jobs.resign_due() == 0
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(latest + 12 * 24 * HOUR))
    state = _repository(cluster).state()
    assert state.timestamp_expires > clock.now()
    assert state.targets_expires - clock.now() > timedelta(days=20)
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(latest + 2 * HOUR))
    assert jobs.resign_due() == 1
