"""Every attack that the specification of The Update Framework names, against one player in a real browser.

Somebody holds the line between the CMS and the player, sometimes keys as well. While they try, the screen is looked at again and
again: it shows the last good release to the pixel. The CMS hears what was refused, and the next good release arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright
from tuf.api.metadata import Metadata

from tests.player_web.content import picture
from tests.player_web.fake_cms import FakeCms
from tests.player_web.site import Site

pytestmark = pytest.mark.browser

ONLINE = ("targets", "snapshot", "timestamp")
FAR = 1_000_000
"""How far a thief of keys pushes versions."""


@pytest.fixture(scope="module")
def made(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(playwright, tmp_path_factory.mktemp("attacks"))
    try:
        site.open()
        yield site
    finally:
        site.close()


@pytest.fixture
def site(made: Site, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The player, just started again: it remembers what is on its disk, and has told nothing yet."""
    made.player.page.reload()
    made.shows_the_good()
    made.cms.events.clear()
    failed = request.session.testsfailed
    yield made
    if request.session.testsfailed > failed:  # what went wrong here shall not look like a fault of the next test
        made.recovers()


def newest(cms: FakeCms, end: str) -> str:
    return next(path for path in reversed(cms.files) if path.endswith(end))


def put(cms: FakeCms, path: str, data: bytes) -> None:
    """Other bytes on the line in the place of a file, as long as it is."""
    length = len(cms.files[path])
    cms.line[path] = data[:length].ljust(length)


# --- Arbitrary content ------------------------------------------------------------------------------------------------------


def test_a_picture_of_the_attackers_own_is_never_shown(site: Site) -> None:
    cms, before = site.cms, set(site.cms.files)
    with cms.tampered():
        with cms.unseen():
            site.publish()
            for path in set(cms.files) - before:
                if path.startswith("store/"):
                    put(cms, path, picture(666, (320, 160)))
        site.refused("asset", "hash")
    site.recovers()


def test_a_release_that_a_stranger_signed_is_never_shown(site: Site) -> None:
    with site.cms.attacked():
        site.publish()
        site.refused("timestamp.json", "signature")
    site.recovers()


def test_a_root_that_a_stranger_signed_is_refused(site: Site) -> None:
    with site.cms.attacked():
        with site.cms.unseen():
            site.cms.sign_root()
            site.publish()
        site.refused("root.json", "signature")
    site.recovers()


def flipped(cms: FakeCms, path: str, near: bytes = b"") -> None:
    """One bit is another one: in the middle, or in the hash after these words, in a digit that stays one."""
    data = cms.files[path]
    at = len(data) // 2
    if near:
        after = data.index(near) + len(near)
        at = next(place for place in range(after, len(data)) if chr(data[place]).isdigit())
    cms.line[path] = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def chunk(cms: FakeCms) -> str:
    return next(path for path in reversed(cms.files) if path.startswith("store/"))


SPOILED: dict[str, tuple[Callable[[FakeCms], object], str, str]] = {
    "a bit of an asset": (lambda cms: flipped(cms, chunk(cms)), "asset", "hash"),
    "a bit of the schedule": (lambda cms: flipped(cms, newest(cms, ".schedule.json")), "schedule.json", "hash"),
    "a bit of targets": (lambda cms: flipped(cms, cms.metadata_path("targets"), b'"sha256"'), "targets.json", "hash"),
    "a bit of snapshot": (
        lambda cms: flipped(cms, cms.metadata_path("snapshot"), b'"sha256"'),
        "snapshot.json",
        "hash",
    ),
    "a bit of timestamp": (
        lambda cms: flipped(cms, cms.metadata_path("timestamp"), b'"sha256"'),
        "timestamp.json",
        "signature",
    ),
    "an asset that is not there": (lambda cms: cms.line.update({chunk(cms): None}), "asset", "missing"),
    "an asset with a tail": (
        lambda cms: cms.line.update({chunk(cms): cms.files[chunk(cms)] + bytes(5_000_000)}),
        "asset",
        "length",
    ),
}


@pytest.mark.parametrize(("spoil", "what", "reason"), SPOILED.values(), ids=SPOILED)
def test_what_is_changed_on_the_line_is_refused_and_told_once(
    site: Site, spoil: Callable[[FakeCms], object], what: str, reason: str
) -> None:
    with site.cms.tampered():
        with site.cms.unseen():
            site.publish()
            spoil(site.cms)
        site.refused(what, reason)
        assert len(site.cms.refusals()) == 1
    site.recovers()


# --- Rollback ---------------------------------------------------------------------------------------------------------------


def test_a_timestamp_played_back_is_refused(site: Site) -> None:
    path = site.cms.metadata_path("timestamp")
    old = site.cms.files[path]
    site.recovers()
    with site.cms.tampered():
        site.cms.line[path] = old
        site.refused("timestamp.json", "version")
    site.recovers()


def test_a_snapshot_played_back_under_a_stolen_timestamp_key_is_refused(site: Site) -> None:
    cms, old = site.cms, site.cms.versions["snapshot"]
    site.recovers()
    with cms.attacked("timestamp"):
        cms.versions["snapshot"] = old
        cms.sign(("timestamp",))
        assert f"snapshot {old}" in site.refused("timestamp.json", "version")["detail"]
    site.recovers()


def test_targets_played_back_under_stolen_timestamp_and_snapshot_keys_are_refused(site: Site) -> None:
    cms, old = site.cms, site.cms.versions["targets"]
    site.recovers()
    with cms.attacked("timestamp", "snapshot"):
        cms.versions["targets"] = old
        cms.sign(("snapshot", "timestamp"))
        assert f"targets.json {old}" in site.refused("snapshot.json", "version")["detail"]
    site.publish()
    site.recovers()


# --- Mix and match ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["snapshot", "targets"])
def test_metadata_of_two_releases_are_not_mixed(site: Site, role: str) -> None:
    cms, old = site.cms, site.cms.files[site.cms.metadata_path(role)]
    with cms.tampered():
        with cms.unseen():
            site.publish()
            put(cms, cms.metadata_path(role), old)
        site.refused(f"{role}.json", "hash")
    site.recovers()


# --- Wrong target -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["now.json", "schedule.json"])
def test_another_document_that_is_signed_too_does_not_pass_for_the_new_schedule(site: Site, kind: str) -> None:
    cms = site.cms
    cms.publish("now.json", {"format": 1, "cluster": cms.cluster, "withdrawn": ["nobody:vi"]})
    other = cms.files[newest(cms, f".{kind}")]
    with cms.tampered():
        with cms.unseen():
            site.publish()
            put(cms, newest(cms, ".schedule.json"), other)
        site.refused("schedule.json", "hash")
    site.recovers()


def test_a_schedule_of_another_cluster_under_our_own_signature_is_refused(site: Site) -> None:
    document = site.content.schedule([site.content.scene("elsewhere", 8000)], valid_from=site.cms.now_ms() - 1000)
    site.cms.publish("schedule.json", document | {"cluster": "ta-lung"})
    assert "ta-lung" in site.refused("schedule.json", "format")["detail"]
    site.recovers()


# --- Another cluster's metadata, good in itself: the keys of a province sign for all its clusters -----------------------------


def test_the_timestamp_of_another_cluster_is_refused_before_it_is_kept(site: Site) -> None:
    cms = site.cms
    with cms.attacked(*ONLINE):
        cms.versions = dict.fromkeys(cms.versions, FAR) | {"root": cms.versions["root"]}
        cms.sign(cluster="ta-lung")
        assert site.refused("timestamp.json", "cluster")["detail"] == "ta-lung"
    site.recovers()


@pytest.mark.parametrize("role", ["snapshot", "targets"])
def test_what_a_stolen_timestamp_leads_to_of_another_cluster_is_refused_before_it_is_kept(
    site: Site, role: str
) -> None:
    cms = site.cms
    with cms.attacked(*ONLINE):
        with cms.unseen():
            cms.sign((role,), cluster="ta-lung")
            cms.sign(("snapshot", "timestamp") if role == "targets" else ("timestamp",))
        assert site.refused(f"{role}.json", "cluster")["detail"] == "ta-lung"
    site.publish()
    site.recovers()


# --- Endless data -----------------------------------------------------------------------------------------------------------


def endless(sent: list[int]) -> Iterator[bytes]:
    while sum(sent) < 1_000_000_000:
        sent.append(65_536)
        yield b" " * 65_536


def on_the_way() -> int:
    """The bytes that one connection of this machine may hold at most between the CMS and the page, which nobody reads: the
    kernel's buffers on both sides, and the browser's."""
    kernel = (Path("/proc/sys/net/ipv4") / name for name in ("tcp_rmem", "tcp_wmem"))
    return sum(int(one.read_text().split()[2]) for one in kernel) + 8_000_000


PLACES: dict[str, Callable[[FakeCms], str]] = {
    "root.json": lambda cms: f"releases/{cms.cluster}/metadata/{cms.versions['root'] + 1}.root.json",
    "timestamp.json": lambda cms: cms.metadata_path("timestamp"),
    "snapshot.json": lambda cms: cms.metadata_path("snapshot"),
    "targets.json": lambda cms: cms.metadata_path("targets"),
    "schedule.json": lambda cms: newest(cms, ".schedule.json"),
    "asset": chunk,
}


@pytest.mark.parametrize("what", PLACES)
def test_data_without_an_end_are_cut_off(site: Site, what: str) -> None:
    cms, sent = site.cms, []  # type: FakeCms, list[int]
    with cms.tampered():
        with cms.unseen():
            site.publish()
        cms.streams = {PLACES[what](cms): lambda: endless(sent)}
        site.refused(what, "length")
        tries = sum(path.lstrip("/") == PLACES[what](cms) for path in cms.asked)
        assert 0 < sum(sent) <= tries * on_the_way(), (
            "it was cut off: nothing more than the buffers on the way was filled"
        )
    site.recovers()


# --- Stolen keys: what a thief can do with them, and how the province gets rid of the thief through the root ------------------


@pytest.mark.parametrize("role", ["targets", "snapshot"])
def test_a_key_of_targets_or_snapshot_alone_moves_nothing(site: Site, role: str) -> None:
    cms = site.cms
    with cms.tampered():
        with cms.unseen():
            site.publish()
            metadata: Metadata[Any] = Metadata.from_bytes(cms.files[cms.metadata_path(role)])
            if role == "targets":
                metadata.signed.targets[f"{cms.cluster}/schedule.json"].hashes["sha256"] = "0" * 64
            else:
                metadata.signed.meta["targets.json"].hashes["sha256"] = "0" * 64
            metadata.sign(cms.signers[role])
            cms.line[cms.metadata_path(role)] = metadata.to_bytes()
        site.refused(f"{role}.json", "hash")
    cms.replace_keys(role)
    site.recovers()


def test_versions_run_far_ahead_under_a_stolen_timestamp_key_are_forgotten_with_the_key(site: Site) -> None:
    cms, stolen = site.cms, site.cms.signers["timestamp"]
    with cms.attacked("timestamp"):
        cms.versions["timestamp"] = FAR
        cms.sign(("timestamp",))
        polls = len(cms.asked)
        site.watched(lambda: len(cms.asked) > polls + 3)
    site.publish()
    assert f"after {FAR + 1}" in site.refused("timestamp.json", "version")["detail"]
    cms.replace_keys("timestamp")
    site.recovers()
    with cms.attacked():
        cms.signers["timestamp"] = stolen
        cms.sign(("timestamp",))
        site.refused("timestamp.json", "signature")
    site.recovers()


def test_versions_run_far_ahead_under_stolen_timestamp_and_snapshot_keys_are_forgotten_with_the_keys(
    site: Site,
) -> None:
    cms = site.cms
    with cms.attacked("timestamp", "snapshot"):
        with cms.unseen():
            known = cms.files[cms.metadata_path("targets")]
            cms.versions |= dict.fromkeys(ONLINE, FAR)
            cms.files[cms.metadata_path("targets")] = known
            cms.sign(("snapshot", "timestamp"))
        site.refused("targets.json", "version")
    site.publish()
    site.refused("timestamp.json", "version")
    cms.replace_keys("timestamp", "snapshot")
    site.recovers()


def test_who_stole_every_online_key_is_thrown_out_by_the_next_root(site: Site) -> None:
    """What such a thief publishes is shown: SECURITY.md says so. It ends with the poll that brings the root."""
    cms, player = site.cms, site.player
    with cms.attacked(*ONLINE):
        cms.versions |= dict.fromkeys(ONLINE, FAR)
        version, _ = site.publish()
        player.until(f"s.schedule.version === {version} && s.ready")
    with cms.unseen():
        cms.replace_keys(*ONLINE)
        site.expect(*site.publish())
    site.shows_the_good()
    assert site.player.state["schedule"]["version"] < FAR


def test_a_stolen_root_key_is_replaced_by_its_owner(site: Site) -> None:
    cms, stolen = site.cms, site.cms.signers["root"]
    cms.replace_keys("root")
    site.recovers()
    with cms.attacked():
        cms.signers["root"] = stolen
        with cms.unseen():
            cms.sign_root()
            site.publish()
        site.refused("root.json", "signature")
    site.recovers()
