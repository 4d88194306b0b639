"""`cluster_changed(cluster_ids)`: geometry, hours or controllers of these clusters (a set of ids) changed. Sent within the
transaction that changes them; it may come more than once. Whoever compiles schedules listens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal

from cms.places.announcing import Announcer

cluster_changed = Signal()
stream_hosts_changed = Signal()
"""Another server, or one less, may send live streams. Sent within the transaction that changes it."""
_announcer = Announcer(cluster_changed, "cluster_changed")
announce = _announcer.announce
together = _announcer.together


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
    if not raw and not _goes_with_cluster(kwargs.get("origin")):
        announce(_clusters_of(instance))


def _goes_with_cluster(origin: Any) -> bool:
    """Whether something is deleted because its cluster is: then there is nothing left to tell of."""
    from cms.places import models

    gone = origin.model if isinstance(origin, QuerySet) else type(origin)
    return gone in (models.Cluster, models.Province)


def _stream_host_changed(sender: Any, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        stream_hosts_changed.send(sender=None)


def connect() -> None:
    """Called once, when the app is ready."""
    from cms.places import models

    for signal in (post_save, post_delete):
        signal.connect(_stream_host_changed, sender=models.StreamHost, dispatch_uid="bangtin.places.streams")

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
