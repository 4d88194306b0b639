"""Quotas learn from the play log what the screens of the province really showed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from cms.approval.models import Approval
from cms.players.aired import aired
from cms.players.models import PlayLogEntry
from cms.programmes import quotas
from cms.programmes.quotas import ZONE

pytestmark = pytest.mark.django_db
KEY = UUID("0b8f9c1e-6f0e-4a53-9d57-7a0c3c1f5d11")
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 22)
NOON = datetime(2026, 11, 5, 12, tzinfo=ZONE)


@pytest.fixture
def approval(cluster, approver) -> Approval:
    """Of the Khmer version."""
    return Approval.objects.create(
        province=cluster.province, item=f"{KEY}:km", item_key=KEY, language="km", title="Phóng sự", revision=1,
        approved_at=NOON, approved_by=approver,
    )  # fmt: skip


def shown(player, at=NOON, status="success", item=f"{KEY}:km") -> None:
    PlayLogEntry.objects.create(
        player=player, boot="b", seq=PlayLogEntry.objects.count(), face="a", kind="programme", item=item,
        started_at=at, ended_at=at + timedelta(seconds=8), status=status, received_at=at,
    )  # fmt: skip


def test_nobody_knows_before_a_player_is_paired(cluster, approval):
    assert aired(cluster.province, FIRST, LAST, [KEY]) is None


def test_an_item_aired_once_a_face_showed_it_in_any_language(player, cluster, approval, django_assert_num_queries):
    assert aired(cluster.province, FIRST, LAST, [KEY]) == set()
    shown(player)
    shown(player)
    with django_assert_num_queries(2):
        assert aired(cluster.province, FIRST, LAST, [KEY]) == {KEY}
    assert aired(cluster.province, FIRST, LAST, []) == set()


@pytest.mark.parametrize(
    "told",
    [
        {"status": "content_failure"},
        {"item": f"{UUID(int=1)}:km"},
        {"at": datetime(2026, 10, 31, 23, 59, tzinfo=ZONE)},
        {"at": datetime(2026, 11, 23, 0, 0, tzinfo=ZONE)},
    ],
)
def test_what_failed_was_another_or_came_on_another_day_does_not_count(player, cluster, approval, told):
    shown(player, **told)
    assert aired(cluster.province, FIRST, LAST, [KEY]) == set()


def test_the_last_minute_of_the_last_day_counts(player, cluster, approval):
    shown(player, at=datetime(2026, 11, 22, 23, 59, tzinfo=ZONE))
    assert aired(cluster.province, FIRST, LAST, [KEY]) == {KEY}


def test_screens_of_another_province_do_not_count(player, cluster, approval, other_province):
    shown(player)
    assert aired(other_province, FIRST, LAST, [KEY]) is None


def test_the_quotas_ask_the_play_log():
    assert aired in quotas._aired
