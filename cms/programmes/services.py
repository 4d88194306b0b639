"""What others ask about programmes and slots."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from cms.accounts.services import has_role, provinces_of
from cms.places.confinement import may_use_cluster, own_clusters
from cms.places.models import Cluster, DisplayMode
from cms.programmes import filters, nesting
from cms.programmes.bounds import planned_by
from cms.programmes.models import Programme, ProgrammeEntry, Slot

EDITING_ROLES = ("editor",)
"""Who builds programmes and slots (DOMAIN.md: the editor at the department in charge)."""


def slots_on(cluster: Cluster) -> QuerySet[Slot]:
    """Active slots that play on a cluster: those that name it, and while it is active those that name one of its groups and
    may reach its province."""
    named = Slot.clusters.through._default_manager.filter(cluster=cluster).values("slot")
    if not cluster.active:
        return Slot.objects.filter(active=True, pk__in=named)
    tags = Cluster.tags.through._default_manager.filter(cluster=cluster).values("clustertag")
    tagged = Slot.cluster_tags.through._default_manager.filter(clustertag__in=tags).values("slot")
    reach = Q(programme__province=cluster.province_id) | Q(programme__province__national=True)
    return Slot.objects.filter(Q(pk__in=named) | (Q(pk__in=tagged) & reach), active=True)


def clusters_of(slots: QuerySet[Slot]) -> QuerySet[Cluster]:
    """Clusters on which these slots play (`slots_on`, from the other side), whether the slots are active or not."""
    wanted = slots.order_by().values("pk")
    named = Slot.clusters.through._default_manager.filter(slot__in=wanted).values("cluster")
    links = Slot.cluster_tags.through._default_manager.filter(slot__in=wanted)
    tagged = Q(
        pk__in=Cluster.tags.through._default_manager.filter(clustertag__in=links.values("clustertag")).values("cluster")
    )
    reach = Exists(
        links.filter(
            Q(slot__programme__province=OuterRef("province")) | Q(slot__programme__province__national=True),
            clustertag__clusters=OuterRef("pk"),
        )
    )
    return Cluster.objects.filter(Q(pk__in=named) | (tagged & Q(active=True) & Q(reach)))


def slots_showing(item_keys: Iterable[UUID | str]) -> QuerySet[Slot]:
    """Active slots whose programme shows one of these items (translation keys), itself, in a programme that it holds or by a
    filter, whenever it airs. Five queries at most before the one that is returned."""
    keys = list(item_keys)
    direct = (
        ProgrammeEntry.objects.filter(item__translation_key__in=keys).order_by().values_list("programme", flat=True)
    )
    programmes = nesting.holding({*direct, *filters.programmes_finding(keys)})
    return Slot.objects.filter(active=True, programme__in=programmes)


def clusters_showing(item_keys: Iterable[UUID | str]) -> QuerySet[Cluster]:
    """Clusters of `slots_showing`."""
    return clusters_of(slots_showing(item_keys))


def clusters_to_span() -> set[int]:
    """Ids of clusters on which an active slot wants one wide picture across the faces, whatever the cluster's own mode."""
    return set(clusters_of(Slot.objects.filter(active=True, mode=DisplayMode.SPAN)).values_list("pk", flat=True))


def visible(model: type[Programme] | type[Slot], user: Any) -> QuerySet[Any]:
    """The programmes or slots of the provinces in which a person has any role, within the person's bounds."""
    codes = provinces_of(user)
    if codes is None:
        return model._default_manager.all()
    path = "province__code__in" if model is Programme else "programme__province__code__in"
    found: QuerySet[Any] = model._default_manager.filter(**{path: codes})
    planned = planned_by(user)
    return found if planned is None else found.filter(pk__in=planned.seen(model))


def may_see_cluster(user: Any, cluster: Cluster) -> bool:
    """Whether a person may look at what plays on a cluster (its province at hand)."""
    codes = provinces_of(user)
    return (codes is None or cluster.province.code in codes) and may_use_cluster(user, cluster.pk)


def visible_clusters(user: Any) -> QuerySet[Cluster]:
    """The active clusters that a person may look at, by province and name."""
    found = own_clusters(Cluster.objects.filter(active=True), user).select_related("province")
    codes = provinces_of(user)
    mine = found if codes is None else found.filter(province__code__in=codes)
    return mine.order_by("province", "name")


def may_edit(user: Any, province_code: str) -> bool:
    """Whether a person may change the programmes and slots of a province."""
    return has_role(user, province_code, *EDITING_ROLES)


def editable_provinces(user: Any) -> set[str] | None:
    """Codes of the provinces whose programmes a person may change; None: all."""
    codes = provinces_of(user)
    return None if codes is None else {code for code in codes if may_edit(user, code)}
