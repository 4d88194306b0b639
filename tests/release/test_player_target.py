"""The player itself is a signed target: what a controller's kiosk may serve."""

from __future__ import annotations

import json

import pytest

from cms.players.web import player_web
from cms.plugin_api.types import sha256
from cms.release import player_target
from cms.release.player_target import Shell, offer, offer_due, shell
from cms.release.repository import ClusterRepository
from cms.release.store import ContentStore

SHELL = Shell("0123456789ab", {"index.html": b"<p>", "src/main.js": b"1"}, {"index.html": "h", "src/main.js": "j"})


@pytest.fixture
def repository(cluster, keys: bytes) -> ClusterRepository:
    return ClusterRepository("tinh-bien", "an_giang")


def test_the_player_of_this_installation_is_offered_beside_the_schedule(cluster, repository) -> None:
    repository.publish("schedule", b"{}")
    assert offer_due() == 1

    made = shell()
    assert made is not None
    offered = json.loads(repository.read_target("player") or b"")
    assert offered["version"] == player_web().version
    assert set(offered["files"]) == set(player_web().files)
    store = ContentStore()
    for path, file in offered["files"].items():
        assert sha256(store.path(file["sha256"]).read_bytes()) == file["sha256"] == sha256(made.files[path])
        assert file["bytes"] == len(made.files[path])
    assert offered["files"]["src/main.js"]["type"] == "text/javascript; charset=utf-8"
    assert repository.read_target("schedule") == b"{}"


def test_the_same_player_is_signed_once_and_a_new_one_at_once(cluster, repository) -> None:
    repository.publish("schedule", b"{}")
    assert offer(SHELL, [cluster]) == 1
    before = repository.state()
    assert offer(SHELL, [cluster]) == 0
    assert repository.state() == before

    assert offer(Shell("ba9876543210", {"index.html": b"<p>2"}, SHELL.types), [cluster]) == 1
    assert json.loads(repository.read_target("player") or b"")["version"] == "ba9876543210"


def test_a_chunk_that_went_missing_comes_back_without_a_new_signature(cluster, repository) -> None:
    repository.publish("schedule", b"{}")
    offer(SHELL, [cluster])
    before = repository.state().timestamp
    ContentStore().path(sha256(b"1")).unlink()
    assert offer(SHELL, [cluster]) == 0
    assert ContentStore().has(sha256(b"1"))
    assert repository.state().timestamp == before


def test_a_cluster_without_a_release_is_offered_no_player(cluster, repository) -> None:
    assert offer(SHELL, [cluster]) == 0
    assert repository.state().targets == 0


def test_damaged_metadata_wait_for_their_next_release(cluster, repository) -> None:
    repository.publish("schedule", b"{}")
    (repository.metadata / "timestamp.json").write_bytes(b"{}")
    assert offer(SHELL, [cluster]) == 0


def test_a_file_that_fits_into_no_chunk_is_told_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"src/long\.js"):
        Shell("0", {"src/long.js": b"x" * (1024 * 1024 + 1)}, {"src/long.js": "j"}).document()


def test_a_kiosk_is_served_the_target_by_this_instance(cluster, repository, client) -> None:
    repository.publish("schedule", b"{}")
    offer(SHELL, [cluster])
    digest = repository.current(player_target.NAME)
    answer = client.get(f"/releases/tinh-bien/targets/tinh-bien/{digest}.player.json")
    assert answer.status_code == 200
    assert sha256(answer.content) == digest
