"""`cluster_changed(cluster_ids)`: geometry, hours or controllers of these clusters changed. Sent once per transaction, after its
commit; whoever compiles schedules listens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal

cluster_changed = Signal()


class _Announcement:
    """What is told when the transaction commits; later changes of the same transaction join it."""

    def __init__(self) -> None:
        self.cluster_ids: set[int] = set()

    def __call__(self) -> None:
        cluster_changed.send(sender=None, cluster_ids=sorted(self.cluster_ids))


def announce(cluster_ids: Iterable[int]) -> None:
    """Tell that clusters changed, once the present transaction has committed."""
    ids = {one for one in cluster_ids if one is not None}
    if not ids:
        return
    connection = transaction.get_connection()
    if connection.in_atomic_block:
        savepoints = set(connection.savepoint_ids)
        for registered, waiting, *_ in connection.run_on_commit:
            # Only one that stands or falls with the same savepoints may be joined.
            if isinstance(waiting, _Announcement) and registered == savepoints:
                waiting.cluster_ids |= ids
                return
    announcement = _Announcement()
    announcement.cluster_ids |= ids
    transaction.on_commit(announcement)


def _clusters_of(instance: Any) -> Iterable[int]:
    from cms.places import models

    match instance:
        case models.Cluster():
            return [instance.pk]
        case models.Face() | models.Controller() | models.OperatingHours():
            return [instance.cluster_id]
        case models.Placement():
            return [instance.controller.cluster_id]
        case models.OperatingWindow():
            return [instance.hours.cluster_id]
        case models.HolidayOverride():
            clusters = models.Cluster.objects.filter(active=True)
            if instance.province_id:
                clusters = clusters.filter(province_id=instance.province_id)
            return clusters.values_list("pk", flat=True)
        case models.Province():
            return instance.clusters.values_list("pk", flat=True)
    return []


def _changed(sender: Any, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        announce(_clusters_of(instance))


def connect() -> None:
    """Called once, when the app is ready."""
    from cms.places import models

    for model in (
        models.Province,
        models.Cluster,
        models.Face,
        models.Controller,
        models.Placement,
        models.OperatingHours,
        models.OperatingWindow,
        models.HolidayOverride,
    ):
        uid = f"bangtin.places.{model.__name__}"
        post_save.connect(_changed, sender=model, dispatch_uid=uid)
        post_delete.connect(_changed, sender=model, dispatch_uid=uid)
