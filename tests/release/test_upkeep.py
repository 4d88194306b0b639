"""What the ticks find by themselves: a new day, lost files, releases given up or refused, signatures that end."""

from __future__ import annotations

import json
import logging
import shutil

import pytest

from cms import clock
from cms.release import jobs
from cms.release.documents import document_path
from cms.release.models import Release, ReleaseRequest
from cms.release.repository import ClusterRepository
from cms.release.services import current, request_schedule, schedule_in_force
from cms.release.store import asset_path

from .made import HOUR, offered

pytestmark = pytest.mark.usefixtures("settled")


def test_everything_missing_is_published_once_and_the_horizon_moves_with_the_day(tick, item, cluster, monkeypatch):
    assert tick() == 2
    first = current(cluster, "schedule")
    assert current(cluster, "now") is not None
    assert tick() == 0
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(26 * HOUR))
    assert tick() > 0
    second = current(cluster, "schedule")
    assert second.pk > first.pk
    before = json.loads(document_path(cluster.slug, "schedule", first.sha256).read_bytes())
    assert offered(cluster)["valid_until"] > before["valid_until"]
    assert tick() == 0
    assert schedule_in_force(cluster) is not None


def test_a_change_that_nobody_announced_is_found_within_hours(tick, item, cluster, monkeypatch):
    from cms.programmes.models import Slot

    tick()
    first = current(cluster, "schedule")
    Slot.objects.update(active=False)  # no signal, no request
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(7 * HOUR))
    tick()
    assert current(cluster, "schedule").fingerprint != first.fingerprint


def test_a_release_given_up_for_one_that_was_never_made_is_compiled_again(tick, queues, item, cluster):
    Release.objects.filter(pk=jobs.publish_schedule(cluster.pk)).update(status=Release.Status.SUPERSEDED)
    queues.run()
    assert current(cluster, "schedule") is None
    ReleaseRequest.objects.update(requested=0, handled=0, checked_at=clock.now())
    tick()
    assert current(cluster, "schedule") is not None


def test_a_refused_release_is_tried_again_after_some_minutes(tick, item, cluster, monkeypatch):
    from cms.approval.models import ApprovedProof

    (asset,) = {layer["asset"] for layer in ApprovedProof.objects.get().proof.document["scenes"][0]["faces"]["a"]}
    picture = asset_path(asset).read_bytes()
    asset_path(asset).write_bytes(b"damaged")
    tick()
    assert Release.objects.get(target="schedule").status == Release.Status.REFUSED
    assert tick() == 0
    asset_path(asset).write_bytes(picture)
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(11 * 60_000))
    assert tick() == 1
    assert current(cluster, "schedule") is not None


def test_a_public_tree_that_was_lost_is_published_again(tick, item, cluster, instance):
    tick()
    before = offered(cluster)
    shutil.rmtree(instance / "public" / "releases")
    assert offered(cluster) is None
    tick()
    after = offered(cluster)
    assert after["scenes"] == before["scenes"]
    assert offered(cluster, "now") is not None


def test_signatures_that_end_soon_are_renewed_by_the_signer(air, queues, item, cluster, monkeypatch):
    air(lambda: request_schedule([cluster.pk]))
    assert jobs.resign_due() == 0
    before = ClusterRepository(cluster.slug, "an_giang").state()
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(4 * 24 * HOUR))
    assert jobs.resign_due() == 1
    assert queues.count("sign") == 1
    queues.run()
    after = ClusterRepository(cluster.slug, "an_giang").state()
    assert after.timestamp == before.timestamp + 1
    assert after.targets == before.targets


def test_without_its_keys_the_signer_says_so_in_a_line_and_goes_on_when_they_are_back(
    tick, queues, item, cluster, keys, instance, monkeypatch, caplog
):
    online, aside = instance / "keys" / "online", instance / "aside"
    online.rename(aside)
    with caplog.at_level(logging.INFO):
        tick()
    said = [one for one in caplog.records if one.name == "cms.release.jobs" and one.levelno == logging.ERROR]
    assert {one.getMessage().count("\n") for one in said} == {0}
    assert "timestamp.pem" in said[0].getMessage() or "targets.pem" in said[0].getMessage()
    assert not any(one.exc_info for one in caplog.records)
    assert queues.failed() == []
    waiting = Release.objects.get(target="schedule")
    assert (waiting.status, waiting.error) == (Release.Status.COMPILED, said[-1].args[-1].args[0])
    aside.rename(online)
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", "30000")
    tick()
    assert current(cluster, "schedule") is not None


def test_without_the_provinces_root_nothing_stops(tick, air, item, cluster, instance):
    air(lambda: request_schedule([cluster.pk]))
    shutil.rmtree(instance / "keys")
    assert jobs.resign_due() == 0
    tick()
    assert offered(cluster) is not None, "new keys were made, and everything is signed with them"
