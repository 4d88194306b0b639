"""Ten thousand clusters: a change asks where it must, in as many queries as among a hundred; and so does every tick."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms import clock
from cms.approval.signals import announce_approvals, announce_withdrawals
from cms.places.models import Cluster, Face
from cms.programmes.models import Slot
from cms.release import due, jobs
from cms.release.models import ReleaseRequest
from cms.release.requests import among

from .made import make_clusters, show

SIZES = (100, 10_000)


def put_on(page, clusters: list[int]) -> None:
    """Have the slot of an item play on these clusters."""
    slot = Slot.objects.get(programme__entries__item=page)
    through = Slot.clusters.through
    through.objects.bulk_create([through(slot=slot, cluster_id=one) for one in clusters])


def settle(clusters: list[int]) -> None:
    """All is well: they have faces, and everything was asked for, made and looked at."""
    now = clock.now()
    Face.objects.bulk_create(
        [Face(cluster_id=one, letter="a", width=64, height=32, pitch_mm=5, distance_m=9) for one in clusters]
    )
    ReleaseRequest.objects.bulk_create(
        [
            ReleaseRequest(cluster_id=one, target=target, requested=1, handled=1, requested_at=now, checked_at=now)
            for one in clusters
            for target in ("schedule", "now")
        ]
    )


@pytest.fixture
def costs(django_capture_on_commit_callbacks):
    """`costs(change)`: the number of queries of a change and of all that follows its commit."""

    def run(change) -> int:
        with CaptureQueriesContext(connection) as asked, django_capture_on_commit_callbacks(execute=True):
            change()
        return len(asked)

    return run


def test_an_approved_item_asks_for_the_clusters_that_carry_it_in_a_constant_number_of_queries(queues, province, costs):
    found = []
    for total in SIZES:
        clusters = make_clusters(province, total)
        carrying = clusters[::10]
        item = show(province, [], "Tin")
        put_on(item, carrying)
        put_on(show(province, [], "Tin khác"), clusters)
        ReleaseRequest.objects.all().delete()
        found.append(costs(lambda: announce_approvals([province.pk], [item.translation_key])))  # noqa: B023
        rows = ReleaseRequest.objects.values_list("target", "cluster")
        assert set(rows) == {("schedule", one) for one in carrying}
        assert queues.count("release") == len(carrying)
        found.append(costs(lambda: announce_approvals([province.pk], [item.translation_key])))  # noqa: B023
        assert queues.count("release") == len(carrying), "their jobs were in the queue already"
        queues.empty()
    first, again = found[:2], found[2:]
    assert first == again
    assert max(found) <= 12


def test_a_withdrawal_on_all_of_them_costs_a_constant_number_of_queries(queues, province, costs):
    found = []
    make_clusters(province, 1)  # a bystander, told after all others
    for total in SIZES:
        clusters = make_clusters(province, total)
        item = show(province, [], "Tin")
        put_on(item, clusters)
        ReleaseRequest.objects.all().delete()
        found.append(costs(lambda: announce_withdrawals([province.pk], [item.translation_key])))  # noqa: B023
        queues.empty()
    assert ReleaseRequest.objects.filter(target="now", requested=1).count() == 1 + sum(SIZES)
    assert len(set(found)) == 1


def test_a_tick_costs_a_constant_number_of_queries_and_asks_for_nothing_when_all_is_well(queues, province, costs):
    asked, found = [], []
    for total in SIZES:
        settle(make_clusters(province, total))
        found.append(costs(lambda: asked.append(jobs.extend_due())))
        found.append(costs(lambda: asked.append(jobs.resign_due())))
    assert asked == [0] * 4
    assert found[:2] == found[2:]
    assert max(found) <= 12


def test_a_new_day_is_taken_up_bit_by_bit_and_never_faster_than_it_is_worked_off(queues, province, costs, monkeypatch):
    settle(make_clusters(province, 450))
    monkeypatch.setenv("BANGTIN_CLOCK_OFFSET_MS", str(25 * 3_600_000))
    costs(jobs.extend_due)
    assert queues.count("release") == due.AT_ONCE
    costs(jobs.extend_due)
    assert queues.count("release") == due.AT_ONCE


def test_the_public_files_of_every_cluster_are_looked_at_once_in_a_round(province, monkeypatch):
    monkeypatch.setattr(due, "FEW", 2)
    clusters = make_clusters(province, 250)
    settle(clusters)
    now = clock.now()
    seen = [one.pk for tick in range(due.TICKS_A_ROUND) for one in due.in_turn(now + tick * due.TICK)]
    assert set(seen) == set(clusters)
    assert len(seen) < 2 * len(clusters)


def test_of_few_clusters_the_public_files_are_looked_at_every_time(province):
    clusters = make_clusters(province, due.FEW)
    settle(clusters)
    for seconds in (0, 30, 70, 4000):
        assert [one.pk for one in due.in_turn(clock.now() + timedelta(seconds=seconds))] == clusters


def test_any_number_of_keys_fits_into_a_query(province):
    (key,) = make_clusters(province, 1)
    assert Cluster.objects.filter(pk__in=among(range(key, key + 300_000))).count() == 1
    assert list(Cluster.objects.filter(pk__in=among([key, key + 1, key + 2]))) == [Cluster.objects.get()]
    assert not Cluster.objects.filter(pk__in=among([])).exists()
