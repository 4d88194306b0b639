"""What others ask about programmes and slots."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cms.accounts.services import has_role, provinces_of
from cms.places.models import Cluster, DisplayMode
from cms.programmes.models import Programme, Slot

EDITING_ROLES = ("editor",)
"""Who builds programmes and slots (DOMAIN.md: the editor at the department in charge)."""


def clusters_showing(item_keys: Iterable[UUID | str]) -> QuerySet[Cluster]:
    """Clusters with an active slot whose programme holds one of these items (translation keys), whenever it airs."""
    keys = list(item_keys)
    shown = Slot.objects.filter(active=True, programme__entries__item__translation_key__in=keys)
    return Cluster.objects.filter(pk__in=shown.values("clusters"))


def clusters_to_span() -> set[int]:
    """Ids of clusters on which an active slot wants one wide picture across the faces, whatever the cluster's own mode."""
    asked = Slot.objects.filter(active=True, mode=DisplayMode.SPAN).values_list("clusters", flat=True)
    return {one for one in asked if one is not None}


def visible(model: type[Programme] | type[Slot], user: Any) -> QuerySet[Any]:
    """The programmes or slots of the provinces in which a person has any role."""
    codes = provinces_of(user)
    if codes is None:
        return model._default_manager.all()
    path = "province__code__in" if model is Programme else "programme__province__code__in"
    return model._default_manager.filter(**{path: codes})


def may_edit(user: Any, province_code: str) -> bool:
    """Whether a person may change the programmes and slots of a province."""
    return has_role(user, province_code, *EDITING_ROLES)


def editable_provinces(user: Any) -> set[str] | None:
    """Codes of the provinces whose programmes a person may change; None: all."""
    codes = provinces_of(user)
    return None if codes is None else {code for code in codes if may_edit(user, code)}
