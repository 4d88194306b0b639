"""What changes a screen, and which documents follow from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cms.approval.signals import approval_changed, theme_approved, withdrawals_changed
from cms.places import models as places
from cms.places.signals import cluster_changed
from cms.programmes.services import clusters_showing
from cms.programmes.signals import slots_changed
from cms.release.services import request_notices, request_schedule


def connect() -> None:
    """Listen to everything that changes what is on air. Connecting twice changes nothing."""
    approval_changed.connect(_approval_changed, dispatch_uid="release.approval_changed")
    withdrawals_changed.connect(_withdrawals_changed, dispatch_uid="release.withdrawals_changed")
    theme_approved.connect(_theme_approved, dispatch_uid="release.theme_approved")
    slots_changed.connect(_clusters_changed, dispatch_uid="release.slots_changed")
    cluster_changed.connect(_clusters_changed, dispatch_uid="release.cluster_changed")


def _approval_changed(*, province_ids: Iterable[int], item_keys: Iterable[Any], **_: Any) -> None:
    showing = clusters_showing(list(item_keys)).filter(province__in=list(province_ids), active=True)
    request_schedule(showing.values_list("pk", flat=True))


def _withdrawals_changed(*, province_ids: Iterable[int], **_: Any) -> None:
    clusters = places.Cluster.objects.filter(province__in=list(province_ids))
    # The screens of a cluster that was put out of operation may still show its last schedule.
    request_notices(clusters.values_list("pk", flat=True))
    request_schedule(clusters.filter(active=True).values_list("pk", flat=True))


def _theme_approved(*, theme: str, **_: Any) -> None:
    clusters = places.Cluster.objects.filter(active=True)
    request_schedule(clusters.values_list("pk", flat=True))


def _clusters_changed(*, cluster_ids: Iterable[int], **_: Any) -> None:
    active = places.Cluster.objects.filter(pk__in=list(cluster_ids), active=True)
    request_schedule(active.values_list("pk", flat=True))
