"""What changes a screen, and which documents follow from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from cms.approval.models import ThemeApproval
from cms.approval.signals import approval_changed, theme_approved, withdrawals_changed
from cms.places import models as places
from cms.places.services import geometry_of
from cms.places.signals import cluster_changed
from cms.programmes.services import clusters_showing
from cms.programmes.signals import slots_changed, values_changed
from cms.release.models import ReleaseRequest, Target
from cms.release.requests import among
from cms.release.services import request_notices, request_schedule

NATIONAL = "national"


def connect() -> None:
    """Listen to everything that changes what is on air. Connecting twice changes nothing."""
    approval_changed.connect(_approval_changed, dispatch_uid="release.approval_changed")
    withdrawals_changed.connect(_withdrawals_changed, dispatch_uid="release.withdrawals_changed")
    theme_approved.connect(_theme_approved, dispatch_uid="release.theme_approved")
    slots_changed.connect(_clusters_changed, dispatch_uid="release.slots_changed")
    values_changed.connect(_values_changed, dispatch_uid="release.values_changed")
    cluster_changed.connect(_screens_changed, dispatch_uid="release.cluster_changed")


def _approval_changed(*, province_ids: Iterable[int], item_keys: Iterable[Any], **_: Any) -> None:
    request_schedule(_keys(_showing(province_ids, item_keys).filter(active=True)))


def _withdrawals_changed(*, province_ids: Iterable[int], item_keys: Iterable[Any], **_: Any) -> None:
    """Every screen of the province is told, also of clusters put out of operation, which may still show their last schedule;
    those that have the item in their programmes before all others. New schedules follow from `approval_changed`."""
    showing = set(_keys(_showing(province_ids, item_keys)))
    everywhere = set(_keys(places.Cluster.objects.filter(province__in=list(province_ids))))
    request_notices(everywhere, first=showing)


def _showing(province_ids: Iterable[int], item_keys: Iterable[Any]) -> QuerySet[places.Cluster]:
    return clusters_showing(list(item_keys)).filter(province__in=list(province_ids))


def _theme_approved(*, theme: str, geometries: Collection[str], **_: Any) -> None:
    """Clusters of these geometries that have the theme; the national one stands in where a province's own is not approved."""
    clusters = places.Cluster.objects.filter(active=True).select_related("province").prefetch_related("faces")
    if theme != NATIONAL:
        clusters = clusters.filter(province__theme=theme)
    own = set(ThemeApproval.objects.filter(geometry__in=list(geometries)).values_list("theme", "geometry"))
    found = [(one, geometry_of(one).id) for one in clusters]
    request_schedule(
        one.pk
        for one, geometry in found
        if geometry in geometries and (one.province.theme == theme or (one.province.theme, geometry) not in own)
    )


def _clusters_changed(*, cluster_ids: Iterable[int], **_: Any) -> None:
    request_schedule(_keys(places.Cluster.objects.filter(pk__in=among(cluster_ids), active=True)))


def _screens_changed(*, cluster_ids: Iterable[int], **_: Any) -> None:
    """A face that came later is as dark as its cluster, also where that is out of operation and shows its last schedule. Clusters
    that never had notices get their first ones by themselves."""
    ids = list(cluster_ids)
    _clusters_changed(cluster_ids=ids)
    told = ReleaseRequest.objects.filter(target=Target.NOW, cluster__in=among(ids))
    request_notices(told.order_by().values_list("cluster_id", flat=True))


def _values_changed(*, province_ids: Iterable[int], **_: Any) -> None:
    """Every cluster of the province, also those out of operation, which may still show their last schedule; of all provinces for
    a national value."""
    provinces = places.Province.objects.filter(pk__in=list(province_ids))
    clusters = places.Cluster.objects.all()
    if not provinces.filter(national=True).exists():
        clusters = clusters.filter(province__in=provinces)
    request_notices(_keys(clusters))


def _keys(clusters: QuerySet[places.Cluster]) -> Iterable[int]:
    return clusters.order_by().values_list("pk", flat=True)
