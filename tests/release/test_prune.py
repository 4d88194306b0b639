"""Tidying up: what is live stays to the last file, what is not goes, whoever is at work meanwhile."""

from __future__ import annotations

import hashlib
import io
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cms import clock
from cms.content.assets import AssetStore
from cms.content.models import Drawn, ProofAsset
from cms.release import named, prune
from cms.release.documents import document_path
from cms.release.files import nothing_removed
from cms.release.models import Release
from cms.release.repository import ClusterRepository
from cms.release.signer import sign_release
from cms.release.store import ContentStore, asset_path
from cms.schedule.format import CHUNK_BYTES

from .made import HOUR, approve, put_asset, scene_of

DAY = 24 * HOUR
HASH = re.compile(r"[0-9a-f]{64}")


@pytest.fixture
def later(instance: Path, monkeypatch):
    """`later(ms)`: so much time passes, for the clock and for every file."""

    passed = 0

    def move(ms: int) -> None:
        nonlocal passed
        passed += ms
        monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(passed))
        for path in instance.rglob("*"):
            if path.is_file():
                written = path.stat().st_mtime - ms / 1000
                os.utime(path, (written, written))

    return move


@pytest.fixture
def air(desk, province, cluster, administrator):
    """`air(picture)`: approve one picture more, revoke and forget the one before, and publish; returns the release."""

    def publish(picture: bytes) -> Release:
        desk.shown[:] = [
            approve(province, cluster, administrator, scene_of(put_asset(picture, "video/mp4"), kind="video"))
        ]
        release = desk.release()
        assert sign_release(release) == "published"
        return release

    return publish


def forget_approvals() -> None:
    """As if what was approved had been so long ago that its records are gone."""
    from cms.approval.models import Approval, ApprovedProof
    from cms.content.models import Proof

    ApprovedProof.objects.all().delete()
    Approval.objects.all().delete()
    Proof.objects.all().delete()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}


def test_nothing_goes_while_everything_is_young_or_live(instance, air):
    for number in range(3):
        air(b"picture %d" % number)
    put_asset(b"just drawn, in no proof yet")
    before = files(instance)
    freed = prune.run()
    assert not any(freed.counts.values())
    assert files(instance) == before


def test_schedules_whose_time_has_not_passed_keep_all_they_name(instance, air, later):
    """A player that was away for a month goes on from what it holds."""
    first = air(os.urandom(2 * CHUNK_BYTES + 1))
    names = set(HASH.findall(document_path("tinh-bien", "schedule", first.sha256).read_text()))
    for number in range(named.LAST + 2):
        later(HOUR)
        air(b"picture %d" % number)
    forget_approvals()
    later(30 * DAY)
    prune.run()
    store = ContentStore()
    manifest = next(one for one in names if store.has(one) and b"chunks" in store.path(one).read_bytes()[:10])
    for one in HASH.findall(store.path(manifest).read_text()):
        assert store.sound(one)
    assert document_path("tinh-bien", "schedule", first.sha256).exists()
    assert (ClusterRepository("tinh-bien", "an_giang")._target_file("schedule", first.sha256)).exists()
    later(6 * DAY)
    freed = prune.run()
    assert freed.counts["chunks"] >= 4, "three chunks and their manifest"
    assert not store.has(manifest)
    assert not document_path("tinh-bien", "schedule", first.sha256).exists()
    assert not list(instance.rglob(f"{first.sha256}*")), "its compressed copy too"


def test_what_players_are_offered_stays_however_old(instance, air, later):
    release = air(b"the last picture ever published")
    later(400 * DAY)
    prune.run()
    repository = ClusterRepository("tinh-bien", "an_giang")
    assert repository.read_target("schedule") is not None
    assert ContentStore().sound(digest(b"the last picture ever published"))
    assert document_path("tinh-bien", "schedule", release.sha256).exists()


def test_what_a_player_says_it_plays_stays_however_old(air, later, cluster):
    """It was away for months, still plays the last week of it, and people look at what it shows."""
    from cms.places.models import Controller
    from cms.players.models import Player

    first = air(b"shown for months")
    controller = Controller.objects.filter(cluster=cluster).first()
    assert controller is not None
    Player.objects.create(
        controller=controller,
        key_id="k",
        public_key={},
        paired_at=clock.now(),
        status={"release": {"schedule_sha256": first.sha256}},
    )
    for number in range(named.LAST + 1):
        later(HOUR)
        air(b"picture %d" % number)
    later(40 * DAY)
    prune.run()
    assert document_path("tinh-bien", "schedule", first.sha256).exists()
    assert ContentStore().sound(digest(b"shown for months"))
    Player.objects.update(revoked_at=clock.now())
    prune.run()
    assert not document_path("tinh-bien", "schedule", first.sha256).exists()


def test_metadata_go_an_hour_after_others_took_their_place(repository, desk, later):
    for number in range(4):
        repository.publish("now", b'{"n":%d}' % number)
    later(2 * HOUR)
    repository.publish("now", b'{"n":9}')
    prune.run()
    left = sorted(one.name for one in repository.metadata.glob("*.targets.json"))
    assert left == ["4.targets.json", "5.targets.json"], "whoever began to refresh just now was led to the fourth"
    later(2 * HOUR)
    prune.run()
    assert [one.name for one in repository.metadata.glob("*.targets.json")] == ["5.targets.json"]
    assert [one.name for one in repository.metadata.glob("*.root.json")] == ["1.root.json"], "the chain of roots stays"
    assert repository.publish("now", b'{"n":10}') == 6


def test_the_players_own_files_stay_with_the_list_that_names_them(repository, desk, later):
    store = ContentStore()
    shells = [store.add(b"main.js of version %d" % number) for number in range(3)]
    for shell in shells:
        repository.publish("player", b'{"files":{"main.js":{"sha256":"%s"}}}' % shell.encode())
        later(2 * HOUR)
    prune.run()
    assert [store.has(one) for one in shells] == [False, False, True]
    store.add(b"main.js of version 3")
    repository.publish("player", b'{"files":{"main.js":{"sha256":"%s"}}}' % digest(b"main.js of version 3").encode())
    prune.run()
    assert store.has(shells[2]), "a controller may be fetching it"


@pytest.mark.parametrize("status", ["in force", "revoked"])
def test_what_an_approval_names_stays_in_private_though_its_releases_are_gone(air, later, status):
    air(b"approved once")
    for number in range(named.LAST + 1):
        later(HOUR)
        air(b"picture %d" % number)
    if status == "revoked":
        from cms.approval.models import Approval

        Approval.objects.update(revoked_at=clock.now())
    later(40 * DAY)
    freed = prune.run()
    assert freed.counts["chunks"]
    assert not ContentStore().has(digest(b"approved once"))
    assert asset_path(digest(b"approved once")).exists()
    assert ProofAsset.objects.filter(sha256=digest(b"approved once")).exists()


def test_themes_and_what_higher_parts_keep_stay(desk, later):
    kept, lost = put_asset(b"in the archive"), put_asset(b"in nothing")
    keeper = named.register_keeper(lambda: named.Kept(hashes={kept}))
    try:
        later(2 * HOUR)
        prune.run()
    finally:
        named.unregister_keeper(keeper)
    assert asset_path(kept).exists()
    assert asset_path(digest(b"neutral picture")).exists()
    assert not asset_path(lost).exists()
    assert not ProofAsset.objects.filter(sha256=lost).exists()


def test_when_somebody_cannot_say_what_they_need_nothing_goes(instance, desk, later):
    put_asset(b"in nothing")
    later(2 * HOUR)
    before = files(instance)

    def keeper() -> named.Kept:
        raise RuntimeError("the archive does not answer")

    named.register_keeper(keeper)
    try:
        with pytest.raises(RuntimeError):
            prune.run()
    finally:
        named.unregister_keeper(keeper)
    assert files(instance) == before


def test_drawings_that_nobody_asks_for_go_with_their_pictures(desk, later):
    long_ago = timezone.now() - timedelta(days=31)
    pictures = [put_asset(b"drawn %d" % number) for number in range(2)]
    for key, picture, used in (("a" * 64, pictures[0], long_ago), ("b" * 64, pictures[1], timezone.now())):
        Drawn.objects.create(key=key, value=picture, assets=[picture], made_at=long_ago, used_at=used)
    later(2 * HOUR)
    freed = prune.run()
    assert freed.counts["drawings"] == 1
    assert [one.key for one in Drawn.objects.all()] == ["b" * 64]
    assert [asset_path(one).exists() for one in pictures] == [False, True]


def test_what_a_dead_worker_left_goes_and_what_a_living_one_writes_stays(instance, desk, later):
    incoming = instance / "assets" / "incoming"
    incoming.mkdir()
    (incoming / "half").write_bytes(b"x" * 100)
    stray = instance / "public" / "store" / "ab" / ".chunk.0123.tmp"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"half a chunk")
    later(2 * HOUR)
    (incoming / "young").write_bytes(b"y")
    freed = prune.run()
    assert freed.counts["leftovers"] == 2
    assert [one.name for one in incoming.iterdir()] == ["young"]
    assert not stray.exists()


def test_an_old_picture_that_is_drawn_again_is_held(desk, later):
    """It is found in the store, so it is not written anew; nothing names it until its proof is complete."""
    picture = AssetStore().put(b"drawn long ago", "image/png")
    later(2 * HOUR)
    plan = prune.plan()
    assert picture in plan.assets
    assert AssetStore().put(b"drawn long ago", "image/png") == picture
    assert AssetStore().remove(plan.assets, plan.before) == (0, 0)
    assert ProofAsset.objects.filter(sha256=picture).exists()


def test_a_chunk_that_a_publisher_relies_on_is_not_taken_from_under_it(instance, tmp_path):
    store, source = ContentStore(), tmp_path / "asset"
    source.write_bytes(b"published long ago")
    name = digest(b"published long ago")
    store.add_asset(name, source)
    os.utime(store.path(name), (0, 0))
    before = time.time() - 3600
    store.add_asset(name, source)
    assert store.remove([name], before) == (0, 0)
    assert store.sound(name)


def test_publishers_and_tidying_at_the_same_time_lose_nothing(instance, tmp_path):
    """Chunks that are always old enough to go, published and tidied away over and over: whoever published has them."""
    store, stop, lost = ContentStore(), threading.Event(), []
    sources = {}
    for number in range(4):
        path = tmp_path / str(number)
        path.write_bytes(b"asset %d" % number)
        sources[digest(path.read_bytes())] = path

    def publish() -> None:
        while not stop.is_set():
            for name, path in sources.items():
                store.add_asset(name, path)
                if not store.has(name):
                    lost.append(name)
                os.utime(store.path(name), (0, 0)) if store.has(name) else None

    def remove() -> int:
        rounds = 0
        while not stop.is_set():
            store.remove(sources, time.time() - 3600)
            rounds += 1
        return rounds

    with ThreadPoolExecutor(2) as pool:
        tidying, publishing = pool.submit(remove), pool.submit(publish)
        stop.wait(1)
        stop.set()
        publishing.result()
        assert tidying.result() > 10
    assert not lost


def test_a_list_that_grew_old_on_its_way_to_the_signer_does_no_harm(repository, desk, later):
    """The signer looks again at what the metadata lead to, and removes only what is ours to remove."""
    repository.publish("now", b"{}")
    later(2 * HOUR)
    root = repository.root.parent.parent
    leading = [one.relative_to(root).as_posix() for one in repository.named_files()]
    outside = root.parent / "keys" / "online" / "an_giang" / "targets.pem"
    others = [
        "releases/tinh-bien/metadata/1.root.json",
        "../keys/online/an_giang/targets.pem",
        str(outside),
        "store/../x",
    ]
    freed = prune.remove_public([*leading, *others], time.time())
    assert not any(freed.counts.values())
    assert repository.read_target("now") == b"{}"
    assert outside.exists()


def test_the_cron_hands_the_public_part_to_the_signer(queues, air, later):
    for number in range(named.LAST + 2):
        air(b"picture %d" % number)
        later(HOUR)
    later(40 * DAY)
    freed = prune.tidy()
    assert freed.counts["documents"] == 2
    assert ContentStore().has(digest(b"picture 0"))
    assert queues.count("sign") == 1
    queues.run()
    assert queues.failed() == []
    assert not ContentStore().has(digest(b"picture 0"))
    assert ContentStore().has(digest(b"picture 6"))


def test_nothing_is_taken_from_a_backup(instance, desk, later):
    put_asset(b"in nothing")
    later(2 * HOUR)
    with nothing_removed(instance):
        assert prune.run().busy
        assert prune.tidy().busy
        with pytest.raises(CommandError, match="backup"):
            call_command("prune", stdout=io.StringIO())
    assert asset_path(digest(b"in nothing")).exists()


def test_the_command_says_what_it_would_remove_and_then_removes_it(instance, desk, later):
    put_asset(b"x" * 3_000_000)
    later(2 * HOUR)
    said = io.StringIO()
    call_command("prune", "--dry-run", stdout=said)
    assert "3.0" in said.getvalue()
    assert asset_path(digest(b"x" * 3_000_000)).exists()
    done = io.StringIO()
    call_command("prune", stdout=done)
    assert "3.0" in done.getvalue()
    assert not asset_path(digest(b"x" * 3_000_000)).exists()
    assert not any(prune.plan().expected().counts.values())


def test_an_orphan_of_a_crash_goes_after_an_hour_even_beyond_the_last_version(repository, desk, later):
    class Crash(Exception):
        pass

    def crash(step: str) -> None:
        if step == "snapshot":
            raise Crash

    repository.publish("now", b"{}")
    with pytest.raises(Crash):
        ClusterRepository("tinh-bien", "an_giang", on_step=crash).publish("schedule", b"[" + b"1," * 1000 + b"1]")
    orphans = files(repository.root) - repository.named_files() - set(repository.metadata.glob("*.root.json"))
    assert len(orphans) == 4, "a schedule, its compressed copy, targets and snapshot"
    prune.run()
    assert all(one.exists() for one in orphans), "they are young"
    later(2 * HOUR)
    prune.run()
    assert not any(one.exists() for one in orphans)
    assert repository.publish("schedule", b"[2]") == 3, "no number is used twice"
