"""What is signed is told to whoever listens, once it can be fetched; without a Redis it is signed all the same."""

from __future__ import annotations

import json

import pytest
import redis

from cms.release.hints import CHANNEL, publish_hint
from cms.release.models import Release
from cms.release.repository import ClusterRepository
from cms.release.services import request_notices, request_schedule

pytestmark = pytest.mark.usefixtures("settled")


def test_whoever_listens_hears_of_each_release_when_its_timestamp_is_in_place(air, item, cluster, redis_server):
    with redis.Redis.from_url(redis_server) as connection, connection.pubsub() as channel:
        channel.subscribe(CHANNEL)
        assert channel.get_message(timeout=5)["type"] == "subscribe"
        air(lambda: request_schedule([cluster.pk]))
        air(lambda: request_notices([cluster.pk]))
        told = []
        while message := channel.get_message(timeout=0.2):
            told.append(json.loads(message["data"]))
    metadata = ClusterRepository("tinh-bien", "an_giang").metadata
    newest = json.loads((metadata / "timestamp.json").read_bytes())["signed"]["version"]
    assert [one["cluster"] for one in told] == ["tinh-bien"] * Release.objects.count()
    assert told[-1]["version"] == newest


def test_a_redis_that_is_away_costs_no_release(repository, settings):
    settings.RQ_QUEUES = {"sign": {"URL": "unix:///nowhere/redis.sock"}}
    repository.publish("now", b"{}")
    assert publish_hint(repository) is False
    assert repository.state().targets == 1
